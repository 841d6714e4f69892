"""Changing what is kept of a person."""

from __future__ import annotations

from sqlalchemy import update

from tracker import assembly
from tracker.db import unit_of_work
from tracker.errors import invalid
from tracker.people.models import Person


def choose_mail_language(person_id: int, language: str) -> None:
    """Write to a person in another language from now on; raises Invalid."""
    languages = assembly.assembly().languages
    if language not in languages:
        raise invalid("language", "unknown_language", languages=", ".join(languages))
    with unit_of_work() as session:
        session.execute(update(Person).where(Person.id == person_id).values(language=language))
