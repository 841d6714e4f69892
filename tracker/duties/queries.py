"""Reading duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from tracker.duties.models import Duty
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from tracker.prepared import Prepared, any_of, read
from workflows.facts import DutyFacts

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
            )
        )
    return {act: tuple(duties) for act, duties in found.items()}
