"""HTML as ministries, legal databases and word processors write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tracker.errors import invalid
from tracker.structure.characters import clean
from tracker.structure.compose import compose
from tracker.structure.limits import MAX_DEPTH, MAX_LINES, MAX_NESTING, MAX_RUNS, MAX_TAGS
from tracker.structure.lines import Line, tidy
from tracker.structure.model import (
    Cell,
    Document,
    Footnote,
    Mark,
    Oddity,
    Paragraph,
    Run,
    Table,
)
from tracker.structure.readers.docx_numbering import shown
from tracker.structure.readers.html_style import Styles, anchors, styles_of
from tracker.structure.readers.tables import is_layout
from tracker.structure.xml import text_of

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "dd",
        "dt",
        "blockquote",
        "pre",
        "center",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "address",
        "figure",
        "figcaption",
        "fieldset",
        "form",
        "ul",
        "ol",
        "dl",
        "body",
        "tbody",
        "thead",
        "tfoot",
        "hr",
    ]
)
_DROPPED = frozenset(
    ["script", "style", "head", "template", "noscript", "title", "iframe", "object", "embed", "svg"]
)
_MARKS: dict[str, Mark] = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "sup": "sup",
    "sub": "sub",
}
_SAFE_HREF = re.compile(r"^(?:https?:|mailto:|/|#|[\w%.-]+(?:[/?#]|$))", re.IGNORECASE)


def read_html(text: str) -> Document:
    """The document in an HTML page; scripts, styles and hidden parts are no text of it."""
    if text.count("<") > MAX_TAGS:
        raise invalid("file", "text_too_large_inside", format="HTML")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise invalid("file", "text_broken", format="HTML") from error
    if root is None:
        raise invalid("file", "text_missing")
    reader = _Reader(styles_of(root), anchors(root))
    body = root.find(".//body")
    reader.walk(root if body is None else body)
    reader.flush()
    reader.close_notes()
    return compose(
        reader.lines,
        notes=reader.notes.values(),
        oddities=reader.oddities,
    )


class _Reader:
    """Collects inline text until a block ends, and makes a line of it."""

    def __init__(self, styles: Styles, notes: dict[str, etree._Element]) -> None:
        self.styles = styles
        self.targets = notes
        self.inside = set(notes.values())
        self.notes: dict[str, Footnote] = {}
        self.lines: list[Line] = []
        self.oddities: list[Oddity] = []
        self.runs: list[Run] = []
        self.marks: frozenset[Mark] = frozenset()
        self.href: str | None = None
        self.style = ""
        self.centred = False
        self.blank = True
        self.place = 0
        self.depth = 0
        self.nesting = 0

    def walk(self, element: etree._Element) -> None:
        """Everything in an element, in order."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise invalid("file", "text_too_deep", limit=MAX_NESTING)
        self._text(element.text)
        for child in element:
            self._child(child)
            self._text(child.tail)
        self.nesting -= 1

    def _text(self, text: str | None) -> None:
        if text:
            self.runs.append(Run(clean(text), self.marks, self.href))
            if len(self.runs) > MAX_RUNS:
                place = str(self.place + 1)
                raise invalid("file", "text_paragraph_too_long", place=place, limit=MAX_RUNS)

    def _child(self, child: etree._Element) -> None:
        if not isinstance(child.tag, str) or child.tag in _DROPPED or child in self.inside:
            return
        tag = child.tag.rsplit("}")[-1].rsplit(":")[-1].lower()
        if self.styles.hidden(child):
            self._hidden(child)
        elif tag == "table":
            self._table(child)
        elif tag == "br":
            self.flush(broken=True)
        elif tag == "img":
            self.oddities.append(
                Oddity("image", str(self.place + 1), {"text": child.get("alt", "")})
            )
        elif tag in _BLOCKS:
            self._block(child, tag)
        else:
            self._inline(child, tag)

    def _hidden(self, child: etree._Element) -> None:
        text = " ".join(text_of(child).split())
        if text:
            self.oddities.append(Oddity("hidden_text", str(self.place + 1), {"text": text[:500]}))

    def _block(self, child: etree._Element, tag: str) -> None:
        self.flush()
        outer = (self.style, self.centred, self.marks)
        name = (child.get("class") or "").split()
        self.style = tag if tag[0] == "h" else (name[0].lower() if name else self.style)
        self.centred = self.styles.centred(child, tag) or (self.centred and not child.get("align"))
        if tag == "hr":
            self.blank = True
        if tag == "li":
            self._text(_bullet(child))
        self.marks = self.marks | self.styles.marks(child)
        self.walk(child)
        if not self.flush() and tag in ("p", "div") and not len(child):
            self.blank = True
        self.style, self.centred, self.marks = outer

    def _inline(self, child: etree._Element, tag: str) -> None:
        if tag == "a" and self._note(child):
            return
        outer = (self.marks, self.href)
        own = {_MARKS[tag]} if tag in _MARKS else set()
        self.marks = self.marks | own | self.styles.marks(child)
        href = child.get("href") if tag == "a" else None
        if href and _SAFE_HREF.match(href.strip()):
            self.href = href.strip()
        self.walk(child)
        self.marks, self.href = outer

    def _note(self, link: etree._Element) -> bool:
        """A link to a footnote becomes its mark."""
        target = (link.get("href") or "")[1:]
        if not target or target not in self.targets or link.get("href", "")[0] != "#":
            return False
        mark = text_of(link).strip(" []()*") or str(len(self.notes) + 1)
        self.runs.append(Run(mark, note=target))
        if target not in self.notes:
            self.notes[target] = Footnote(target, mark, ())
        return True

    def close_notes(self) -> None:
        """Read the footnotes."""
        for name, element in self.targets.items():
            inner = _Reader(self.styles, {})
            inner.place = self.place
            inner.walk(element)
            inner.flush()
            blocks = tuple(Paragraph(line.runs) for line in inner.lines if line.runs)
            mark = self.notes[name].mark if name in self.notes else ""
            self.notes[name] = Footnote(name, mark, blocks)

    def flush(self, *, broken: bool = False) -> bool:
        """End a line; whether it had text. An empty one is remembered."""
        runs = tidy(tuple(self.runs))
        said = bool(self.runs) and not runs
        self.runs = []
        if not runs:
            self.blank = self.blank or said or broken
            return False
        self.place += 1
        if self.place > MAX_LINES:
            raise invalid("file", "text_too_many_lines", limit=MAX_LINES)
        line = Line(runs, str(self.place), self.style, self.centred, self.blank)
        self.lines.append(line)
        self.blank = False
        return True

    # tables

    def _table(self, table: etree._Element) -> None:
        self.flush()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise invalid("file", "text_too_deep", limit=MAX_DEPTH)
        rows = list(_rows(table))
        if is_layout([_texts(cell) for row in rows for cell in row]):
            for row in rows:
                for cell in row:
                    self.flush()
                    self.walk(cell)
                    self.flush()
        else:
            self.place += 1
            place = str(self.place)
            if self.depth > 1:
                self.oddities.append(Oddity("nested_table", place))
            made = Table(tuple(tuple(self._cell(cell) for cell in row) for row in rows if row))
            if any(cell.blocks for row in made.rows for cell in row):
                self.lines.append(Line((), place, after_blank=True, table=made))
        self.blank = True
        self.depth -= 1

    def _cell(self, cell: etree._Element) -> Cell:
        outer = (self.lines, self.place, self.blank, self.style)
        self.lines = []
        self.walk(cell)
        self.flush()
        blocks = tuple(
            line.table if line.table is not None else Paragraph(line.runs) for line in self.lines
        )
        self.lines, self.place, self.blank, self.style = outer
        return Cell(
            blocks,
            _span(cell.get("colspan")),
            _span(cell.get("rowspan")),
            header=cell.tag == "th",
        )


def _rows(table: etree._Element) -> Iterator[list[etree._Element]]:
    """The rows of a table, not those of tables within."""
    for child in table:
        if child.tag == "tr":
            yield [cell for cell in child if cell.tag in ("td", "th")]
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from _rows(child)


def _texts(cell: etree._Element) -> Iterator[str]:
    """The lines of a cell, as far as they show whether articles are in it."""
    for each in cell.iter("p", "div"):
        yield " ".join(text_of(each).split())


def _span(value: str | None) -> int:
    return max(1, min(int(value), 1000)) if value and value.isdecimal() else 1


def _bullet(item: etree._Element) -> str:
    """The number or dash that a browser would show before a list item."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    start = parent.get("start", "1")
    number = int(start) if start.isdecimal() else 1
    number += sum(1 for before in item.itersiblings("li", preceding=True))
    value = item.get("value", "")
    number = int(value) if value.isdecimal() else number
    kind = parent.get("type", "1")
    if kind == "i":
        return f"{shown(number, 'lowerRoman')}) "
    if kind in ("a", "A"):
        return f"{shown(number, 'lowerLetter' if kind == 'a' else 'upperLetter')}) "
    return f"{number}. "
