"""Names of provisions by the Naming Convention of Akoma Ntoso: `chp_2`, `art_5-1__para_2`.

An element's short name, "_" and its number, after the name of what it stands in and "__". Basic
units are numbered through the whole text and so are named without their chapter; those of an
annex begin with the annex. Dots in numbers become "-" ("5.1" and "5-1" are one number). What has
no number is counted ("indent_2"); a number given twice in one place gets "~2".
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from tracker.structure.model import Document, Provision

ELEMENTS = {
    "book": "book",
    "part": "part",
    "section": "section",
    "subsection": "subsection",
    "chapter": "chapter",
    "division": "division",
    "crossheading": "hcontainer",
    "text": "hcontainer",
    "article": "article",
    "paragraph": "paragraph",
    "point": "point",
    "subpoint": "subparagraph",
    "item": "level",
    "indent": "indent",
    "alinea": "alinea",
    "annex": "attachment",
}
_SHORT = {
    "alinea": "al",
    "article": "art",
    "attachment": "att",
    "chapter": "chp",
    "clause": "cl",
    "division": "dvs",
    "paragraph": "para",
    "section": "sec",
    "subchapter": "subchp",
    "subclause": "subcl",
    "subdivision": "subdvs",
    "subparagraph": "subpara",
    "subsection": "subsec",
}
_SEPARATORS = re.compile(r"[\s.,;:/()\[\]{}'\"–—-]+")


def element_of(provision: Provision) -> str:
    """The Akoma Ntoso element a provision is written as."""
    return provision.element or ELEMENTS[provision.kind]


def with_ids(document: Document) -> Document:
    """The document with every provision named; a `wid` that is already there stays."""
    seen: Counter[str] = Counter()
    body = _named(document.body, "", "", seen)
    annexes = _named(document.annexes, "", "", seen)
    return replace(document, body=body, annexes=annexes)


def _named(
    provisions: tuple[Provision, ...], prefix: str, annex: str, seen: Counter[str]
) -> tuple[Provision, ...]:
    counts: Counter[str] = Counter()
    named = []
    for provision in provisions:
        element = element_of(provision)
        short = _SHORT.get(element, element)
        number = _SEPARATORS.sub("-", provision.number).strip("-").casefold()
        if provision.number.isupper():
            number = number.upper()
        if not number:
            counts[short] += 1
            number = str(counts[short]) if provision.kind != "article" else f"nn{counts[short]}"
        base = annex if provision.kind == "article" else prefix
        eid = _unique(f"{base}__{short}_{number}" if base else f"{short}_{number}", seen)
        inner_annex = eid if provision.kind == "annex" else annex
        children = _named(provision.children, eid, inner_annex, seen)
        named.append(replace(provision, eid=eid, wid=provision.wid or eid, children=children))
    return tuple(named)


def _unique(eid: str, seen: Counter[str]) -> str:
    seen[eid] += 1
    if seen[eid] == 1:
        return eid
    return _unique(f"{eid}~{seen[eid]}", seen)
