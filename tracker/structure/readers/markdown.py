"""Markdown as legal data comes in it: Pandoc's and the common one, with links, anchors, escapes,
hard line ends and tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tracker.errors import invalid
from tracker.structure.characters import clean
from tracker.structure.limits import MAX_PARAGRAPH, MAX_TAGS
from tracker.structure.lines import Line, split_lines, tidy
from tracker.structure.model import Cell, Footnote, Oddity, Paragraph, Table
from tracker.structure.readers.markdown_inline import inline

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,})\s*$")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"^\s*(?::{3,}|```|~~~)")
_TAG_LINE = re.compile(
    r"^\s*</?(?:div|section|article|main|center|span|br)\b[^>]*>\s*$", re.IGNORECASE
)
_GRID = re.compile(r"^\s*\+(?:[-=:]+\+)+\s*$")
_PIPE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_DASHES = re.compile(r"^\s*-{3,}(?:\s+-{3,})*\s*$")
_NOTE = re.compile(r"^\[\^([^\]]+)\]:\s*(.*)$")
_QUOTE = re.compile(r"^\s*>\s?")
_BULLET = re.compile(r"^\s*[-*+•]\s+")
_ORDERED = re.compile(r"^\s*\d{1,3}[.)]\s+\S")


def read_markdown(text: str) -> tuple[list[Line], tuple[Footnote, ...], str, tuple[Oddity, ...]]:
    """The lines, footnotes, title and oddities of a Markdown text."""
    if sum(map(text.count, "*_[<\\^~")) > MAX_TAGS:
        raise invalid("file", "text_too_large_inside", format="Markdown")
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    reader.run()
    return reader.lines, tuple(reader.notes), reader.title, tuple(reader.oddities)


class _Reader:
    def __init__(self, rows: Sequence[str]) -> None:
        self.rows = [clean(row).rstrip("\n") for row in rows]
        self.lines: list[Line] = []
        self.notes: list[Footnote] = []
        self.oddities: list[Oddity] = []
        self.title = ""
        self.blank = True

    def run(self) -> None:
        at = 0
        while at < len(self.rows):
            at += self._block(at)

    def _block(self, at: int) -> int:
        row = self.rows[at]
        if not row.strip() or _FENCE.match(row) or _TAG_LINE.match(row):
            self.blank = True
            return 1
        heading = _HEADING.match(row)
        if heading:
            self._heading(heading, at)
            return 1
        note = _NOTE.match(row)
        if note:
            runs = tidy(inline(note[2], str(at + 1), self.oddities))
            self.notes.append(Footnote(note[1], note[1], (Paragraph(runs),)))
            return 1
        return self._table(at) or self._rule(at) or self._paragraph(at)

    def _heading(self, heading: re.Match[str], at: int) -> None:
        style = f"h{len(heading[1])}"
        self.blank = True
        line = self._add(heading[2], at, style)
        if style == "h1" and not self.title and line is not None:
            self.title = line.text
        self.blank = True

    def _rule(self, at: int) -> int:
        if _RULE.match(self.rows[at]):
            self.blank = True
            return 1
        return 0

    def _paragraph(self, at: int) -> int:
        """Lines up to an empty one; a backslash or two blanks at an end break the line."""
        text = ""
        count = 0
        while at + count < len(self.rows):
            row = self.rows[at + count]
            if not row.strip() or (count and self._interrupts(row)):
                break
            if count == 1 and _UNDERLINE.match(row):
                self._underlined(self.rows[at], at, "h1" if "=" in row else "h2")
                return 2
            row = _QUOTE.sub("", row)
            bullet = _BULLET.match(row)
            if bullet:
                row = f"- {row[bullet.end() :]}"
            if text and (bullet or _ORDERED.match(row)):
                text = text.rstrip() + "\n"
            count += 1
            broken = row.endswith(("\\", "  "))
            text += row.rstrip(" ").removesuffix("\\").strip() + ("\n" if broken else " ")
        self._add(text, at)
        self.blank = True
        return max(count, 1)

    def _underlined(self, text: str, at: int, style: str) -> None:
        """A heading with a line of "=" or "-" under it."""
        line = self._add(text, at, style)
        if style == "h1" and not self.title and line is not None:
            self.title = line.text

    def _interrupts(self, row: str) -> bool:
        return bool(_HEADING.match(row) or _FENCE.match(row) or _TAG_LINE.match(row))

    def _add(self, text: str, at: int, style: str = "") -> Line | None:
        if len(text) > MAX_PARAGRAPH:
            place = str(at + 1)
            raise invalid("file", "text_paragraph_too_long", place=place, limit=MAX_PARAGRAPH)
        first = None
        for runs in split_lines(inline(text.strip(), str(at + 1), self.oddities)):
            if runs:
                line = Line(runs, str(at + 1), style, after_blank=self.blank)
                self.lines.append(line)
                self.blank = False
                first = first or line
        return first

    # tables

    def _table(self, at: int) -> int:
        row = self.rows[at]
        after = self.rows[at + 1] if at + 1 < len(self.rows) else ""
        if _GRID.match(row):
            return self._grid(at)
        if "|" in row and _PIPE_RULE.match(after) and "-" in after:
            return self._pipes(at)
        if _DASHES.match(row):
            return self._simple(at)
        return 0

    def _pipes(self, at: int) -> int:
        count = 0
        rows = []
        while at + count < len(self.rows) and "|" in self.rows[at + count]:
            if count != 1:
                cells = re.split(r"(?<!\\)\|", self.rows[at + count].strip().strip("|"))
                rows.append([[cell] for cell in cells])
            count += 1
        self._put(rows, at, header=True)
        return count

    def _grid(self, at: int) -> int:
        edges = [place for place, char in enumerate(self.rows[at]) if char == "+"]
        rows: list[list[list[str]]] = []
        cells: list[list[str]] = [[] for _ in edges[1:]]
        count, header = 1, False
        while at + count < len(self.rows):
            row = self.rows[at + count]
            if row.lstrip()[:1] not in ("|", "+"):
                break
            count += 1
            if row.lstrip().startswith("+"):
                header = header or "=" in row
                rows.append(cells)
                cells = [[] for _ in edges[1:]]
                continue
            for place, (left, right) in enumerate(pairwise(edges)):
                cells[place].append(row[left + 1 : right].strip().removesuffix("\\"))
        self._put(rows, at, header=header)
        return count

    def _simple(self, at: int) -> int:
        """Lines between rows of dashes: cells below each dash; one column is plain text."""
        end = next(
            (n for n in range(at + 1, min(at + 60, len(self.rows))) if _DASHES.match(self.rows[n])),
            None,
        )
        inner = self.rows[at + 1 : end] if end is not None else []
        if end is None or not inner or not inner[0].strip():
            return 0
        spans = [found.span() for found in re.finditer(r"-+", self.rows[at])]
        if len(spans) == 1:
            self.blank = True
            for place, row in enumerate(inner, start=at + 1):
                self._add(row.strip(), place)
            self.blank = True
        else:
            lefts = [left for left, _ in spans]
            rights = [*lefts[1:], None]
            pairs = list(zip(lefts, rights, strict=True))
            rows = [
                [[row[left:right].strip()] for left, right in pairs] for row in inner if row.strip()
            ]
            self._put(rows, at, header=False)
        return end - at + 1

    def _put(self, rows: Sequence[Sequence[Sequence[str]]], at: int, *, header: bool) -> None:
        table = Table(
            tuple(
                tuple(self._cell(cell, at, header and place == 0) for cell in row)
                for place, row in enumerate(rows)
            )
        )
        self.lines.append(Line((), str(at + 1), table=table, after_blank=True))
        self.blank = True

    def _cell(self, texts: Sequence[str], at: int, header: bool) -> Cell:
        parsed = [tidy(inline(text, str(at + 1), self.oddities)) for text in texts]
        return Cell(tuple(Paragraph(runs) for runs in parsed if runs), header=header)
