"""Plain text: a paragraph a line, or lines wrapped at a column with indents and hyphens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.structure.characters import clean
from tracker.structure.lines import Line, tidy
from tracker.structure.markers import enumerator, heading_marker
from tracker.structure.model import Oddity, runs_of

_WIDEST_WRAPPED = 130
_CENTRED = 8
_FEWEST_LINES = 4
_NARROWEST = 40
_FULL = 0.75
_LONGEST_WORD = 60
_PAGE_NUMBER = re.compile(r"^\s*(?:[-–—]\s*\d{1,4}\s*[-–—]|\f\s*\d{1,4})\s*$")
_DRAWN = re.compile(r"[│┃║┌├└─═]|\|.*\||\+[-=]{3,}\+")
_BROKEN_WORD = re.compile(r"([^\W\d_]{2,})-$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file that is not empty."""

    text: str
    indent: int
    place: int
    after_blank: bool


def read_plain(text: str) -> tuple[list[Line], tuple[Oddity, ...]]:
    """The paragraphs of a plain text, and what was changed in reading it."""
    rows, oddities = _rows(text)
    if _wrapped(rows):
        joined = _Unwrapper(rows)
        return list(joined.lines()), (*oddities, *joined.oddities)
    return [_line(row.text, row, row.indent >= _CENTRED) for row in rows], oddities


def _rows(text: str) -> tuple[list[_Row], tuple[Oddity, ...]]:
    rows: list[_Row] = []
    oddities = []
    blank = True
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    for place, raw in enumerate(text.split("\n"), start=1):
        if _PAGE_NUMBER.match(raw):
            oddities.append(Oddity("page_number", str(place), {"text": raw.strip()}))
            continue
        blank = blank or "\f" in raw
        line = clean(raw).replace("\f", "").replace("\xa0", " ").expandtabs(8).rstrip()
        if not line.strip():
            blank = True
            continue
        rows.append(_Row(line.strip(), len(line) - len(line.lstrip()), place, blank))
        blank = False
    return rows, tuple(oddities)


def _line(text: str, row: _Row, centred: bool) -> Line:
    return Line(tidy(runs_of(text)), str(row.place), "", centred, row.after_blank)


def _wrapped(rows: Sequence[_Row]) -> bool:
    """Whether paragraphs go over several lines: no line is long, and many are full."""
    lengths = sorted(row.indent + len(row.text) for row in rows)
    if len(lengths) < _FEWEST_LINES or lengths[-1] > _WIDEST_WRAPPED:
        return False
    width = lengths[int(len(lengths) * 0.95)]
    full = [row for row in rows if row.indent + len(row.text) >= width * 0.85]
    unfinished = sum(not row.text.endswith((".", ";", ":")) for row in full)
    return width >= _NARROWEST and len(full) * 4 > len(rows) and unfinished * 3 > len(full)


class _Unwrapper:
    """Joins the lines of each paragraph."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self.rows = rows
        self.base = Counter(row.indent for row in rows).most_common(1)[0][0]
        self.width = max(row.indent + len(row.text) for row in rows)
        words = Counter(word for row in rows for word in _WORD.findall(row.text.casefold()))
        self.words = words
        self.oddities: list[Oddity] = []

    def lines(self) -> Iterable[Line]:
        group: list[_Row] = []
        for row in self.rows:
            if group and self._begins(row, group[-1]):
                yield self._joined(group)
                group = []
            group.append(row)
        if group:
            yield self._joined(group)

    def _begins(self, row: _Row, before: _Row) -> bool:
        """Whether a line begins a paragraph."""
        if row.after_blank or abs(row.indent - self.base) > 1:
            return True
        if _DRAWN.search(row.text) or _DRAWN.search(before.text):
            return True
        if before.indent >= _CENTRED and before.indent - self.base >= _CENTRED:
            return True
        short = before.indent + len(before.text) < self.width * _FULL
        if short and before.text.endswith((".", ";", ":")):
            return True
        marked = heading_marker(row.text) or enumerator(row.text)
        return bool(marked) and (short or before.text.endswith((".", ";", ":")))

    def _joined(self, group: Sequence[_Row]) -> Line:
        first = group[0]
        pieces = [first.text]
        for row in group[1:]:
            pieces[-1] = self._ended(pieces[-1], row)
            pieces.append(row.text)
        return _line("".join(pieces), first, first.indent - self.base >= _CENTRED)

    def _ended(self, text: str, row: _Row) -> str:
        """A line as it goes on in the next: with a space, or without the hyphen of a broken word,
        unless the text writes the word with a hyphen elsewhere.
        """
        broken = _BROKEN_WORD.search(text[-_LONGEST_WORD:])
        after = _WORD.match(row.text)
        if broken is None or after is None or not row.text[0].islower():
            return f"{text} "
        head, tail = broken[1].casefold(), after[0].casefold()
        if self.words[f"{head}-{tail}"]:
            return text
        if not self.words[head + tail]:
            params = {"word": broken[1] + after[0]}
            self.oddities.append(Oddity("hyphen_joined", str(row.place), params))
        return text[:-1]
