"""Acts, what they are called, which bodies have a part in them, and where they have stood."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Json, Model, UtcDateTime


class ProcedureVersion(Model):
    """A version of a procedure as it was stored; its text never changes."""

    __tablename__ = "procedure_version"
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Act(Model):
    """A draft or adopted act. Its row is locked before anything about it is written.

    `version` is the number of its last timeline entry and `head` that entry's hash; `floor` is
    the latest known date of a move. `state`, `stage` and `visit` say where it stands; `edition`
    is the current edition's number.
    """

    __tablename__ = "act"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    procedure_key: Mapped[str]
    procedure_version: Mapped[int]
    state: Mapped[str]
    stage: Mapped[str]
    visibility: Mapped[str]
    version: Mapped[int]
    head: Mapped[str]
    visit: Mapped[int]
    floor: Mapped[date | None]
    edition: Mapped[int | None]
    initiator: Mapped[str]
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        ForeignKeyConstraint(
            ["procedure_key", "procedure_version"],
            ["procedure_version.key", "procedure_version.version"],
        ),
        CheckConstraint("visibility IN ('internal', 'public')", name="visibility"),
        CheckConstraint("version >= 0 AND visit >= 1", name="counted"),
        Index("ix_act_stage", "stage", "id", "visibility"),
        Index("ix_act_visibility", "visibility", "id"),
    )


class Heading(Model):
    """The kind and titles of an act from one timeline entry to another. `search` has them and the
    act's reference, folded for finding; `sort_key` is for ordering by the authentic title.
    """

    __tablename__ = "heading"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    since_n: Mapped[int] = mapped_column(primary_key=True)
    until_n: Mapped[int | None]
    kind: Mapped[str]
    titles: Mapped[dict[str, str]] = mapped_column(Json)
    search: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("until_n IS NULL OR until_n >= since_n", name="order"),
        Index(
            "uq_heading_current",
            "act_id",
            unique=True,
            sqlite_where=text("until_n IS NULL"),
            postgresql_where=text("until_n IS NULL"),
        ),
        Index(
            "ix_heading_kind_current",
            "kind",
            sqlite_where=text("until_n IS NULL"),
            postgresql_where=text("until_n IS NULL"),
        ),
    )


class ActBody(Model):
    """A body's part in an act: lead, former lead, drafting, initiator, or only concerned (it
    sees the act).
    """

    __tablename__ = "act_body"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    body_key: Mapped[str] = mapped_column(ForeignKey("body.key"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (
        CheckConstraint(
            "part IN ('lead', 'former_lead', 'drafting', 'initiator', 'concerned')", name="part"
        ),
        Index("ix_act_body_body_part", "body_key", "part", "act_id"),
        Index(
            "uq_act_body_lead",
            "act_id",
            unique=True,
            sqlite_where=text("part = 'lead'"),
            postgresql_where=text("part = 'lead'"),
        ),
    )


class Visit(Model):
    """One stay of an act in one state, derived from the timeline. `n` is the number of the entry
    that began it. A date is None where the move has no known day; a visit begun by a corrected
    step is void.
    """

    __tablename__ = "visit"
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    entered_on: Mapped[date | None]
    left_n: Mapped[int | None]
    left_on: Mapped[date | None]
    void: Mapped[bool] = mapped_column(server_default=text("false"))
    __table_args__ = (
        CheckConstraint("left_n IS NOT NULL OR left_on IS NULL", name="left"),
        CheckConstraint("NOT void OR left_n IS NOT NULL", name="void_left"),
        Index(
            "uq_visit_open",
            "act_id",
            unique=True,
            sqlite_where=text("left_n IS NULL"),
            postgresql_where=text("left_n IS NULL"),
        ),
    )


class ActNumber(Model):
    """A number that was given. It is given once, and stays used whatever becomes of the step."""

    __tablename__ = "act_number"
    format: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True, index=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    given_n: Mapped[int]


class ReferenceCounter(Model):
    """The last serial of the references given in a year."""

    __tablename__ = "reference_counter"
    year: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[int]
