"""Reading remarks: whose they are to see, and how many wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from tracker.acts.models import Act, Visit
from tracker.circulation.models import Addressee, Circulation, Reply
from tracker.permissions import bodies_of_actor, may
from tracker.prepared import Prepared, any_of, asked
from tracker.remarks.models import Remark
from tracker.reviews.models import Review
from workflows.facts import ActFacts, Actor

OF_VOID_ROUND: ColumnElement[bool] = or_(
    exists(
        select(Review.id)
        .join(Visit, and_(Visit.act_id == Review.act_id, Visit.n == Review.visit))
        .where(Review.id == Remark.review_id, Visit.void)
        .correlate(Remark)
    ),
    exists(
        select(Reply.id)
        .join(Addressee, Addressee.id == Reply.addressee_id)
        .join(
            Circulation,
            and_(Circulation.act_id == Addressee.act_id, Circulation.n == Addressee.round),
        )
        .where(Reply.id == Remark.reply_id, Circulation.closed_why == "corrected")
        .correlate(Remark)
    ),
)
"""Whether a remark came with a round of review or of circulation that a correction made void: it
is kept, asks for no answer, and is not among the others.
"""
_UNANSWERED = Prepared(
    select(Remark.act_id, func.count(Remark.id).label("waiting"))
    .where(
        any_of(Remark.act_id, "ids"),
        Remark.confirmed_at.is_(None),
        Remark.merged_into.is_(None),
        not_(OF_VOID_ROUND),
    )
    .group_by(Remark.act_id)
)


def unanswered_remarks(
    connection: Connection, ids: Sequence[int]
) -> Callable[[], Mapping[int, int]]:
    """How many remarks on each act have no confirmed answer."""
    return asked(
        connection, _UNANSWERED, lambda rows: {row.act_id: row.waiting for row in rows}, ids=ids
    )


def reference_of(session: Session, remark: int) -> str | None:
    """The reference of the act that a remark is on, None where there is no such remark."""
    return session.scalar(
        select(Act.reference).join(Remark, Remark.act_id == Act.id).where(Remark.id == remark)
    )


def seen_remarks(actor: Actor, facts: ActFacts) -> ColumnElement[bool]:
    """Which remarks on an act the actor sees: all, or their own and those of their own body."""
    rules = facts.setting.assembly
    if actor.person is None:
        return false()
    if may(rules, actor, "see_remarks", facts):
        return true()
    own = [Remark.author_person == actor.person]
    if bodies := bodies_of_actor(rules, actor):
        own.append(Remark.author_body.in_(bodies))
    return or_(*own)
