"""Akoma Ntoso 3.0 out: valid against the OASIS schema, and read back as the same document."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from tracker.structure.akn_meta import AKN, NS, Identity, meta
from tracker.structure.ids import ELEMENTS, element_of
from tracker.structure.model import Block, Document, Paragraph, Provision, Run, Runs, Table
from tracker.structure.readers.akn_blocks import NOTE_PREFIX
from tracker.structure.readers.akn_hierarchy import CONTAINER, number_of

_PLAIN = f"""<akomaNtoso xmlns="{AKN}"/>"""
_NESTING = ("b", "i", "u", "sup", "sub")


def write_akn(document: Document, identity: Identity) -> bytes:
    """The document as Akoma Ntoso in UTF-8. Oddities and revision marks are not part of it."""
    return _Writer(document, identity).write()


class _Writer:
    def __init__(self, document: Document, identity: Identity) -> None:
        self.document = document
        self.identity = identity
        self.notes = {note.id: note for note in document.notes}
        self.written: set[str] = set()

    def write(self) -> bytes:
        document = self.document
        root = etree.fromstring(_PLAIN)
        kind = self.identity.kind
        act = etree.SubElement(root, f"{NS}{kind}", name=kind, contains="singleVersion")
        act.append(meta(self.identity, document.title, document.languages, "main"))
        self._part(act, "preface", document.preface)
        self._part(act, "preamble", document.preamble)
        body = etree.SubElement(act, f"{NS}{'mainBody' if kind == 'statement' else 'body'}")
        for provision in document.body:
            self._provision(body, provision)
        if not document.body:
            etree.SubElement(body, f"{NS}hcontainer", name="text")
        self._part(act, "conclusions", document.conclusions)
        self._annexes(act)
        return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))

    def _part(self, act: etree._Element, name: str, blocks: Sequence[Block]) -> None:
        if blocks:
            self._blocks(etree.SubElement(act, f"{NS}{name}"), blocks)

    def _provision(self, parent: etree._Element, one: Provision) -> None:
        element = etree.SubElement(parent, f"{NS}{element_of(one)}")
        if element_of(one) == "hcontainer":
            element.set("name", "text" if one.kind == "text" else "crossheading")
        if one.kind == "section" and element_of(one) == "section":
            element.set("class", CONTAINER)
        self._ids(element, one)
        self._head(element, one)
        if one.children:
            if one.blocks:
                self._blocks(etree.SubElement(element, f"{NS}intro"), one.blocks)
            for child in one.children:
                self._provision(element, child)
        else:
            self._blocks(etree.SubElement(element, f"{NS}content"), one.blocks)

    def _ids(self, element: etree._Element, one: Provision) -> None:
        element.set("eId", one.eid)
        if one.wid != one.eid:
            element.set("wId", one.wid)

    def _head(self, element: etree._Element, one: Provision) -> None:
        if one.label or one.number:
            number = etree.SubElement(element, f"{NS}num")
            number.text = one.label
            if number_of(one.label) != one.number:
                number.set("title", one.number)
        if one.heading:
            self._runs(etree.SubElement(element, f"{NS}heading"), one.heading)

    def _blocks(self, parent: etree._Element, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Table):
                self._table(parent, block)
                continue
            self._paragraph(parent, block)

    def _paragraph(self, parent: etree._Element, paragraph: Paragraph) -> None:
        element = etree.SubElement(parent, f"{NS}p")
        if paragraph.role:
            element.set("class", paragraph.role)
        self._runs(element, paragraph.runs)

    def _table(self, parent: etree._Element, table: Table) -> None:
        element = etree.SubElement(parent, f"{NS}table")
        for row in table.rows:
            made = etree.SubElement(element, f"{NS}tr")
            for cell in row:
                inner = etree.SubElement(made, f"{NS}{'th' if cell.header else 'td'}")
                if cell.columns > 1:
                    inner.set("colspan", str(cell.columns))
                if cell.rows > 1:
                    inner.set("rowspan", str(cell.rows))
                self._blocks(inner, cell.blocks)

    def _runs(self, parent: etree._Element, runs: Runs) -> None:
        for run in runs:
            if run.note is not None:
                self._note(parent, run)
                continue
            target = parent
            if run.href is not None:
                target = etree.SubElement(target, f"{NS}a", href=run.href)
            for mark in _NESTING:
                if mark in run.marks:
                    target = etree.SubElement(target, f"{NS}{mark}")
            _append(target, run.text)

    def _note(self, parent: etree._Element, run: Run) -> None:
        """The footnote where its mark stands; only a reference where it stands again."""
        assert run.note is not None
        name = NOTE_PREFIX + run.note
        note = self.notes.get(run.note)
        if note is None or run.note in self.written:
            etree.SubElement(parent, f"{NS}noteRef", href=f"#{name}", marker=run.text)
            return
        self.written.add(run.note)
        element = etree.SubElement(
            parent, f"{NS}authorialNote", eId=name, marker=note.mark, placement="bottom"
        )
        self._blocks(element, note.blocks or (Paragraph(()),))

    def _annexes(self, act: etree._Element) -> None:
        if not self.document.annexes:
            return
        holder = etree.SubElement(act, f"{NS}attachments")
        for place, one in enumerate(self.document.annexes, start=1):
            element = etree.SubElement(holder, f"{NS}{ELEMENTS['annex']}")
            self._ids(element, one)
            self._head(element, one)
            inner = etree.SubElement(element, f"{NS}doc", name="annex", contains="singleVersion")
            title = one.title or one.label or f"annex {place}"
            inner.append(meta(self.identity, title, self.document.languages, f"annex-{place}"))
            body = etree.SubElement(inner, f"{NS}mainBody")
            self._blocks(body, one.blocks)
            for child in one.children:
                self._provision(body, child)
            if not one.blocks and not one.children:
                etree.SubElement(body, f"{NS}p")


def _append(element: etree._Element, text: str) -> None:
    """Text at the end of an element's content."""
    if len(element):
        last = element[-1]
        last.tail = (last.tail or "") + text
    else:
        element.text = (element.text or "") + text
