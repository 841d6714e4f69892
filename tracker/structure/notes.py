"""Footnotes in the order of their marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracker.structure.model import (
    Block,
    Document,
    Oddity,
    Paragraph,
    Runs,
    block_text,
    provisions,
)

_LONGEST = 500


def settle_notes(document: Document) -> Document:
    """The notes that the text refers to, in its order; the others are listed as oddities."""
    known = {note.id: note for note in document.notes}
    marks = dict.fromkeys(run.note for runs in _every(document) for run in runs if run.note)
    used = tuple(known[name] for name in marks if name in known)
    lost = [
        Oddity("note_without_mark", note.id, {"text": block_text(note.blocks)[:_LONGEST]})
        for note in document.notes
        if note.id not in marks and note.blocks
    ]
    lost.extend(Oddity("mark_without_note", name) for name in marks if name and name not in known)
    return replace(document, notes=used, oddities=(*document.oddities, *lost))


def _every(document: Document) -> Iterator[Runs]:
    """All runs of text in reading order."""
    yield from _runs(document.preface)
    yield from _runs(document.preamble)
    closed = False
    for one in provisions(document):
        if one.kind == "annex" and not closed:
            closed = True
            yield from _runs(document.conclusions)
        yield one.heading
        yield from _runs(one.blocks)
    if not closed:
        yield from _runs(document.conclusions)


def _runs(blocks: tuple[Block, ...]) -> Iterator[Runs]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.runs
        else:
            for row in block.rows:
                for cell in row:
                    yield from _runs(cell.blocks)
