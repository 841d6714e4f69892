"""The editions of an act as a page shows them, and what a file that is taken away is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, cast

from flask_babel import format_decimal
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.errors import NotFound
from tracker.i18n import gettext as _now
from tracker.i18n import lazy_gettext as _
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_of
from tracker.texts.models import Edition
from tracker.texts.queries import EditionText, FileFacts, editions
from tracker.timeline.models import TimelineEntry
from tracker.timeline.words import event_title
from workflows.decided import Decided, Precision
from workflows.facts import Person, Refusal
from workflows.machine import Compiled

MEGABYTE = 1024 * 1024
PART_NAMES: Mapping[str, Any] = {
    "text": _("Text"),
    "memorandum": _("Explanatory memorandum"),
}


@dataclass(frozen=True, slots=True)
class Freezing:
    """The decision that an edition was taken by."""

    title: str
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class EditionPart:
    """An edition on its page: who brought it in, and the decision that froze it."""

    text: EditionText
    brought_by: Person
    frozen_by: Freezing | None

    @property
    def n(self) -> int:
        return self.text.n

    def files(self, part: str) -> Sequence[FileFacts]:
        return [file for file in self.text.files if file.part == part]


def read_editions(session: Session, act_id: int, procedure: Compiled) -> list[EditionPart]:
    """The editions of an act, newest first: three statements."""
    texts = {text.n: text for text in editions(session, act_id)}
    freezing = aliased(TimelineEntry)
    rows = session.execute(
        select(
            Edition.n,
            freezing.action,
            freezing.decided_on,
            freezing.decided_precision,
            *PERSON,
        )
        .join(PersonRow, PersonRow.id == Edition.created_by)
        .outerjoin(freezing, (freezing.act_id == act_id) & (freezing.n == Edition.frozen_n))
        .where(Edition.act_id == act_id)
        .order_by(Edition.n.desc())
    )
    return [
        EditionPart(
            text=texts[row.n],
            brought_by=person_of(row),
            frozen_by=_freezing(procedure, row.action, row.decided_on, row.decided_precision)
            if row.action
            else None,
        )
        for row in rows
    ]


def _freezing(procedure: Compiled, action: str, on: Any, precision: str | None) -> Freezing:
    decided = Decided(on, cast("Precision", precision)) if precision else None
    return Freezing(event_title(procedure, action), decided)


def find_file(session: Session, act_id: int, number: int, language: str, part: str) -> FileFacts:
    """One file of an edition; raises NotFound."""
    for text in editions(session, act_id, number):
        for file in text.files:
            if (file.language, file.part) == (language, part):
                return file
    raise NotFound(Refusal("no_such_file"))


def size_words(size: int) -> str:
    """How large a file is."""
    if size < MEGABYTE:
        return str(_now("%(number)s KB", number=max(1, round(size / 1024))))
    return str(_now("%(number)s MB", number=format_decimal(round(size / MEGABYTE, 1))))


def name_of(reference: str, number: int, file: FileFacts) -> str:
    """What a file is saved as: it says which act, edition, part and language it is."""
    part = "" if file.part == "text" else f"-{file.part}"
    ending = PurePath(file.filename).suffix.lower()
    return f"{reference}-edition-{number}{part}-{file.language}{ending}"
