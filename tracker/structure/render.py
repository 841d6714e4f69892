"""A text as HTML: everything escaped, ids as anchors, looks by class names alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from tracker.structure.model import (
    CONTAINERS,
    Block,
    Document,
    Footnote,
    Paragraph,
    Provision,
    Run,
    Runs,
)

_SAFE = ("http://", "https://", "mailto:")
_LISTED = (*CONTAINERS, "article", "annex")


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown beside the text itself: `asides` are HTML that stands beside a provision, by
    its id; what `found` matches is marked.
    """

    asides: Mapping[str, str] = field(default_factory=dict)
    found: re.Pattern[str] | None = None


PLAIN = Look()


def document_html(document: Document, look: Look = PLAIN) -> Markup:
    """The whole text: title page, preamble, provisions, signatures, annexes, footnotes."""
    parts = [
        f'<div class="text" lang="{escape(document.language)}">',
        _part("preface", document.preface, look),
        _part("preamble", document.preamble, look),
        *(_provision(one, 2, look) for one in document.body),
        _part("conclusions", document.conclusions, look),
        *(_provision(one, 2, look) for one in document.annexes),
        _notes(document.notes, look),
        "</div>",
    ]
    return safe("".join(parts))


def provision_html(provision: Provision, level: int = 2) -> Markup:
    """One provision with all below it; `level` is that of its heading (2 to 6)."""
    return safe(_provision(provision, level, PLAIN))


def contents_html(document: Document) -> Markup:
    """The table of contents: containers, basic units and annexes as links, nested."""
    return safe(_contents((*document.body, *document.annexes)))


def safe(html: str) -> Markup:
    """HTML that was put together here, every text in it escaped."""
    return Markup(html)  # noqa: S704 - the one door; see the tests with hostile texts


def _contents(provisions: Sequence[Provision]) -> str:
    listed = [one for one in provisions if one.kind in _LISTED]
    if not listed:
        return ""
    items = []
    for one in listed:
        title = escape(f"{one.label} {one.title}".strip())
        link = f'<a href="#{escape(one.eid)}">{title}</a>'
        items.append(
            f'<li class="contents-{escape(one.kind)}">{link}{_contents(one.children)}</li>'
        )
    return f'<ol class="contents">{"".join(items)}</ol>'


def _part(name: str, blocks: Sequence[Block], look: Look) -> str:
    return f'<div class="text-{name}">{_blocks(blocks, look)}</div>' if blocks else ""


def _provision(one: Provision, level: int, look: Look) -> str:
    kind = escape(one.kind)
    head = _head(one, level, look)
    aside = look.asides.get(one.eid, "")
    blocks = one.blocks
    if head:
        head += aside
    elif one.label:
        first = blocks[0] if blocks and isinstance(blocks[0], Paragraph) else None
        inner = runs_html(first.runs, look) if first else ""
        head = f"{aside}<p>{_label(one)} {inner}</p>"
        blocks = blocks[1:] if first else blocks
    else:
        head = aside
    below = "".join(_provision(child, min(level + 1, 6), look) for child in one.children)
    return (
        f'<section class="provision provision-{kind}" id="{escape(one.eid)}" '
        f'data-wid="{escape(one.wid)}">{head}{_blocks(blocks, look)}{below}</section>'
    )


def _head(one: Provision, level: int, look: Look) -> str:
    """The heading of a provision that has one, or whose number stands on a line of its own."""
    if not one.heading and one.kind not in (*CONTAINERS, "article", "annex"):
        return ""
    label = f"{_label(one)} " if one.label else ""
    title = runs_html(one.heading, look)
    if not label and not title:
        return ""
    title = f'<span class="provision-title">{title}</span>' if title else ""
    return f'<h{level} class="provision-heading">{label}{title}</h{level}>'


def _label(one: Provision) -> str:
    return f'<a class="provision-label" href="#{escape(one.eid)}">{escape(one.label)}</a>'


def _blocks(blocks: Iterable[Block], look: Look) -> str:
    return "".join(_block(block, look) for block in blocks)


def _block(block: Block, look: Look) -> str:
    if isinstance(block, Paragraph):
        name = f' class="text-{block.role}"' if block.role else ""
        return f"<p{name}>{runs_html(block.runs, look)}</p>"
    rows = []
    for row in block.rows:
        cells = []
        for cell in row:
            tag = "th" if cell.header else "td"
            spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            cells.append(f"<{tag}{spans}>{_blocks(cell.blocks, look)}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="text-table"><table>{"".join(rows)}</table></div>'


def runs_html(runs: Runs, look: Look = PLAIN) -> str:
    """Runs as escaped HTML."""
    return "".join(_run(run, look) for run in runs)


def _run(run: Run, look: Look) -> str:
    if run.note is not None:
        name = escape(run.note)
        mark = escape(run.text)
        return f'<sup class="note-mark"><a href="#note-{name}">{mark}</a></sup>'
    text = marked(run.text, look.found)
    for mark in ("sub", "sup", "u", "i", "b"):
        if mark in run.marks:
            text = f"<{mark}>{text}</{mark}>"
    if run.href is not None and run.href.startswith(_SAFE):
        return f'<a href="{escape(run.href)}" rel="noopener noreferrer nofollow">{text}</a>'
    return text


def marked(text: str, found: re.Pattern[str] | None) -> str:
    """Text as escaped HTML, what was found in it marked."""
    if found is None:
        return escape(text)
    parts, at = [], 0
    for hit in found.finditer(text):
        if hit.start() < hit.end():
            parts += [escape(text[at : hit.start()]), f"<mark>{escape(hit.group())}</mark>"]
            at = hit.end()
    return "".join([*parts, escape(text[at:])])


def _notes(notes: Sequence[Footnote], look: Look) -> str:
    if not notes:
        return ""
    items = (
        f'<li id="note-{escape(note.id)}"><span class="note-mark">{escape(note.mark)}</span> '
        f"{_blocks(note.blocks, look)}</li>"
        for note in notes
    )
    return f'<ul class="notes">{"".join(items)}</ul>'
