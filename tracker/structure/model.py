"""What a text consists of: provisions in a tree, blocks of text in a provision, runs in a block.

Everything is frozen and says nothing of where it came from, so that the same text read from two
formats is equal. The kinds are the field's, not those of one country:

book, part, section (раздел), subsection (подраздел), chapter, division (параграф, §),
crossheading: they hold other provisions · article: the basic unit, whatever it is called
(article, section, clause, regulation, rule) · paragraph (часть, "1." or "(1)" in an article),
point, subpoint, item, indent (a dash): they divide a basic unit · alinea: unnumbered text that
stands after numbered provisions · text: a body that has no numbering at all · annex.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Mark: TypeAlias = Literal["b", "i", "u", "sup", "sub"]
Role: TypeAlias = Literal["", "quoted", "note"]
ChangeKind: TypeAlias = Literal["insertion", "deletion", "move", "format"]

CONTAINERS = ("book", "part", "section", "subsection", "chapter", "division", "crossheading")
"""Kinds that hold other provisions, the widest first."""
DIVISIONS = ("paragraph", "point", "subpoint", "item", "indent", "alinea")
"""Kinds that divide a basic unit."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. `note` names the footnote whose mark stands here."""

    text: str
    marks: frozenset[Mark] = frozenset()
    href: str | None = None
    note: str | None = None


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`role` is "quoted" for wording that an amending act puts into another act, "note" for an
    editor's remark, else empty.
    """

    runs: Runs
    role: Role = ""

    @property
    def text(self) -> str:
        return plain(self.runs)


@dataclass(frozen=True, slots=True)
class Cell:
    blocks: tuple[Block, ...]
    columns: int = 1
    rows: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Provision:
    """`label` is the number as written, with its word ("Статья 67¹."); `number` is normalised
    ("67.1"). `eid` names the provision in this edition by the rules of Akoma Ntoso; `wid` is the
    name it was first known by and stays with it through renumbering. `element` is the Akoma
    Ntoso element, where it is not the usual one of the kind.
    """

    kind: str
    label: str = ""
    number: str = ""
    heading: Runs = ()
    blocks: tuple[Block, ...] = ()
    children: tuple[Provision, ...] = ()
    eid: str = ""
    wid: str = ""
    element: str = ""

    @property
    def title(self) -> str:
        return plain(self.heading)


@dataclass(frozen=True, slots=True)
class Footnote:
    id: str
    mark: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Oddity:
    """What could not be understood or was changed while reading. `place` says where: the
    provision's id, or the paragraph of the file, counted from 1; `params` fill the words.
    """

    code: str
    place: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """A revision mark that was found; the text was read as if it had been accepted."""

    kind: ChangeKind
    text: str
    author: str
    date: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """`preface` is the title page, `preamble` the text before the first provision,
    `conclusions` signatures, place and date.
    """

    title: str
    languages: tuple[str, ...]
    preface: tuple[Block, ...] = ()
    preamble: tuple[Block, ...] = ()
    body: tuple[Provision, ...] = ()
    conclusions: tuple[Block, ...] = ()
    annexes: tuple[Provision, ...] = ()
    notes: tuple[Footnote, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    changes: tuple[TrackedChange, ...] = ()

    @property
    def language(self) -> str:
        return self.languages[0] if self.languages else "und"


def plain(runs: Runs) -> str:
    """The text of runs without their look; marks of footnotes are no text."""
    return "".join(run.text for run in runs if run.note is None)


def runs_of(text: str) -> Runs:
    return (Run(text),) if text else ()


def walk(provisions: tuple[Provision, ...]) -> Iterator[Provision]:
    """Every provision in reading order."""
    stack = list(reversed(provisions))
    while stack:
        provision = stack.pop()
        yield provision
        stack.extend(reversed(provision.children))


def provisions(document: Document) -> Iterator[Provision]:
    """Every provision of the body and the annexes in reading order."""
    yield from walk(document.body)
    yield from walk(document.annexes)


def articles(document: Document) -> tuple[Provision, ...]:
    """The act's own basic units, those of its annexes included."""
    return tuple(one for one in provisions(document) if one.kind == "article")


def block_text(blocks: tuple[Block, ...]) -> str:
    """The text of blocks, a line a paragraph; cells are set apart by tabs, rows by lines."""
    return "\n".join(_texts(blocks))


def _texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            for row in block.rows:
                yield "\t".join(" ".join(_texts(cell.blocks)) for cell in row)
