"""Reading duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.duties.models import Duty
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from workflows.facts import DutyFacts


def duty_facts(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[DutyFacts, ...]]:
    """The open duties of each act, oldest first."""
    found: dict[int, list[DutyFacts]] = {}
    for row in session.execute(
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
        .where(Duty.act_id.in_(ids), Duty.closed_at.is_(None))
        .order_by(Duty.id)
    ):
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
