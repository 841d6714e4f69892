"""Akoma Ntoso in: what others write."""

from __future__ import annotations

import pytest

from tests.structure.files import by_id, outline, texts
from tracker.errors import Invalid
from tracker.structure.model import Document, Paragraph, articles
from tracker.structure.reading import read

AKN3 = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"


def _read(body: str, *, after: str = "", namespace: str = AKN3) -> Document:
    text = f'<akomaNtoso xmlns="{namespace}"><act>{body}{after}</act></akomaNtoso>'
    return read(text.encode(), "law.xml")


def test_sections_are_units_unless_articles_stand_in_or_beside_them() -> None:
    unit = _read(
        "<body><section><num>1.</num><heading>A</heading><content><p>x</p></content>"
        "</section></body>"
    )
    assert outline(unit) == [("article", "1", "A")]
    assert unit.body[0].eid == "sec_1"
    group = _read(
        "<body><section><num>I</num><article><num>1</num><content><p>x</p></content>"
        "</article></section></body>"
    )
    assert outline(group) == [("section", "I", ""), ("article", "1", "")]


def test_lists_are_points_and_text_after_them_an_alinea() -> None:
    law = _read(
        "<body><article><num>1</num><paragraph><num>(1)</num><content><blockList>"
        "<listIntroduction>If</listIntroduction><item><num>(a)</num><p>one</p></item><item>"
        "<num>(b)</num><blockList><item><num>(i)</num><p>two</p></item></blockList></item>"
        "</blockList><p>then</p></content></paragraph></article></body>"
    )
    assert outline(law)[1:] == [
        ("paragraph", "1", ""),
        ("point", "a", ""),
        ("point", "b", ""),
        ("subpoint", "i", ""),
        ("alinea", "", ""),
    ]
    assert texts(by_id(law, "art_1__para_1")) == ["If"]


def test_quoted_provisions_are_not_the_acts_own() -> None:
    law = _read(
        "<body><section><num>1.</num><heading>Amendment</heading><content><p>After section 5 "
        'insert<mod><quotedStructure startQuote="“"><section><num>5A.</num><heading>New</heading>'
        "<content><p>Text.”</p></content></section></quotedStructure></mod></p></content>"
        "</section></body>"
    )
    assert [one.number for one in articles(law)] == ["1"]
    blocks = [block for block in articles(law)[0].blocks if isinstance(block, Paragraph)]
    assert [(block.text, block.role) for block in blocks] == [
        ("After section 5 insert", ""),
        ("“5A. New", "quoted"),
        ("Text.”", "quoted"),
    ]


def test_components_of_version_two_are_annexes() -> None:
    law = _read(
        '<body><section id="section-1"><num>1.</num><content><p>x</p></content></section></body>',
        after="<components><component><doc><meta><identification><FRBRWork>"
        '<FRBRalias value="Schedule 1"/></FRBRWork></identification></meta><mainBody><article>'
        "<content><p>y</p></content></article></mainBody></doc></component></components>",
        namespace="http://www.akomantoso.org/2.0",
    )
    assert outline(law) == [("article", "1", ""), ("annex", "1", ""), ("article", "", "")]
    assert law.annexes[0].label == "Schedule 1"


def test_cross_headings_take_what_follows_them() -> None:
    law = _read(
        "<body><part><num>1</num><crossHeading>A</crossHeading><section><num>1.</num><content>"
        "<p>x</p></content></section><crossHeading>B</crossHeading><section><num>2.</num><content>"
        "<p>y</p></content></section></part></body>"
    )
    assert outline(law) == [
        ("part", "1", ""),
        ("crossheading", "", "A"),
        ("article", "1", ""),
        ("crossheading", "", "B"),
        ("article", "2", ""),
    ]


def test_other_xml_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"<html><body/></html>", "law.xml")
    assert [(one.code, one.field) for one in refused.value.refusals] == [("text_not_akn", "file")]
