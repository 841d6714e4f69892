"""Reading editions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act, ActNumber
from tracker.assembly import by_tongue
from tracker.prepared import Prepared, any_of, asked
from tracker.texts.models import Edition, EditionFile
from tracker.timeline.models import TimelineEntry
from tracker.timeline.queries import undone
from workflows.facts import EditionFacts

_MEMORANDUM = exists(
    select(EditionFile.n).where(
        EditionFile.act_id == Edition.act_id,
        EditionFile.n == Edition.n,
        EditionFile.part == "memorandum",
    )
)
_OF_ACTS = Prepared(
    select(
        Edition.act_id,
        Edition.n,
        (Edition.visit == Act.visit).label("in_visit"),
        _MEMORANDUM.label("memorandum"),
    )
    .join(Act, Act.id == Edition.act_id)
    .where(any_of(Edition.act_id, "ids"))
    .order_by(Edition.act_id, Edition.n)
)


def edition_facts(
    connection: Connection, ids: Sequence[int]
) -> Callable[[], Mapping[int, EditionFacts]]:
    """The editions of each act that has any, as the rules see them."""
    return asked(connection, _OF_ACTS, _facts_of, ids=ids)


def _facts_of(rows: Sequence[Any]) -> Mapping[int, EditionFacts]:
    numbers: dict[int, set[int]] = {}
    current: dict[int, EditionFacts] = {}
    for row in rows:
        mine = numbers.setdefault(row.act_id, set())
        mine.add(row.n)
        current[row.act_id] = EditionFacts(
            row.n, bool(row.in_visit), bool(row.memorandum), frozenset(mine)
        )
    return current


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of an edition."""

    language: str
    part: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class EditionText:
    """An edition with its files. `frozen`: a decision was taken on it, it stays as it is."""

    n: int
    created_at: datetime
    frozen: bool
    files: tuple[FileFacts, ...]


def editions(session: Session, act_id: int, only: int | None = None) -> list[EditionText]:
    """The editions of an act, oldest first, or one of them, the authentic text first among the
    files of each: two statements.
    """
    wanted = select(Edition).where(Edition.act_id == act_id).order_by(Edition.n)
    kept = select(EditionFile).where(EditionFile.act_id == act_id)
    if only is not None:
        wanted, kept = wanted.where(Edition.n == only), kept.where(EditionFile.n == only)
    files: dict[int, list[FileFacts]] = {}
    for file in sorted(session.scalars(kept), key=_text_first):
        files.setdefault(file.n, []).append(
            FileFacts(
                file.language,
                file.part,
                file.filename,
                file.media_type,
                file.size,
                file.sha256,
                file.uploaded_at,
            )
        )
    return [
        EditionText(
            edition.n,
            edition.created_at,
            edition.frozen_n is not None,
            tuple(files.get(edition.n, ())),
        )
        for edition in session.scalars(wanted)
    ]


def _text_first(file: EditionFile) -> tuple[object, ...]:
    return file.n, file.part != "text", by_tongue(file.language)


def adopted_edition(session: Session, act_id: int) -> int | None:
    """The edition that the act's number was given to, None while it has none that stands."""
    return session.scalar(
        select(TimelineEntry.edition)
        .join(
            ActNumber,
            and_(ActNumber.act_id == TimelineEntry.act_id, ActNumber.given_n == TimelineEntry.n),
        )
        .where(TimelineEntry.act_id == act_id, TimelineEntry.n.not_in(undone(act_id)))
        .limit(1)
    )
