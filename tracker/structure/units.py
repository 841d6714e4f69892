"""Basic units that are numbered without a word: "5. Heading", or a heading line over "5. Text",
as bills, regulations and by-laws in English have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.structure.fronts import first_annex
from tracker.structure.lines import Line
from tracker.structure.markers import enumerator, heading_like, heading_marker
from tracker.structure.numbers import follows, order

_HEADED = 0.6
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A numbered line that begins a basic unit. `heading` is the line before it that names it,
    `inline` says that its own line does; `crossheading` stands over both.
    """

    heading: int | None
    crossheading: int | None
    inline: bool
    kind: str


def units(lines: Sequence[Line]) -> Mapping[int, Unit]:
    """The units by their line; none when the text has a word for its units ("Статья 5") or when
    its numbered lines are not headed, as the points of a resolution.
    """
    end = first_annex(lines)
    own = [line for line in lines[:end] if not line.quoted]
    if any(_is_article(line) for line in own):
        return {}
    starts = _sequence(lines[:end])
    inline = sum(_is_inline(lines, at) for at in starts) * 2 > len(starts)
    found = {at: _inline(lines, at) if inline else _headed(lines, at) for at in starts}
    headed = sum(unit.inline or unit.heading is not None for unit in found.values())
    if len(found) < _FEWEST or headed < len(found) * _HEADED:
        return {}
    if _numbers_below(lines, list(found)):
        return {
            at: Unit(unit.heading, unit.crossheading, unit.inline, "chapter")
            for at, unit in found.items()
        }
    return found


def _is_article(line: Line) -> bool:
    marker = heading_marker(line.text)
    return marker is not None and marker.kind == "article"


def _sequence(lines: Sequence[Line]) -> list[int]:
    """The lines numbered "1.", "2.", … of the longest run that begins with 1."""
    best: list[int] = []
    run: list[int] = []
    last: str | None = None
    for at, line in enumerate(lines):
        found = enumerator(line.text) if line.table is None and not line.quoted else None
        if found is None or found.form != "1.":
            continue
        if run and follows(found.number, last):
            run.append(at)
        elif found.number == "1":
            best = max(best, run, key=len)
            run = [at]
        else:
            continue
        last = found.number
    return max(best, run, key=len)


def _is_inline(lines: Sequence[Line], at: int) -> bool:
    """Whether a numbered line is itself a heading, with text below it."""
    found = enumerator(lines[at].text)
    assert found is not None
    rest = lines[at].text[found.end :]
    after = lines[at + 1].text if at + 1 < len(lines) else ""
    return heading_like(rest) and bool(after) and not enumerator(rest)


def _inline(lines: Sequence[Line], at: int) -> Unit:
    return Unit(None, None, _is_inline(lines, at), "article")


def _headed(lines: Sequence[Line], at: int) -> Unit:
    """A unit with the heading in the line before it, and perhaps one over a group."""
    if not _names(lines, at - 1):
        return Unit(None, None, inline=False, kind="article")
    over = at - 2 if _names(lines, at - 2) and _differ(lines[at - 2], lines[at - 1]) else None
    return Unit(at - 1, over, inline=False, kind="article")


def _names(lines: Sequence[Line], at: int) -> bool:
    if at < 0:
        return False
    line = lines[at]
    if line.table is not None or line.quoted or "note" in line.style:
        return False
    text = line.text
    return heading_like(text) and enumerator(text) is None and heading_marker(text) is None


def _differ(one: Line, other: Line) -> bool:
    """Whether two heading lines are of two ranks and not one heading in two lines."""
    return one.style != other.style or one.centred != other.centred or other.after_blank


def _numbers_below(lines: Sequence[Line], starts: Sequence[int]) -> bool:
    """Whether "1.1." stands below "1." in most units."""
    ends = [*starts[1:], len(lines)]
    below = 0
    for start, end in pairwise([*starts, len(lines)]):
        mine = enumerator(lines[start].text)
        for line in lines[start + 1 : min(end, start + 40)]:
            found = enumerator(line.text)
            if mine and found and found.form == "1.1.":
                below += order(found.number)[0] == order(mine.number)[0]
                break
    return bool(ends) and below * 2 > len(starts)
