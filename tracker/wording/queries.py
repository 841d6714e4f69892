"""Reading the words of notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from tracker.wording.models import Wording
from workflows import facts

Key = tuple[str, str]
"""A notice's name and a language."""


@dataclass(frozen=True, slots=True)
class Words:
    """The subject and the text of a notice, with placeholders."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Version:
    """The words of a notice since a moment, and who wrote them; None: those that are shipped."""

    since: datetime
    person: facts.Person | None
    words: Words | None


def written(session: Session) -> Mapping[Key, Words]:
    """The words that stand in place of the shipped ones. One statement."""
    last = select(func.max(Wording.id)).group_by(Wording.name, Wording.language)
    rows = session.execute(
        select(Wording.name, Wording.language, Wording.subject, Wording.body).where(
            Wording.id.in_(last), Wording.body.is_not(None)
        )
    )
    return {(row.name, row.language): Words(row.subject, row.body) for row in rows}


def history(session: Session, name: str, language: str) -> Sequence[Version]:
    """All versions of a notice's words, the latest first."""
    rows = session.execute(
        select(Wording.since, Wording.subject, Wording.body, Wording.person_id, *PERSON)
        .outerjoin(Person, Person.id == Wording.person_id)
        .where(Wording.name == name, Wording.language == language)
        .order_by(Wording.id.desc())
    )
    return [
        Version(
            row.since,
            person_of(row) if row.person_id is not None else None,
            Words(row.subject, row.body) if row.body is not None else None,
        )
        for row in rows
    ]
