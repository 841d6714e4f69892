"""The hierarchy of Akoma Ntoso as provisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from tracker.errors import invalid
from tracker.structure.ids import ELEMENTS
from tracker.structure.limits import MAX_DEPTH
from tracker.structure.markers import enumerator, heading_marker
from tracker.structure.model import CONTAINERS, Block, Provision, Runs, plain
from tracker.structure.numbers import normalise
from tracker.structure.readers.akn_blocks import LISTS, QUOTED, Blocks
from tracker.structure.xml import local

_CONTAINER_KINDS = {
    "book": "book",
    "tome": "book",
    "part": "part",
    "subpart": "part",
    "title": "section",
    "section": "section",
    "subtitle": "subsection",
    "subsection": "subsection",
    "chapter": "chapter",
    "subchapter": "chapter",
    "division": "division",
    "subdivision": "division",
}
_UNITS = frozenset({"article", "section", "clause", "rule"})
_UNIT_TAGS = tuple(f"{{*}}{name}" for name in sorted(_UNITS))
_BELOW = frozenset(
    [
        "paragraph",
        "point",
        "subparagraph",
        "level",
        "indent",
        "alinea",
        "subsection",
        "subclause",
        "subrule",
        "proviso",
        "transitional",
        "list",
        "sublist",
        "item",
        "hcontainer",
        "clause",
        "rule",
    ]
)
_NEXT = {"article": "paragraph", "paragraph": "point", "point": "subpoint", "subpoint": "item"}
_FIXED = {"paragraph": "paragraph", "point": "point", "indent": "indent", "alinea": "alinea"}
_ANNEXES = frozenset({"schedule", "annex", "appendix"})
_SIGNATURES = frozenset({"signatures", "signatureBlock", "signature"})
CONTAINER = "container"
"""The class we give to a section that holds other provisions, since elsewhere it is a unit."""
_TEXTS = frozenset({"intro", "content", "wrapUp"})


@dataclass(slots=True)
class Found:
    """What a body holds."""

    provisions: list[Provision] = field(default_factory=list)
    annexes: list[Provision] = field(default_factory=list)
    conclusions: list[Block] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class Hierarchy:
    def __init__(self, blocks: Blocks) -> None:
        self.read = blocks
        self.has_articles = False
        self.nesting = 0

    def body(self, element: etree._Element) -> Found:
        """The provisions of a body; schedules and signatures that stand in it apart."""
        found = Found()
        found_articles = element.iterdescendants("{*}article")
        self.has_articles = any(_own_descendant(one, element) for one in found_articles)
        for child in element:
            self._top(child, found)
        found.provisions = _grouped(found.provisions)
        return found

    def _top(self, child: etree._Element, found: Found) -> None:
        name, role = local(child), child.get("name", "")
        if name == "hcontainer" and role in ("schedules", "annexes", "appendixes"):
            for inner in child:
                self._top(inner, found)
        elif name == "hcontainer" and role in _ANNEXES:
            found.annexes.append(replace(self.provision(child, "body"), kind="annex", element=""))
        elif name == "hcontainer" and role in _SIGNATURES:
            found.conclusions.extend(self._all_blocks(child))
        elif name in _CONTAINER_KINDS or name in _UNITS or name in _BELOW or name == "crossHeading":
            found.provisions.append(self.provision(child, "body"))
        elif found.provisions and name:
            blocks = tuple(self.read.block(child))
            if blocks:
                found.provisions.append(Provision("alinea", blocks=blocks))
        else:
            found.blocks.extend(self.read.block(child))

    def _all_blocks(self, element: etree._Element) -> Iterable[Block]:
        for child in element:
            if local(child) == "hcontainer":
                yield from self._all_blocks(child)
            else:
                yield from self.read.block(child)

    def provision(self, element: etree._Element, parent: str) -> Provision:
        """One element of the hierarchy with all below it."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise invalid("file", "text_too_deep", limit=MAX_DEPTH)
        made = self._provision(element, parent)
        self.nesting -= 1
        return made

    def _provision(self, element: etree._Element, parent: str) -> Provision:
        name = local(element)
        if name == "crossHeading":
            return Provision("crossheading", heading=self.read.runs(element))
        label, number, heading = self.head(element)
        kind = self._kind(element, name, parent)
        blocks, children = self._inside(element, kind)
        ours = element.get("wId") or element.get("eId") or ""
        return Provision(
            kind,
            label,
            number,
            heading,
            tuple(blocks),
            tuple(_grouped(children)),
            wid=ours,
            element="" if name in ("item", "hcontainer") or ELEMENTS[kind] == name else name,
        )

    def head(self, element: etree._Element) -> tuple[str, str, Runs]:
        """Label, number and heading; a footnote's mark at the number goes to the heading."""
        number, heading = element.find("{*}num"), element.find("{*}heading")
        written = self.read.runs(number) if number is not None else ()
        label = plain(written)
        marks = tuple(run for run in written if run.note is not None)
        runs = self.read.runs(heading) if heading is not None else ()
        given = number.get("title") if number is not None else None
        return label, given or number_of(label), (*marks, *runs)

    def _kind(self, element: etree._Element, name: str, parent: str) -> str:
        if name == "hcontainer":
            role = element.get("name", "")
            return "text" if role == "text" else "crossheading"
        if name in _UNITS and parent not in _NEXT and not self._is_container(element):
            return "article"
        if name in _CONTAINER_KINDS and (parent not in _NEXT and parent != "item"):
            return _CONTAINER_KINDS[name]
        if name in ("indent", "alinea", "proviso"):
            return "alinea" if name == "proviso" else name
        return _divided(name, parent)

    def _is_container(self, element: etree._Element) -> bool:
        """Whether a section holds basic units, or stands beside articles, and so is none."""
        if element.get("class") == CONTAINER or _holds_units(element):
            return True
        return local(element) != "article" and self.has_articles

    def _inside(self, element: etree._Element, kind: str) -> tuple[list[Block], list[Provision]]:
        """The text of a provision before its numbered parts, and the parts; text between and
        after them as alineas.
        """
        blocks: list[Block] = []
        children: list[Provision] = []
        for child in element:
            name = local(child)
            if name in ("num", "heading") or not name:
                continue
            if name in _TEXTS:
                self._text(child, kind, blocks, children)
            elif (
                name in _CONTAINER_KINDS
                or name in _UNITS
                or name in _BELOW
                or name == "crossHeading"
            ):
                self._part(child, kind, blocks, children)
            else:
                _put(tuple(self.read.block(child)), blocks, children)
        return blocks, children

    def _part(
        self, child: etree._Element, kind: str, blocks: list[Block], children: list[Provision]
    ) -> None:
        """A numbered part; an unnumbered container without a heading only groups its text."""
        headed = child.find("{*}num") is not None or child.find("{*}heading") is not None
        bare = local(child) == "hcontainer" and not headed and child.get("name") != "text"
        if bare and kind not in CONTAINERS:
            inner, parts = self._inside(child, kind)
            _put(inner, blocks, children)
            children.extend(parts)
        else:
            children.append(self.provision(child, kind))

    def _text(
        self, element: etree._Element, kind: str, blocks: list[Block], children: list[Provision]
    ) -> None:
        """Text with lists in it: their items are parts of the provision."""
        for child in element:
            if local(child) in LISTS and child.find("{*}item") is not None:
                self._list(child, kind, blocks, children)
            else:
                _put(tuple(self.read.block(child)), blocks, children)

    def _list(
        self, element: etree._Element, kind: str, blocks: list[Block], children: list[Provision]
    ) -> None:
        for child in element:
            if local(child) == "item":
                children.append(self._item(child, kind))
            elif local(child):
                _put(tuple(self.read.block(child)), blocks, children)

    def _item(self, element: etree._Element, parent: str) -> Provision:
        label, number, heading = self.head(element)
        kind = _NEXT.get(parent, "item" if parent == "item" else "point")
        kind = "point" if kind == "paragraph" else kind
        blocks: list[Block] = []
        children: list[Provision] = []
        for child in element:
            if local(child) in ("num", "heading"):
                continue
            if local(child) in LISTS and child.find("{*}item") is not None:
                self._list(child, kind, blocks, children)
            else:
                _put(tuple(self.read.block(child)), blocks, children)
        return Provision(
            kind, label, number, heading, tuple(blocks), tuple(children),
            wid=element.get("wId") or element.get("eId") or "",
        )  # fmt: skip


def _put(new: Sequence[Block], blocks: list[Block], children: list[Provision]) -> None:
    """Text goes before the numbered parts while there are none, then into an alinea."""
    if not new:
        return
    if not children:
        blocks.extend(new)
    elif children[-1].kind == "alinea" and not children[-1].wid:
        last = children[-1]
        children[-1] = replace(last, blocks=(*last.blocks, *new))
    else:
        children.append(Provision("alinea", blocks=tuple(new)))


def _divided(name: str, parent: str) -> str:
    """The kind of an element below a basic unit: by its name where that is ours, else by depth."""
    by_depth = _NEXT.get(parent, "item" if parent == "item" else "point")
    fixed = _FIXED.get(name)
    if fixed == "paragraph":
        return "paragraph" if parent not in ("paragraph", "point", "subpoint", "item") else by_depth
    if fixed == "point":
        return "point" if parent not in ("point", "subpoint", "item") else by_depth
    return by_depth


def _holds_units(element: etree._Element) -> bool:
    return any(_own_descendant(one, element) for one in element.iterdescendants(*_UNIT_TAGS))


def _own_descendant(one: etree._Element, element: etree._Element) -> bool:
    """Whether an element is the act's own and not quoted from another."""
    for outer in one.iterancestors():
        if outer is element:
            return True
        if local(outer) in QUOTED:
            return False
    return True


def _grouped(provisions: Sequence[Provision]) -> list[Provision]:
    """Cross headings without content take the provisions up to the next one."""
    made: list[Provision] = []
    for one in provisions:
        last = made[-1] if made else None
        open_heading = last is not None and last.kind == "crossheading" and last.element == "open"
        if one.kind == "crossheading" and not one.blocks and not one.children and not one.wid:
            made.append(replace(one, element="open"))
        elif open_heading and last is not None and one.kind != "crossheading":
            made[-1] = replace(last, children=(*last.children, one))
        else:
            made.append(one)
    return [replace(one, element="") if one.element == "open" else one for one in made]


def number_of(label: str) -> str:
    """The number in a label: of "Статья 67¹.", "4.—", "(a)", "Schedule 1"."""
    marker = heading_marker(label) or enumerator(label)
    return marker.number if marker is not None else normalise(label)
