"""DOCX: read part by part, with revisions accepted and numbers computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from tracker.errors import invalid
from tracker.structure.compose import compose
from tracker.structure.limits import MAX_LINES
from tracker.structure.lines import Line, cut, split_lines, tidy
from tracker.structure.model import Document, Footnote, Oddity, Paragraph, Run, Runs, block_text
from tracker.structure.readers.docx_numbering import Numbering
from tracker.structure.readers.docx_package import Package, W
from tracker.structure.readers.docx_styles import Styles
from tracker.structure.readers.docx_tables import Tables
from tracker.structure.readers.docx_text import Reader, State
from tracker.structure.xml import local, parse, stream, text_of

_PLACES = ("header", "footer")
_LONGEST = 500
_BARE = re.compile(r"\d{1,3}[A-Z]{0,2}")
_NUMBER = re.compile(r"^\s*(\d{1,3}[A-Z]{0,2})(?!\w)")
_TABBED = re.compile(r"^\s*(\d{1,3}[A-Z]{0,2})\t+(?=\S)")
"""Numbers that only a tab parts from the text: they are read as if they had a dot."""


def read_docx(data: bytes) -> Document:
    """The document in a DOCX; raises Invalid naming `file`."""
    package = Package(data)
    styles = Styles(_root(package, "word/styles.xml"))
    state = State(Numbering(_root(package, "word/numbering.xml"), styles), package.links())
    body = _Body(styles, state)
    document = package.read("word/document.xml")
    assert document is not None
    lines = list(body.lines(document))
    if not any(line.text.strip() or _filled(line) for line in lines):
        if state.images:
            raise invalid("file", "text_scan", count=state.images)
        raise invalid("file", "text_missing")
    notes = [*_notes(package, body, "footnote"), *_notes(package, body, "endnote")]
    return compose(
        lines,
        notes=notes,
        oddities=(*state.oddities, *_aside(package)),
        changes=state.changes,
    )


def _root(package: Package, name: str) -> etree._Element | None:
    data = package.read(name)
    return parse(data, "DOCX") if data else None


def _filled(line: Line) -> bool:
    return line.table is not None and bool(block_text((line.table,)).strip())


class _Body:
    """Makes lines of paragraphs and tables."""

    def __init__(self, styles: Styles, state: State) -> None:
        self.styles = styles
        self.state = state
        self.pending: list[Run] = []
        self.blank = True
        self.count = 0
        self.tables = Tables(self.paragraph, self.rest)

    def lines(self, data: bytes) -> Iterator[Line]:
        depth = 0
        for event, element in stream(data, "DOCX", f"{W}p", f"{W}tbl", f"{W}altChunk"):
            if event == "start":
                depth += 1
                continue
            depth -= 1
            if depth:
                continue
            yield from self._block(element)
            element.clear()
            while element.getprevious() is not None:
                parent = element.getparent()
                assert parent is not None
                del parent[0]
        yield from self.rest()

    def rest(self) -> list[Line]:
        """What is left where the end of the last paragraph was deleted."""
        runs, self.pending = tidy(tuple(self.pending)), []
        return [Line(runs, self.state.place, after_blank=self.blank)] if runs else []

    def _block(self, element: etree._Element) -> Iterator[Line]:
        name = local(element)
        if name == "p":
            yield from self.paragraph(element)
        elif name == "tbl":
            self.count += 1
            self.state.place = str(self.count)
            yield from self.tables.read(element, self.state)
            self.blank = True
        else:
            self.state.odd("embedded_part")

    def paragraph(self, element: etree._Element) -> list[Line]:
        """The lines of a paragraph: more than one where it has line breaks, none when it is
        empty or goes on in the next because its end was deleted.
        """
        self.count += 1
        if self.count > MAX_LINES:
            raise invalid("file", "text_too_many_lines", limit=MAX_LINES)
        self.state.place = str(self.count)
        properties = element.find(f"{W}pPr")
        style = self._style(properties)
        contents = self.state.in_contents
        label, glue = "", ""
        if not _end_deleted(properties):
            label, glue = self.state.numbering.label(properties, style)
        runs = Reader(self.state).read(element)
        contents = contents or self.state.in_contents or _contents_style(self.styles.name(style))
        runs = self.pending + runs
        self.pending = []
        if _end_deleted(properties):
            self.pending = runs
            return []
        runs = _labelled(runs, label, glue)
        made = []
        for piece in split_lines(tuple(runs)):
            if not piece:
                self.blank = True
                continue
            name, centred = self.styles.name(style), self._centred(properties, style)
            made.append(Line(piece, self.state.place, name, centred, self.blank, contents))
            self.blank = False
        return made

    def _style(self, properties: etree._Element | None) -> str:
        found = properties.find(f"{W}pStyle") if properties is not None else None
        return found.get(f"{W}val", "") if found is not None else self.styles.default

    def _centred(self, properties: etree._Element | None, style: str) -> bool:
        found = properties.find(f"{W}jc") if properties is not None else None
        if found is not None:
            return found.get(f"{W}val") == "center"
        return self.styles.centred(style)


def _labelled(runs: list[Run], label: str, glue: str) -> list[Run]:
    """Runs with the number that stands before them."""
    if label and tidy(tuple(runs)):
        dot = "." if _BARE.fullmatch(label) else ""
        return [Run(label + dot + glue), *runs]
    if _TABBED.match("".join(run.text for run in runs[:3] if run.note is None)):
        first = replace(runs[0], text=_NUMBER.sub(r"\1.", runs[0].text, count=1))
        return [first, *runs[1:]]
    return runs


def _contents_style(name: str) -> bool:
    return name.startswith(("toc ", "toc", "оглавление", "зміст")) and name != "toc heading"


def _end_deleted(properties: etree._Element | None) -> bool:
    """Whether the end of a paragraph was deleted, so that the next one continues it."""
    return properties is not None and properties.find(f"{W}rPr/{W}del") is not None


def _notes(package: Package, body: _Body, kind: str) -> Iterator[Footnote]:
    """The footnotes or endnotes that the text refers to."""
    data = package.read(f"word/{kind}s.xml")
    if data is None:
        return
    for element in parse(data, "DOCX").findall(f"{W}{kind}"):
        name = kind[:3] + element.get(f"{W}id", "")
        if element.get(f"{W}type") in ("separator", "continuationSeparator", "continuationNotice"):
            continue
        lines = [line for p in element.iter(f"{W}p") for line in body.paragraph(p)]
        lines.extend(body.rest())
        blocks = tuple(Paragraph(_unmarked(line.runs)) for line in lines)
        yield Footnote(name, body.state.notes.get(name, ""), blocks)


def _unmarked(runs: Runs) -> Runs:
    """A note's text without the brackets that stood around its own mark."""
    text = runs[0].text if runs and runs[0].note is None else ""
    return cut(runs, 2) if text.startswith("()") else runs


def _aside(package: Package) -> Iterator[Oddity]:
    """What stands beside the text: running heads with words, comments of reviewers."""
    seen = set()
    for place in _PLACES:
        for name in package.named(f"word/{place}"):
            data = package.read(name) if name.endswith(".xml") else None
            root = parse(data, "DOCX") if data else None
            text = " ".join(text_of(root, f"{W}t").split()) if root is not None else ""
            if any(char.isalpha() for char in text) and text not in seen:
                seen.add(text)
                yield Oddity("running_head", place, {"text": text[:_LONGEST]})
    comments = _root(package, "word/comments.xml")
    for comment in comments if comments is not None else ():
        text = " ".join(text_of(comment, f"{W}t").split())
        params = {"author": comment.get(f"{W}author", ""), "text": text[:_LONGEST]}
        yield Oddity("comment", comment.get(f"{W}id", ""), params)
