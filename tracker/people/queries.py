"""Who holds which seat today, and what somebody may therefore do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session, lazyload

from tracker.people.models import Absence, Account, Membership, Person
from workflows import facts

PERSON = (Person.id, Person.names, Person.language, Person.email)
"""The columns from which `person_of` makes a person of the rules."""


def person_of(row: Row[Any]) -> facts.Person:
    return facts.Person(row.id, row.names, row.language, row.email)


def holds_on(day: date) -> ColumnElement[bool]:
    """Whether a membership is in force on a date of the assembly."""
    return and_(Membership.since <= day, or_(Membership.until.is_(None), Membership.until >= day))


def directory(
    session: Session, seats: Iterable[tuple[str, str]], day: date
) -> Mapping[tuple[str, str], tuple[facts.Person, ...]]:
    """The active persons who hold each of the seats (body, role) on a date."""
    wanted = sorted(set(seats))
    if not wanted:
        return {}
    found: dict[tuple[str, str], list[facts.Person]] = {}
    rows = session.execute(
        select(Membership.body_key, Membership.role, *PERSON)
        .join(Person, Person.id == Membership.person_id)
        .where(
            tuple_(Membership.body_key, Membership.role).in_(wanted),
            holds_on(day),
            Person.active,
        )
        .order_by(Person.id)
    )
    for row in rows:
        found.setdefault((row.body_key, row.role), []).append(person_of(row))
    return {seat: tuple(persons) for seat, persons in found.items()}


@dataclass(frozen=True, slots=True)
class Member:
    """A person who has logged in or is acted for: who they are, and as whom they act."""

    person: facts.Person
    actor: facts.Actor


def find_member(session: Session, person_id: int, day: date) -> Member | None:
    """A person as they act on a date: own seats, and those of whom they stand in for. None when
    there is no such active person. One statement.
    """
    return _member(session.execute(_members(day).where(Person.id == person_id)).all())


def find_account(session: Session, uniquifier: str, day: date) -> tuple[Account, Member] | None:
    """The account of a session that began with this mark, and whose it is. One statement."""
    rows = session.execute(
        _members(day)
        .add_columns(Account)
        .options(lazyload(Account.roles))
        .where(Account.fs_uniquifier == uniquifier, Account.active)
    ).all()
    member = _member(rows)
    return (rows[0].Account, member) if member is not None else None


def _members(day: date) -> Select[Any]:
    """A person with their seats and those of whom they stand in for, a row each."""
    standing_in = and_(Absence.deputy_id == Person.id, Absence.since <= day, Absence.until >= day)
    sitting = or_(Membership.person_id == Person.id, Membership.person_id == Absence.person_id)
    return (
        select(
            *PERSON,
            Account.id.label("account"),
            Membership.body_key,
            Membership.role,
            Membership.person_id.label("holder"),
        )
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Absence, standing_in)
        .outerjoin(Membership, and_(sitting, holds_on(day)))
        .where(Person.active)
        .order_by(Membership.id)
    )


def _member(rows: Sequence[Row[Any]]) -> Member | None:
    if not rows:
        return None
    person = person_of(rows[0])
    held = {((row.body_key, row.role), row.holder) for row in rows if row.body_key is not None}
    own = {seat for seat, holder in held if holder == person.id}
    borrowed = {seat: holder for seat, holder in held if seat not in own}
    seats = frozenset(seat for seat, _holder in held)
    return Member(person, facts.Actor(person.id, seats, borrowed, rows[0].account))


def actor_for(session: Session, person_id: int, day: date) -> facts.Actor:
    """A person as an actor on a date; one who is not active has no seats."""
    member = find_member(session, person_id, day)
    return member.actor if member is not None else facts.Actor(person_id)


def persons(session: Session, ids: Iterable[int]) -> dict[int, facts.Person]:
    """Persons by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = session.execute(select(*PERSON).where(Person.id.in_(wanted)))
    return {row.id: person_of(row) for row in rows}


def find_person(session: Session, who: str) -> facts.Person | None:
    """A person by e-mail address or number, None when there is none."""
    who = who.strip()
    clause = (
        Person.id == int(who) if who.isdecimal() and len(who) < 18 else Person.email == who.lower()
    )
    row = session.execute(select(*PERSON).where(clause, Person.active)).one_or_none()
    return person_of(row) if row else None
