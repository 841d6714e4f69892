"""Automatic numbers of a DOCX, computed as a word processor shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from tracker.structure.numbers import CYRILLIC_ORDER
from tracker.structure.readers.docx_package import W
from tracker.structure.readers.docx_styles import Styles

_LEVEL = re.compile(r"%([1-9])")
_ROMANS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    start: int
    form: str
    text: str
    glue: str
    restart: int | None
    style: str
    legal: bool


@dataclass(slots=True)
class _List:
    """An abstract numbering with its counters, shared by every list that uses it."""

    levels: dict[int, Level]
    name: str = ""
    link: str = ""
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs in reading order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self.styles = styles
        self.lists: dict[str, _List] = {}
        self.nums: dict[str, str] = {}
        self.overrides: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()
        if root is not None:
            self._load(root)

    def _load(self, root: etree._Element) -> None:
        for abstract in root.findall(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId", "")
            levels = dict(_level(each) for each in abstract.findall(f"{W}lvl"))
            self.lists[name] = _List(
                levels, _value(abstract, "name").casefold(), _value(abstract, "numStyleLink")
            )
        for num in root.findall(f"{W}num"):
            name = num.get(f"{W}numId", "")
            self.nums[name] = _value(num, "abstractNumId")
            starts = {}
            for override in num.findall(f"{W}lvlOverride"):
                start = _value(override, "startOverride")
                level = override.get(f"{W}ilvl", "0")
                if start.isdecimal() and level.isdecimal():
                    starts[int(level)] = int(start)
            self.overrides[name] = starts

    def label(self, properties: etree._Element | None, style: str) -> tuple[str, str]:
        """The number of a paragraph and what stands between it and the text; both empty when it
        has none. Counts it.
        """
        num, level = self._of(properties, style)
        found = self._list(num)
        if found is None or level not in found.levels:
            return "", ""
        return self._count(found, num, level), found.levels[level].glue

    def inline(self, name: str, level: int) -> str:
        """The number of a LISTNUM field: the next of a level of a list."""
        for found in self.lists.values():
            if found.name and found.name == name.casefold() and level in found.levels:
                return self._count(found, "", level)
        return ""

    def _of(self, properties: etree._Element | None, style: str) -> tuple[str, int]:
        direct = properties.find(f"{W}numPr") if properties is not None else None
        num, level = self.styles.numbering(style)
        if direct is not None:
            num = _value(direct, "numId") or num
            own = _value(direct, "ilvl")
            level = int(own) if own.isdecimal() else level
        if level is None:
            level = self._linked(num, style)
        return num, level

    def _linked(self, num: str, style: str) -> int:
        found = self._list(num)
        if found is not None:
            for number, level in found.levels.items():
                if level.style == style:
                    return number
        return 0

    def _list(self, num: str) -> _List | None:
        found = self.lists.get(self.nums.get(num, ""))
        if found is not None and not found.levels and found.link:
            linked, _ = self.styles.numbering(found.link)
            return self.lists.get(self.nums.get(linked, "")) if linked != num else None
        return found

    def _count(self, found: _List, num: str, level: int) -> str:
        self._advance(found, num, level)
        for deeper in list(found.counts):
            if deeper > level and _restarts(found.levels.get(deeper), level):
                del found.counts[deeper]
        return self._shown(found, level)

    def _advance(self, found: _List, num: str, level: int) -> None:
        start = found.levels[level].start
        override = self.overrides.get(num, {}).get(level)
        if override is not None and (num, level) not in self.begun:
            self.begun.add((num, level))
            found.counts[level] = override
        elif level in found.counts:
            found.counts[level] += 1
        else:
            found.counts[level] = start

    def _shown(self, found: _List, level: int) -> str:
        own = found.levels[level]
        if own.form == "bullet":
            return "-"

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = found.levels.get(at)
            if other is None:
                return ""
            value = found.counts.setdefault(at, other.start)
            return shown(value, "decimal" if own.legal else other.form)

        return _LEVEL.sub(number, own.text).strip()


def _restarts(level: Level | None, after: int) -> bool:
    if level is None or level.restart is None:
        return True
    return level.restart > after


def _level(element: etree._Element) -> tuple[int, Level]:
    number = element.get(f"{W}ilvl", "0")
    start, restart = _value(element, "start"), _value(element, "lvlRestart")
    glue = {"nothing": "", "space": " "}.get(_value(element, "suff"), " ")
    legal = element.find(f"{W}isLgl")
    return int(number) if number.isdecimal() else 0, Level(
        int(start) if start.isdecimal() else 1,
        _value(element, "numFmt") or "decimal",
        _value(element, "lvlText"),
        glue,
        int(restart) if restart.isdecimal() else None,
        _value(element, "pStyle"),
        legal is not None and legal.get(f"{W}val", "1") not in ("0", "false"),
    )


def _value(element: etree._Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""


def shown(value: int, form: str) -> str:
    """A number in a list format of Word."""
    if form in ("lowerLetter", "upperLetter"):
        return _lettered(value, "abcdefghijklmnopqrstuvwxyz", form)
    if form in ("russianLower", "russianUpper"):
        return _lettered(value, CYRILLIC_ORDER, form)
    if form in ("lowerRoman", "upperRoman"):
        return _roman(value).upper() if form.startswith("upper") else _roman(value)
    if form == "decimalZero":
        return f"{value:02d}"
    return "" if form == "none" else str(value)


def _lettered(value: int, letters: str, form: str) -> str:
    if value < 1:
        return str(value)
    times, place = divmod(value - 1, len(letters))
    text = letters[place] * (times + 1)
    return text.upper() if form.endswith("Upper") or form.startswith("upper") else text


def _roman(value: int) -> str:
    text = ""
    for size, letters in _ROMANS:
        times, value = divmod(value, size)
        text += letters * min(times, 10)
    return text
