"""Editions of a draft, their files, one a language and part, and what was read in the files.

A decision freezes an edition. The files are the truth: what was read in them, matched and compared
can be made anew at any time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Json, Model, UtcDateTime


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


class TextReading(Model):
    """What a version of the reader found in some bytes: a document, packed, or why there is none.
    The same bytes are read once, whichever edition they stand in.
    """

    __tablename__ = "text_reading"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    fault: Mapped[dict[str, Any]] = mapped_column(Json)
    provisions: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (CheckConstraint("provisions >= 0", name="provisions"),)


_WAITING = text("state = 'waiting'")


class EditionText(Model):
    """The text of an edition in one language: from waiting to be read to its provisions with the
    names they keep.

    `previous_n` is the edition it was matched with and `matches` how; `wids` are the names of the
    provisions that are not called as in this edition, `retired` the names that earlier editions
    used up. `digest` says all of it in short. While it waits `due_at` is both the next attempt and
    the end of the present one.
    """

    __tablename__ = "edition_text"
    act_id: Mapped[int] = mapped_column(Id, primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    form: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    previous_n: Mapped[int | None]
    matches: Mapped[list[Any]] = mapped_column(Json)
    wids: Mapped[dict[str, str]] = mapped_column(Json)
    retired: Mapped[list[str]] = mapped_column(Json)
    digest: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "n"], ["edition.act_id", "edition.n"]),
        CheckConstraint("state IN ('waiting', 'ready', 'unreadable')", name="state"),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="due"),
        CheckConstraint("(state = 'ready') = (digest IS NOT NULL)", name="digest"),
        Index(
            "ix_edition_text_waiting",
            "due_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )


class MatchCorrection(Model):
    """A person's word on two provisions of neighbouring editions: that they are the same, or not.
    `old` and `new` are their ids in their own editions.
    """

    __tablename__ = "match_correction"
    act_id: Mapped[int] = mapped_column(Id, primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    old: Mapped[str] = mapped_column(primary_key=True)
    new: Mapped[str] = mapped_column(primary_key=True)
    same: Mapped[bool]
    recorded_n: Mapped[int]
    """The timeline entry that says who did it."""
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "n"], ["edition.act_id", "edition.n"]),
        ForeignKeyConstraint(["act_id", "recorded_n"], ["timeline.act_id", "timeline.n"]),
    )


class Comparison(Model):
    """What changed between two texts, named by their digests, where making it takes long. The
    edition and language of each say where to find them.
    """

    __tablename__ = "comparison"
    old_digest: Mapped[str] = mapped_column(primary_key=True)
    new_digest: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(Id)
    old_n: Mapped[int]
    old_language: Mapped[str]
    new_n: Mapped[int]
    new_language: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "old_n"], ["edition.act_id", "edition.n"]),
        ForeignKeyConstraint(["act_id", "new_n"], ["edition.act_id", "edition.n"]),
        CheckConstraint("state IN ('waiting', 'ready', 'failed')", name="state"),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="due"),
        CheckConstraint("(state = 'ready') = (content IS NOT NULL)", name="content"),
        Index("ix_comparison_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )


class TextSeen(Model):
    """The edition whose text a person read last, and the one before it."""

    __tablename__ = "text_seen"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    act_id: Mapped[int] = mapped_column(Id, primary_key=True)
    n: Mapped[int]
    before_n: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "n"], ["edition.act_id", "edition.n"]),
        ForeignKeyConstraint(["act_id", "before_n"], ["edition.act_id", "edition.n"]),
        CheckConstraint("before_n IS NULL OR before_n < n", name="order"),
    )
