"""A comparison as PDF: what changed, in one text, old words struck out and new ones underlined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tracker.i18n import gettext, language
from tracker.structure.redline import Change, Redline
from tracker.structure.words import Op, is_changed
from tracker.texts.compare_words import COUNTS, status_words
from tracker.typeset import pdf

_SOURCE = """
#set document(title: data.title)
#set page(
  paper: "a4", margin: (x: 2.2cm, y: 2cm), numbering: "1 / 1",
  header: text(8pt, fill: luma(90))[#data.head],
)
#set text(font: "Libertinus Serif", size: 10.5pt, lang: data.lang)
#set par(justify: false, leading: 0.62em)
#let words(ops) = for op in ops {
  if op.at(0) == "+" { underline(text(fill: rgb("#0a5a2a"), op.at(1))) }
  else if op.at(0) == "-" { strike(text(fill: rgb("#8c1d18"), op.at(1))) }
  else { op.at(1) }
}
#text(15pt, weight: "bold", data.title)

#text(fill: luma(70), data.subtitle)

#data.legend
#if data.empty != "" { block(strong(data.empty)) }
#if data.counts.len() > 0 {
  table(columns: (auto, auto), stroke: 0.4pt + luma(190),
    ..data.counts.map(row => (row.at(0), align(right, row.at(1)))).flatten())
}
#for one in data.rows {
  block(above: 1em, width: 100%, inset: (left: one.depth * 0.5em), {
    if one.status != "" { text(8.5pt, weight: "bold", fill: luma(60), one.status); linebreak() }
    if one.head.len() > 0 { strong(words(one.head)); linebreak() }
    words(one.text)
  })
}
"""
_SIGNS = {"equal": "=", "insert": "+", "delete": "-"}
_HEAD = 110
"""Characters of the title in the head of a page."""
_AROUND = 400
"""Characters of unchanged words that are kept at each end of a long stretch of them."""


def comparison_pdf(made: Redline, title: str, editions: tuple[str, str]) -> bytes:
    """The changes from one edition to another, in the present language. `editions` names them."""
    said = {
        "legend": gettext("New words are underlined, old words are struck out."),
        "empty": gettext("The two editions say the same."),
        **{key: str(text) for key, text in COUNTS.items()},
    }
    return changes_pdf(made, title, editions, status_words(), language(), said)


def changes_pdf(
    made: Redline,
    title: str,
    editions: tuple[str, str],
    statuses: Mapping[str, str],
    tongue: str,
    said: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The same with every word given."""
    rows = [*_outside(made.preface), *_outside(made.preamble)]
    rows += [_row(one, statuses) for one in made.changes if one.statuses != {"same"}]
    rows += [*_outside(made.conclusions), *_outside(made.notes)]
    between = " → ".join(editions)
    data = {
        "lang": tongue,
        "title": title,
        "head": f"{title[:_HEAD]} · {between}",
        "subtitle": between,
        "legend": said.get("legend", ""),
        "empty": "" if rows else said.get("empty", ""),
        "counts": [[said[key], str(made.counts.get(key, 0))] for key in COUNTS if key in said],
        "rows": rows,
    }
    return pdf(_SOURCE, data)


def _row(one: Change, words: Mapping[str, str]) -> dict[str, Any]:
    said = " · ".join(words[status] for status in words if status in one.statuses)
    head = [
        *_ops(one.label),
        *([["=", " "]] if one.label and one.heading else []),
        *_ops(one.heading),
    ]
    return {"status": said, "depth": min(one.depth, 6), "head": head, "text": _ops(one.text)}


def _outside(ops: Sequence[Op]) -> list[dict[str, Any]]:
    if not is_changed(ops):
        return []
    return [{"status": "", "depth": 0, "head": [], "text": _ops(ops)}]


def _ops(ops: Iterable[Op]) -> list[list[str]]:
    return [[_SIGNS[op.kind], _short(op) if op.kind == "equal" else op.new or op.old] for op in ops]


def _short(op: Op) -> str:
    """Unchanged words; of a long stretch only its ends."""
    text = op.new or op.old
    if len(text) <= 3 * _AROUND:
        return text
    return f"{text[:_AROUND]} […] {text[-_AROUND:]}"
