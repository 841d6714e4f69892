"""Reading notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, select

from tracker.notices.models import Notice
from tracker.people.models import Person
from tracker.people.queries import PERSON, persons_by_act
from tracker.prepared import Prepared, any_of, asked
from workflows import facts

NEWS = "act_moved"
"""What those who follow an act are told of its moves."""

_TOLD = Prepared(
    select(Notice.act_id, *PERSON)
    .join(Person, Person.id == Notice.person_id)
    .where(
        any_of(Notice.act_id, "ids"),
        Notice.duty_id.is_(None),
        Notice.name != NEWS,
        Person.active,
    )
    .distinct()
    .order_by(Notice.act_id, Person.id)
)


def told(
    connection: Connection, ids: Sequence[int]
) -> Callable[[], Mapping[int, tuple[facts.Person, ...]]]:
    """Active persons who were told anything of each act; reminders do not count, nor what came
    to somebody who only follows it.
    """
    return asked(connection, _TOLD, persons_by_act, ids=ids)
