"""The common ground of all readers: a document as a flat list of lines with hints of layout."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tracker.structure.characters import raised, squeeze
from tracker.structure.model import Mark, Run, Runs, Table

LONGEST_HEADING = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or table of the source. `place` counts paragraphs from 1; `style` is the name
    of its style in lower case; `after_blank` says that an empty line stands before.
    """

    runs: Runs
    place: str
    style: str = ""
    centred: bool = False
    after_blank: bool = False
    contents: bool = False
    quoted: bool = False
    table: Table | None = None
    text: str = field(init=False, compare=False)
    """The words, digits that stand raised as superscripts; no marks of footnotes."""

    def __post_init__(self) -> None:
        text = "".join(
            raised(run.text) if "sup" in run.marks else run.text
            for run in self.runs
            if run.note is None
        )
        object.__setattr__(self, "text", text)

    @property
    def bold(self) -> bool:
        return bool(self.runs) and all("b" in run.marks for run in self.runs if run.text.strip())


def cut(runs: Runs, start: int) -> Runs:
    """The runs from a place in their text on; blanks at the new beginning go."""
    kept: list[Run] = []
    for run in runs:
        if run.note is not None:
            kept.append(run)
            continue
        if start >= len(run.text):
            start -= len(run.text)
            continue
        kept.append(replace(run, text=run.text[start:]) if start else run)
        start = 0
    return strip(tuple(kept))


def strip(runs: Runs) -> Runs:
    """Without blanks at both ends."""
    kept = list(runs)
    while kept and kept[0].note is None and not kept[0].text.lstrip():
        kept.pop(0)
    while kept and kept[-1].note is None and not kept[-1].text.rstrip():
        kept.pop()
    if kept and kept[0].note is None and kept[0].text[0].isspace():
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
    if kept and kept[-1].note is None and kept[-1].text[-1].isspace():
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return tuple(kept)


def tidy(runs: Runs) -> Runs:
    """Neighbours of one look become one run, blanks of any length one space."""
    merged: list[Run] = []
    blank = True
    for run in runs:
        if run.note is not None:
            merged.append(run)
            continue
        text = squeeze(run.text)
        if blank:
            text = text.lstrip()
        if not text:
            continue
        blank = text.endswith(" ")
        last = merged[-1] if merged else None
        if last is not None and last.note is None and _alike(last, run):
            merged[-1] = replace(last, text=last.text + text)
        else:
            merged.append(run if text == run.text else replace(run, text=text))
    return strip(tuple(merged))


def _alike(one: Run, other: Run) -> bool:
    return one.marks == other.marks and one.href == other.href


def split_lines(runs: Runs) -> list[Runs]:
    """The pieces between line breaks, each tidied; empty ones stay as empty."""
    pieces: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = run.text.split("\n") if run.note is None else [run.text]
        pieces[-1].append(replace(run, text=first))
        pieces.extend([replace(run, text=text)] for text in rest)
    return [tidy(tuple(piece)) for piece in pieces]


def join(first: Runs, second: Runs) -> Runs:
    """Two pieces of text with a space between them."""
    if not first or not second:
        return first or second
    return tidy((*first, Run(" "), *second))


def marked(text: str, *marks: Mark) -> Run:
    return Run(text, frozenset(marks))
