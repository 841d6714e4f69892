"""Keeping a document, and setting two languages side by side."""

from __future__ import annotations

from hypothesis import given, settings

from tests.structure.shared import document, needs_shared, with_truth
from tests.structure.strategies import documents
from tracker.structure.model import Document
from tracker.structure.parallel import missing, parallel
from tracker.structure.reading import read
from tracker.structure.store import dump, load


@settings(max_examples=20, deadline=None)
@given(documents())
def test_a_document_is_kept_whole(one: Document) -> None:
    assert load(dump(one)) == one


@needs_shared
def test_the_shared_texts_are_kept_whole() -> None:
    for name in with_truth():
        assert load(dump(document(name))) == document(name)


RUSSIAN = """Раздел II. Общее

Статья 1. Имя

1. Лица вправе:
а) ходить;
б) стоять.
2. Прочее.

Статья 2. Ещё

Текст.
"""
ENGLISH = """Title 2. General

Article 1. Name

1. Persons may:
(a) walk.
2. The rest.
3. Too much.
"""


def test_languages_side_by_side() -> None:
    authentic, other = (read(each.encode(), "law.txt") for each in (RUSSIAN, ENGLISH))
    rows = parallel(authentic, other)
    assert missing(rows) == ("art_1__para_1__point_б", "art_2")
    extra = [row.other.eid for row in rows if row.authentic is None and row.other]
    assert extra == ["art_1__para_3"]
    pairs = {row.authentic.eid: row.other.eid for row in rows if row.authentic and row.other}
    assert pairs["art_1__para_1__point_а"] == "art_1__para_1__point_a"
    assert pairs["sec_II"] == "sec_2"
