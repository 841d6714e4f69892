"""Plain text with placeholders: what may be written, and how it is filled in. Pure.

A placeholder is a name in braces. A line whose placeholder has nothing to say is left out, and so
is a paragraph of which no line is left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a text, and where: line and column count from one; 0 is nowhere.
    `unknown_placeholder` has a name and perhaps one like it, `missing_placeholder` a name,
    `lone_brace` neither.
    """

    code: str
    line: int = 0
    column: int = 0
    name: str = ""
    like: str = ""


def flaws(text: str, known: Collection[str], required: Collection[str]) -> Iterator[Flaw]:
    """Everything that is wrong with the placeholders of a text, in the order of the text."""
    used = set()
    for number, line in enumerate(text.splitlines(), 1):
        for match in PLACEHOLDER.finditer(line):
            name = match[1]
            used.add(name)
            if name not in known:
                like = get_close_matches(name, sorted(known), n=1)
                yield Flaw(
                    "unknown_placeholder", number, match.start() + 1, name, like[0] if like else ""
                )
        bare = PLACEHOLDER.sub(lambda match: " " * len(match[0]), line)
        if brace := _BRACE.search(bare):
            yield Flaw("lone_brace", number, brace.start() + 1)
    for name in sorted(set(required) - used):
        yield Flaw("missing_placeholder", name=name)


def fill(text: str, values: Mapping[str, str]) -> list[list[str]]:
    """The paragraphs of a text, each as its lines. Raises KeyError for an unknown placeholder."""
    found = []
    for paragraph in _PARAGRAPHS.split(text.strip().replace("\r\n", "\n")):
        lines: list[str] = []
        for line in paragraph.split("\n"):
            names = PLACEHOLDER.findall(line)
            given = [values[name] for name in names]
            if not names or all(given):
                filled = PLACEHOLDER.sub(lambda match: values[match[1]], line)
                lines.extend(part.rstrip() for part in filled.split("\n"))
        if any(lines):
            found.append(lines)
    return found
