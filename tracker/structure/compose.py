"""From the lines of any reader to a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tracker.errors import invalid
from tracker.structure.assemble import assemble
from tracker.structure.contents import without_contents
from tracker.structure.fronts import blocks, find_title, split_end, split_front
from tracker.structure.ids import with_ids
from tracker.structure.languages import languages
from tracker.structure.limits import MAX_LINES, MAX_PARAGRAPH
from tracker.structure.lines import Line
from tracker.structure.model import (
    Document,
    Footnote,
    Oddity,
    Provision,
    TrackedChange,
    block_text,
)
from tracker.structure.notes import settle_notes
from tracker.structure.quotes import mark_quotes


def compose(
    lines: Sequence[Line],
    *,
    title: str = "",
    notes: Iterable[Footnote] = (),
    oddities: Iterable[Oddity] = (),
    changes: Iterable[TrackedChange] = (),
) -> Document:
    """The document that lines make up; raises Invalid naming `file` when there is no text in
    them or too much.
    """
    _check(lines)
    kept, listed = without_contents(lines)
    marked, quoted = mark_quotes(kept)
    main, signed, annexed = split_end(marked)
    tree = assemble([*main, *annexed])
    front, opening = split_front(tree.front)
    body = tuple(node.freeze() for node in tree.body.children)
    if tree.body.blocks:
        body = (Provision("text", blocks=tuple(tree.body.blocks)), *body)
    if not body:
        body, opening = (Provision("text", blocks=blocks(opening or front)),), []
        front = [] if not tree.front or front is opening else front
    document = Document(
        title or find_title(front),
        languages("\n".join(line.text for line in lines)),
        blocks(front),
        blocks(opening),
        body,
        blocks(signed),
        tuple(node.freeze() for node in tree.annexes),
        tuple(notes),
        (*oddities, *listed, *quoted, *tree.oddities),
        tuple(changes),
    )
    return with_ids(settle_notes(document))


def _check(lines: Sequence[Line]) -> None:
    if not any(line.text.strip() or _table_text(line) for line in lines):
        raise invalid("file", "text_missing")
    if len(lines) > MAX_LINES:
        raise invalid("file", "text_too_many_lines", limit=MAX_LINES)
    for line in lines:
        if sum(len(run.text) for run in line.runs) > MAX_PARAGRAPH:
            raise invalid("file", "text_paragraph_too_long", place=line.place, limit=MAX_PARAGRAPH)


def _table_text(line: Line) -> str:
    return block_text((line.table,)).strip() if line.table is not None else ""


def with_oddities(document: Document, *oddities: Oddity) -> Document:
    return replace(document, oddities=(*document.oddities, *oddities))
