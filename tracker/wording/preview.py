"""What a mail would say with other words: of a notice that was sent of late, or of none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.notices.models import Notice
from tracker.notices.rendering import write_letter
from tracker.notices.words import Told, persons_named
from tracker.people.queries import persons
from tracker.wording.placeholders import MEANINGS
from tracker.wording.queries import Words
from tracker.wording.source import fill

LATELY = 5000
"""Among how many of the last notices one of this name is looked for."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it would be; without `reference`, filled in with what the placeholders mean."""

    subject: str
    text: str
    reference: str | None


def preview(session: Session, name: str, language: str, words: Words) -> Preview:
    """Fill words that were checked with the facts of the last notice of this name."""
    last = select(func.max(Notice.id) - LATELY).scalar_subquery()
    row = session.execute(
        select(Notice.facts)
        .where(Notice.name == name, Notice.id > last)
        .order_by(Notice.id.desc())
        .limit(1)
    ).first()
    if row is None:
        with i18n.speaking(language):
            values = {each: f"‹{meaning}›" for each, meaning in MEANINGS.items()}
            paragraphs = fill(words.body, values)
            ((subject,),) = fill(words.subject, values)
        text = "\n\n".join("\n".join(lines) for lines in paragraphs)
        return Preview(subject, text, None)
    procedure = assembly.procedure(session, *row.facts["procedure"])
    people = persons(session, persons_named(row.facts))
    told = Told(name, row.facts, procedure)
    letter = write_letter(told, language, people, {(name, language): words})
    return Preview(letter.subject, letter.text, row.facts["reference"])
