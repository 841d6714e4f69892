"""The append-only record. Database triggers refuse to change or delete an entry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Json, Model, UtcDateTime


class TimelineEntry(Model):
    """One thing that happened to an act. `canonical` is the text whose hash is chained."""

    __tablename__ = "timeline"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    behalf_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str | None]
    decided_on: Mapped[date | None]
    decided_precision: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    basis: Mapped[str | None]
    edition: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    canonical: Mapped[str] = mapped_column(Text)
    hash: Mapped[str]
    __table_args__ = (
        CheckConstraint(
            "decided_precision IS NULL OR decided_precision IN ('day', 'month', 'year', 'unknown')",
            name="precision",
        ),
        CheckConstraint(
            "(decided_on IS NULL) = (decided_precision IS NULL OR decided_precision = 'unknown')",
            name="decided",
        ),
        CheckConstraint("basis IS NULL OR basis IN ('document', 'press', 'assumed')", name="basis"),
        Index("ix_timeline_actor", "actor_id", "recorded_at"),
    )


class TimelineText(Model):
    """Words of a person in an entry. The chain holds their salted digest, so that they can be
    removed one day and the chain still verifies.
    """

    __tablename__ = "timeline_text"
    act_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    __table_args__ = (ForeignKeyConstraint(["act_id", "n"], ["timeline.act_id", "timeline.n"]),)
