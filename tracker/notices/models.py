"""The outbox: one row for each person told of each event, with what became of its mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Json, Model, UtcDateTime

WAITING = text("state IN ('queued', 'sending') AND leader_id IS NULL")
"""A mail on its way; what goes with another is not one."""
STUCK = text("state IN ('failed', 'held')")
MAILED = text("state = 'sent' AND leader_id IS NULL")
FOLDED = text("leader_id IS NOT NULL")
UNREAD = text("read_at IS NULL")
READ = text("read_at IS NOT NULL")


class Notice(Model):
    """What one person is told. It stands in their inbox at once; `channel` says whether it is
    mailed too, `state` how far the mail is.

    `due_at` is the next attempt, or the end of the sender's lease; `token` fences that lease.
    `started_at` is when a sender last began with it, kept until it is known that nothing came of
    it: a row that has one and was not sent is ambiguous.

    Several may go in one mail: that of the row which is their `leader_id`, and which counts them
    in `folded`. They share its fate. `bundle` says what a row may go together with.
    """

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event: Mapped[str]
    name: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"))
    duty_generation: Mapped[int | None]
    reasons: Mapped[list[str]] = mapped_column(Json)
    language: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str]
    why: Mapped[str | None]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token: Mapped[str | None]
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(server_default="0")
    message_id: Mapped[str]
    subject: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    bundle: Mapped[str] = mapped_column(server_default="news")
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    folded: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (
        UniqueConstraint("event", "name", "person_id", "channel"),
        CheckConstraint("channel IN ('mail', 'inbox')", name="channel"),
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'held', 'skipped')", name="state"
        ),
        CheckConstraint("(state = 'sending') = (token IS NOT NULL)", name="leased"),
        CheckConstraint(
            "(state IN ('queued', 'sending')) = (due_at IS NOT NULL)", name="waiting_due"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("state NOT IN ('skipped', 'held') OR why IS NOT NULL", name="why"),
        # The lowest of those that go together, so that it is written first when they are restored.
        CheckConstraint("leader_id < id", name="leader"),
        # The person last: what else waits for somebody is found in the index alone.
        Index(
            "ix_notice_waiting",
            "due_at",
            "id",
            "person_id",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_notice_stuck", "id", sqlite_where=STUCK, postgresql_where=STUCK),
        Index(
            "ix_notice_mailed",
            "person_id",
            "sent_at",
            sqlite_where=MAILED,
            postgresql_where=MAILED,
        ),
        Index("ix_notice_leader", "leader_id", sqlite_where=FOLDED, postgresql_where=FOLDED),
        # A person's inbox is in two halves, so that a new row is written to one index and not two.
        Index("ix_notice_unread", "person_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_notice_read", "person_id", "id", sqlite_where=READ, postgresql_where=READ),
        Index("ix_notice_act", "act_id", "id"),
    )


class RefusedAddress(Model):
    """An address that a mail server refused for good. Nothing goes to the person while it is still
    theirs: one who gets another address is written to again.
    """

    __tablename__ = "refused_address"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    email: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    said: Mapped[str] = mapped_column(Text)
