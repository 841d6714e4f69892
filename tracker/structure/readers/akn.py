"""Akoma Ntoso 2.0 and 3.0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from tracker.errors import invalid
from tracker.structure.characters import clean, squeeze
from tracker.structure.ids import with_ids
from tracker.structure.languages import languages
from tracker.structure.markers import heading_marker
from tracker.structure.model import Block, Document, Provision, block_text, plain, provisions
from tracker.structure.notes import settle_notes
from tracker.structure.readers.akn_blocks import Blocks
from tracker.structure.readers.akn_hierarchy import Hierarchy, number_of
from tracker.structure.xml import local, parse

CODES = {
    "ru": "rus",
    "en": "eng",
    "uk": "ukr",
    "be": "bel",
    "kk": "kaz",
    "ky": "kir",
    "tg": "tgk",
    "hy": "hye",
}
"""ISO 639-1 to the three letters that Akoma Ntoso uses."""
_BODIES = ("body", "mainBody", "amendmentBody", "portionBody", "judgmentBody", "debateBody")
_NAMESPACES = ("akomantoso.org", "legaldocml/ns/akn")


def read_akn(data: bytes) -> Document:
    """The document in an Akoma Ntoso file; raises Invalid naming `file`."""
    root = parse(data, "XML")
    if local(root) != "akomaNtoso" or not any(name in root.tag for name in _NAMESPACES):
        raise invalid("file", "text_not_akn", root=local(root))
    act = next((child for child in root if local(child)), None)
    body = _child(act, *_BODIES) if act is not None else None
    if act is None or body is None:
        raise invalid("file", "text_missing")
    blocks = Blocks(_showings(root))
    hierarchy = Hierarchy(blocks)
    preface = (*_part(act, blocks, "coverPage"), *_part(act, blocks, "preface"))
    preamble = _part(act, blocks, "preamble")
    found = hierarchy.body(body)
    own = tuple(found.provisions)
    if found.blocks:
        own = (Provision("text", blocks=tuple(found.blocks)), *own)
    annexes = (*found.annexes, *_annexes(act, root, hierarchy))
    conclusions = (*found.conclusions, *_part(act, blocks, "conclusions"))
    document = Document(
        _title(act, blocks),
        (),
        preface,
        preamble,
        own,
        conclusions,
        annexes,
        tuple(blocks.notes.values()),
        tuple(blocks.oddities),
    )
    text = _text(document)
    if not text.strip():
        raise invalid("file", "text_missing")
    found_languages = _languages(act) or languages(text)
    return with_ids(settle_notes(replace(document, languages=found_languages)))


def _child(element: etree._Element, *names: str) -> etree._Element | None:
    return next((child for child in element if local(child) in names), None)


def _part(act: etree._Element, blocks: Blocks, name: str) -> tuple[Block, ...]:
    element = _child(act, name)
    return blocks.blocks(element) if element is not None else ()


def _showings(root: etree._Element) -> dict[str, str]:
    """What references to the concepts of the file show."""
    return {
        name: one.get("showAs", "")
        for one in root.iter("{*}TLCConcept", "{*}TLCTerm", "{*}TLCObject")
        if (name := one.get("eId") or one.get("id"))
    }


def _annexes(
    act: etree._Element, root: etree._Element, hierarchy: Hierarchy
) -> Iterator[Provision]:
    """Attachments of 3.0, components of 2.0."""
    for holder in act, root:
        for group in holder:
            if local(group) not in ("attachments", "components"):
                continue
            for one in group:
                inner = next((child for child in one if _child(child, *_BODIES) is not None), None)
                if inner is not None:
                    yield from _annex(one, inner, hierarchy)


def _annex(one: etree._Element, inner: etree._Element, hierarchy: Hierarchy) -> Iterator[Provision]:
    read = hierarchy.read
    number, heading = _child(one, "num"), _child(one, "heading")
    label = plain(read.runs(number)) if number is not None else _alias(inner)
    body = _child(inner, *_BODIES)
    assert body is not None
    found = hierarchy.body(body)
    before = (*_part(inner, read, "preface"), *_part(inner, read, "preamble"))
    marker = heading_marker(label)
    yield Provision(
        "annex",
        label,
        (number.get("title") if number is not None else None)
        or (marker.number if marker else number_of(label) if number is not None else ""),
        read.runs(heading) if heading is not None else (),
        (*before, *found.blocks),
        (*found.provisions, *found.annexes),
        wid=one.get("wId") or one.get("eId") or "",
    )
    yield from _annexes(inner, inner, hierarchy) if _child(inner, "attachments") is not None else ()


def _alias(element: etree._Element) -> str:
    found = element.find("{*}meta/{*}identification/{*}FRBRWork/{*}FRBRalias")
    return found.get("value", "") if found is not None else ""


def _title(act: etree._Element, blocks: Blocks) -> str:
    """The title: as the identification gives it, else as marked in the preface."""
    for alias in act.iterfind("{*}meta/{*}identification/{*}FRBRWork/{*}FRBRalias"):
        if alias.get("value"):
            return clean(alias.get("value", ""))
    for name in ("docTitle", "shortTitle", "longTitle"):
        for element in act.iter(f"{{*}}{name}"):
            text = squeeze(plain(blocks.runs(element))).strip()
            if text:
                return text
    return ""


def _languages(act: etree._Element) -> tuple[str, ...]:
    backwards = {long: short for short, long in CODES.items()}
    found = act.iterfind("{*}meta/{*}identification/{*}FRBRExpression/{*}FRBRlanguage")
    codes = [one.get("language", "") for one in found]
    return tuple(backwards.get(code, code) for code in codes if code and code != "und")


def _text(document: Document) -> str:
    parts = [block_text(document.preface), block_text(document.preamble)]
    parts.extend(f"{one.title}\n{block_text(one.blocks)}" for one in provisions(document))
    return "\n".join(parts)
