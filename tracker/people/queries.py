"""Who holds which seat today, and what somebody may therefore do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, lazyload

from tracker.db import AnyRow, AnySelect, Executor
from tracker.notices.models import Notice
from tracker.people.models import Absence, Account, DeadlineFeed, Membership, Person, Token
from tracker.prepared import Prepared, any_of, asked
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
_AMONG_SEVERAL = ("id", "names", "language", "email")

LONGEST_ID = 17
"""Digits of a person's number that every database can compare."""


def person_of(row: Any) -> facts.Person:
    office = facts.Office(row.office_name, row.office_email) if row.office_email else None
    return facts.Person(row.id, row.names, row.language, row.email, row.information, office)


def person_as(name: str, table: Any) -> list[Any]:
    """The columns of one person among several in a row, from which `person_at` makes them."""
    return [getattr(table, column).label(f"{name}_{column}") for column in _AMONG_SEVERAL]


def person_at(row: Any, name: str) -> facts.Person | None:
    """Who stands in a row under a name, without their wishes about mail."""
    number, names, language, email = (getattr(row, f"{name}_{part}") for part in _AMONG_SEVERAL)
    return facts.Person(number, names, language, email) if number is not None else None


def holds_on(day: Any) -> ColumnElement[bool]:
    """Whether a membership is in force on a date of the assembly."""
    return and_(Membership.since <= day, or_(Membership.until.is_(None), Membership.until >= day))


def away_on(day: Any) -> ColumnElement[bool]:
    """Whether an absence covers a date."""
    return and_(Absence.since <= day, Absence.until >= day)


_DEPUTY = aliased(Person)
_OWN_ABSENCE = aliased(Absence)


def _deputised_on(day: Any) -> ColumnElement[bool]:
    """Joins to a person the absence that covers a date and names a deputy who is here."""
    return and_(
        Absence.person_id == Person.id,
        away_on(day),
        Absence.deputy_id.in_(select(_DEPUTY.id).where(_DEPUTY.active)),
        Absence.deputy_id.not_in(
            select(_OWN_ABSENCE.person_id).where(
                _OWN_ABSENCE.since <= day, _OWN_ABSENCE.until >= day
            )
        ),
    )


_STAND_IN = (
    Absence.until.label("away_until"),
    *(getattr(_DEPUTY, column.key).label(f"deputy_{column.key}") for column in PERSON),
)


def _with_away(row: AnyRow) -> facts.Person:
    """A person with who stands in for them, from the columns of both."""
    person = person_of(row)
    if row.deputy_id is None:
        return person
    stand_in = {column.key: getattr(row, f"deputy_{column.key}") for column in PERSON}
    deputy = person_of(SimpleNamespace(**stand_in))
    return replace(person, away=facts.Away(deputy, row.away_until))


_SEATED = Prepared(
    select(Membership.body_key, Membership.role, *PERSON, *_STAND_IN)
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(Absence, _deputised_on(bindparam("day")))
    .outerjoin(_DEPUTY, _DEPUTY.id == Absence.deputy_id)
    .where(
        any_of(Membership.body_key, "bodies"),
        any_of(Membership.role, "roles"),
        holds_on(bindparam("day")),
        Person.active,
    )
    .order_by(Person.id, Absence.id)
)


def persons_by_act(rows: Iterable[Any]) -> Mapping[int, tuple[facts.Person, ...]]:
    """The persons of rows that name an act each, in their order."""
    found: dict[int, list[facts.Person]] = {}
    for row in rows:
        found.setdefault(row.act_id, []).append(person_of(row))
    return {act: tuple(persons) for act, persons in found.items()}


Directory = Mapping[tuple[str, str], tuple[facts.Person, ...]]
"""Who holds each seat (body, role), with who stands in for them there."""


def directory(on: Executor, seats: Iterable[tuple[str, str]], day: date) -> Directory:
    """The active persons who hold each of the seats on a date. One statement."""
    return ask_directory(on, seats, day)()


def ask_directory(
    on: Executor, seats: Iterable[tuple[str, str]], day: date
) -> Callable[[], Directory]:
    """The same, asked for together with something else."""
    wanted = set(seats)
    if not wanted:
        return dict
    bodies = sorted({body for body, _role in wanted})
    roles = sorted({role for _body, role in wanted})
    return asked(
        on, _SEATED, lambda rows: _seated(rows, wanted), bodies=bodies, roles=roles, day=day
    )


def _seated(rows: Iterable[Any], wanted: set[tuple[str, str]]) -> Directory:
    found: dict[tuple[str, str], dict[int, facts.Person]] = {}
    for row in rows:
        if (row.body_key, row.role) in wanted:
            found.setdefault((row.body_key, row.role), {}).setdefault(row.id, _with_away(row))
    return {seat: tuple(_deputised(persons)) for seat, persons in found.items()}


def _deputised(seated: Mapping[int, facts.Person]) -> Iterator[facts.Person]:
    """Who sits there themselves stands in for nobody in the same seat."""
    for person in seated.values():
        away = person.away
        yield replace(person, away=None) if away and away.deputy.id in seated else person


@dataclass(frozen=True, slots=True)
class Member:
    """A person who has logged in or is acted for: who they are, and as whom they act."""

    person: facts.Person
    actor: facts.Actor
    unread: int = 0
    """How many notices they have not read; counted up to `MOST_UNREAD`, for pages alone."""


MOST_UNREAD = 100
_new = (
    select(Notice.id)
    .where(Notice.person_id == Person.id, Notice.read_at.is_(None))
    .correlate(Person)
    .limit(MOST_UNREAD)
    .subquery()
)
_UNREAD = select(func.count()).select_from(_new).scalar_subquery().label("unread")


def find_member(session: Session, person_id: int, day: date) -> Member | None:
    """A person as they act on a date: own seats, and those of whom they stand in for. None when
    there is no such active person. One statement.
    """
    return _member(session.execute(_members(day).where(Person.id == person_id)).all())


def find_account(session: Session, uniquifier: str, day: date) -> tuple[Account, Member] | None:
    """The account of a session that began with this mark, and whose it is. One statement."""
    rows = session.execute(
        _members(day)
        .add_columns(Account, _UNREAD)
        .options(lazyload(Account.roles))
        .where(Account.fs_uniquifier == uniquifier, Account.active)
    ).all()
    member = _member(rows)
    if member is None:
        return None
    return rows[0].Account, replace(member, unread=rows[0].unread)


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


def stand_ins(session: Session, ids: Iterable[int], day: date) -> Mapping[int, facts.Away]:
    """Who of several persons is away on a date, with the deputy who is here instead."""
    found: dict[int, facts.Away] = {}
    for row in session.execute(
        select(*PERSON, *_STAND_IN)
        .select_from(Person)
        .join(Absence, _deputised_on(day))
        .join(_DEPUTY, _DEPUTY.id == Absence.deputy_id)
        .where(Person.id.in_(sorted(set(ids))))
        .order_by(Absence.id)
    ):
        away = _with_away(row).away
        if away is not None:
            found.setdefault(row.id, away)
    return found


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


def colleagues(session: Session, actor: facts.Actor, day: date) -> list[facts.Person]:
    """The active persons who sit in a body of the actor's own on a date. One statement."""
    own = select(Membership.body_key).where(Membership.person_id == actor.person, holds_on(day))
    sitting = select(Membership.person_id).where(Membership.body_key.in_(own), holds_on(day))
    rows = session.execute(
        select(*PERSON)
        .where(Person.id.in_(sitting), Person.active, Person.id != actor.person)
        .order_by(Person.id)
    )
    return [person_of(row) for row in rows]


def find_feed_owner(session: Session, secret_hash: str, day: date) -> Member | None:
    """Whose calendar this is, while it and its account are in force. One statement."""
    return _member(
        session.execute(
            _members(day)
            .join(DeadlineFeed, DeadlineFeed.person_id == Person.id)
            .where(DeadlineFeed.hash == secret_hash, Account.active)
        ).all()
    )


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
