"""What every change of one duty begins and ends with: its act locked, and one timeline entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.models import Act
from tracker.acts.operations import facts_for_notice, locked
from tracker.db import AnyRow
from tracker.duties.models import Duty
from tracker.duties.planning import planned
from tracker.errors import Forbidden, NotFound, Refused
from tracker.permissions import OWED_READ_BY, behalf, may, may_of_duty
from tracker.timeline.operations import NewEntry, append
from workflows.assembly_schema import Deed
from workflows.facts import ActFacts, Actor, Refusal


@dataclass(frozen=True, slots=True)
class Held:
    """An open duty whose act is locked, and the deed by which the actor may change it."""

    duty: AnyRow
    row: Row[Any]
    facts: ActFacts
    deed: Deed


def held(
    session: Session, duty_id: int, deed: Deed, actor: Actor, now: datetime, *, asking: bool = False
) -> Held:
    """Lock a duty's act and read both; raises NotFound, Forbidden, or Refused where it is over.

    With `asking`, whoever may ask for such a duty may do this too.
    """
    reference = session.scalar(
        select(Act.reference).join(Duty, Duty.act_id == Act.id).where(Duty.id == duty_id)
    )
    if reference is None:
        raise NotFound(Refusal("no_such_duty"))
    row = locked(session, reference, actor)
    facts = facts_for_notice(session, row, now)
    duty = session.execute(planned().where(Duty.id == duty_id)).one()
    found = permitted(facts, duty.kind, duty.person_id, deed, actor, asking=asking)
    if duty.closed_at is not None:
        raise Refused(Refusal("duty_over"), act_id=row.id)
    return Held(duty, row, facts, found)


def permitted(
    facts: ActFacts, kind: str, person: int | None, deed: Deed, actor: Actor, *, asking: bool
) -> Deed:
    """By which deed the actor may change a duty; what they may not know of is not found."""
    rules = assembly.assembly()
    if may(rules, actor, deed, facts):
        return deed
    asks = may_of_duty(rules, actor, deed, facts, kind) if asking else None
    if asks is not None:
        return asks
    seen_by = OWED_READ_BY.get(kind)
    if seen_by is not None and person != actor.person and not may(rules, actor, seen_by, facts):
        raise NotFound(Refusal("no_such_duty"))
    raise Forbidden(Refusal("not_permitted"))


def record(
    session: Session,
    change: Held,
    action: str,
    data: Mapping[str, Any],
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Write the timeline's entry; returns its number."""
    duty = change.duty
    owes = {"owes": duty.person_id} if duty.person_id is not None else {}
    entry = NewEntry(
        head_of(change.row),
        action,
        actor.person,
        change.row.state,
        behalf=behalf(assembly.assembly(), actor, change.deed, change.facts),
        data={"duty": duty.id, "owed": duty.kind, **owes, **data},
        texts={"reason": reason} if reason else {},
    )
    append(session, [entry], now)
    return entry.n
