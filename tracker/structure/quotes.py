"""Wording that an amending act puts into another act: it looks like the act's own provisions and
is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracker.structure.lines import Line
from tracker.structure.markers import Marker, enumerator, heading_marker
from tracker.structure.model import Oddity
from tracker.structure.numbers import follows

_OPENING = "«„"
_CLOSING = "»”"
_EITHER = '"“'
_CLOSES = re.compile(r"[»”“\"][\s;.,)]*(?:(?:and|or|та|и|і)\s*)?$")
_OPENS_LATE = re.compile(r"[:—–-]\s*[«\"“„](?=\S)")
_LONGEST_QUOTE = 4000
_MOST_OPEN = 20
"""Lines of one quote; quotes without an end, after which quotation marks are not trusted."""
_ANNOUNCED = re.compile(
    r"(?:содержания|редакции|редакції|змісту|following|substitute\w*|insert\w*)\s*[:—–-]*$",
    re.IGNORECASE,
)


def mark_quotes(lines: Sequence[Line]) -> tuple[list[Line], tuple[Oddity, ...]]:
    """The lines with those of quoted amendments marked, and quotes that never end."""
    marked, oddities = list(lines), []
    own: str | None = None
    open_ended = 0
    at = 0
    while at < len(lines):
        line = lines[at]
        first = _begins(lines, at) if open_ended < _MOST_OPEN else None
        end = _end(lines, at) if first is not None else _unmarked_end(lines, at, own)
        if first is None and end is not None:
            first = at
            oddities.append(Oddity("quote_without_marks", line.place))
        if first is not None and end is not None:
            for each in range(first, end + 1):
                marked[each] = replace(lines[each], quoted=True)
            at = end + 1
            continue
        if first is not None:
            open_ended += 1
            oddities.append(Oddity("quote_not_closed", line.place))
        marker = heading_marker(line.text)
        if marker is not None and marker.kind == "article":
            own = marker.number
        elif marker is not None and marker.kind == "annex":
            own = None
        at += 1
    return marked, tuple(oddities)


def _begins(lines: Sequence[Line], at: int) -> int | None:
    """Where the quoted lines begin if a quote opens in this line and goes on, or holds a
    provision: this line, or the next when words of the amending act stand before the quote.
    """
    text = lines[at].text
    if text[:1] and text[0] in _OPENING + _EITHER:
        inner = text[1:].lstrip()
        if _depth(text) > 0:
            return at
        announced = at > 0 and lines[at - 1].text.endswith((":", "—", "–"))
        if announced and (heading_marker(inner) or enumerator(inner) or _CLOSES.search(text)):
            return at
        return None
    late = _OPENS_LATE.search(text)
    if late and _depth(text) > 0 and at + 1 < len(lines):
        return at + 1
    return None


def _depth(text: str, depth: int = 0) -> int:
    """How many quotes stand open after a text."""
    for place, char in enumerate(text):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth -= 1
        elif char in _EITHER:
            before = text[place - 1] if place else " "
            after = text[place + 1] if place + 1 < len(text) else " "
            opens = (before.isspace() or before in '([«„“"—–-') and not after.isspace()
            depth += 1 if opens else -1
    return depth


def _end(lines: Sequence[Line], at: int) -> int | None:
    """The last line of the quote that opens in a line: where all quotes are closed; else, since
    closing marks are often left out before one another, where the outer numbering goes on.
    """
    depth, last = 0, None
    outer = _outer(lines, at)
    for each in range(at, min(at + _LONGEST_QUOTE, len(lines))):
        text = lines[each].text
        again = each > at and text[:1] in ("“", "«", '"') and depth > 0
        depth = _depth(text[1:] if again and _depth(text[1:]) < 1 else text, depth)
        if not _CLOSES.search(text):
            continue
        if depth <= 0:
            return each
        if last is None and _goes_on(lines, each + 1, outer):
            last = each
    return last


def _outer(lines: Sequence[Line], at: int) -> list[Marker]:
    """The numbers open where a quote begins, the innermost first."""
    found: list[Marker] = []
    for each in range(at, max(at - _LONGEST_QUOTE, -1), -1):
        text = lines[each].text
        marker = heading_marker(text) or enumerator(text)
        if marker is None or marker.form == "-":
            continue
        if all(marker.form != other.form for other in found):
            found.append(marker)
        if marker.kind:
            break
    return found


def _goes_on(lines: Sequence[Line], at: int, outer: Sequence[Marker]) -> bool:
    if at >= len(lines):
        return True
    text = lines[at].text
    marker = heading_marker(text) or enumerator(text)
    if marker is None:
        return False
    return marker.kind == "annex" or any(
        marker.form == other.form
        and marker.kind == other.kind
        and follows(marker.number, other.number)
        for other in outer
    )


def _unmarked_end(lines: Sequence[Line], at: int, own: str | None) -> int | None:
    """The last line of an amendment that was announced but stands without quotation marks."""
    if not at or own is None or not _ANNOUNCED.search(lines[at - 1].text):
        return None
    marker = heading_marker(lines[at].text)
    if marker is None or marker.kind != "article" or follows(marker.number, own):
        return None
    outer = _outer(lines, at - 1)
    for each in range(at + 1, len(lines)):
        if _goes_on(lines, each, outer):
            return each - 1
    return len(lines) - 1
