"""The text of a paragraph of a DOCX: runs, fields, footnote marks, revisions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from tracker.structure.characters import clean
from tracker.structure.model import Mark, Oddity, Run, TrackedChange
from tracker.structure.readers.docx_numbering import Numbering
from tracker.structure.readers.docx_package import R_ID, W
from tracker.structure.xml import local, text_of

_LISTNUM = re.compile(r"LISTNUM\s+\"?(\w*)\"?(?:.*?\\l\s*(\d))?", re.IGNORECASE)
_TOC = re.compile(r"^\s*TOC\b")
_SKIPPED = frozenset(
    [
        "commentReference",
        "pPr",
        "rPr",
        "tblPr",
        "trPr",
        "tcPr",
        "sectPr",
        "fldData",
        "footnoteRef",
        "endnoteRef",
        "annotationRef",
        "separator",
        "continuationSeparator",
        "lastRenderedPageBreak",
        "proofErr",
        "bookmarkStart",
        "bookmarkEnd",
        "Fallback",
        "instrText",
        "delInstrText",
        "commentRangeStart",
        "commentRangeEnd",
        "permStart",
        "permEnd",
    ]
)
_PLAIN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "", "ptab": "\t"}
_LONGEST = 500


@dataclass(slots=True)
class Field:
    """A field of Word: its instruction comes first, then its result."""

    instruction: str = ""
    result: bool = False


@dataclass(slots=True)
class State:
    """What is collected over the whole document."""

    numbering: Numbering
    links: Mapping[str, str]
    oddities: list[Oddity] = field(default_factory=list)
    changes: list[TrackedChange] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    place: str = ""
    images: int = 0

    @property
    def in_contents(self) -> bool:
        return any(_TOC.match(each.instruction) for each in self.fields)

    def odd(self, code: str, **params: object) -> None:
        self.oddities.append(Oddity(code, self.place, params))


class Reader:
    """Walks over one paragraph."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.runs: list[Run] = []
        self.marks: frozenset[Mark] = frozenset()
        self.href: str | None = None
        self.hidden = False

    def read(self, paragraph: etree._Element) -> list[Run]:
        self._children(paragraph)
        return _unbracketed(self.runs)

    def _children(self, element: etree._Element) -> None:
        for child in element:
            name = local(child)
            if name in _SKIPPED:
                self._instruction(child, name)
                continue
            handler = _HANDLERS.get(name)
            if handler is not None:
                handler(self, child)
            elif name in _PLAIN:
                self._add(_PLAIN[name])
            elif name:
                self._children(child)

    def _instruction(self, child: etree._Element, name: str) -> None:
        if name == "instrText" and self.state.fields and not self.state.fields[-1].result:
            self.state.fields[-1].instruction += child.text or ""

    def _add(self, text: str) -> None:
        if any(not each.result for each in self.state.fields):
            return
        if self.hidden:
            if text.strip():
                self.state.odd("hidden_text", text=text[:_LONGEST])
            return
        if text:
            self.runs.append(Run(clean(text), self.marks, self.href))

    def on_text(self, element: etree._Element) -> None:
        self._add(element.text or "")

    def on_run(self, element: etree._Element) -> None:
        outer = (self.marks, self.hidden)
        look = element.find(f"{W}rPr")
        if look is not None:
            self.marks = _marks(look)
            self.hidden = _on(look, "vanish")
            if look.find(f"{W}rPrChange") is not None:
                self._change("format", look[-1], "")
        self._children(element)
        self.marks, self.hidden = outer

    def on_link(self, element: etree._Element) -> None:
        target = self.state.links.get(element.get(R_ID, ""), "")
        self.href = target if target.startswith(("http://", "https://", "mailto:")) else None
        self._children(element)
        self.href = None

    def on_field(self, element: etree._Element) -> None:
        kind = element.get(f"{W}fldCharType")
        fields = self.state.fields
        if kind == "begin":
            fields.append(Field())
        elif kind == "separate" and fields:
            fields[-1].result = True
        elif kind == "end" and fields:
            self._listnum(fields.pop())

    def _listnum(self, ended: Field) -> None:
        """A number that a field takes from a list; it has no text of its own."""
        found = _LISTNUM.match(ended.instruction.strip())
        if found and not ended.result:
            level = int(found[2] or "1") - 1
            self._add(self.state.numbering.inline(found[1], level))

    def on_note(self, element: etree._Element) -> None:
        name = local(element)[:3] + element.get(f"{W}id", "")
        mark = self.state.notes.setdefault(name, str(len(self.state.notes) + 1))
        self.runs.append(Run(mark, note=name))

    def on_inserted(self, element: etree._Element) -> None:
        start = len(self.runs)
        self._children(element)
        self._change("insertion", element, "".join(run.text for run in self.runs[start:]))

    def on_moved_in(self, element: etree._Element) -> None:
        start = len(self.runs)
        self._children(element)
        self._change("move", element, "".join(run.text for run in self.runs[start:]))

    def on_deleted(self, element: etree._Element) -> None:
        """Deleted text is not read; fields that begin or end in it still do."""
        texts = (each.text or "" for each in element.iter(f"{W}delText", f"{W}t"))
        self._change("deletion", element, "".join(texts))
        for char in element.iter(f"{W}fldChar"):
            self.on_field(char)

    def _change(self, kind: str, element: etree._Element, text: str) -> None:
        author, date = element.get(f"{W}author", ""), element.get(f"{W}date", "")
        last = self.state.changes[-1] if self.state.changes else None
        same = last is not None and (last.kind, last.author, last.date, last.place) == (
            kind, author, date, self.state.place,
        )  # fmt: skip
        if same and last is not None:
            text = last.text + text
            self.state.changes.pop()
        change = TrackedChange(kind, clean(text), author, date, self.state.place)  # type: ignore[arg-type]
        self.state.changes.append(change)

    def on_drawing(self, element: etree._Element) -> None:
        """Pictures are listed; so is the text of boxes."""
        boxes = list(element.iter(f"{W}txbxContent"))
        for box in boxes:
            text = " ".join(text_of(p, f"{W}t") for p in box.iter(f"{W}p")).strip()
            if text:
                self.state.odd("text_box", text=text[:_LONGEST])
        if not boxes:
            self.state.images += 1
            described = next(
                (each.get("descr") for each in element.iter() if each.get("descr")), ""
            )
            self.state.odd("image", text=(described or "")[:_LONGEST])

    def on_object(self, _element: etree._Element) -> None:
        self.state.odd("embedded_object")

    def on_formula(self, element: etree._Element) -> None:
        text = "".join(each.text or "" for each in element.iter() if local(each) == "t")
        self.state.odd("formula", text=text[:_LONGEST])
        self._add(text)

    def on_symbol(self, element: etree._Element) -> None:
        code = element.get(f"{W}char", "")
        self.state.odd("symbol", char=code, font=element.get(f"{W}font", ""))
        self._add("□")


_HANDLERS: Mapping[str, Callable[[Reader, etree._Element], None]] = {
    "t": Reader.on_text,
    "r": Reader.on_run,
    "hyperlink": Reader.on_link,
    "fldChar": Reader.on_field,
    "footnoteReference": Reader.on_note,
    "endnoteReference": Reader.on_note,
    "ins": Reader.on_inserted,
    "moveTo": Reader.on_moved_in,
    "del": Reader.on_deleted,
    "moveFrom": Reader.on_deleted,
    "drawing": Reader.on_drawing,
    "pict": Reader.on_drawing,
    "object": Reader.on_object,
    "oMath": Reader.on_formula,
    "sym": Reader.on_symbol,
}


def _unbracketed(runs: list[Run]) -> list[Run]:
    """Without the brackets around marks of footnotes: "(1)" is the mark 1."""
    made = list(runs)
    for at in range(1, len(made) - 1):
        if made[at].note is None:
            continue
        before, after = made[at - 1], made[at + 1]
        if before.text.endswith("(") and after.text.startswith(")") and before.note is None:
            made[at - 1] = replace(before, text=before.text[:-1])
            made[at + 1] = replace(after, text=after.text[1:])
    return made


def _marks(look: etree._Element) -> frozenset[Mark]:
    marks: set[Mark] = set()
    for name, mark in (("b", "b"), ("i", "i"), ("u", "u")):
        if _on(look, name):
            marks.add(mark)  # type: ignore[arg-type]
    raised = look.find(f"{W}vertAlign")
    value = raised.get(f"{W}val") if raised is not None else ""
    if value == "superscript":
        marks.add("sup")
    elif value == "subscript":
        marks.add("sub")
    return frozenset(marks)


def _on(look: etree._Element, name: str) -> bool:
    found = look.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val", "1") not in ("0", "false", "none", "off")
