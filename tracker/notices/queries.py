"""Reading notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.notices.models import Notice
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from workflows import facts


def told(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[facts.Person, ...]]:
    """Active persons who were told anything of each act; reminders do not count."""
    found: dict[int, list[facts.Person]] = {}
    for row in session.execute(
        select(Notice.act_id, *PERSON)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.act_id.in_(ids), Notice.duty_id.is_(None), Person.active)
        .distinct()
        .order_by(Notice.act_id, Person.id)
    ):
        found.setdefault(row.act_id, []).append(person_of(row))
    return {act: tuple(persons) for act, persons in found.items()}
