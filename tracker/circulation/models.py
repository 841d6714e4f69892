"""Rounds of circulation, their addressees, replies, and dates that were moved."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Model, UtcDateTime

KINDS = ("no_remarks", "remarks", "not_supported", "not_participating", "extension")
"""What a reply can be; the last one asks for more time and answers nothing."""
_OPEN = text("closed_n IS NULL")


class Circulation(Model):
    """One round, the n-th of its act, on one edition. `due_on` is what was asked, `until_on` the
    last day that any addressee has by now; both are dates of the assembly. `opened_n` and
    `closed_n` are timeline entries; a round whose beginning was corrected is void.
    """

    __tablename__ = "circulation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    n: Mapped[int]
    visit: Mapped[int]
    edition: Mapped[int | None]
    due_on: Mapped[date]
    until_on: Mapped[date]
    opened_n: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_n: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_why: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),
        UniqueConstraint("act_id", "n"),
        CheckConstraint("closed_why IN ('by_hand', 'by_date', 'left', 'corrected')", name="why"),
        CheckConstraint("(closed_n IS NULL) = (closed_why IS NULL)", name="closed"),
        CheckConstraint("(closed_n IS NULL) = (closed_at IS NULL)", name="closed_at"),
        CheckConstraint("until_on >= due_on", name="until"),
        Index("ix_circulation_open", "until_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class Addressee(Model):
    """Whom a round asks: a body, or somebody by name whom a letter reaches. `answered_n` is the
    entry of the reply that completed theirs; `brought`: through this round the body sees the act.
    """

    __tablename__ = "circulation_addressee"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act_id: Mapped[int] = mapped_column(Id)
    round: Mapped[int]
    body_key: Mapped[str | None] = mapped_column(ForeignKey("body.key"))
    name: Mapped[str | None]
    address: Mapped[str | None]
    due_on: Mapped[date]
    brought: Mapped[bool]
    answered_n: Mapped[int | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "round"], ["circulation.act_id", "circulation.n"]),
        UniqueConstraint("act_id", "round", "body_key"),
        CheckConstraint("(body_key IS NULL) = (name IS NOT NULL)", name="who"),
        CheckConstraint("address IS NULL OR name IS NOT NULL", name="address"),
    )


class Reply(Model):
    """What an addressee, or one chamber of theirs, replied. `counts_on` is the day it counts by;
    `recorded`: an office entered it from a letter. A scan's bytes are kept under their SHA-256.
    """

    __tablename__ = "circulation_reply"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey("circulation_addressee.id"), index=True)
    n: Mapped[int]
    chamber: Mapped[int | None]
    kind: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    asks_until: Mapped[date | None]
    letter_ref: Mapped[str | None]
    letter_on: Mapped[date | None]
    filename: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    counts_on: Mapped[date]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded: Mapped[bool]
    __table_args__ = (
        CheckConstraint(
            "kind IN ('no_remarks', 'remarks', 'not_supported', 'not_participating', 'extension')",
            name="kind",
        ),
        CheckConstraint("chamber >= 1", name="chamber"),
        CheckConstraint("asks_until IS NULL OR kind = 'extension'", name="asks_until"),
        CheckConstraint("NOT recorded OR letter_ref IS NOT NULL", name="recorded"),
        CheckConstraint(
            "(sha256 IS NULL) = (filename IS NULL) AND (sha256 IS NULL) = (media_type IS NULL) "
            "AND (sha256 IS NULL) = (size IS NULL)",
            name="file",
        ),
    )


class Extension(Model):
    """A date of an addressee that was moved, and why."""

    __tablename__ = "circulation_extension"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey("circulation_addressee.id"), index=True)
    n: Mapped[int]
    former_on: Mapped[date]
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (CheckConstraint("due_on > former_on", name="later"),)
