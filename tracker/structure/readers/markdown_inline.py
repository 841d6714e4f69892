"""The inline signs of Markdown: emphasis, links, escapes, footnote marks."""

from __future__ import annotations

import re
from html import unescape

from tracker.structure.model import Mark, Oddity, Run, Runs

_TOKEN = re.compile(
    r"\\(?P<escape>[\\`*_{}\[\]()#+\-.!|<>~^\"'$@&/:;,?=%])"
    r"|!\[(?P<image>[^\]]*)\]\([^)]*\)"
    r"|\[\^(?P<note>[^\]]+)\]"
    r"|\[\]\{[^}]*\}|(?<=\])\{[^}]*\}"
    r"|\[(?P<link>(?:\\.|[^\[\]\\]|\[[^\[\]]*\])+)\](?:\((?P<href>[^()\s]*(?:\([^()]*\)[^()\s]*)*)"
    r"(?:\s+\"[^\"]*\")?\)|\{[^}]*\})"
    r"|<(?P<tag>/?(?:sup|sub|b|strong|i|em|u))\s*>"
    r"|<(?P<auto>https?://[^>\s]+)>"
    r"|<br\s*/?>|<a\s[^>]*>|</a>|<!--.*?-->"
    r"|(?P<strong>\*\*|__(?=\S)|(?<=\S)__)"
    r"|(?P<em>\*(?=\S)|(?<=\S)\*|(?<!\w)_(?=\S)|(?<=\S)_(?!\w))"
    r"|\^(?P<sup>[^\s^]{1,6})\^|(?<!~)~(?P<sub>[^\s~]{1,6})~(?!~)"
    r"|&(?P<entity>#?\w{1,10});",
    re.IGNORECASE,
)
_MARKS: dict[str, Mark] = {
    "sup": "sup",
    "sub": "sub",
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
}


def inline(text: str, place: str, oddities: list[Oddity]) -> Runs:
    """The runs of a line of Markdown; images are listed among the oddities."""
    runs: list[Run] = []
    marks: set[Mark] = set()
    at = 0
    for found in _TOKEN.finditer(text):
        _plain(runs, text[at : found.start()], marks)
        at = found.end()
        if found["image"] is not None:
            oddities.append(Oddity("image", place, {"text": found["image"]}))
        else:
            _token(runs, marks, found, place, oddities)
    _plain(runs, text[at:], marks)
    return tuple(runs)


def _plain(runs: list[Run], text: str, marks: set[Mark]) -> None:
    if text:
        runs.append(Run(text, frozenset(marks)))


def _token(
    runs: list[Run], marks: set[Mark], found: re.Match[str], place: str, oddities: list[Oddity]
) -> None:
    if found["note"]:
        runs.append(Run(found["note"], note=found["note"]))
    elif found["link"]:
        inner = inline(found["link"], place, oddities)
        href = found["href"] or None
        runs.extend(Run(run.text, run.marks | marks, href, run.note) for run in inner)
    elif found["sup"] or found["sub"]:
        mark: Mark = "sup" if found["sup"] else "sub"
        runs.append(Run(found["sup"] or found["sub"], frozenset(marks | {mark})))
    elif found["auto"]:
        runs.append(Run(found["auto"], frozenset(marks), found["auto"]))
    elif found["escape"] or found["entity"]:
        _plain(runs, found["escape"] or unescape(found[0]), marks)
    else:
        _emphasis(marks, found)


def _emphasis(marks: set[Mark], found: re.Match[str]) -> None:
    if found["tag"]:
        mark = _MARKS[found["tag"].strip("/").casefold()]
        _switch(marks, mark, on=not found["tag"].startswith("/"))
    elif found["strong"]:
        _switch(marks, "b", on="b" not in marks)
    elif found["em"]:
        _switch(marks, "i", on="i" not in marks)


def _switch(marks: set[Mark], mark: Mark, *, on: bool) -> None:
    if on:
        marks.add(mark)
    else:
        marks.discard(mark)
