"""The structure of an edition's text: the document in it, and its provisions in one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.assembly import by_tongue
from tracker.structure.match import Match
from tracker.structure.model import Document, Provision
from tracker.texts.carrying import matches_of, with_wids
from tracker.texts.importing import fault_of, reading_of
from tracker.texts.models import EditionText, TextReading
from tracker.texts.provision_words import place_words
from tracker.texts.readings import unpack
from workflows.facts import Refusal


@dataclass(frozen=True, slots=True)
class TextState:
    """How far the reading of a text has come: "waiting", "ready" or "unreadable", then why.
    `packed` is the text's size as it is kept, in bytes. `matches` lead from edition `previous_n` in
    the same language to this one.
    """

    n: int
    language: str
    state: str
    fault: Refusal | None
    previous_n: int | None
    provisions: int
    packed: int
    digest: str | None
    matches: Sequence[Match] = ()


@dataclass(frozen=True, slots=True)
class ProvisionLine:
    """A provision in one line. `eid` is its place in this edition; `wid` the name that it keeps
    through all editions. `label` says where it is: "Article 5, paragraph 2".
    """

    eid: str
    wid: str
    kind: str
    depth: int
    label: str
    heading: str


def document(session: Session, act_id: int, n: int, language: str) -> Document | None:
    """The text of an edition with the names its provisions keep; None while it is not read, or
    cannot be. One statement.
    """
    row = session.execute(
        select(TextReading.content, EditionText.wids)
        .join(TextReading, reading_of(EditionText))
        .where(*_one(act_id, n, language), EditionText.state == "ready")
    ).one_or_none()
    return with_wids(unpack(row.content), row.wids) if row and row.content else None


def provisions(session: Session, act_id: int, n: int, language: str) -> Sequence[ProvisionLine]:
    """The provisions of an edition in reading order; none while it is not read. One statement."""
    found = document(session, act_id, n, language)
    return tuple(lines(found)) if found else ()


def lines(document: Document) -> Iterator[ProvisionLine]:
    """The provisions of a document, each in one line."""
    for root in (document.body, document.annexes):
        yield from _lines(root, ())


def _lines(level: Sequence[Provision], above: tuple[Provision, ...]) -> Iterator[ProvisionLine]:
    for one in level:
        way = (*above, one)
        label = place_words(way)
        yield ProvisionLine(one.eid, one.wid, one.kind, len(above), label, one.title)
        yield from _lines(one.children, way)


@dataclass(frozen=True, slots=True)
class KeptNames:
    """Which provisions of an edition are called by another name than their id in it."""

    wids: Mapping[str, str]

    def wid_of(self, eid: str) -> str:
        """The name that a provision keeps."""
        return self.wids.get(eid, eid)

    def eid_of(self, wid: str) -> str | None:
        """The id here of the provision that keeps a name; None where its id is another's name. A
        provision that is gone has an id that nothing here has.
        """
        for eid, name in self.wids.items():
            if name == wid:
                return eid
        return None if wid in self.wids else wid


def kept_names(session: Session, act_id: int, up_to: int) -> Mapping[tuple[int, str], KeptNames]:
    """The names that provisions keep through the editions, by edition and language, of those that
    are read. One statement.
    """
    rows = session.execute(
        select(EditionText.n, EditionText.language, EditionText.wids).where(
            EditionText.act_id == act_id, EditionText.n <= up_to, EditionText.state == "ready"
        )
    )
    return {(row.n, row.language): KeptNames(row.wids) for row in rows}


def text_states(
    session: Session, act_id: int, *, n: int | None = None, matches: bool = False
) -> Sequence[TextState]:
    """The texts of an act, oldest edition first, or of one edition, the authentic one first among
    those of each. One statement.
    """
    columns: list[Any] = [EditionText.matches] if matches else []
    wanted = (
        select(
            EditionText.n,
            EditionText.language,
            EditionText.state,
            EditionText.previous_n,
            EditionText.digest,
            TextReading.fault,
            TextReading.provisions,
            func.length(TextReading.content).label("packed"),
            *columns,
        )
        .outerjoin(TextReading, reading_of(EditionText))
        .where(EditionText.act_id == act_id)
    )
    if n is not None:
        wanted = wanted.where(EditionText.n == n)
    return [
        TextState(
            row.n,
            row.language,
            row.state,
            fault_of(row.fault) if row.state == "unreadable" and row.fault else None,
            row.previous_n,
            row.provisions or 0,
            row.packed or 0,
            row.digest,
            matches_of(row.matches) if matches else (),
        )
        for row in sorted(session.execute(wanted), key=lambda row: (row.n, by_tongue(row.language)))
    ]


def _one(act_id: int, n: int, language: str) -> tuple[Any, ...]:
    return (
        EditionText.act_id == act_id,
        EditionText.n == n,
        EditionText.language == language,
    )
