"""The text of an edition as pages show it: found words, two languages beside each other, what was
odd, and which edition the reader knew before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import unit_of_work, upsert
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.structure.model import DIVISIONS, Document, Provision, block_text, provisions
from tracker.structure.parallel import parallel
from tracker.structure.render import marked, provision_html, safe
from tracker.texts.models import TextSeen
from tracker.texts.structures import TextState, lines

LONGEST_QUERY = 100
MOST_HITS = 100
MOST_CHOICES = 1500
FILE_PLACES: Mapping[str, Any] = {"header": _("top of the page"), "footer": _("foot of the page")}
"""Places in a file that are no paragraph of its text."""
_AROUND = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """A provision in which the words were found, with what stands around them."""

    eid: str
    label: str
    excerpt: Markup


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `total` counts provisions, of which the first are listed."""

    words: str
    pattern: re.Pattern[str]
    hits: Sequence[Hit]
    total: int


def search(document: Document, words: str) -> Found | None:
    """Look for words in a text, one after the other as typed; case, ё and the kind of blanks do
    not count. None for no words.
    """
    asked = " ".join(words[:LONGEST_QUERY].split())
    if not asked:
        return None
    pattern = _pattern(asked)
    labels = {one.eid: one.label for one in lines(document)}
    hits: list[Hit] = []
    total = 0
    for eid, text in _searched(document):
        hit = pattern.search(text)
        if hit is None:
            continue
        total += 1
        if len(hits) < MOST_HITS:
            hits.append(Hit(eid, labels.get(eid, ""), _excerpt(text, hit, pattern)))
    return Found(asked, pattern, hits, total)


def _pattern(asked: str) -> re.Pattern[str]:
    made = re.sub(r"[её]", "[её]", re.escape(asked.casefold()), flags=re.IGNORECASE)
    return re.compile(made.replace(r"\ ", r"\s+"), re.IGNORECASE)


def _searched(document: Document) -> list[tuple[str, str]]:
    """Every provision with its own words; what stands outside any has no id."""
    outside = block_text((*document.preface, *document.preamble))
    found = [("", outside)] if outside else []
    found.extend(
        (one.eid, f"{one.title}\n{block_text(one.blocks)}".strip()) for one in provisions(document)
    )
    ending = "\n".join(block_text(note.blocks) for note in document.notes)
    ending = f"{block_text(document.conclusions)}\n{ending}".strip()
    return [*found, ("", ending)] if ending else found


def _excerpt(text: str, hit: re.Match[str], pattern: re.Pattern[str]) -> Markup:
    start, end = max(0, hit.start() - _AROUND), min(len(text), hit.end() + _AROUND)
    shown = marked(text[start:end].replace("\n", " "), pattern)
    return safe(f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}")


@dataclass(frozen=True, slots=True)
class Beside:
    """A provision in two languages, without what is below it; None where it is missing."""

    depth: int
    eid: str
    label: str
    authentic: Markup | None
    other: Markup | None


def beside(authentic: Document, other: Document) -> Sequence[Beside]:
    """Two languages beside each other. The ids of the other are told apart by its language."""
    rows = parallel(authentic, other)
    labels = {one.eid: one.label for one in lines(authentic)}
    others = {one.eid: one.label for one in lines(other)}
    made = []
    for row in rows:
        mine, its = row.authentic, row.other
        eid = mine.eid if mine else f"{other.language}-{its.eid if its else ''}"
        label = labels.get(mine.eid, "") if mine else others.get(its.eid if its else "", "")
        shown = _alone(replace(its, eid=f"{other.language}-{its.eid}")) if its else None
        made.append(Beside(row.depth, eid, label, _alone(mine) if mine else None, shown))
    return made


def _alone(one: Provision) -> Markup:
    return provision_html(replace(one, children=()), 3)


def place_of(place: str, labels: Mapping[str, str]) -> str:
    """Where something odd stands, in words."""
    if place in labels:
        return labels[place]
    if place in FILE_PLACES:
        return str(FILE_PLACES[place])
    if place.isdecimal():
        return gettext("paragraph %(number)s of the file", number=place)
    return place


@dataclass(frozen=True, slots=True)
class Known:
    """The latest edition whose text a person has read, and the one they read before it."""

    n: int | None = None
    before: int | None = None

    def since(self, n: int) -> int | None:
        """The edition to compare with when they read edition `n`."""
        last = self.n if self.n is not None and self.n < n else self.before
        return last if last is not None and last < n else None


def read_before(session: Session, person_id: int | None, act_id: int) -> Known:
    """What a person has read of an act's texts. One statement."""
    row = session.execute(
        select(TextSeen.n, TextSeen.before_n).where(
            TextSeen.person_id == person_id, TextSeen.act_id == act_id
        )
    ).one_or_none()
    return Known(row.n, row.before_n) if row else Known()


def note_read(person_id: int, act_id: int, n: int, now: datetime) -> None:
    """Remember that a person has read the text of an edition, and which one before."""
    with unit_of_work() as session:
        seen = session.get(TextSeen, (person_id, act_id), with_for_update=True)
        if seen is None:
            session.execute(
                upsert(session, TextSeen)
                .values(person_id=person_id, act_id=act_id, n=n, before_n=None, at=now)
                .on_conflict_do_nothing()
            )
        elif n > seen.n:
            seen.n, seen.before_n, seen.at = n, seen.n, now


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A provision of the newer edition and what it was in the older; `old` is empty when new."""

    eid: str
    label: str
    heading: str
    depth: int
    old: str
    old_label: str
    why: str
    likeness: float

    @property
    def changed(self) -> bool:
        """Whether there is anything to look at: it is new, renumbered, or little alike."""
        return not self.old or self.label != self.old_label or self.why not in ("same", "heading")


def pair_rows(
    old: Document, new: Document, state: TextState
) -> tuple[Sequence[MatchRow], Sequence[tuple[str, str]]]:
    """The match of an edition with the one before it: its provisions in their order with what
    they were, then those that went away, as id and label.
    """
    before = {one.eid: one for one in lines(old)}
    made = {one.new: one for one in state.matches}
    rows = []
    for one in lines(new):
        match = made.get(one.eid)
        old_label = before[match.old].label if match and match.old in before else ""
        rows.append(
            MatchRow(
                one.eid, one.label, one.heading, one.depth,
                match.old if match else "", old_label,
                match.why if match else "", match.likeness if match else 0,
            )
        )  # fmt: skip
    kept = {one.old for one in state.matches}
    gone = [
        (eid, _titled(one.label, one.heading)) for eid, one in before.items() if eid not in kept
    ]
    return rows, gone


def _titled(label: str, heading: str) -> str:
    return f"{label}. {heading}" if heading else label


def titled_choices(document: Document) -> list[tuple[str, str]]:
    """Every provision as a choice: id and words. Of a long text only whole articles and what holds
    them, or nobody would find the place in the list.
    """
    found = list(lines(document))
    if len(found) > MOST_CHOICES:
        found = [one for one in found if one.kind not in DIVISIONS]
    return [(one.eid, _titled(one.label, one.heading)) for one in found]
