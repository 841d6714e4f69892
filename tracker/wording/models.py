"""The words of notices that the secretariat has written, with their history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Model, UtcDateTime


class Wording(Model):
    """What the secretariat wrote in place of a notice's shipped words, from `since` until the next
    one of the same name and language. Without words, the shipped ones again.
    """

    __tablename__ = "notice_wording"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    language: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("(subject IS NULL) = (body IS NULL)", name="whole"),
        Index("ix_notice_wording_name", "name", "language", "id"),
    )
