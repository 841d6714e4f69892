"""Expert reviews of one edition in one visit of the EAB's examination."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Model, UtcDateTime

_OPEN = text("state IN ('invited', 'accepted')")


class Review(Model):
    """One expert's part. `closed_n` is the step that cancelled it, so that a correction of that
    step can bring it back.
    """

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    visit: Mapped[int]
    edition: Mapped[int | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), unique=True)
    state: Mapped[str]
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    recommendation: Mapped[str | None]
    text: Mapped[str | None] = mapped_column(Text)
    draft_recommendation: Mapped[str | None]
    draft_text: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_before: Mapped[str | None]
    closed_n: Mapped[int | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),
        CheckConstraint(
            "state IN ('invited', 'accepted', 'declined', 'submitted', 'cancelled')", name="state"
        ),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted"),
        CheckConstraint("(state = 'submitted') = (recommendation IS NOT NULL)", name="opinion"),
        CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="declined"),
        CheckConstraint(
            "recommendation IS NULL OR recommendation IN "
            "('approve', 'approve_with_remarks', 'revise', 'reject')",
            name="recommendation",
        ),
        Index("ix_review_act", "act_id", "visit"),
        Index("ix_review_person", "person_id", "state"),
        Index(
            "uq_review_open",
            "act_id",
            "visit",
            "person_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )
