"""HTML pages of legal databases."""

from __future__ import annotations

from tests.structure.files import by_id, outline, texts
from tracker.structure.model import Document, Paragraph, Table, articles, block_text
from tracker.structure.reading import read

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>no text</title>
<style>.up{vertical-align:super;font-size:6pt} .gone{display:none} p.T{text-align:center}</style>
<script>alert("no text")</script></head><body>%s</body></html>"""


def _read(body: str) -> Document:
    return read((PAGE % body).encode(), "law.html")


def test_superscripts_by_element_class_style_and_known_class() -> None:
    law = _read(
        "<p>Статья 5<sup>1</sup>. Имя</p><p>Текст.</p>"
        '<p>Статья 5<span class="up">2</span>. Имя</p><p>Текст.</p>'
        '<p>Статья 5<span style="vertical-align: super">3</span>. Имя</p><p>Текст.</p>'
        '<p>Статья 5<span class="W9">4</span>. Имя</p><p>2<sup>1</sup>) пункт;</p>'
    )
    assert [one.number for one in articles(law)] == ["5.1", "5.2", "5.3", "5.4"]
    assert articles(law)[0].label == "Статья 5¹."


def test_what_is_hidden_is_listed_and_scripts_are_no_text() -> None:
    law = _read('<p>Статья 1. Имя</p><p class="gone">тайное</p><p>Явное.</p>')
    assert texts(articles(law)[0]) == ["Явное."]
    hidden = [one for one in law.oddities if one.code == "hidden_text"]
    assert [one.params["text"] for one in hidden] == ["тайное"]
    assert "alert" not in str(law)


def test_a_table_stays_a_table_with_its_spans_and_nested_ones() -> None:
    law = _read(
        "<p>Статья 1. Имя</p><table><tr><th colspan=2>Голова</th></tr><tr><td>а</td>"
        "<td rowspan=2>б<table><tr><td>в</td><td>г</td></tr></table></td></tr></table>"
    )
    (table,) = articles(law)[0].blocks
    assert isinstance(table, Table)
    assert (table.rows[0][0].columns, table.rows[0][0].header) == (2, True)
    assert table.rows[1][1].rows == 2
    assert isinstance(table.rows[1][1].blocks[1], Table)
    assert block_text((table,)) == "Голова\nа\tб в\tг"
    assert [one.code for one in law.oddities] == ["nested_table"]


def test_a_page_laid_out_in_a_table_is_read_through() -> None:
    law = _read(
        "<table><tr><td><p>Меню</p></td><td><p>Статья 1. Имя</p><p>Текст.</p>"
        "<p>Статья 2. Имя</p><p>Текст.</p></td></tr></table>"
    )
    assert [one.number for one in articles(law)] == ["1", "2"]


def test_lists_have_the_numbers_a_reader_sees() -> None:
    law = _read(
        "<p>Статья 1. Имя</p><p>Слова:</p><ol><li>один;</li><li>два:<ul><li>тире.</li></ul></li>"
        "</ol><ol type=a start=3><li>c</li></ol>"
    )
    found = [(one.kind, one.label) for one in articles(law)[0].children]
    assert found[:2] == [("paragraph", "1."), ("paragraph", "2.")]
    assert by_id(law, "art_1__para_2__indent_1").label == "-"


def test_footnotes_leave_the_text_and_keep_their_place() -> None:
    law = _read(
        '<p>Статья 1. Имя</p><p>Слово<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a> дальше.'
        '</p><hr><div id="_ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> Сноска.</p></div>'
    )
    assert texts(articles(law)[0]) == ["Слово дальше."]
    assert [(note.mark, block_text(note.blocks)) for note in law.notes] == [("1", "[1] Сноска.")]
    (block,) = articles(law)[0].blocks
    assert isinstance(block, Paragraph)
    assert [run.note for run in block.runs] == [None, "_ftn1", None]


def test_links_are_kept_only_where_they_are_safe() -> None:
    law = _read(
        '<p>Статья 1. Имя</p><p>Есть <a href="https://example.org/x">закон</a> '
        '<a href="javascript:alert(1)">и нет</a>.</p>'
    )
    (block,) = articles(law)[0].blocks
    assert isinstance(block, Paragraph)
    assert [run.href for run in block.runs] == [None, "https://example.org/x", None]


def test_line_breaks_part_a_heading_from_its_number() -> None:
    law = _read('<p class="T">Глава 1<br>ОБЩИЕ ПОЛОЖЕНИЯ</p><p>Статья 1. Имя</p><p>Текст.</p>')
    assert outline(law)[0] == ("chapter", "1", "ОБЩИЕ ПОЛОЖЕНИЯ")


def test_pictures_are_listed() -> None:
    law = _read('<p>Статья 1. Имя</p><p>Текст.<img src="http://x/y.png" alt="герб"></p>')
    assert [(one.code, one.params["text"]) for one in law.oddities] == [("image", "герб")]


def test_a_civil_code_with_all_its_containers() -> None:
    law = _read(
        "<p>ЧАСТЬ ПЕРВАЯ</p><p>РАЗДЕЛ I. ОБЩЕЕ</p><p>Подраздел 1. Начала</p>"
        "<p>ГЛАВА 22<sup>1</sup>. ЛИЦА</p><p>§ 1. Основы</p>"
        '<p>Статья 123<span class="W9">20-1</span>. Имя</p><p>Текст.</p>'
        "<p>§ 2. Прочее</p><p>Статья 124. Имя</p><p>Текст.</p>"
        "<p>ЧАСТЬ ВТОРАЯ</p><p>Статья 125. Имя</p><p>Текст.</p>"
    )
    assert outline(law) == [
        ("part", "1", ""),
        ("section", "I", "ОБЩЕЕ"),
        ("subsection", "1", "Начала"),
        ("chapter", "22.1", "ЛИЦА"),
        ("division", "1", "Основы"),
        ("article", "123.20-1", "Имя"),
        ("division", "2", "Прочее"),
        ("article", "124", "Имя"),
        ("part", "2", ""),
        ("article", "125", "Имя"),
    ]
    assert by_id(law, "art_123-20-1").label == "Статья 123²⁰-¹."
