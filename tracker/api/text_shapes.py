"""Texts and their comparisons as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tracker.api.shapes import Json
from tracker.refusals import words
from tracker.structure.model import Document, Provision, block_text
from tracker.structure.redline import Change, Redline
from tracker.structure.words import Op, is_changed
from tracker.texts import oddities
from tracker.texts.comparing import Compared
from tracker.texts.provision_words import place_words
from tracker.texts.structures import TextState

_OUTSIDE = ("preface", "preamble", "conclusions", "notes")


def text_json(reference: str, state: TextState, document: Document | None, *, inside: bool) -> Json:
    """A text. Only inside is it said what was odd in the file and who marked changes in it."""
    fault = state.fault
    found = document or Document("", ())
    return {
        "act": reference,
        "edition": state.n,
        "language": state.language,
        "state": state.state,
        "problem": {"code": fault.code, "message": words(fault)} if fault else None,
        "previous": state.previous_n,
        "title": found.title,
        "preface": block_text(found.preface),
        "preamble": block_text(found.preamble),
        "provisions": list(_provisions(found)),
        "conclusions": block_text(found.conclusions),
        "notes": [
            {"id": note.id, "mark": note.mark, "text": block_text(note.blocks)}
            for note in found.notes
        ],
        "oddities": [
            {"code": one.code, "place": one.place, "message": oddities.words(one)}
            for one in found.oddities
            if inside
        ],
        "revision_marks": [
            {
                "kind": one.kind,
                "text": one.text,
                "author": one.author,
                "date": one.date,
                "place": one.place,
            }
            for one in found.changes
            if inside
        ],
    }


def _provisions(document: Document) -> Iterator[Json]:
    for root in (document.body, document.annexes):
        yield from _level(root, ())


def _level(level: Sequence[Provision], above: tuple[Provision, ...]) -> Iterator[Json]:
    for one in level:
        way = (*above, one)
        yield {
            "eid": one.eid,
            "wid": one.wid,
            "parent": above[-1].eid if above else None,
            "kind": one.kind,
            "number": one.number,
            "label": one.label,
            "place": place_words(way),
            "heading": one.title,
            "text": block_text(one.blocks),
        }
        yield from _level(one.children, way)


def comparison_json(reference: str, found: Compared) -> Json:
    """What changed from the older edition to the newer."""
    assert found.old is not None
    assert found.new is not None
    made = found.redline
    return {
        "act": reference,
        "from": found.old.n,
        "to": found.new.n,
        "language": found.new.language,
        "state": found.state,
        "same": made.empty if made else None,
        "counts": dict(made.counts) if made else {},
        "changes": [_change(one) for one in made.changes if one.statuses != {"same"}]
        if made
        else [],
        "outside": dict(_outside(made)) if made else {},
    }


def _outside(made: Redline) -> Iterator[tuple[str, list[Json]]]:
    """What changed outside the provisions."""
    for name in _OUTSIDE:
        ops = getattr(made, name)
        if is_changed(ops):
            yield name, _ops(ops)


def _change(one: Change) -> Json:
    return {
        "statuses": sorted(one.statuses),
        "kind": one.kind,
        "old": one.old,
        "new": one.new,
        "label": _ops(one.label),
        "heading": _ops(one.heading),
        "text": _ops(one.text),
    }


def _ops(ops: Iterable[Op]) -> list[Json]:
    return [{"kind": op.kind, "text": op.new or op.old} for op in ops]
