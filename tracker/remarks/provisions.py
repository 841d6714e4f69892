"""The provisions that remarks are on, as the editions have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.structure.characters import key
from tracker.structure.model import Document, Provision, block_text, walk
from tracker.texts.structures import document

_NUMBER = re.compile(r"[0-9]+(?:[.-][0-9]+)*")
_ANNEX = re.compile(r"\b(annex|приложени)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProvisionText:
    """A provision with all that is below it. `wid` is the name it keeps through the editions."""

    eid: str
    wid: str
    label: str
    heading: str
    text: str

    @property
    def title(self) -> str:
        return " ".join(part for part in (self.label, self.heading) if part)


def read_document(session: Session, act_id: int, edition: int, language: str) -> Document | None:
    """The text of an edition; None where there is none, or it is not read."""
    return document(session, act_id, edition, language)


def provisions_of(text: Document | None) -> Mapping[str, ProvisionText]:
    """The provisions of a document by their names in it, in reading order."""
    if text is None:
        return {}
    found: dict[str, ProvisionText] = {}
    for root in (text.body, text.annexes):
        for one in walk(root):
            found[one.eid] = _text_of(one)
    return found


def _text_of(one: Provision) -> ProvisionText:
    parts = [block_text(one.blocks)]
    for below in walk(one.children):
        head = " ".join(part for part in (below.label, below.title) if part)
        parts.append(f"{head} {block_text(below.blocks)}".strip())
    text = "\n".join(part for part in parts if part)
    return ProvisionText(one.eid, one.wid, one.label, one.title, text)


def resolve(place: str, provisions: Mapping[str, ProvisionText]) -> str | None:
    """The name of a provision that was typed ("ст. 5, п. 2"), by its numbers: None where no
    provision, or more than one, has them.
    """
    wanted = _numbers(place)
    if not wanted:
        return None
    annex = bool(_ANNEX.search(place))
    found = [
        eid
        for eid in provisions
        if eid.startswith("att_") == annex and "art_" in eid and _numbers(eid) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _numbers(named: str) -> Sequence[str]:
    return [found.replace(".", "-") for found in _NUMBER.findall(named)]


def stands_in(wording: str | None, text: str) -> bool:
    """Whether a proposed wording stands in a text, whatever quotes, dashes and blanks it has."""
    wanted = key(wording or "").casefold().strip(' ".;')
    return bool(wanted) and wanted in key(text).casefold()
