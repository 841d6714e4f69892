"""What the style of an HTML element says: raised, hidden, centred; and where footnotes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from tracker.structure.model import Mark
from tracker.structure.xml import text_of

_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_LONGEST_RULE = 5000
_CLASS = re.compile(r"^(?:[a-z]+)?\.([\w-]+)$", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*(super|top|text-top|\d+(?:\.\d+)?(?:pt|px|em|%))")
_SUNK = re.compile(r"vertical-align\s*:\s*(?:sub|bottom|-\d)")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_CENTRED = re.compile(r"text-align\s*:\s*center")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_FALLBACK_RAISED = frozenset({"W9", "WB", "sup", "superscript"})
"""Class names that mean raised where a page comes without its style sheet."""
_NOTE = re.compile(r"^_?(?:ftn|fn|edn|note|footnote|endnote|sn)[-_:.]?\w*\d+$", re.IGNORECASE)
_CELLS = ("td", "th", "table", "tr", "tbody")


@dataclass(frozen=True, slots=True)
class Styles:
    """Class names by what they do."""

    raised: frozenset[str]
    sunk: frozenset[str]
    invisible: frozenset[str]
    middle: frozenset[str]

    def marks(self, element: etree._Element) -> frozenset[Mark]:
        """Raised, sunk or bold by style or class."""
        own = (element.get("style") or "").lower()
        names = set((element.get("class") or "").split())
        found: set[Mark] = set()
        if element.tag not in _CELLS:
            if _RAISED.search(own) or names & self.raised:
                found.add("sup")
            elif _SUNK.search(own) or names & self.sunk:
                found.add("sub")
        if _BOLD.search(own):
            found.add("b")
        return frozenset(found)

    def hidden(self, element: etree._Element) -> bool:
        if element.get("hidden") is not None:
            return True
        names = set((element.get("class") or "").split())
        return bool(_HIDDEN.search((element.get("style") or "").lower()) or names & self.invisible)

    def centred(self, element: etree._Element, tag: str) -> bool:
        names = set((element.get("class") or "").split())
        return (
            tag == "center"
            or (element.get("align") or "").lower() == "center"
            or bool(_CENTRED.search((element.get("style") or "").lower()))
            or bool(names & self.middle)
        )


def styles_of(root: etree._Element) -> Styles:
    """The classes that the page's own style sheets raise, sink, hide or centre."""
    raised = set(_FALLBACK_RAISED)
    sunk: set[str] = set()
    hidden: set[str] = set()
    middle: set[str] = set()
    kinds = ((_RAISED, raised), (_SUNK, sunk), (_HIDDEN, hidden), (_CENTRED, middle))
    for sheet in root.iter("style"):
        for selectors, body in _rules(text_of(sheet)):
            for selector in selectors.split(","):
                name = _CLASS.match(selector.strip())
                if name is not None:
                    for pattern, into in kinds:
                        if pattern.search(body.lower()):
                            into.add(name[1])
    return Styles(frozenset(raised), frozenset(sunk), frozenset(hidden), frozenset(middle))


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet, those for printing left out."""
    printing = False
    for piece in _COMMENT.sub("", css).split("}"):
        head, brace, body = piece.rpartition("{")
        if not brace:
            printing = False
            continue
        media, inner, selectors = head.rpartition("{")
        if inner and "@media" in media:
            printing = "print" in media and "screen" not in media
        if not printing:
            yield selectors, body[:_LONGEST_RULE]


def anchors(root: etree._Element) -> dict[str, etree._Element]:
    """Footnotes by name: blocks that a link of the text points to and that link back."""
    wanted = {
        href[1:]
        for link in root.iter("a")
        if (href := link.get("href") or "").startswith("#") and _NOTE.match(href[1:])
    }
    found: dict[str, etree._Element] = {}
    for element in root.iter():
        name = element.get("id") or element.get("name")
        if name in wanted and name not in found and isinstance(element.tag, str):
            block = _block(element)
            if block is not None:
                found[name] = block
    return found


def _block(element: etree._Element) -> etree._Element | None:
    """The block that holds a note's anchor; none when the anchor is the mark in the text."""
    current: etree._Element | None = element
    while current is not None and current.tag not in ("p", "li", "div", "dd", "tr"):
        current = current.getparent()
    if current is None:
        return None
    before = text_of(current).strip()
    own = text_of(element).strip()
    starts = not own or before.startswith(own) or element is current
    return current if starts else None
