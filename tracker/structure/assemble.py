"""From lines to the tree of provisions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.structure.fronts import first_annex
from tracker.structure.headings import flattened, heading_lines
from tracker.structure.lines import Line, cut, join
from tracker.structure.markers import (
    Marker,
    enumerator,
    heading_like,
    heading_marker,
    is_ended,
    is_reference,
    is_sentence,
    roman_marker,
)
from tracker.structure.model import DIVISIONS, Block, Oddity, Paragraph, Runs, plain
from tracker.structure.numbers import follows, leading
from tracker.structure.sequence import Node, place_for
from tracker.structure.units import Unit, units

_RANKS = {
    "book": 0,
    "part": 1,
    "section": 2,
    "subsection": 3,
    "chapter": 4,
    "division": 5,
    "crossheading": 6,
}
_ARTICLE_ELEMENTS = {"section": "section", "clause": "clause", "rule": "rule"}
_NOTE = re.compile(
    r"^(?:\{.*\}|<.*>|\(\s*(?:в ред|з[іi] змін|із змін|с изм|введен|утрат|втрат|исключ|виключ"
    r"|дополн|доповн|наименован|назв|стат|глав|раздел|розділ|част|пункт|абзац)\w*\b.*\))[.;]?$",
    re.IGNORECASE,
)
_MOST, _SOME = 0.6, 0.3
_ITEM_END = re.compile(r"[;,]$")


@dataclass(slots=True)
class Assembly:
    """The tree as it grows: lines before the first provision, the body, the annexes."""

    front: list[Line] = field(default_factory=list)
    body: Node = field(default_factory=lambda: Node("body"))
    annexes: list[Node] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)


def assemble(lines: Sequence[Line]) -> Assembly:
    """Put every line into a provision, or before the first."""
    return _Assembler(lines).run()


class _Assembler:
    """Walks over the lines with the path of open provisions."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.units = units(lines)
        self.markers = _markers(lines)
        self.mended = self._mended()
        self.spoken = self._spoken()
        self.taken = {unit.heading for unit in self.units.values() if unit.heading is not None}
        self.over = {unit.crossheading: at for at, unit in self.units.items() if unit.crossheading}
        self.result = Assembly()
        self.path = [self.result.body]
        self.start = self._start()
        self.last_article: str | None = None
        self.running: int | None = None

    def run(self) -> Assembly:
        at = 0
        while at < len(self.lines):
            at += self._front(at) if at < self.start else self._line(at)
        return self.result

    # what begins

    def _start(self) -> int:
        """The line of the first provision: before it, numbers are those of a title page or note."""
        headed = [at for at, marker in self.markers.items() if marker.kind != "annex"]
        for at, unit in self.units.items():
            headed.extend(one for one in (at, unit.heading, unit.crossheading) if one is not None)
        annex = first_annex(self.lines)
        first = min(headed, default=annex)
        return first if first < annex else self._first_number(annex)

    def _first_number(self, end: int) -> int:
        for at, line in enumerate(self.lines[:end]):
            found = None if line.table or line.quoted else enumerator(line.text)
            if found and found.number == "1" and found.form in ("1.", "1)", "(1)"):
                return at
            if line.table is None and not line.quoted and roman_marker(line.text):
                return at
        return end

    def _spoken(self) -> bool:
        """Whether most articles have their text after their number and no heading."""
        rests = [
            self.lines[at].text[marker.end :]
            for at, marker in self.markers.items()
            if marker.kind == "article"
        ]
        ended, long = sum(map(is_ended, rests)), sum(map(is_sentence, rests))
        return ended >= len(rests) * _MOST and long >= len(rests) * _SOME

    def _mended(self) -> Mapping[int, str]:
        """Article numbers whose superscript was lost, annex by annex."""
        mended: dict[int, str] = {}
        run: list[tuple[int, str]] = []
        for at, marker in self.markers.items():
            if marker.kind == "annex":
                mended.update(flattened(run))
                run = []
            elif marker.kind == "article":
                run.append((at, marker.number))
        mended.update(flattened(run))
        return mended

    # lines

    def _front(self, at: int) -> int:
        self.result.front.append(self.lines[at])
        return 1

    def _line(self, at: int) -> int:
        line = self.lines[at]
        if line.table is not None or line.quoted:
            self._block(line.table or Paragraph(line.runs, "quoted"), line.text)
            return 1
        marker = self.markers.get(at)
        if marker is not None:
            return self._annex(at, marker) if marker.kind == "annex" else self._headed(at, marker)
        return self._by_unit(at) or self._enumerated(line) or self._roman(at) or self._text(line)

    def _by_unit(self, at: int) -> int:
        """A unit that is numbered without a word, its heading, or the heading over a group."""
        if at in self.over:
            line = self.lines[at]
            self._open(Node("crossheading", heading=line.runs, place=line.place))
            return 1
        if at in self.units:
            return self._unit(at, self.units[at])
        after = self.units.get(at + 1)
        return 1 if after is not None and after.heading == at else 0

    def _headed(self, at: int, marker: Marker) -> int:
        line = self.lines[at]
        number = self.mended.get(at, marker.number)
        rest = line.text[marker.end :]
        spoken = marker.kind == "article" and self._is_text(rest)
        named = bool(rest)
        taken = {*self.taken, *self.over}
        container = marker.kind != "article"
        more = 0
        if not spoken:
            more = heading_lines(self.lines, at, named=named, container=container, taken=taken)
        heading = () if spoken else cut(line.runs, marker.end)
        for after in self.lines[at + 1 : at + 1 + more]:
            heading = join(heading, after.runs)
        node = Node(marker.kind, marker.label, number, heading=heading, place=line.place)
        if marker.kind == "article":
            node.element = _ARTICLE_ELEMENTS.get(marker.word, "")
            self._check_article(node, mended=at in self.mended)
        self._open(node)
        if spoken:
            self._block(Paragraph(cut(line.runs, marker.end)), rest)
        self.taken.difference_update(range(at, at + more + 1))
        for each in range(at, at + more + 1):
            self.over.pop(each, None)
        return 1 + more

    def _is_text(self, rest: str) -> bool:
        """Whether what follows an article's number is its text: where most articles of a text go
        on with a sentence, short ones do so too.
        """
        return is_sentence(rest) or (self.spoken and is_ended(rest))

    def _check_article(self, node: Node, *, mended: bool) -> None:
        if mended:
            self._odd("superscript_restored", node.place, number=node.number, label=node.label)
        last = self.last_article
        if last is not None and not follows(node.number, last):
            mine, before = leading(node.number), leading(last)
            code = "number_out_of_order"
            if node.number == last:
                code = "number_repeated"
            elif mine is not None and before is not None and mine > before + 1:
                code = "number_gap"
            self._odd(code, node.place, number=node.number, before=last)
        self.last_article = node.number

    def _annex(self, at: int, marker: Marker) -> int:
        line = self.lines[at]
        node = Node("annex", marker.label, marker.number, place=line.place)
        rest = cut(line.runs, marker.end)
        more = 0
        if rest and not is_reference(line.text[marker.end :]):
            node.heading = rest
        else:
            more = self._annex_head(at, node, rest)
        self.result.annexes.append(node)
        self.path = [node]
        self.last_article = self.running = None
        return 1 + more

    def _annex_head(self, at: int, node: Node, rest: Runs) -> int:
        """What the annex belongs to ("to the decision of …"), then its heading; returns how many
        lines were used.
        """
        more = 0
        reference = rest
        for each in range(at + 1, min(at + 9, len(self.lines))):
            after = self.lines[each]
            if after.after_blank or after.table or not self._bare_unit(each):
                break
            same = bool(reference) and after.style == self.lines[at].style
            if not (is_reference(after.text) or after.text[:1].islower() or same):
                break
            reference = join(reference, after.runs)
            more += 1
        if reference:
            node.blocks.append(Paragraph(reference))
        count = heading_lines(self.lines, at + more, named=False, container=True, taken=())
        for after in self.lines[at + more + 1 : at + more + 1 + count]:
            node.heading = join(node.heading, after.runs)
        return more + count

    def _bare_unit(self, at: int) -> bool:
        """Whether a line is no heading, or only the number of a unit an annex refers to."""
        marker = self.markers.get(at)
        if marker is None:
            return True
        return bool(self.units) and marker.kind == "article" and self.markers.pop(at) is marker

    def _open(self, node: Node) -> None:
        """Close what a container or basic unit ends, and open it."""
        rank = _RANKS.get(node.kind, 7)
        while len(self.path) > 1:
            top = self.path[-1]
            if top.kind in _RANKS and _RANKS[top.kind] < rank:
                break
            self.path.pop()
        self.path[-1].children.append(node)
        self.path.append(node)

    def _unit(self, at: int, unit: Unit) -> int:
        line = self.lines[at]
        found = enumerator(line.text)
        assert found is not None
        node = Node(unit.kind, found.label, found.number, place=line.place)
        rest = cut(line.runs, found.end)
        if unit.heading is not None:
            node.heading = self.lines[unit.heading].runs
        elif unit.inline:
            node.heading, rest = rest, ()
        if unit.kind == "article":
            node.element = "section" if _latin(plain(node.heading)) else ""
            self._check_article(node, mended=False)
        self._open(node)
        if unit.inline:
            more = heading_lines(
                self.lines, at, named=True, container=False, taken={*self.taken, *self.over}
            )
            for after in self.lines[at + 1 : at + 1 + more]:
                node.heading = join(node.heading, after.runs)
            return 1 + more
        self._rest(rest, line)
        return 1

    def _enumerated(self, line: Line) -> int:
        text = line.text
        marker = enumerator(text)
        if marker is None:
            return 0
        place = place_for(marker, self.path, self._floor(), self.running)
        if place is None:
            if marker.form not in ("-", "a.") and len(text) > marker.end:
                self._odd("number_unexpected", line.place, number=marker.label)
            return 0
        if place.why:
            self._odd(place.why, line.place, number=marker.label)
        del self.path[place.depth :]
        parent = self.path[-1]
        node = Node(_kind(parent, place.form), marker.label, marker.number, place.form)
        node.place = line.place
        parent.children.append(node)
        self.path.append(node)
        if place.form == "1." and parent.kind not in ("article", *DIVISIONS):
            self.running = leading(node.number)
        self._rest(cut(line.runs, marker.end), line)
        return 1

    def _roman(self, at: int) -> int:
        """A line like "II. Heading", where the text has no words for its parts."""
        line = self.lines[at]
        marker = roman_marker(line.text)
        if marker is None or any(node.kind == "article" for node in self.path):
            return 0
        rest = line.text[marker.end :]
        if not heading_like(rest):
            return 0
        heading = cut(line.runs, marker.end)
        more = heading_lines(self.lines, at, named=True, container=True, taken=())
        for after in self.lines[at + 1 : at + 1 + more]:
            heading = join(heading, after.runs)
        self._open(Node("section", marker.label, marker.number, heading=heading, place=line.place))
        return 1 + more

    def _rest(self, runs: Runs, line: Line) -> None:
        """What stands after a number: text, or a number within ("4.—(1) …")."""
        text = Line(runs, line.place).text
        inner = enumerator(text)
        if inner is not None and inner.form in ("(1)", "(a)", "(i)"):
            self._enumerated(Line(runs, line.place, line.style))
        elif runs:
            self._block(Paragraph(runs), text)

    def _text(self, line: Line) -> int:
        if _NOTE.match(line.text):
            self.path[-1].blocks.append(Paragraph(line.runs, "note"))
            return 1
        self._leave_list(line.text)
        self._block(Paragraph(line.runs), line.text)
        return 1

    def _leave_list(self, text: str) -> None:
        """Unnumbered text after the last item of a list belongs to what holds the list."""
        top = self.path[-1]
        if not top.form or len(self.path) == 1:
            return
        parent = self.path[-2]
        ended = top.text.endswith(".") and len(parent.children) > 1
        listed = ended and bool(_ITEM_END.search(parent.children[-2].text))
        if listed or (top.text.endswith(",") and text[:1].islower()):
            self.path.pop()
            self._leave_list(text)

    def _block(self, block: Block, text: str) -> None:
        """Text of the innermost open provision; after its numbered parts, an alinea."""
        top = self.path[-1]
        if top.children and top.children[-1].kind == "alinea":
            top.children[-1].blocks.append(block)
        elif top.children and (top.form or top.kind not in _RANKS):
            alinea = Node("alinea", blocks=[block])
            top.children.append(alinea)
        else:
            top.blocks.append(block)
        top.text = text

    def _floor(self) -> int:
        return next(
            (depth for depth in range(len(self.path)) if self.path[depth].form), len(self.path)
        )

    def _odd(self, code: str, place: str, **params: object) -> None:
        self.result.oddities.append(Oddity(code, place, params))


def _markers(lines: Sequence[Line]) -> dict[int, Marker]:
    """The lines that begin containers, basic units and annexes. Where a text has articles,
    "Section 2" is a container of them.
    """
    found = {
        at: marker
        for at, line in enumerate(lines)
        if line.table is None and not line.quoted and (marker := heading_marker(line.text))
    }
    words = {marker.word for marker in found.values()}
    if words & {"article", "статья", "стаття"}:
        for at, marker in list(found.items()):
            if marker.word == "section":
                found[at] = Marker("division", "section", marker.label, marker.number, marker.end)
            elif marker.word in ("clause", "regulation", "rule"):
                del found[at]
    return found


def _latin(text: str) -> bool:
    return sum("a" <= char.casefold() <= "z" for char in text) * 2 > len(text)


def _kind(parent: Node, form: str) -> str:
    if form == "-":
        return "indent"
    if parent.kind == "article":
        return "paragraph" if form.startswith(("1.", "(1)")) else "point"
    steps = {"paragraph": "point", "point": "subpoint", "subpoint": "item", "item": "item"}
    return steps.get(parent.kind, "point")
