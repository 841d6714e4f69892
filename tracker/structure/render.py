"""A text as HTML: everything escaped, ids as anchors, looks by class names alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def document_html(document: Document) -> Markup:
    """The whole text: title page, preamble, provisions, signatures, annexes, footnotes."""
    parts = [
        f'<div class="text" lang="{escape(document.language)}">',
        _part("preface", document.preface),
        _part("preamble", document.preamble),
        *(_provision(one, 2) for one in document.body),
        _part("conclusions", document.conclusions),
        *(_provision(one, 2) for one in document.annexes),
        _notes(document.notes),
        "</div>",
    ]
    return safe("".join(parts))


def provision_html(provision: Provision, level: int = 2) -> Markup:
    """One provision with all below it; `level` is that of its heading (2 to 6)."""
    return safe(_provision(provision, level))


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


def _part(name: str, blocks: Sequence[Block]) -> str:
    return f'<div class="text-{name}">{_blocks(blocks)}</div>' if blocks else ""


def _provision(one: Provision, level: int) -> str:
    kind = escape(one.kind)
    head = _head(one, level)
    blocks = one.blocks
    if not head and one.label:
        first = blocks[0] if blocks and isinstance(blocks[0], Paragraph) else None
        inner = runs_html(first.runs) if first else ""
        head = f"<p>{_label(one)} {inner}</p>"
        blocks = blocks[1:] if first else blocks
    below = "".join(_provision(child, min(level + 1, 6)) for child in one.children)
    return (
        f'<section class="provision provision-{kind}" id="{escape(one.eid)}" '
        f'data-wid="{escape(one.wid)}">{head}{_blocks(blocks)}{below}</section>'
    )


def _head(one: Provision, level: int) -> str:
    """The heading of a provision that has one, or whose number stands on a line of its own."""
    if not one.heading and one.kind not in (*CONTAINERS, "article", "annex"):
        return ""
    label = f"{_label(one)} " if one.label else ""
    title = f'<span class="provision-title">{runs_html(one.heading)}</span>' if one.heading else ""
    if not label and not title:
        return ""
    return f'<h{level} class="provision-heading">{label}{title}</h{level}>'


def _label(one: Provision) -> str:
    return f'<a class="provision-label" href="#{escape(one.eid)}">{escape(one.label)}</a>'


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        name = f' class="text-{block.role}"' if block.role else ""
        return f"<p{name}>{runs_html(block.runs)}</p>"
    rows = []
    for row in block.rows:
        cells = []
        for cell in row:
            tag = "th" if cell.header else "td"
            spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            cells.append(f"<{tag}{spans}>{_blocks(cell.blocks)}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="text-table"><table>{"".join(rows)}</table></div>'


def runs_html(runs: Runs) -> str:
    """Runs as escaped HTML."""
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    if run.note is not None:
        name = escape(run.note)
        mark = escape(run.text)
        return f'<sup class="note-mark"><a href="#note-{name}">{mark}</a></sup>'
    text = escape(run.text)
    for mark in ("sub", "sup", "u", "i", "b"):
        if mark in run.marks:
            text = f"<{mark}>{text}</{mark}>"
    if run.href is not None and run.href.startswith(_SAFE):
        return f'<a href="{escape(run.href)}" rel="noopener noreferrer nofollow">{text}</a>'
    return text


def _notes(notes: Sequence[Footnote]) -> str:
    if not notes:
        return ""
    items = (
        f'<li id="note-{escape(note.id)}"><span class="note-mark">{escape(note.mark)}</span> '
        f"{_blocks(note.blocks)}</li>"
        for note in notes
    )
    return f'<ul class="notes">{"".join(items)}</ul>'
