"""Documents for property tests: of the shape that readers make, with any text in them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tracker.structure.ids import with_ids
from tracker.structure.lines import tidy
from tracker.structure.model import (
    Block,
    Cell,
    Document,
    Footnote,
    Mark,
    Paragraph,
    Provision,
    Run,
    Runs,
    Table,
)
from tracker.structure.notes import settle_notes

_MARKS: tuple[Mark, ...] = ("b", "i", "u", "sup", "sub")
_WORDS = (
    "граница", "law", "«право»", "Статья 5", "1)", "<b>", "&amp;", "x-y", "№ 7", "…", "ё", "'a'",
)  # fmt: skip
_BELOW = {
    "article": ("paragraph", "{}."),
    "paragraph": ("point", "{})"),
    "point": ("subpoint", "({})"),
}
_INSIDE = {"section": ("chapter", "Глава {}."), "chapter": ("article", "Статья {}.")}

sentences = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8).map(" ".join)
_NOTE = Footnote("", "", (Paragraph((Run("сноска"),)),))


@st.composite
def runs(draw: DrawFn) -> Runs:
    """A few pieces of text, one of them certainly not empty."""
    found = [Run(draw(sentences), draw(st.frozensets(st.sampled_from(_MARKS), max_size=2)))]
    for _ in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["text", "link", "note"]))
        if kind == "note":
            number = draw(st.sampled_from("123"))
            found.append(Run(number, note=f"n{number}"))
        else:
            href = "https://example.org/a?b=1&c" if kind == "link" else None
            found.append(Run(f" {draw(sentences)}", href=href))
    return tidy(tuple(found))


@st.composite
def blocks(draw: DrawFn, depth: int = 0) -> tuple[Block, ...]:
    """Paragraphs and tables; tables within tables now and then."""
    made: list[Block] = []
    for _ in range(draw(st.integers(0, 2))):
        if depth < 2 and draw(st.integers(0, 5)) == 0:
            made.append(draw(tables(depth + 1)))
        else:
            role = draw(st.sampled_from(["", "", "quoted", "note"]))
            made.append(Paragraph(draw(runs()), role))
    return tuple(made)


@st.composite
def tables(draw: DrawFn, depth: int) -> Table:
    return Table(
        tuple(
            tuple(
                Cell(
                    draw(blocks(depth)),
                    draw(st.integers(1, 3)),
                    draw(st.integers(1, 3)),
                    draw(st.booleans()),
                )
                for _ in range(draw(st.integers(1, 3)))
            )
            for _ in range(draw(st.integers(1, 2)))
        )
    )


@st.composite
def provisions(draw: DrawFn, kind: str, label: str) -> Provision:
    """A provision with what may stand in its kind."""
    number = draw(st.integers(1, 30))
    headed = kind in ("section", "chapter", "article", "annex")
    heading = draw(runs()) if headed and draw(st.booleans()) else ()
    text = draw(blocks()) if kind not in _INSIDE else ()
    inside = (
        _INSIDE.get(kind)
        or _BELOW.get(kind)
        or (("article", "Статья {}.") if kind == "annex" else None)
    )
    children: list[Provision] = []
    if inside:
        children = draw(st.lists(provisions(*inside), max_size=2))
        if children and kind in _BELOW and draw(st.booleans()):
            children.append(Provision("alinea", blocks=(Paragraph(draw(runs())),)))
    return Provision(kind, label.format(number), str(number), heading, text, tuple(children))


@st.composite
def documents(draw: DrawFn) -> Document:
    """A whole document, its provisions named and its footnotes in order."""
    kinds = [("section", "РАЗДЕЛ {}."), ("chapter", "Глава {}."), ("article", "Статья {}.")]
    body = draw(
        st.lists(
            st.sampled_from(kinds).flatmap(lambda one: provisions(*one)), min_size=1, max_size=3
        )
    )
    annexes = draw(st.lists(provisions("annex", "Приложение {}"), max_size=2))
    notes = tuple(Footnote(f"n{n}", n, _NOTE.blocks) for n in "123")
    made = Document(
        draw(sentences),
        ("ru",),
        (Paragraph((Run("Титул"),)), *draw(blocks())),
        draw(blocks()),
        tuple(body),
        draw(blocks()),
        tuple(annexes),
        notes,
    )
    return with_ids(settle_notes(made))
