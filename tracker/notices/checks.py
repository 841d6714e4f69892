"""Whether a queued mail is still meant: asked again when it is about to be sent.

A mail that tells what happened goes to whoever was to be told, while they have a place here; to
whoever follows the act, while they follow it and may see it. One that asks for something goes only
while it is owed, and only to whoever owes it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import AnyRow, AnySelect
from tracker.duties.models import Duty
from tracker.following.queries import still_followed
from tracker.notices.models import RefusedAddress
from tracker.notices.queries import NEWS
from tracker.notices.suppression import STILL_THEIRS
from tracker.people.models import Account, Person
from tracker.people.queries import PERSON, Standing, person_of, standings
from workflows import facts
from workflows.calendars import local_date

REQUESTS = frozenset({"review_assigned", "position_asked", "circulation_opened"})
"""Notices that ask for one duty and say nothing else."""
REMINDER = "duty_reminder"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found for a batch: the persons it needs, and why some of its rows are not meant."""

    people: Mapping[int, facts.Person]
    unmeant: Mapping[int, str]


def check(session: Session, rows: Sequence[AnyRow], named: Iterable[int], now: datetime) -> Checked:
    """Look at a batch with a fixed number of queries; `named` are persons its texts mention."""
    people: dict[int, facts.Person] = {}
    gone: dict[int, str] = {}
    ids = {row.person_id for row in rows} | set(named)
    for person in session.execute(_persons(ids)):
        people[person.id] = person_of(person)
        if not person.active:
            gone[person.id] = "person_left"
        elif person.may_log_in is False:
            gone[person.id] = "account_disabled"
        elif person.refused is not None:
            gone[person.id] = "address_refused"
    unmeant = {row.id: gone[row.person_id] for row in rows if row.person_id in gone}
    news = [row.id for row in rows if row.name == NEWS and row.id not in unmeant]
    if news:
        day = local_date(now, assembly.zone())
        still = still_followed(session, assembly.assembly(), news, day)
        unmeant |= {number: "not_followed" for number in news if number not in still}
    bound = [row for row in rows if row.duty_id is not None or row.name in REQUESTS]
    if bound:
        day = local_date(now, assembly.zone())
        duties = session.execute(_duties(bound)).all()
        standing = standings(session, {row.person_id for row in bound}, day)
        for row in bound:
            why = _over(row, duties, standing[row.person_id], day)
            if why is not None:
                unmeant.setdefault(row.id, why)
    return Checked(people, unmeant)


def _persons(ids: Iterable[int]) -> AnySelect:
    return (
        select(
            *PERSON,
            Person.active,
            Account.active.label("may_log_in"),
            RefusedAddress.since.label("refused"),
        )
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(RefusedAddress, STILL_THEIRS)
        .where(Person.id.in_(sorted(ids)))
    )


def _duties(rows: Sequence[AnyRow]) -> AnySelect:
    """The duties that the rows name, and the open ones of the acts in which they ask for one."""
    by_id = [row.duty_id for row in rows if row.duty_id is not None]
    by_act = {row.act_id for row in rows if row.duty_id is None}
    return select(
        Duty.id,
        Duty.act_id,
        Duty.kind,
        Duty.opened_n,
        Duty.person_id,
        Duty.body_key,
        Duty.role,
        Duty.due_on,
        Duty.generation,
        Duty.closed_at,
    ).where(or_(Duty.id.in_(by_id), Duty.act_id.in_(sorted(by_act)) & Duty.closed_at.is_(None)))


def _over(row: AnyRow, duties: Sequence[AnyRow], standing: Standing, day: date) -> str | None:
    """Why a mail bound to a duty is not meant any more."""
    if row.duty_id is None:
        due = row.facts.get("due")
        if due is None:
            return None
        asked = (row.act_id, due["duty"], row.facts["n"])
        mine = (
            _holds(standing, duty)
            for duty in duties
            if (duty.act_id, duty.kind, duty.opened_n) == asked and duty.closed_at is None
        )
        return None if any(mine) else "duty_over"
    duty = next(duty for duty in duties if duty.id == row.duty_id)
    if duty.closed_at is not None:
        return "duty_over"
    if duty.generation != row.duty_generation:
        return "duty_moved"
    told_as = row.facts.get("seats")
    if told_as is not None:
        meant = any(tuple(seat) in standing.seats for seat in told_as)
    else:
        meant = _holds(standing, duty)
    if not meant:
        return "not_the_holder"
    late = duty.due_on is not None and duty.due_on < day
    return "too_late" if row.name == REMINDER and late else None


def _holds(standing: Standing, duty: AnyRow) -> bool:
    return duty.person_id in standing.persons or (duty.body_key, duty.role) in standing.seats
