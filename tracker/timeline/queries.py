"""Reading the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from tracker.people.models import Person
from tracker.people.queries import PERSON, persons_by_act
from tracker.prepared import Prepared, any_of, asked
from tracker.timeline.models import TimelineEntry
from workflows import facts

_WORKERS = Prepared(
    select(TimelineEntry.act_id, *PERSON)
    .join(
        Person,
        (Person.id == TimelineEntry.actor_id) | (Person.id == TimelineEntry.behalf_id),
    )
    .where(any_of(TimelineEntry.act_id, "ids"), Person.active)
    .distinct()
    .order_by(TimelineEntry.act_id, Person.id)
)


def workers(
    connection: Connection, ids: Sequence[int]
) -> Callable[[], Mapping[int, tuple[facts.Person, ...]]]:
    """Active persons who did anything on each act, or in whose name it was done."""
    return asked(connection, _WORKERS, persons_by_act, ids=ids)


def undone(act: Any) -> Select[Any]:
    """The numbers of the steps of an act (its number or a column) that corrections have undone."""
    return select(TimelineEntry.data["corrects"].as_integer()).where(
        TimelineEntry.act_id == act, TimelineEntry.action == "correct"
    )
