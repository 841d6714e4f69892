"""A redline as HTML: inline or side by side, everything escaped, looks by class names alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from markupsafe import Markup

from tracker.structure.redline import Change, Redline, Status
from tracker.structure.render import safe
from tracker.structure.words import Op, is_changed

_ORDER: tuple[Status, ...] = ("added", "removed", "renumbered", "moved", "changed")


def inline_html(
    redline: Redline, words: Mapping[str, str], *, only_changes: bool = False
) -> Markup:
    """New and old wording in one text. `words` names the statuses in the reader's language, so
    that colour never carries the meaning alone; `only_changes` leaves out what is the same.
    """
    parts = [_outside("preface", redline.preface), _outside("preamble", redline.preamble)]
    parts.extend(_inline(one, words) for one in _shown(redline.changes, only_changes))
    parts.append(_outside("conclusions", redline.conclusions))
    parts.append(_outside("notes", redline.notes))
    return safe(f'<div class="redline redline-inline">{"".join(parts)}</div>')


def side_by_side_html(
    redline: Redline,
    words: Mapping[str, str],
    heads: tuple[str, str],
    *,
    only_changes: bool = False,
) -> Markup:
    """The old wording at the left, the new at the right; `heads` names the two editions."""
    rows = [_pair("preface", redline.preface, heads), _pair("preamble", redline.preamble, heads)]
    rows.extend(_row(one, words, heads) for one in _shown(redline.changes, only_changes))
    rows.append(_pair("conclusions", redline.conclusions, heads))
    rows.append(_pair("notes", redline.notes, heads))
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in heads)
    return safe(
        f'<table class="redline redline-side"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _shown(changes: Iterable[Change], only_changes: bool) -> Iterator[Change]:
    for one in changes:
        if not only_changes or one.inside or one.statuses != {"same"}:
            yield one


def _classes(one: Change) -> str:
    names = " ".join(f"redline-{status}" for status in sorted(one.statuses))
    return f"redline-provision redline-{escape(one.kind)} redline-depth-{min(one.depth, 6)} {names}"


def _badges(one: Change, words: Mapping[str, str]) -> str:
    named = [words.get(status, status) for status in _ORDER if status in one.statuses]
    return "".join(f'<span class="redline-status">{escape(word)}</span>' for word in named)


def _anchor(one: Change) -> str:
    name = one.new if one.new is not None else f"removed-{one.old}"
    return escape(str(name))


def _inline(one: Change, words: Mapping[str, str]) -> str:
    head = _head(_ops(one.label), _ops(one.heading))
    text = f'<div class="redline-text">{_ops(one.text)}</div>' if one.text else ""
    return (
        f'<div class="{_classes(one)}" id="{_anchor(one)}">{_badges(one, words)}{head}{text}</div>'
    )


def _head(label: str, heading: str) -> str:
    if not label and not heading:
        return ""
    return f'<div class="redline-head">{label} {heading}</div>'


def _row(one: Change, words: Mapping[str, str], heads: tuple[str, str]) -> str:
    sides = []
    for side, title in zip(("delete", "insert"), heads, strict=True):
        head = _head(_side(one.label, side), _side(one.heading, side))
        text = _side(one.text, side)
        inner = f'{head}<div class="redline-text">{text}</div>' if text else head
        badges = _badges(one, words) if side == "insert" else ""
        sides.append(_cell(f"{badges}{inner}", title))
    return f'<tr class="{_classes(one)}" id="{_anchor(one)}">{"".join(sides)}</tr>'


def _outside(name: str, ops: tuple[Op, ...]) -> str:
    if not is_changed(ops):
        return ""
    return f'<div class="redline-outside redline-{name}">{_ops(ops)}</div>'


def _pair(name: str, ops: tuple[Op, ...], heads: tuple[str, str]) -> str:
    if not is_changed(ops):
        return ""
    cells = _cell(_side(ops, "delete"), heads[0]) + _cell(_side(ops, "insert"), heads[1])
    return f'<tr class="redline-outside redline-{name}">{cells}</tr>'


def _cell(inner: str, title: str) -> str:
    """One side of a row, with the name of its edition for where the sides stand in one column."""
    return f'<td data-label="{escape(title)}">{inner}</td>'


def _ops(ops: Iterable[Op]) -> str:
    return "".join(_op(op, op.new or op.old) for op in ops)


def _side(ops: Iterable[Op], kind: str) -> str:
    """One side of the comparison: what is equal and what is of this kind."""
    return "".join(
        _op(op, op.old if kind == "delete" else op.new) for op in ops if op.kind in ("equal", kind)
    )


def _op(op: Op, text: str) -> str:
    shown = escape(text).replace("\n", "<br>").replace("\t", " | ")
    tag = {"insert": "ins", "delete": "del"}.get(op.kind)
    return f"<{tag}>{shown}</{tag}>" if tag else shown
