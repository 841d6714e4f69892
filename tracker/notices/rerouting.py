"""Absences that begin or end between queueing and sending: what asks for something goes to whoever
can answer it today.

Who has gone away keeps it in the inbox, and the deputy is mailed instead. Who has come back is
mailed what was the deputy's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import AnyRow
from tracker.notices.checks import Checked
from tracker.notices.models import Notice
from tracker.notices.operations import NewNotice, queue, standing_in
from tracker.people.queries import directory
from workflows.calendars import local_date
from workflows.facts import Person

AWAY, BACK = "away", "back"
Seat = tuple[str, str]


def reroute(session: Session, rows: Sequence[AnyRow], checked: Checked, now: datetime) -> Checked:
    """Look at a batch that is about to be sent, in one statement, and in two more where somebody
    went or came back; what was begun already goes on to whom it was begun for.
    """
    seats = {row.id: _seats(row) for row in rows if row.started_at is None}
    asking = [
        row
        for row in rows
        if seats.get(row.id) and checked.unmeant.get(row.id) in (None, "not_the_holder")
    ]
    if not asking:
        return checked
    wanted = {seat for row in asking for seat in seats[row.id]}
    seated = directory(session, wanted, local_date(now, assembly.zone()))
    gone: dict[int, Person] = {}
    back: list[AnyRow] = []
    for row in asking:
        owner = row.facts.get("principal") or row.person_id
        people = (person for seat in seats[row.id] for person in seated.get(seat, ()))
        found = next((person for person in people if person.id == owner), None)
        if found is None:
            continue
        if found.away is None:
            if owner != row.person_id:
                back.append(row)
        elif row.person_id != found.away.deputy.id:
            gone[row.id] = found
    if not gone and not back:
        return checked
    _move(session, asking, gone, back, now)
    alone = [row for row in back if len(row.facts["because"]) == 1]
    moved = {**dict.fromkeys(gone, AWAY), **{row.id: BACK for row in alone}}
    return Checked(checked.people, {**checked.unmeant, **moved})


def _seats(row: AnyRow) -> list[Seat]:
    """The seats by which its reader is asked; none for what is asked of somebody by name."""
    due = row.facts.get("due") or {}
    return [(body, role) for body, role in row.facts.get("seats") or due.get("seats") or ()]


def _move(
    session: Session,
    asking: Iterable[AnyRow],
    gone: Mapping[int, Person],
    back: Sequence[AnyRow],
    now: datetime,
) -> None:
    moved = [row for row in asking if row.id in gone] + list(back)
    ids = [row.id for row in moved]
    found = session.execute(select(Notice.id, Notice.event).where(Notice.id.in_(ids)))
    events = {row.id: row.event for row in found}
    queue(
        session,
        [_for_deputy(row, events[row.id], gone[row.id]) for row in moved if row.id in gone],
        now,
    )
    if back:
        theirs = [(events[row.id], row.name, row.facts["principal"]) for row in back]
        session.execute(
            update(Notice)
            .where(
                tuple_(Notice.event, Notice.name, Notice.person_id).in_(theirs),
                Notice.why == AWAY,
            )
            .values(state="queued", why=None, due_at=now)
        )


def _for_deputy(row: AnyRow, event: str, person: Person) -> NewNotice:
    assert person.away is not None
    return NewNotice(
        event=event,
        name=row.name,
        person=person.away.deputy,
        reasons=("deputy",),
        facts={**row.facts, "because": [("deputy", None)], **standing_in(person)},
        act_id=row.act_id,
        duty=None if row.duty_id is None else (row.duty_id, row.duty_generation),
    )
