"""Bodies with who sits in them, and persons with their seats, absences and accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from tracker import assembly
from tracker.acts.effects import fold
from tracker.errors import NotFound
from tracker.paging import Page, Paging
from tracker.people.models import Absence, Account, DeadlineFeed, Membership
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, holds_on, person_as, person_at, person_of
from workflows.facts import Person, Refusal


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's role in a body, from one date to another, both inclusive."""

    id: int
    person: Person
    institution: str
    body: str
    role: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until >= day)


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody is away, and who stands in."""

    id: int
    person: Person
    deputy: Person | None
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the list. `account`: None where there is none, else whether it lets in."""

    person: Person
    institution: str
    account: bool | None
    seats: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that is kept of one person."""

    person: Person
    institution: str
    member: str | None
    expertise: Sequence[str]
    account: bool | None
    seats: Sequence[Seat]
    absences: Sequence[Away]


def read_seats(session: Session, *conditions: ColumnElement[bool]) -> list[Seat]:
    """Seats in the order of bodies and roles, the present before the past."""
    rows = session.execute(
        select(Membership, PersonRow.institution, *PERSON)
        .join(PersonRow, PersonRow.id == Membership.person_id)
        .where(PersonRow.active, *conditions)
        .order_by(
            Membership.body_key, Membership.role, Membership.until.desc().nulls_first(),
            PersonRow.id,
        )
    )  # fmt: skip
    return [
        Seat(
            row.Membership.id,
            person_of(row),
            row.institution,
            row.Membership.body_key,
            row.Membership.role,
            row.Membership.since,
            row.Membership.until,
        )
        for row in rows
    ]


def seats_today(session: Session, day: date) -> Mapping[str, Mapping[str, Sequence[Seat]]]:
    """Who sits where on a date, by body and role. One statement."""
    found: dict[str, dict[str, list[Seat]]] = {}
    for seat in read_seats(session, holds_on(day)):
        found.setdefault(seat.body, {}).setdefault(seat.role, []).append(seat)
    return found


def seats_of_body(session: Session, body: str) -> list[Seat]:
    """Every seat of a body, also past and coming ones; raises NotFound."""
    if body not in assembly.assembly().bodies:
        raise NotFound(Refusal("not_found"))
    order = {role: place for place, role in enumerate(assembly.assembly().bodies[body].roles)}
    seats = read_seats(session, Membership.body_key == body)
    return sorted(seats, key=lambda seat: order.get(seat.role, len(order)))


def list_people(session: Session, q: str, day: date, paging: Paging) -> Page[PersonLine]:
    """Active persons whose name, address or institution holds every word. Three statements."""
    wanted = [PersonRow.active, *(_mentions(word) for word in fold(q).split())]
    total = session.scalar(select(func.count(PersonRow.id)).where(*wanted)) or 0
    rows = session.execute(
        select(PersonRow.institution, Account.active.label("account"), *PERSON)
        .outerjoin(Account, Account.person_id == PersonRow.id)
        .where(*wanted)
        .order_by(PersonRow.id)
        .limit(paging.per_page)
        .offset(paging.offset)
    ).all()
    seats: dict[int, list[tuple[str, str]]] = {}
    for seat in read_seats(
        session, holds_on(day), Membership.person_id.in_([row.id for row in rows])
    ):
        seats.setdefault(seat.person.id, []).append((seat.body, seat.role))
    lines = [
        PersonLine(person_of(row), row.institution, row.account, seats.get(row.id, []))
        for row in rows
    ]
    return Page(lines, total, paging)


def _mentions(word: str) -> ColumnElement[bool]:
    """Names are searched as they are kept: a name begins with a capital, so that is tried too."""
    tries = {word, word.capitalize(), word.upper()}
    languages = assembly.assembly().languages
    columns: list[Any] = [PersonRow.email, PersonRow.institution]
    columns += [PersonRow.names[language].as_string() for language in languages]
    return or_(
        *(column.contains(each, autoescape=True) for column in columns for each in sorted(tries))
    )


def read_person(session: Session, person_id: int) -> PersonPage:
    """One person; raises NotFound. Three statements."""
    row = session.execute(
        select(
            PersonRow.institution,
            PersonRow.member,
            PersonRow.expertise,
            Account.active.label("account"),
            *PERSON,
        )
        .outerjoin(Account, Account.person_id == PersonRow.id)
        .where(PersonRow.id == person_id, PersonRow.active)
    ).one_or_none()
    if row is None:
        raise NotFound(Refusal("not_found"))
    return PersonPage(
        person=person_of(row),
        institution=row.institution,
        member=row.member,
        expertise=row.expertise,
        account=row.account,
        seats=read_seats(session, Membership.person_id == person_id),
        absences=read_absences(session, Absence.person_id == person_id),
    )


def read_absences(session: Session, condition: ColumnElement[bool] | None = None) -> list[Away]:
    """Absences, the latest first."""
    deputy = aliased(PersonRow)
    rows = session.execute(
        select(
            Absence,
            *person_as("deputy", deputy),
            *PERSON,
        )
        .join(PersonRow, PersonRow.id == Absence.person_id)
        .outerjoin(deputy, deputy.id == Absence.deputy_id)
        .where(condition if condition is not None else true())
        .order_by(Absence.since.desc())
    )
    return [
        Away(
            row.Absence.id,
            person_of(row),
            person_at(row, "deputy"),
            row.Absence.since,
            row.Absence.until,
        )
        for row in rows
    ]


def feed_since(session: Session, person_id: int) -> datetime | None:
    """When the link to somebody's calendar was made; None where there is none."""
    return session.scalar(
        select(DeadlineFeed.created_at).where(DeadlineFeed.person_id == person_id)
    )


def names_of_all(session: Session, but: int) -> list[Person]:
    """Everybody who can stand in for somebody."""
    rows = session.execute(
        select(*PERSON).where(PersonRow.active, PersonRow.id != but).order_by(PersonRow.id)
    )
    return [person_of(row) for row in rows]
