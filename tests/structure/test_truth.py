"""Every article of the shared texts is found, with its number and heading."""

from __future__ import annotations

import re

import pytest

from tests.structure.shared import document, found, heading_of, needs_shared, truth, with_truth
from tracker.structure.characters import key, lowered
from tracker.structure.numbers import normalise, order

pytestmark = needs_shared


def _listed(text: str) -> str:
    """A heading as the list has it: superscripts are lost or follow "^", 100 letters are kept."""
    return re.sub(r"[\s.^]", "", lowered(key(text)))


@pytest.mark.parametrize("name", with_truth())
def test_every_article_is_found_with_its_number(name: str) -> None:
    expected, articles = truth(name), found(name)
    assert len(articles) == len(expected)
    for article, (number, _) in zip(articles, expected, strict=True):
        mine = order(article.number)
        same = mine == order(normalise(number))
        flattened = "".join(str(piece[0]) for piece in mine) == number
        assert same or flattened, (article.label, number)


@pytest.mark.parametrize("name", with_truth())
def test_every_heading_is_whole(name: str) -> None:
    for article, (_, heading) in zip(found(name), truth(name), strict=True):
        own = article.title if name.startswith("akn/") else heading_of(article)
        assert _listed(own).startswith(_listed(heading)), (own, heading)
        short = len(heading) < 99 and name.startswith("akn/")
        assert not short or _listed(own) == _listed(heading)


@pytest.mark.parametrize(
    ("name", "companion"),
    [
        (
            "docx/en_ni_climate_change_no2_bill.docx",
            "akn/ni_climate_change_no2_bill.akn.xml",
        ),
        (
            "docx/en_wales_language_standards_regs_2026_draft.docx",
            "akn/wales_language_standards_regs_2026_draft.akn.xml",
        ),
    ],
)
def test_a_docx_has_the_articles_of_its_companion(name: str, companion: str) -> None:
    mine = [(one.number, key(one.title)) for one in found(name)]
    assert mine == [(number.rstrip("."), key(heading)) for number, heading in truth(companion)]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("ru/rf_constitution.html", {"section": 2, "chapter": 9, "article": 142}),
        ("ru/rf_family_code.html", {"section": 8, "chapter": 22, "article": 177}),
        ("ru/rf_152fz_personal_data_2010.txt", {"chapter": 6, "article": 27}),
        ("awkward/ru_superscript_elements.html", {"section": 1, "chapter": 2, "article": 22}),
        ("uk/ua_public_information_access_ed_2022-02-19.md", {"section": 6, "article": 25}),
        ("docx/en_ni_climate_change_no2_bill.docx", {"part": 5, "article": 41}),
        ("akn/za_cpt_sub_council_2011-08-05.xml", {"part": 5, "article": 20}),
        ("akn/wales_language_standards_regs_2026_draft.akn.xml", {"part": 12, "article": 4}),
        (
            "docx/en_wales_language_standards_regs_2026_draft.docx",
            {"annex": 5, "part": 12, "article": 4},
        ),
    ],
)
def test_parts_and_chapters_are_counted(name: str, counts: dict[str, int]) -> None:
    from tracker.structure.model import provisions

    kinds = [one.kind for one in provisions(document(name))]
    assert {kind: kinds.count(kind) for kind in counts} == counts
