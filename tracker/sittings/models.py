"""The Council's decision on a draft: members' positions, or the decision as taken at a sitting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Json, Model, UtcDateTime

_CURRENT = text("replaced_n IS NULL")


class Position(Model):
    """What one member said in one visit. A later one replaces it; both stay."""

    __tablename__ = "position"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    vote: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    letter_ref: Mapped[str | None]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_n: Mapped[int | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),
        CheckConstraint("vote IN ('yes', 'no', 'abstain', 'recuse')", name="vote"),
        CheckConstraint("vote <> 'no' OR text IS NOT NULL", name="objection_text"),
        Index(
            "uq_position_current",
            "act_id",
            "visit",
            "person_id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )


class Decision(Model):
    """A decision as taken at a sitting, with its result and arithmetic as computed then."""

    __tablename__ = "decision"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int]
    body_key: Mapped[str] = mapped_column(ForeignKey("body.key"))
    decided_on: Mapped[date | None]
    decided_precision: Mapped[str]
    minutes_ref: Mapped[str]
    present: Mapped[list[int]] = mapped_column(Json)
    objections: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    result: Mapped[dict[str, Any]] = mapped_column(Json)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),
        Index("ix_decision_visit", "act_id", "visit"),
    )
