"""Markdown of repositories of laws."""

from __future__ import annotations

from tests.structure.files import by_id, outline, texts
from tracker.structure.model import Document, Paragraph, Table, articles, block_text
from tracker.structure.reading import read


def _read(text: str) -> Document:
    return read(text.encode(), "law.md")


def test_anchors_links_escapes_and_hard_breaks() -> None:
    law = _read(
        "# Про кордон\n\n::: {#article}\n<div>\n\n[]{#n1}\nРозділ I\\\nЗАГАЛЬНІ ПОЛОЖЕННЯ\n\n"
        '[]{#n2}\nСтаття 1. Об\\\'єкти\n\n[]{#n3}\n1. Слово [закону](/go/1-2) і \\"мета\\".\n\n'
        "{Частина [№ 3 від 01.02.2020](/go/3) }\n\n</div>\n:::\n"
    )
    assert law.title == "Про кордон"
    assert outline(law) == [
        ("section", "I", "ЗАГАЛЬНІ ПОЛОЖЕННЯ"),
        ("article", "1", "Об'єкти"),
        ("paragraph", "1", ""),
    ]
    first = by_id(law, "art_1__para_1")
    assert texts(first) == ['Слово закону і "мета".', "{Частина № 3 від 01.02.2020 }"]
    assert [block.role for block in first.blocks if isinstance(block, Paragraph)] == ["", "note"]


def test_headings_lists_and_emphasis() -> None:
    law = _read(
        "# Law on borders\n\n## Chapter 1. General\n\n### Article 1. Scope\n\n"
        "It is **very** *wide* and 5^1^ long.\n\n- one;\n- two.\n\n> quoted text\n"
    )
    assert outline(law)[:2] == [("chapter", "1", "General"), ("article", "1", "Scope")]
    (block,) = articles(law)[0].blocks
    assert isinstance(block, Paragraph)
    marks = {run.text.strip(): set(run.marks) for run in block.runs}
    assert marks["very"] == {"b"}
    assert marks["wide"] == {"i"}
    assert marks["1"] == {"sup"}
    assert [one.kind for one in articles(law)[0].children] == ["indent", "indent", "alinea"]


def test_tables_of_three_kinds() -> None:
    law = _read(
        "Article 1. Scope\n\n| a | b |\n|---|---|\n| c | d |\n\n"
        "+---+---+\n| e | f |\n+---+---+\n| g | h |\n+---+---+\n\n"
        "  ---- ----\n  i    j\n  k    l\n  ---- ----\n"
    )
    found = [block for block in articles(law)[0].blocks if isinstance(block, Table)]
    assert [block_text((one,)) for one in found] == ["a\tb\nc\td", "e\tf\ng\th", "i\tj\nk\tl"]


def test_footnotes() -> None:
    law = _read("Article 1. Scope\n\nA word[^a] more.\n\n[^a]: The note.\n")
    assert texts(articles(law)[0]) == ["A word more."]
    assert [(note.id, block_text(note.blocks)) for note in law.notes] == [("a", "The note.")]


def test_underlined_headings_and_articles_that_begin_with_their_text() -> None:
    long = "Служба запроваджується замість строкової служби і має на меті обов'язок. " * 9
    law = _read(
        "               Про службу\n\nВерховна Рада; Закон від 12.12.1991\n-----------------\n\n"
        "Про службу\n==========\n\n* * *\n\nРозділ I\n\nЗАГАЛЬНІ ПОЛОЖЕННЯ\n\n"
        f"Стаття 1. {long}\n\nДруга частина першої.\n\n"
        "Стаття 2. Служба триває два роки і може бути продовжена за рішенням комісії, яке вона "
        "ухвалює письмово. ( Стаття 2 із змінами, внесеними згідно із Законом від 06.04.2000 )\n\n"
        "Стаття 3. Суд незалежний.\n"
    )
    assert law.title == "Про службу"
    assert outline(law) == [
        ("section", "I", "ЗАГАЛЬНІ ПОЛОЖЕННЯ"),
        ("article", "1", ""),
        ("article", "2", ""),
        ("article", "3", ""),
    ]
    assert texts(articles(law)[0]) == [long.strip(), "Друга частина першої."]
    assert texts(articles(law)[2]) == ["Суд незалежний."]
