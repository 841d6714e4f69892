"""Reading duties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, union
from sqlalchemy.orm import Session

from tracker.acts.models import Act, Heading
from tracker.duties.models import Duty
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from tracker.prepared import Prepared, any_of, asked
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


def duty_facts(
    connection: Connection, ids: Sequence[int]
) -> Callable[[], Mapping[int, tuple[DutyFacts, ...]]]:
    """The open duties of each act, oldest first."""
    return asked(connection, _OPEN, _facts_of, ids=ids)


def _facts_of(rows: Sequence[Any]) -> Mapping[int, tuple[DutyFacts, ...]]:
    found: dict[int, list[DutyFacts]] = {}
    for row in rows:
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


def owed_by(actor: Actor) -> list[ColumnElement[bool]]:
    """The ways in which an open duty is the actor's: their own, or one of a seat of theirs. Each
    is found by an index of its own where they are asked apart.
    """
    persons = {actor.person, *actor.deputises.values()} - {None}
    return [
        and_(Duty.closed_at.is_(None), condition)
        for condition in (
            Duty.person_id.in_(persons),
            *(and_(Duty.body_key == body, Duty.role == role) for body, role in sorted(actor.roles)),
        )
    ]


def duties_of(session: Session, actor: Actor, offset: int, limit: int) -> tuple[int, Sequence[Any]]:
    """Open duties of the actor, their own, their seats' and those of whom they stand in for, the
    soonest first; how many there are, and a page of them.
    """
    mine = union(*(select(Duty.id).where(condition) for condition in owed_by(actor)))
    total = session.scalar(select(func.count()).select_from(mine.subquery()))
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
        .where(Duty.id.in_(mine))
        .order_by(Duty.due_on.nulls_last(), Duty.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return total or 0, rows
