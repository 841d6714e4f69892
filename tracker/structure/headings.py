"""How far a heading goes: over how many lines, and where its number was damaged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tracker.structure.lines import LONGEST_HEADING, Line
from tracker.structure.markers import enumerator, heading_like, heading_marker
from tracker.structure.numbers import follows, leading

_MOST_LINES = 6
_SENTENCE_END = re.compile(r"[.;:]$")
_JUMP = 20
_LONGEST_TAIL = 2
_AHEAD = 40


def heading_lines(
    lines: Sequence[Line], at: int, *, named: bool, container: bool, taken: Collection[int]
) -> int:
    """How many lines after a numbered one continue its heading. `named` says that a heading
    stands in the numbered line itself; `taken` are lines that belong to something else.
    """
    start = at
    if not named:
        if at + 1 in taken and not container:
            return 0
        if not _first(lines, at, container):
            return 0
        start = at + 1
    return start - at + _continued(lines, start, taken)


def _first(lines: Sequence[Line], at: int, container: bool) -> bool:
    """Whether the line after a bare number is its heading."""
    if at + 1 >= len(lines):
        return False
    line = lines[at + 1]
    if _other(line) or not heading_like(line.text):
        return False
    return container or len(line.text) <= LONGEST_HEADING // 2


def _other(line: Line) -> bool:
    """Whether a line cannot be a heading's: a table, quoted, or numbered itself."""
    if line.table is not None or line.quoted:
        return True
    text = line.text
    return heading_marker(text) is not None or enumerator(text) is not None


def _continued(lines: Sequence[Line], start: int, taken: Collection[int]) -> int:
    """How many lines after the first of a heading belong to it: those up to the next empty line,
    or those that go on in lower case.
    """
    group = 0
    for line in lines[start + 1 : start + 1 + _MOST_LINES]:
        place = start + 1 + group
        if _other(line) or place in taken or _SENTENCE_END.search(line.text):
            break
        if line.after_blank and not _goes_on(lines[place - 1], line):
            break
        if line.style != lines[start].style and not _goes_on(lines[place - 1], line):
            break
        group += 1
    end = start + group + 1
    closed = end >= len(lines) or lines[end].after_blank
    length = sum(len(line.text) for line in lines[start:end])
    if group and closed and length <= LONGEST_HEADING * 2:
        return group
    lower = 0
    while lower < group and (
        _goes_on(lines[start + lower], lines[start + lower + 1])
        or _same_look(lines[start], lines[start + lower + 1])
    ):
        lower += 1
    return lower


def _same_look(head: Line, line: Line) -> bool:
    """Whether a line stands out in the way that the heading does."""
    return (head.bold and line.bold) or (head.centred and line.centred)


def _goes_on(line: Line, after: Line) -> bool:
    text = after.text
    return text[:1].islower() and not line.text.endswith((".", ";", ":"))


def flattened(numbers: Sequence[tuple[int, str]]) -> Mapping[int, str]:
    """Numbers whose superscript was lost: 161 between 16 and 17 is 16.1. Takes numbers by their
    line, gives the mended ones.
    """
    mended: dict[int, str] = {}
    last: str | None = None
    for place, (at, number) in enumerate(numbers):
        guess = _split(number, last, numbers[place + 1 : place + 1 + _AHEAD])
        if guess is not None:
            mended[at] = guess
        last = guess or number
    return mended


def _split(number: str, last: str | None, later: Sequence[tuple[int, str]]) -> str | None:
    base = leading(last) if last else None
    if base is None or last is None or not number.isdecimal() or follows(number, last):
        return None
    head = str(base)
    tail = number[len(head) :]
    if not number.startswith(head) or not tail or tail.startswith("0") or len(tail) > _LONGEST_TAIL:
        return None
    if int(number) <= base + _JUMP or not follows(f"{head}.{tail}", last):
        return None
    below = any(base < (leading(other) or 0) < int(number) for _, other in later)
    return f"{head}.{tail}" if below or not later else None
