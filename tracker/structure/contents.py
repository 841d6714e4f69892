"""Tables of contents: they repeat the headings of a text and are no part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tracker.structure.lines import LONGEST_HEADING, Line
from tracker.structure.markers import enumerator, heading_like, heading_marker
from tracker.structure.model import Oddity

_TITLE = re.compile(
    r"^(содержание|оглавление|зміст|(table of )?contents|arrangement of \w+)\s*:?$", re.IGNORECASE
)
_PAGE = re.compile(r"(?:\s*\.{3,}\s*|\s*…+\s*|\t+\s*)\d{1,4}\s*$")
_FEWEST = 3
_MOST_BETWEEN = 4
_REPEATED = 0.8

Key = tuple[str, str]


def without_contents(lines: Sequence[Line]) -> tuple[list[Line], tuple[Oddity, ...]]:
    """The lines without a table of contents, and what was left out."""
    listed = {at for at, line in enumerate(lines) if line.contents or _has_page(line.text)}
    listed = listed if len(listed) >= _FEWEST else set()
    if not listed:
        listed = _repeated(lines)
    if not listed:
        return list(lines), ()
    first = min(listed)
    if first and _TITLE.match(lines[first - 1].text.strip()):
        listed.add(first - 1)
    kept = [line for at, line in enumerate(lines) if at not in listed]
    oddity = Oddity("contents_left_out", lines[min(listed)].place, {"count": len(listed)})
    return kept, (oddity,)


def _has_page(text: str) -> bool:
    """Whether a line ends in dots and the number of a page."""
    return len(text) <= LONGEST_HEADING and bool(_PAGE.search(text))


def _repeated(lines: Sequence[Line]) -> set[int]:
    """The lines of a list of headings that come again further down."""
    titles = [at for at, line in enumerate(lines) if _TITLE.match(line.text.strip())]
    titled = bool(titles)
    start = titles[0] + 1 if titled else 0
    keys = [(at, key) for at in range(start, len(lines)) if (key := _key(lines[at], titled))]
    again = next((n for n in range(1, len(keys)) if keys[n][1] == keys[0][1]), None)
    if again is None or again < _FEWEST:
        return set()
    region, rest = keys[:again], {key for _, key in keys[again:]}
    repeated = sum(key in rest for _, key in region)
    if repeated < again * _REPEATED or not _only_headings(lines, region):
        return set()
    return set(range(start, region[-1][0] + 1))


def _key(line: Line, titled: bool) -> Key | None:
    if line.table is not None:
        return None
    text = line.text
    marker = heading_marker(text)
    if marker is not None:
        return (marker.kind, marker.number)
    number = enumerator(text) if titled else None
    if number is not None and number.form == "1." and heading_like(text[number.end :]):
        return ("", number.number)
    return None


def _only_headings(lines: Sequence[Line], region: Sequence[tuple[int, Key]]) -> bool:
    """Whether little and no sentence stands between the headings."""
    places = [at for at, _ in region]
    for before, after in pairwise(places):
        between = lines[before + 1 : after]
        if len(between) > _MOST_BETWEEN or any(line.table for line in between):
            return False
        if any(line.text.endswith((".", ";", ":")) for line in between):
            return False
    return True
