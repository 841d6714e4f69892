"""Changing what is kept of persons: seats, absences, accounts and tokens.

Passwords come in as hashes; nothing here sees one in clear.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import unit_of_work
from tracker.errors import Forbidden, Invalid, NotFound, invalid
from tracker.people.models import Absence, Account, Membership, Person, Token
from tracker.people.queries import find_person
from tracker.permissions import may, seats_of
from tracker.typed import line_of
from workflows import fields
from workflows.assembly_schema import Deed
from workflows.facts import Actor, Refusal

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def create_account(
    email: str,
    names: Mapping[str, str],
    language: str,
    password_hash: str,
    *,
    institution: str = "",
    member: str | None = None,
    expertise: Iterable[str] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """Give somebody a log-in, and make them known where they are not; returns the person's id.

    Raises Forbidden or Invalid.
    """
    require(actor, "manage_accounts")
    address = email_address(email)
    person = _about(names, language, institution, member, expertise)
    with unit_of_work() as session:
        if session.scalar(select(Account.id).where(Account.email == address)) is not None:
            raise invalid("email", "account_exists", email=address)
        known = session.scalar(select(Person.id).where(Person.email == address))
        if known is None:
            known = session.execute(
                insert(Person).values(email=address, created_at=now, **person).returning(Person.id)
            ).scalar_one()
        session.execute(
            insert(Account).values(
                person_id=known,
                email=address,
                password=password_hash,
                fs_uniquifier=secrets.token_hex(16),
                created_at=now,
            )
        )
    return known


def add_person(
    email: str,
    names: Mapping[str, str],
    language: str,
    *,
    institution: str = "",
    member: str | None = None,
    expertise: Iterable[str] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """Make somebody known who can then be seated and told; returns the person's id. Raises
    Forbidden or Invalid.
    """
    require(actor, "manage_people")
    address = email_address(email)
    values = _about(names, language, institution, member, expertise)
    with unit_of_work() as session:
        if session.scalar(select(Person.id).where(Person.email == address)) is not None:
            raise invalid("email", "person_exists", email=address)
        return session.execute(
            insert(Person).values(email=address, created_at=now, **values).returning(Person.id)
        ).scalar_one()


def change_person(
    person_id: int,
    names: Mapping[str, str],
    language: str,
    *,
    institution: str = "",
    member: str | None = None,
    expertise: Iterable[str] = (),
    actor: Actor,
) -> None:
    """Put right what is kept of somebody; raises Forbidden, NotFound or Invalid."""
    require(actor, "manage_people")
    values = _about(names, language, institution, member, expertise)
    with unit_of_work() as session:
        _known(session, person_id)
        session.execute(update(Person).where(Person.id == person_id).values(**values))


def enable_account(email: str, password_hash: str, *, actor: Actor) -> None:
    """Let a disabled account in again, with another password."""
    require(actor, "manage_accounts")
    with unit_of_work() as session:
        account = _account(session, email)
        account.active, account.password = True, password_hash
        account.fs_uniquifier = secrets.token_hex(16)


def end_absence(absence_id: int, *, today: date, actor: Actor) -> None:
    """Let an absence end before `today`, a date of the assembly; one not begun before is removed.
    Everybody may end their own. Raises NotFound or Forbidden.
    """
    with unit_of_work() as session:
        absence = session.get(Absence, absence_id)
        if absence is None:
            raise NotFound(Refusal("not_found"))
        if absence.person_id != actor.person:
            require(actor, "manage_people")
        if absence.since >= today:
            session.delete(absence)
        else:
            absence.until = min(absence.until, today - timedelta(days=1))


def set_password(email: str, password_hash: str, *, actor: Actor) -> None:
    """Give an account another password; who is logged in with the old one no longer is."""
    require(actor, "manage_accounts")
    with unit_of_work() as session:
        account = _account(session, email)
        account.password, account.fs_uniquifier = password_hash, secrets.token_hex(16)


def disable_account(email: str, *, actor: Actor, now: datetime) -> None:
    """Let nobody in by this account any more: not by log-in, not by a token."""
    require(actor, "manage_accounts")
    with unit_of_work() as session:
        account = _account(session, email)
        account.active, account.fs_uniquifier = False, secrets.token_hex(16)
        _revoke(session, account.id, None, now)


def create_token(email: str, name: str = "", *, actor: Actor, now: datetime) -> str:
    """A new key to the API with its owner's rights, shown this once; only its hash is kept."""
    token = f"mat_{secrets.token_urlsafe(32)}"
    label = line_of("name", name, optional=True)
    with unit_of_work() as session:
        account = _account(session, email)
        if account.id != actor.account:
            require(actor, "manage_accounts")
        if not account.active:
            raise invalid("email", "account_disabled", email=account.email)
        session.execute(
            insert(Token).values(
                account_id=account.id, name=label, hash=token_hash(token), created_at=now
            )
        )
    return token


def revoke_token(email: str, name: str | None = None, *, actor: Actor, now: datetime) -> int:
    """End the tokens of an account, or those of one name; returns how many."""
    with unit_of_work() as session:
        account = _account(session, email)
        if account.id != actor.account:
            require(actor, "manage_accounts")
        return _revoke(session, account.id, name, now)


def token_hash(token: str) -> str:
    """What is kept of a token: it is random and long, so that a fast digest hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_membership(
    who: str,
    body: str,
    role: str,
    *,
    since: date,
    until: date | None = None,
    actor: Actor,
) -> int:
    """Seat a person (e-mail address or number) in a body, from one date of the assembly to
    another, both inclusive; returns the seat's id. Raises Forbidden or Invalid.
    """
    require(actor, "manage_people")
    rules = assembly.assembly()
    if body not in rules.bodies:
        raise invalid("body", "not_a_choice", choices=", ".join(rules.bodies))
    if role not in rules.bodies[body].roles:
        raise invalid("role", "not_a_choice", choices=", ".join(rules.bodies[body].roles))
    in_order(since, until)
    _require_for_seats(actor, {(body, role)})
    with unit_of_work() as session:
        person = _person(session, who, "person")
        seat = {"person_id": person, "body_key": body, "role": role}
        overlapping = select(Membership.id).filter_by(**seat)
        if until is not None:
            overlapping = overlapping.where(Membership.since <= until)
        overlapping = overlapping.where(Membership.until.is_(None) | (Membership.until >= since))
        if session.scalar(overlapping.limit(1)) is not None:
            raise invalid("role", "already_seated")
        return session.execute(
            insert(Membership).values(**seat, since=since, until=until).returning(Membership.id)
        ).scalar_one()


def end_membership(membership_id: int, *, until: date, actor: Actor) -> None:
    """Let a seat end with a date of the assembly; raises NotFound, Forbidden or Invalid."""
    require(actor, "manage_people")
    with unit_of_work() as session:
        seat = session.get(Membership, membership_id)
        if seat is None:
            raise NotFound(Refusal("not_found"))
        in_order(seat.since, until)
        _require_for_seats(actor, {(seat.body_key, seat.role)})
        seat.until = until


def record_absence(
    who: str, *, since: date, until: date, deputy: str | None = None, actor: Actor
) -> int:
    """Note that a person is away and who stands in for them, on dates both inclusive; returns
    the absence's id. Everybody may note their own.
    """
    in_order(since, until)
    with unit_of_work() as session:
        person = _person(session, who, "person")
        if person != actor.person:
            require(actor, "manage_people")
            _require_for_seats(actor, _seats(session, person))
        stand_in = _person(session, deputy, "deputy") if deputy else None
        if stand_in == person:
            raise invalid("deputy", "own_deputy")
        return session.execute(
            insert(Absence)
            .values(person_id=person, deputy_id=stand_in, since=since, until=until)
            .returning(Absence.id)
        ).scalar_one()


def require(actor: Actor, deed: Deed) -> None:
    """Raise Forbidden where the table does not permit the deed."""
    if not may(assembly.assembly(), actor, deed):
        raise Forbidden(Refusal("not_permitted"))


def _require_for_seats(actor: Actor, seats: AbstractSet[tuple[str, str]]) -> None:
    """Seats that open accounts are given, lent and ended by who opens accounts, and nobody else:
    else whoever keeps persons could make themselves an administrator.
    """
    rules = assembly.assembly()
    opening = {
        seat
        for party in rules.permissions.get("manage_accounts", ())
        for seat in seats_of(rules, party)
    }
    if seats & opening and not may(rules, actor, "manage_accounts"):
        raise Forbidden(Refusal("accounts_only"))


def _seats(session: Session, person: int) -> set[tuple[str, str]]:
    rows = session.execute(
        select(Membership.body_key, Membership.role).where(Membership.person_id == person)
    )
    return {(row.body_key, row.role) for row in rows}


def _known(session: Session, person_id: int) -> None:
    if session.get(Person, person_id) is None:
        raise NotFound(Refusal("no_such_person"))


def _about(
    names: Mapping[str, str],
    language: str,
    institution: str,
    member: str | None,
    expertise: Iterable[str],
) -> dict[str, Any]:
    """What is kept of a person beside the address; raises Invalid."""
    rules = assembly.assembly()
    if language not in rules.languages:
        raise invalid("language", "not_a_choice", choices=", ".join(rules.languages))
    if member is not None and member not in rules.members:
        raise invalid("member", "not_a_choice", choices=", ".join(rules.members))
    at_home = list(dict.fromkeys(expertise))
    if not rules.expertise.keys() >= set(at_home):
        raise invalid("expertise", "not_a_choice", choices=", ".join(rules.expertise))
    return {
        "names": _names(names),
        "language": language,
        "institution": line_of("institution", institution, optional=True),
        "member": member,
        "expertise": at_home,
    }


def _account(session: Session, email: str) -> Account:
    found = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if found is None:
        raise invalid("email", "no_such_account", email=email)
    return found


def _person(session: Session, who: str, field: str) -> int:
    found = find_person(session, who)
    if found is None:
        raise invalid(field, "no_such_person")
    return found.id


def _revoke(session: Session, account: int, name: str | None, now: datetime) -> int:
    open_tokens = update(Token).where(Token.account_id == account, Token.revoked_at.is_(None))
    if name is not None:
        open_tokens = open_tokens.where(Token.name == name)
    found = session.execute(open_tokens.values(revoked_at=now).returning(Token.id)).all()
    return len(found)


def email_address(email: str, field: str = "email") -> str:
    """An address as it is kept; raises Invalid."""
    address = line_of(field, email, optional=True).lower()
    if not _EMAIL.fullmatch(address):
        raise invalid(field, "not_an_address")
    return address


def _names(names: Mapping[str, str]) -> dict[str, str]:
    rules = assembly.assembly()
    try:
        return fields.titles(names, rules.languages, rules.authentic)
    except fields.Unfit as unfit:
        raise Invalid(Refusal(unfit.code, unfit.params, "names")) from None


def in_order(since: date, until: date | None) -> None:
    """Raise Invalid where a span ends before it begins."""
    if until is not None and until < since:
        raise invalid("until", "ends_before", since=since.isoformat())
