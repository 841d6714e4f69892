"""Reading duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.acts.models import Act, Heading
from tracker.duties.models import Duty
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from tracker.prepared import Prepared, any_of, read
from tracker.reviews.models import Review
from workflows.calendars import DaysLeft
from workflows.facts import Actor, DutyFacts

_OPEN = Prepared(
    select(
        Duty.id.label("duty_id"),
        Duty.act_id,
        Duty.kind,
        Duty.visit,
        Duty.body_key,
        Duty.role,
        Duty.action,
        Duty.due_on,
        Duty.first_due_on,
        Duty.extended,
        Duty.stopped_on,
        Duty.days_left,
        Duty.left_in,
        *PERSON,
    )
    .outerjoin(Person, Person.id == Duty.person_id)
    .where(any_of(Duty.act_id, "ids"), Duty.closed_at.is_(None))
    .order_by(Duty.id)
)


def duty_facts(connection: Connection, ids: Sequence[int]) -> Mapping[int, tuple[DutyFacts, ...]]:
    """The open duties of each act, oldest first."""
    found: dict[int, list[DutyFacts]] = {}
    for row in read(connection, _OPEN, ids=ids):
        found.setdefault(row.act_id, []).append(
            DutyFacts(
                row.duty_id,
                row.kind,
                row.visit,
                person_of(row) if row.id is not None else None,
                row.body_key,
                row.role,
                row.action,
                row.due_on,
                row.first_due_on,
                row.extended,
                row.stopped_on,
                left_of(row),
            )
        )
    return {act: tuple(duties) for act, duties in found.items()}


def left_of(row: Any) -> DaysLeft | None:
    """What was left of a duty whose clock stands still."""
    return DaysLeft(row.days_left, row.left_in) if row.stopped_on is not None else None


def duties_of(session: Session, actor: Actor, offset: int, limit: int) -> tuple[int, Sequence[Any]]:
    """Open duties of the actor, their own, their seats' and those of whom they stand in for, the
    soonest first; how many there are, and a page of them.
    """
    persons = {actor.person, *actor.deputises.values()}
    mine = and_(
        Duty.closed_at.is_(None),
        or_(
            Duty.person_id.in_(sorted(person for person in persons if person is not None)),
            tuple_(Duty.body_key, Duty.role).in_(sorted(actor.roles)),
        ),
    )
    total = session.scalar(select(func.count(Duty.id)).where(mine))
    rows = session.execute(
        select(
            Duty,
            Act.reference,
            Act.procedure_key,
            Act.procedure_version,
            Heading.titles,
            Review.id.label("review"),
        )
        .join(Act, Act.id == Duty.act_id)
        .join(Heading, and_(Heading.act_id == Act.id, Heading.until_n.is_(None)))
        .outerjoin(Review, Review.duty_id == Duty.id)
        .where(mine)
        .order_by(Duty.due_on.nulls_last(), Duty.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return total or 0, rows
