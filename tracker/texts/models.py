"""Editions of a draft and their files, one a language and part. A decision freezes an edition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class Edition(Model):
    __tablename__ = "edition"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    frozen_n: Mapped[int | None]
    """The timeline entry whose decision froze it."""
    __table_args__ = (ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),)


class EditionFile(Model):
    """One file; its bytes are kept under their SHA-256."""

    __tablename__ = "edition_file"
    act_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "n"], ["edition.act_id", "edition.n"]),
        CheckConstraint("part IN ('text', 'memorandum')", name="part"),
        CheckConstraint("size > 0", name="size"),
    )
