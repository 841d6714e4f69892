"""Reading remarks: whose they are to see, and how many wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, true
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.permissions import bodies_of_actor, may
from tracker.prepared import Prepared, any_of, read
from tracker.remarks.models import Remark
from workflows.facts import ActFacts, Actor

_UNANSWERED = Prepared(
    select(Remark.act_id, func.count(Remark.id).label("waiting"))
    .where(
        any_of(Remark.act_id, "ids"),
        Remark.confirmed_at.is_(None),
        Remark.merged_into.is_(None),
    )
    .group_by(Remark.act_id)
)


def unanswered_remarks(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """How many remarks on each act have no confirmed answer."""
    return {row.act_id: row.waiting for row in read(connection, _UNANSWERED, ids=ids)}


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
