"""What a state makes people owe: the duties that open with a visit, and their due dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workflows.calendars import Deadline, DueRule, due
from workflows.facts import ActFacts, DutyFacts, Person
from workflows.schema import DutyKind, Party


@dataclass(frozen=True, slots=True)
class NewDuty:
    """A duty to open: of a person, or of whoever holds a role in a body."""

    kind: str
    person: Person | None
    body: str | None
    role: str | None
    deadline: Deadline
    action: str | None = None
    """For a request: the step asked for."""


def new_duties(facts: ActFacts, key: str, kind: DutyKind, start: date) -> Iterator[NewDuty]:
    """Give the duties of one kind that begin on `start`, a date of the assembly.

    There is one for each body that has the role, or one a person where the file says `each`. A
    duty of the person a step is about is not opened here, but by that step.
    """
    if not isinstance(kind.holder, Party):
        return
    setting = facts.setting
    deadline = due(kind.due.rule(), start, setting.calendars, setting.assembly.zone)
    if kind.holder.each:
        for person in facts.persons(kind.holder):
            yield NewDuty(key, person, None, None, deadline)
        return
    bodies: list[str | None] = [body for body, _role in facts.seats(kind.holder)]
    for body in bodies or [None]:
        yield NewDuty(key, None, body, kind.holder.role, deadline)


def redated(facts: ActFacts, until: date) -> Iterator[tuple[DutyFacts, Deadline]]:
    """Move the duties of the present state to `until`; others, such as requests, keep theirs."""
    own = facts.procedure.state(facts.state).duties
    zone = facts.setting.assembly.zone
    deadline = due(DueRule("fixed_date", on=until), until, facts.setting.calendars, zone)
    return ((duty, deadline) for duty in facts.duties if duty.kind in own)
