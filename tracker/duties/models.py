"""What is owed, and the ledger of what was reminded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Json, Model, UtcDateTime

_OPEN = text("closed_at IS NULL")
_OPEN_OF_PERSON = text("closed_at IS NULL AND person_id IS NOT NULL")
_OPEN_OF_SEAT = text("closed_at IS NULL AND role IS NOT NULL")
COUNTED = text("closed_at IS NULL AND counted_from IS NOT NULL")
"""Open duties whose date a rule counted in working days."""
SILENT = text(
    "closed_at IS NULL AND (paused_at IS NOT NULL OR stopped_on IS NOT NULL"
    " OR due_state = 'cannot_compute')"
)
"""Open duties of which nothing is said: paused, stopped, or without a date that can be computed."""


class Duty(Model):
    """What a person, or whoever has a role in a body, owes for one visit of an act.

    `due_on` is a date of `zone` and ends at 23:59:59 there; `due_state` says why there is none.
    A moved date raises `generation`, so that reminders begin anew. `invited_at` is when the holder
    was last told of the duty or its date; `next_reminder_at`, when the sweep looks at it again.

    `counted_from` and `counted_days` are kept where the date was counted in working days by a rule,
    so that a changed calendar can be asked what it gives now. `extended` counts extensions,
    `first_due_on` is the date before them. While the clock stands still (`stopped_on`) there is no
    date, and `days_left`, in `left_in`, run on later. Nothing is said of a duty between `paused_at`
    and the day `paused_until`, or until somebody lets reminders go on.
    """

    __tablename__ = "duty"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    visit: Mapped[int]
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    body_key: Mapped[str | None] = mapped_column(ForeignKey("body.key"))
    role: Mapped[str | None]
    action: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_n: Mapped[int]
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]
    due_state: Mapped[str]
    due_detail: Mapped[Any] = mapped_column(Json)
    zone: Mapped[str]
    calendar: Mapped[str]
    generation: Mapped[int] = mapped_column(server_default="1")
    next_reminder_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_n: Mapped[int | None]
    closed_why: Mapped[str | None]
    counted_from: Mapped[date | None]
    counted_days: Mapped[int | None]
    first_due_on: Mapped[date | None]
    extended: Mapped[int] = mapped_column(server_default="0")
    stopped_on: Mapped[date | None]
    days_left: Mapped[int | None]
    left_in: Mapped[str | None]
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[date | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),
        CheckConstraint("(person_id IS NULL) = (role IS NOT NULL)", name="holder"),
        CheckConstraint("person_id IS NULL OR body_key IS NULL", name="holder_body"),
        CheckConstraint("due_state IN ('set', 'not_set', 'cannot_compute')", name="due_state"),
        CheckConstraint("(due_on IS NOT NULL) = (due_state = 'set')", name="due"),
        CheckConstraint("(closed_at IS NULL) = (closed_why IS NULL)", name="closed"),
        CheckConstraint("closed_at IS NULL OR next_reminder_at IS NULL", name="closed_silent"),
        Index("ix_duty_act", "act_id"),
        Index("ix_duty_open_kind", "kind", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_duty_open_person",
            "person_id",
            "due_on",
            sqlite_where=_OPEN_OF_PERSON,
            postgresql_where=_OPEN_OF_PERSON,
        ),
        Index(
            "ix_duty_open_seat",
            "body_key",
            "role",
            "due_on",
            sqlite_where=_OPEN_OF_SEAT,
            postgresql_where=_OPEN_OF_SEAT,
        ),
        Index(
            "ix_duty_next_reminder",
            "next_reminder_at",
            "id",
            sqlite_where=text("closed_at IS NULL AND next_reminder_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND next_reminder_at IS NOT NULL"),
        ),
        Index(
            "ix_duty_open_counted",
            "calendar",
            "counted_from",
            "counted_days",
            "due_on",
            sqlite_where=COUNTED,
            postgresql_where=COUNTED,
        ),
        Index("ix_duty_silent", "id", sqlite_where=SILENT, postgresql_where=SILENT),
    )


class Reminder(Model):
    """The ledger: one row for each reminder a recipient had, or had folded into a later one.

    A step that found nobody to remind has one row without a recipient: it is done, too. So has
    one that somebody `skipped`. What a person sends outside the plan has the rule `BY_HAND`.
    """

    __tablename__ = "reminder"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    generation: Mapped[int]
    rule: Mapped[str]
    occurrence: Mapped[int]
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent: Mapped[bool]
    skipped: Mapped[bool] = mapped_column(server_default=false())
    __table_args__ = (
        UniqueConstraint("duty_id", "generation", "rule", "occurrence", "recipient_id"),
        CheckConstraint("recipient_id IS NOT NULL OR NOT sent", name="sent_to"),
        Index(
            "uq_reminder_nobody",
            "duty_id",
            "generation",
            "rule",
            "occurrence",
            unique=True,
            sqlite_where=text("recipient_id IS NULL"),
            postgresql_where=text("recipient_id IS NULL"),
        ),
    )
