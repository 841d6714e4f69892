"""Remarks on an edition, and the answers that were replaced."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Model, UtcDateTime

_RESPONSES = "('accepted', 'partly', 'not_accepted', 'noted')"


class Remark(Model):
    """One remark. `n` is its number in the act. `place` is the provision as it was typed and `eid`
    its name in the edition, where it is known; a remark on the whole draft has neither. `ordering`
    sorts by provision.

    `recorded_n` is the timeline entry that brought it in. A merged remark has no answer of its
    own: it has the one of the earlier remark that it is merged into. `version` counts the changes
    of its answer.
    """

    __tablename__ = "remark"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    n: Mapped[int]
    edition: Mapped[int]
    language: Mapped[str]
    eid: Mapped[str | None]
    place: Mapped[str]
    ordering: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    wording: Mapped[str | None] = mapped_column(Text)
    author_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    author_body: Mapped[str | None] = mapped_column(ForeignKey("body.key"))
    author_name: Mapped[str | None]
    source: Mapped[str]
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(Id, index=True)
    letter_ref: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_n: Mapped[int]
    response: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    carried_by: Mapped[int | None]
    """The edition that carries it."""
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("remark.id"), index=True)
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    __table_args__ = (
        UniqueConstraint("act_id", "n"),
        ForeignKeyConstraint(["act_id", "edition"], ["edition.act_id", "edition.n"]),
        ForeignKeyConstraint(["act_id", "carried_by"], ["edition.act_id", "edition.n"]),
        CheckConstraint(
            "kind IN ('legal', 'editorial', 'substantive', 'treaty', 'national_law', 'other')",
            name="kind",
        ),
        CheckConstraint("source IN ('review', 'reply', 'import', 'entered')", name="source"),
        CheckConstraint("source <> 'review' OR review_id IS NOT NULL", name="review"),
        CheckConstraint("source <> 'reply' OR reply_id IS NOT NULL", name="reply"),
        CheckConstraint(
            "author_person IS NOT NULL OR author_body IS NOT NULL OR author_name IS NOT NULL",
            name="author",
        ),
        CheckConstraint("text <> '' OR wording IS NOT NULL", name="words"),
        CheckConstraint(f"response IS NULL OR response IN {_RESPONSES}", name="response"),
        CheckConstraint(
            "(response IS NULL) = (proposed_by IS NULL)"
            " AND (response IS NULL) = (proposed_at IS NULL)",
            name="proposed",
        ),
        CheckConstraint("reason IS NULL OR response IS NOT NULL", name="reason"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)"
            " AND (confirmed_by IS NULL OR response IS NOT NULL)",
            name="confirmed",
        ),
        CheckConstraint(
            "carried_by IS NULL"
            " OR (response IS NOT NULL AND response IN ('accepted', 'partly')"
            " AND carried_by > edition)",
            name="carried",
        ),
        CheckConstraint(
            "merged_into IS NULL OR (merged_into < id AND response IS NULL)", name="merged"
        ),
        Index("ix_remark_act", "act_id", "edition", "ordering", "id"),
    )


class FormerAnswer(Model):
    """An answer that was replaced, re-opened or given up by merging."""

    __tablename__ = "former_answer"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id"), index=True)
    response: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint(f"response IN {_RESPONSES}", name="response"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
    )
