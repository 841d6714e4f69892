"""What people choose for themselves: how mail comes, who stands in for them, a calendar of their
deadlines; and where the letters for somebody with an office go, which the secretariat keeps.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import unit_of_work, upsert
from tracker.errors import Forbidden, NotFound, Refused, invalid
from tracker.people.models import Absence, DeadlineFeed, Person
from tracker.people.operations import email_address, in_order, require, token_hash
from tracker.people.queries import colleagues, find_person
from tracker.permissions import may
from tracker.typed import line_of
from workflows.facts import CADENCES, Actor, Refusal


def choose_mail(
    person_id: int, *, language: str | None = None, information: str | None = None
) -> None:
    """Write to a person in another language, or bring what asks nothing of them another way, from
    now on; raises Invalid. What asks for something always comes at once.
    """
    languages = assembly.assembly().languages
    if language is not None and language not in languages:
        raise invalid("language", "unknown_language", languages=", ".join(languages))
    if information is not None and information not in CADENCES:
        raise invalid("information", "not_a_choice", choices=", ".join(CADENCES))
    given = {"language": language, "information": information}
    chosen = {name: value for name, value in given.items() if value is not None}
    if chosen:
        with unit_of_work() as session:
            session.execute(update(Person).where(Person.id == person_id).values(**chosen))


def note_absence(*, since: date, until: date, deputy: int | None, actor: Actor) -> int:
    """Note that the actor is away, on dates of the assembly both inclusive, and which of those who
    sit in a body with them stands in; returns the absence's id. Raises Invalid.
    """
    in_order(since, until)
    with unit_of_work() as session:
        _check_colleague(session, actor, deputy, since)
        absence = Absence(person_id=actor.person, deputy_id=deputy, since=since, until=until)
        session.add(absence)
        session.flush()
        return absence.id


def change_absence(
    absence_id: int, *, since: date, until: date, deputy: int | None, today: date, actor: Actor
) -> None:
    """Give an absence of the actor other days or another deputy. One that has begun keeps its
    first day, one that is over stays as it was. Raises NotFound, Forbidden, Refused or Invalid.
    """
    in_order(since, until)
    with unit_of_work() as session:
        absence = session.get(Absence, absence_id)
        if absence is None or absence.person_id != actor.person:
            raise NotFound(Refusal("not_found"))
        if absence.until < today:
            raise Refused(Refusal("absence_over"))
        if absence.since < today and (since != absence.since or until < today):
            raise invalid("since", "absence_begun")
        if deputy != absence.deputy_id:
            _check_colleague(session, actor, deputy, today)
        absence.since, absence.until, absence.deputy_id = since, until, deputy


def make_feed(actor: Actor, now: datetime) -> str:
    """A new secret for the calendar of one's deadlines, shown this once; the former one ends."""
    secret = secrets.token_urlsafe(32)
    values = {"person_id": _self(actor), "hash": token_hash(secret), "created_at": now}
    with unit_of_work() as session:
        inserted = upsert(session, DeadlineFeed).values(values)
        session.execute(
            inserted.on_conflict_do_update(
                index_elements=["person_id"],
                set_={"hash": values["hash"], "created_at": values["created_at"]},
            )
        )
    return secret


def revoke_feed(actor: Actor) -> None:
    """Let the link to one's calendar open nothing any more."""
    with unit_of_work() as session:
        session.execute(delete(DeadlineFeed).where(DeadlineFeed.person_id == _self(actor)))


def set_office(person_id: int, name: str, email: str, *, actor: Actor) -> None:
    """Send the letters for somebody to their office, or with no address to themselves again.
    Raises Forbidden, NotFound or Invalid.
    """
    require(actor, "manage_people")
    name = line_of("office_name", name, optional=True)
    address = email_address(email, "office_email") if email.strip() else None
    if address is not None and not name:
        raise invalid("office_name", "required", name="office_name")
    with unit_of_work() as session:
        changed = session.execute(
            update(Person)
            .where(Person.id == person_id, Person.active)
            .values(office_name=name if address else "", office_email=address)
            .returning(Person.id)
        )
        if changed.one_or_none() is None:
            raise NotFound(Refusal("no_such_person"))


def _check_colleague(session: Session, actor: Actor, deputy: int | None, day: date) -> None:
    """Who keeps persons may choose anybody, everybody else somebody of a body of theirs."""
    if deputy is None:
        return
    if deputy == actor.person:
        raise invalid("deputy", "own_deputy")
    if may(assembly.assembly(), actor, "manage_people"):
        if find_person(session, str(deputy)) is None:
            raise invalid("deputy", "no_such_person")
    elif deputy not in {person.id for person in colleagues(session, actor, day)}:
        raise invalid("deputy", "not_a_colleague")


def _self(actor: Actor) -> int:
    if actor.person is None:
        raise Forbidden(Refusal("not_permitted"))
    return actor.person
