"""Who holds which seat today, and what somebody may therefore do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session, lazyload

from tracker.db import AnyRow, AnySelect, Executor
from tracker.people.models import Absence, Account, Membership, Person, Token
from tracker.prepared import Prepared, any_of, read
from workflows import facts

PERSON = (
    Person.id,
    Person.names,
    Person.language,
    Person.email,
    Person.information,
    Person.office_name,
    Person.office_email,
)
"""The columns from which `person_of` makes a person of the rules."""


LONGEST_ID = 17
"""Digits of a person's number that every database can compare."""


def person_of(row: AnyRow) -> facts.Person:
    office = facts.Office(row.office_name, row.office_email) if row.office_email else None
    return facts.Person(row.id, row.names, row.language, row.email, row.information, office)


def holds_on(day: Any) -> ColumnElement[bool]:
    """Whether a membership is in force on a date of the assembly."""
    return and_(Membership.since <= day, or_(Membership.until.is_(None), Membership.until >= day))


def away_on(day: date) -> ColumnElement[bool]:
    """Whether an absence covers a date."""
    return and_(Absence.since <= day, Absence.until >= day)


_SEATED = Prepared(
    select(Membership.body_key, Membership.role, *PERSON)
    .join(Person, Person.id == Membership.person_id)
    .where(
        any_of(Membership.body_key, "bodies"),
        any_of(Membership.role, "roles"),
        holds_on(bindparam("day")),
        Person.active,
    )
    .order_by(Person.id)
)


def directory(
    on: Executor, seats: Iterable[tuple[str, str]], day: date
) -> Mapping[tuple[str, str], tuple[facts.Person, ...]]:
    """The active persons who hold each of the seats (body, role) on a date."""
    wanted = set(seats)
    if not wanted:
        return {}
    bodies = sorted({body for body, _role in wanted})
    roles = sorted({role for _body, role in wanted})
    found: dict[tuple[str, str], list[facts.Person]] = {}
    for row in read(on, _SEATED, bodies=bodies, roles=roles, day=day):
        if (row.body_key, row.role) in wanted:
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


def find_token_owner(session: Session, token_hash: str, day: date) -> Member | None:
    """Whose token this is, while it and its account are in force. One statement."""
    return _member(
        session.execute(
            _members(day)
            .join(Token, Token.account_id == Account.id)
            .where(Token.hash == token_hash, Token.revoked_at.is_(None), Account.active)
        ).all()
    )


def _members(day: date) -> AnySelect:
    """A person with their seats and those of whom they stand in for, a row each."""
    standing_in = and_(Absence.deputy_id == Person.id, away_on(day))
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


def stand_ins(
    session: Session, ids: Iterable[int], day: date
) -> Mapping[int, tuple[facts.Person, ...]]:
    """The active deputies of those who are away on a date, by the person they stand in for."""
    found: dict[int, list[facts.Person]] = {}
    for row in session.execute(
        select(Absence.person_id, *PERSON)
        .join(Person, Person.id == Absence.deputy_id)
        .where(Absence.person_id.in_(sorted(set(ids))), away_on(day), Person.active)
        .order_by(Absence.id)
    ):
        found.setdefault(row.person_id, []).append(person_of(row))
    return {person: tuple(deputies) for person, deputies in found.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """As whom somebody may act on a date: in which seats, and as which persons."""

    seats: frozenset[tuple[str, str]]
    persons: frozenset[int]


def standings(session: Session, ids: Iterable[int], day: date) -> Mapping[int, Standing]:
    """What each of several persons stands for: themselves, and those who are away and whose
    deputy they are.
    """
    stood_for = {number: {number} for number in ids}
    for deputy, principal in session.execute(
        select(Absence.deputy_id, Absence.person_id).where(
            Absence.deputy_id.in_(sorted(stood_for)), away_on(day)
        )
    ):
        if deputy is not None:
            stood_for[deputy].add(principal)
    seats: dict[int, set[tuple[str, str]]] = {}
    everybody = sorted(set[int]().union(*stood_for.values()))
    for person, body, role in session.execute(
        select(Membership.person_id, Membership.body_key, Membership.role).where(
            Membership.person_id.in_(everybody), holds_on(day)
        )
    ):
        seats.setdefault(person, set()).add((body, role))
    return {
        number: Standing(
            frozenset[tuple[str, str]]().union(*(seats.get(person, ()) for person in group)),
            frozenset(group),
        )
        for number, group in stood_for.items()
    }


def persons(session: Session, ids: Iterable[int]) -> dict[int, facts.Person]:
    """Persons by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = session.execute(select(*PERSON).where(Person.id.in_(wanted)))
    return {row.id: person_of(row) for row in rows}


def cadences(session: Session, ids: Iterable[int]) -> dict[int, facts.Cadence]:
    """How each of several persons wants what asks nothing of them."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.information).where(Person.id.in_(wanted)))
    return {row.id: row.information for row in rows}


def active_persons(session: Session, ids: Iterable[int]) -> dict[int, facts.Person]:
    """Those of the persons who still have a place here, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = session.execute(select(*PERSON).where(Person.id.in_(wanted), Person.active))
    return {row.id: person_of(row) for row in rows}


def find_person(session: Session, who: str) -> facts.Person | None:
    """A person by e-mail address or number, None when there is none."""
    who = who.strip()
    if not who.isprintable():
        return None
    clause = (
        Person.id == int(who)
        if who.isdecimal() and len(who) <= LONGEST_ID
        else Person.email == who.lower()
    )
    row = session.execute(select(*PERSON).where(clause, Person.active)).one_or_none()
    return person_of(row) if row else None
