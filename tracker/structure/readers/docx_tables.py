"""Tables of a DOCX, with merged cells, nested tables and revisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from tracker.errors import invalid
from tracker.structure.limits import MAX_DEPTH
from tracker.structure.lines import Line
from tracker.structure.model import Cell, Paragraph, Table
from tracker.structure.readers.docx_package import W
from tracker.structure.readers.docx_text import State
from tracker.structure.readers.tables import is_layout
from tracker.structure.xml import local

_WRAPPERS = ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
_DELETED = {"tr": f"{W}trPr/{W}del", "tc": f"{W}tcPr/{W}cellDel"}


class Tables:
    def __init__(
        self, paragraph: Callable[[etree._Element], list[Line]], rest: Callable[[], list[Line]]
    ) -> None:
        self.paragraph = paragraph
        self.rest = rest
        self.depth = 0

    def read(self, table: etree._Element, state: State) -> Iterator[Line]:
        """A line that holds the table; its contents one by one when it only arranges the page."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise invalid("file", "text_too_deep", limit=MAX_DEPTH)
        place = state.place
        if self.depth > 1:
            state.odd("nested_table")
        rows = [
            [(cell, self._lines(cell, state)) for cell in _inside(row, "tc")]
            for row in _inside(table, "tr")
        ]
        self.depth -= 1
        inner = [lines for row in rows for _, lines in row]
        if is_layout([[line.text for line in lines] for lines in inner]):
            for lines in inner:
                yield from lines
            return
        made = _table(rows)
        if any(cell.blocks for row in made.rows for cell in row):
            yield Line((), place, after_blank=True, table=made)

    def _lines(self, cell: etree._Element, state: State) -> list[Line]:
        lines: list[Line] = []
        for child in _inside(cell, "p", "tbl"):
            if local(child) == "p":
                lines.extend(self.paragraph(child))
            else:
                lines.extend(self.read(child, state))
        lines.extend(self.rest())
        return lines


def _inside(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Its parts of these names, whatever wraps them, but not those that a revision deletes."""
    for child in element:
        name = local(child)
        if name in _WRAPPERS:
            yield from _inside(child, *names)
        elif name in names and (name not in _DELETED or child.find(_DELETED[name]) is None):
            yield child


def _table(rows: list[list[tuple[etree._Element, list[Line]]]]) -> Table:
    """Cells that continue the one above make it higher."""
    made: list[list[Cell]] = []
    above: dict[int, tuple[int, int]] = {}
    for row in rows:
        cells: list[Cell] = []
        column = 0
        for element, lines in row:
            columns = _span(element)
            merged = element.find(f"{W}tcPr/{W}vMerge")
            goes_on = merged is not None and merged.get(f"{W}val") != "restart"
            if goes_on and column in above:
                at, place = above[column]
                old = made[at][place]
                made[at][place] = Cell(old.blocks, old.columns, old.rows + 1, old.header)
            else:
                above[column] = (len(made), len(cells))
                cells.append(_cell(element, lines, columns))
            column += columns
        made.append(cells)
    return Table(tuple(tuple(row) for row in made if row))


def _cell(element: etree._Element, lines: list[Line], columns: int) -> Cell:
    row = element.getparent()
    header = row is not None and row.find(f"{W}trPr/{W}tblHeader") is not None
    blocks = tuple(line.table if line.table is not None else Paragraph(line.runs) for line in lines)
    return Cell(blocks, columns, 1, header)


def _span(element: etree._Element) -> int:
    found = element.find(f"{W}tcPr/{W}gridSpan")
    value = found.get(f"{W}val", "1") if found is not None else "1"
    return max(1, min(int(value), 1000)) if value.isdecimal() else 1
