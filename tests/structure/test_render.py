"""HTML of texts and redlines: escaped, anchored, without any style of its own."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from hypothesis import given, settings

from tests.structure.strategies import documents
from tests.structure.test_match import TEXTS, law
from tracker.structure.model import Document, Footnote, Paragraph, Provision, Run, provisions
from tracker.structure.reading import read
from tracker.structure.redline import redline
from tracker.structure.redline_html import inline_html, side_by_side_html
from tracker.structure.render import contents_html, document_html, provision_html

WORDS = {"added": "добавлено", "removed": "исключено", "changed": "изменено"}
HOSTILE = "<script>alert(1)</script>\"'&"


def _hostile() -> Document:
    run = Run(HOSTILE, frozenset({"b"}), "javascript:alert(1)")
    mark = Run(HOSTILE, note=HOSTILE)
    one = Provision(
        "article", HOSTILE, HOSTILE, (run,), (Paragraph((run, mark)),), eid=HOSTILE, wid=HOSTILE
    )
    notes = (Footnote(HOSTILE, HOSTILE, (Paragraph((run,)),)),)
    return Document(HOSTILE, (HOSTILE,), (Paragraph((run,)),), body=(one,), notes=notes)


def test_nothing_hostile_comes_through() -> None:
    hostile = _hostile()
    made = redline(Document("", ()), hostile)
    for html in (
        document_html(hostile),
        contents_html(hostile),
        provision_html(hostile.body[0]),
        inline_html(made, {"added": HOSTILE}),
        side_by_side_html(made, {"added": HOSTILE}, (HOSTILE, HOSTILE)),
    ):
        page = BeautifulSoup(html, "html.parser")
        assert page.find("script") is None
        assert not page.select("[href^=javascript]")
        assert HOSTILE in page.get_text()
        assert not re.search(r"\s(?:style|on\w+)=", html)


@settings(max_examples=30, deadline=None)
@given(documents())
def test_every_provision_has_its_anchor_and_its_text(one: Document) -> None:
    page = BeautifulSoup(document_html(one), "html.parser")
    ids = [element["id"] for element in page.select("section.provision")]
    assert ids == [each.eid for each in provisions(one)]
    for link in BeautifulSoup(contents_html(one), "html.parser").find_all("a"):
        assert str(link["href"])[1:] in ids


def test_the_number_of_a_part_stands_before_its_text() -> None:
    one = read("Статья 1. Имя\n\n1. Первая часть.\n".encode(), "law.txt")
    page = BeautifulSoup(document_html(one), "html.parser")
    part = page.select_one("#art_1__para_1")
    assert part is not None
    assert part.get_text() == "1. Первая часть."
    heading = page.select_one("#art_1 > h2")
    assert heading is not None
    assert heading.get_text() == "Статья 1. Имя"


def test_a_redline_says_in_words_what_happened() -> None:
    old = law(("Охрана", TEXTS["border"]), ("Товары", TEXTS["customs"]))
    new = law(("Охрана", TEXTS["border"].replace("законом", "договором")))
    made = redline(old, new)
    page = BeautifulSoup(inline_html(made, WORDS), "html.parser")
    assert next(one.get_text() for one in page.find_all("del")) == "законом"
    assert [one.get_text() for one in page.find_all("ins")] == ["договором"]
    said = [one.get_text() for one in page.select(".redline-status")]
    assert said == ["изменено", *["исключено"] * 3]
    side = BeautifulSoup(side_by_side_html(made, WORDS, ("№ 1", "№ 2")), "html.parser")
    row = side.select_one("#art_1__para_1")
    assert row is not None
    left, right = row.find_all("td")
    assert "законом" in left.get_text()
    assert "договором" not in left.get_text()
    assert "договором" in right.get_text()


def test_only_changes_with_what_holds_them() -> None:
    old = law(("Охрана", TEXTS["border"]), ("Товары", TEXTS["customs"]))
    new = law(("Охрана", TEXTS["border"]), ("Товары", TEXTS["customs"] + " Иное."))
    page = BeautifulSoup(inline_html(redline(old, new), WORDS, only_changes=True), "html.parser")
    shown = [element["id"] for element in page.select(".redline-provision")]
    assert shown == ["art_2", "art_2__para_1"]
