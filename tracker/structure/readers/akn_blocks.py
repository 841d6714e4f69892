"""Paragraphs, lists, tables and inline text of Akoma Ntoso."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from tracker.errors import invalid
from tracker.structure.characters import clean
from tracker.structure.limits import MAX_DEPTH
from tracker.structure.lines import tidy
from tracker.structure.model import (
    Block,
    Cell,
    Footnote,
    Mark,
    Oddity,
    Paragraph,
    Role,
    Run,
    Runs,
    Table,
)
from tracker.structure.xml import local, text_of

NOTE_PREFIX = "authorialNote_"
_MARKS: Mapping[str, Mark] = {"b": "b", "i": "i", "u": "u", "sup": "sup", "sub": "sub"}
_PARAGRAPHS = frozenset(
    [
        "p",
        "block",
        "listIntroduction",
        "listWrapUp",
        "longTitle",
        "formula",
        "heading",
        "subheading",
        "docTitle",
        "caption",
        "crossHeading",
        "li",
    ]
)
QUOTED = frozenset({"quotedStructure", "embeddedStructure"})
LISTS = frozenset({"blockList", "list", "ul", "ol"})


class Blocks:
    """Reads text; collects footnotes and oddities on the way."""

    def __init__(self, showings: Mapping[str, str]) -> None:
        self.showings = showings
        self.notes: dict[str, Footnote] = {}
        self.oddities: list[Oddity] = []
        self.depth = 0
        self.quoted: list[Block] = []

    def blocks(self, element: etree._Element) -> tuple[Block, ...]:
        """The text of an element block by block; lists become lines that begin with their
        numbers.
        """
        found: list[Block] = []
        for child in element:
            found.extend(self.block(child))
        if not found and (element.text or "").strip():
            runs = self.runs(element)
            return (Paragraph(runs),) if runs else ()
        return tuple(found)

    def block(self, element: etree._Element) -> Iterator[Block]:
        """A block; what holds blocks gives them one by one."""
        self.depth += 1
        if self.depth > MAX_DEPTH * 2:
            raise invalid("file", "text_too_deep", limit=MAX_DEPTH * 2)
        yield from self._block(element, local(element))
        self.depth -= 1

    def _block(self, element: etree._Element, name: str) -> Iterator[Block]:
        place = element.get("eId", "")
        inline = name in _PARAGRAPHS and not _holds_blocks(element)
        if name == "table":
            yield self.table(element)
        elif name == "item":
            yield from self._item(element)
        elif name == "img":
            self.oddities.append(Oddity("image", place, {"text": ""}))
        elif name in ("toc", "tocItem"):
            self.oddities.append(Oddity("contents_left_out", place, {"count": len(element)}))
        elif inline or (name and _is_inline_only(element)):
            runs = self.runs(element)
            quoted, self.quoted = self.quoted, []
            if runs:
                yield Paragraph(runs, _role(element))
            yield from quoted
        elif name:
            for child in element:
                yield from self.block(child)

    def _quote(self, element: etree._Element) -> None:
        """Wording for another act: its lines, told apart from the act's own."""
        start = Run(element.get("startQuote", ""))
        label: Runs = ()
        for one in element.iterdescendants():
            name = local(one)
            if name == "num":
                label = self.runs(one)
            elif name in ("heading", "p", "listIntroduction", "block"):
                runs = tidy((start, *label, Run(" "), *self.runs(one)))
                start, label = Run(""), ()
                if runs:
                    self.quoted.append(Paragraph(runs, "quoted"))

    def _item(self, element: etree._Element) -> Iterator[Block]:
        number = element.find("{*}num")
        label = self.runs(number) if number is not None else ()
        rest = [block for child in element if local(child) != "num" for block in self.block(child)]
        first = rest[0] if rest else None
        if label and isinstance(first, Paragraph):
            yield Paragraph(tidy((*label, Run(" "), *first.runs)))
            yield from rest[1:]
            return
        if label:
            yield Paragraph(label)
        yield from rest

    def table(self, element: etree._Element) -> Table:
        rows = []
        for row in _rows(element):
            cells = [self._cell(cell) for cell in row if local(cell) in ("td", "th")]
            if cells:
                rows.append(tuple(cells))
        return Table(tuple(rows))

    def _cell(self, cell: etree._Element) -> Cell:
        return Cell(
            self.blocks(cell),
            _span(cell.get("colspan")),
            _span(cell.get("rowspan")),
            local(cell) == "th",
        )

    def runs(self, element: etree._Element) -> Runs:
        return tidy(tuple(self._inline(element, frozenset(), None)))

    def _inline(
        self, element: etree._Element, marks: frozenset[Mark], href: str | None
    ) -> Iterator[Run]:
        if element.text:
            yield Run(clean(element.text), marks, href)
        for child in element:
            yield from self._child(child, marks, href)
            if child.tail:
                yield Run(clean(child.tail), marks, href)

    def _child(
        self, child: etree._Element, marks: frozenset[Mark], href: str | None
    ) -> Iterator[Run]:
        name = local(child)
        if name in ("authorialNote", "noteRef"):
            yield self._note(child, name)
        elif name in QUOTED:
            self._quote(child)
        elif name in ("br", "eol", "eop"):
            yield Run(" ", marks, href)
        elif name == "del":
            self.oddities.append(
                Oddity("deleted_text", child.get("eId", ""), {"text": text_of(child)})
            )
        elif name == "img":
            self.oddities.append(Oddity("image", child.get("eId", ""), {"text": ""}))
        elif name == "ref" and not text_of(child).strip():
            shown = self.showings.get((child.get("href") or "").lstrip("#"), "")
            yield Run(clean(shown), marks, href)
        elif name:
            own = marks | {_MARKS[name]} if name in _MARKS else marks
            target = child.get("href") if name == "a" else href
            start, end = _quotes(child)
            yield Run(start, own, target)
            yield from self._inline(child, own, target)
            yield Run(end, own, target)

    def _note(self, element: etree._Element, name: str) -> Run:
        mark = element.get("marker") or str(len(self.notes) + 1)
        if name == "noteRef":
            target = (element.get("href") or "").lstrip("#").removeprefix(NOTE_PREFIX)
            return Run(mark, note=target)
        written = element.get("eId") or element.get("id") or f"{len(self.notes) + 1}"
        note = written.removeprefix(NOTE_PREFIX)
        self.notes[note] = Footnote(note, mark, self.blocks(element))
        return Run(mark, note=note)


def _role(element: etree._Element) -> Role:
    roles: Mapping[str | None, Role] = {"quoted": "quoted", "note": "note"}
    return roles.get(element.get("class"), "")


def _holds_blocks(element: etree._Element) -> bool:
    return any(
        local(child) in ("p", "table", "blockList", "ul", "ol", "tblock") for child in element
    )


def _is_inline_only(element: etree._Element) -> bool:
    return bool(
        (element.text or "").strip() or any((child.tail or "").strip() for child in element)
    )


def _quotes(element: etree._Element) -> tuple[str, str]:
    """Quotation marks that an element has as attributes."""
    named = {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items()}
    return named.get("startQuote", ""), named.get("endQuote", "")


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        name = local(child)
        if name == "tr":
            yield child
        elif name in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _span(value: str | None) -> int:
    return max(1, min(int(value), 1000)) if value and value.isdecimal() else 1
