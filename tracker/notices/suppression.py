"""Addresses that a mail server refused for good: nothing goes there until somebody says so.

An address is suppressed by one reply to RCPT that says so, never by a temporary failure or by what
a server thinks of a mail. What a person is told meanwhile stands in their inbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import unit_of_work, upsert
from tracker.errors import Forbidden, NotFound
from tracker.notices.models import RefusedAddress
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from tracker.permissions import may
from workflows import facts
from workflows.facts import Actor, Refusal

log = structlog.get_logger(__name__)

STILL_THEIRS = and_(
    RefusedAddress.person_id == Person.id,
    RefusedAddress.email == func.coalesce(Person.office_email, Person.email),
)
"""Joins to a person the refusal of the address that they have now."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Whose address was refused, when, and what the mail server said."""

    person: facts.Person
    since: datetime
    said: str


def suppress(session: Session, person_id: int, email: str, said: str, now: datetime) -> None:
    """Note that a person's address was refused for good."""
    values = {"person_id": person_id, "email": email, "since": now, "said": said}
    session.execute(
        upsert(session, RefusedAddress.__table__).on_conflict_do_update(
            index_elements=["person_id"], set_=values
        ),
        values,
    )
    log.warning("address_refused", person=person_id)


def suppressed(session: Session, persons: Sequence[int] | None = None) -> list[Suppressed]:
    """The addresses that get no mail, the latest first: of these persons, or all."""
    chosen = () if persons is None else (Person.id.in_(persons),)
    rows = session.execute(
        select(RefusedAddress.since, RefusedAddress.said, *PERSON)
        .join(Person, STILL_THEIRS)
        .where(Person.active, *chosen)
        .order_by(RefusedAddress.since.desc(), Person.id)
    )
    return [Suppressed(person_of(row), row.since, row.said) for row in rows]


def lift(person_id: int, *, actor: Actor) -> None:
    """Let mail go to a refused address again. Raises Forbidden or NotFound."""
    if not may(assembly.assembly(), actor, "see_deliveries"):
        raise Forbidden(Refusal("not_permitted"))
    with unit_of_work() as session:
        if not allow(session, person_id):
            raise NotFound(Refusal("not_suppressed"))
    log.info("address_allowed", person=person_id, by=actor.person)


def allow(session: Session, person_id: int) -> bool:
    """Forget the refusal; whether there was one."""
    gone = delete(RefusedAddress).where(RefusedAddress.person_id == person_id)
    return session.execute(gone.returning(RefusedAddress.person_id)).first() is not None
