"""Expert reviews of one edition in one visit of the EAB's examination, and the Board's opinion."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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

from tracker.db import Id, Json, Model, UtcDateTime

_OPEN = text("state IN ('invited', 'accepted')")
_RECOMMENDATION = (
    "recommendation IS NULL OR recommendation IN "
    "('approve', 'approve_with_remarks', 'revise', 'reject')"
)


class Review(Model):
    """One expert's part. `closed_n` is the step that cancelled it, so that a correction of that
    step can bring it back. `draft` is what is written beside recommendation and text and not sent
    yet, `remarks` what was sent of it; the comment table has its own rows of the same remarks.
    """

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    visit: Mapped[int]
    edition: Mapped[int | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), unique=True)
    state: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="opinion")
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    decline_code: Mapped[str | None]
    recommendation: Mapped[str | None]
    text: Mapped[str | None] = mapped_column(Text)
    interest: Mapped[bool | None]
    interest_text: Mapped[str | None] = mapped_column(Text)
    remarks: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    draft_recommendation: Mapped[str | None]
    draft_text: Mapped[str | None] = mapped_column(Text)
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
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
        CheckConstraint(_RECOMMENDATION, name="recommendation"),
        CheckConstraint("kind IN ('opinion', 'guideline')", name="kind"),
        CheckConstraint(
            "decline_code IS NULL OR (state = 'declined' AND decline_code IN "
            "('busy', 'absent', 'conflict', 'not_my_field', 'other'))",
            name="decline_code",
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


class ReviewReserve(Model):
    """Who is asked when the expert of a review declines, in the order of `n`. `became` is the
    review of the one whose turn came; the others wait behind that review then.
    """

    __tablename__ = "review_reserve"
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    became: Mapped[int | None] = mapped_column(ForeignKey("review.id"), unique=True)
    __table_args__ = (UniqueConstraint("review_id", "person_id"),)


class ReviewLink(Model):
    """The link of an invitation. The token itself is kept nowhere: it is computed from the
    installation's key, the review and `nonce`, and is worth nothing once `revoked_at` is set.
    """

    __tablename__ = "review_link"
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    nonce: Mapped[str]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReviewAddendum(Model):
    """What an expert added to an opinion after it was sent."""

    __tablename__ = "review_addendum"
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BoardOpinion(Model):
    """The Board's opinion in one examination: compiled, edited, and frozen when it is issued.
    `counts` are the experts' recommendations, `sections` headings with texts; `revision` grows
    with each change, so that two who edit cannot overwrite each other.
    """

    __tablename__ = "board_opinion"
    act_id: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[int | None]
    language: Mapped[str]
    recommendation: Mapped[str | None]
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    experts: Mapped[list[str]] = mapped_column(Json)
    sections: Mapped[list[dict[str, str]]] = mapped_column(Json)
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_n: Mapped[int | None]
    sha256: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["act_id", "visit"], ["visit.act_id", "visit.n"]),
        CheckConstraint(_RECOMMENDATION, name="recommendation"),
        CheckConstraint(
            "(issued_at IS NULL) = (issued_n IS NULL) AND (issued_at IS NULL) = (sha256 IS NULL)",
            name="issued",
        ),
        CheckConstraint("issued_at IS NULL OR recommendation IS NOT NULL", name="complete"),
    )
