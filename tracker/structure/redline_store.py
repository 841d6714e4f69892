"""A redline as JSON, to keep one that took long to make.

The words of provisions in which nothing is different are not kept: they are in the text itself,
and `complete` puts them back. That is nine tenths of a long redline.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any

from tracker.structure.match import Match
from tracker.structure.model import Document, Provision, block_text, provisions
from tracker.structure.redline import Change, Redline
from tracker.structure.words import Kind, Op

_SIGNS: Mapping[Kind, str] = {"equal": "=", "delete": "-", "insert": "+"}
_KINDS: Mapping[str, Kind] = {sign: kind for kind, sign in _SIGNS.items()}
_OUTSIDE = ("preface", "preamble", "conclusions", "notes")


def dump(redline: Redline) -> str:
    """The redline as text; `load` gives an equal one, but for the words that did not change."""
    made = {
        "changes": [_change(one) for one in redline.changes],
        "counts": dict(redline.counts),
        **{name: _ops(getattr(redline, name)) for name in _OUTSIDE},
    }
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Redline:
    made: Mapping[str, Any] = json.loads(text)
    outside = {name: _ops_of(made[name]) for name in _OUTSIDE}
    changes = tuple(_change_of(one) for one in made["changes"])
    return Redline(changes, counts=made["counts"], **outside)


def complete(redline: Redline, new: Document) -> Redline:
    """A redline that was kept, with the words that did not change; `new` is the newer text."""
    known = {one.eid: one for one in provisions(new)}
    changes = (
        _with_words(one, known[one.new]) if _untouched(one) and one.new in known else one
        for one in redline.changes
    )
    return replace(redline, changes=tuple(changes))


def _with_words(one: Change, there: Provision) -> Change:
    label, heading, text = (
        (Op("equal", words, words),) if words else ()
        for words in (there.label, there.title, block_text(there.blocks))
    )
    return replace(one, label=label, heading=heading, text=text)


def _untouched(one: Change) -> bool:
    return one.statuses == {"same"} and not one.inside


def _change(one: Change) -> list[Any]:
    if _untouched(one):
        one = replace(one, label=(), heading=(), text=())
    return [
        sorted(one.statuses), one.kind, one.depth, one.old, one.new,
        astuple(one.match) if one.match else None,
        _ops(one.label), _ops(one.heading), _ops(one.text), one.inside,
    ]  # fmt: skip


def _change_of(made: Sequence[Any]) -> Change:
    statuses, kind, depth, old, new, match, label, heading, text, inside = made
    return Change(
        frozenset(statuses), kind, depth, old, new, Match(*match) if match else None,
        _ops_of(label), _ops_of(heading), _ops_of(text), inside,
    )  # fmt: skip


def _ops(ops: Iterable[Op]) -> list[list[str]]:
    """An equal stretch is written once where both sides are the same to the letter."""
    return [
        [_SIGNS[op.kind], op.old]
        if op.kind == "delete" or op.old == op.new
        else [_SIGNS[op.kind], op.old, op.new]
        for op in ops
    ]


def _ops_of(made: Iterable[Sequence[str]]) -> tuple[Op, ...]:
    return tuple(_op_of(*one) for one in made)


def _op_of(sign: str, old: str, new: str | None = None) -> Op:
    kind = _KINDS[sign]
    return Op(kind, old, "" if kind == "delete" else old if new is None else new)
