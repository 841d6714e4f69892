"""What changed between editions: by provision and by word."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.texts import code
from tests.structure.shared import document, needs_shared
from tests.structure.strategies import documents
from tests.structure.test_match import TEXTS, law
from tracker.structure import redline_store
from tracker.structure.model import Document, block_text, provisions
from tracker.structure.reading import read
from tracker.structure.redline import Change, Redline, changed_articles, redline
from tracker.structure.words import Work, compare, is_changed, new_text, old_text


def _by_id(made: Redline) -> dict[str | None, Change]:
    return {one.new or f"-{one.old}": one for one in made.changes}


def _statuses(made: Redline) -> dict[str | None, set[str]]:
    """The statuses of articles that are not the same."""
    return {
        one.new or f"-{one.old}": set(one.statuses)
        for one in made.changes
        if one.kind == "article" and one.statuses != {"same"}
    }


OLD = law(
    ("Охрана", TEXTS["border"]), ("Пересечение", TEXTS["crossing"]), ("Товары", TEXTS["customs"])
)


def test_added_removed_renumbered_and_moved() -> None:
    new = law(
        ("Товары", TEXTS["customs"]), ("Споры", TEXTS["dispute"]), ("Охрана", TEXTS["border"])
    )
    made = redline(OLD, new)
    assert _statuses(made) == {
        "art_1": {"renumbered", "moved"},
        "art_2": {"added"},
        "art_3": {"renumbered"},
        "-art_2": {"removed"},
    } or _statuses(made) == {
        "art_1": {"renumbered"},
        "art_2": {"added"},
        "art_3": {"renumbered", "moved"},
        "-art_2": {"removed"},
    }
    assert made.counts["added"] == 3
    assert made.counts["removed"] == 3


def test_a_chapter_put_over_articles_moves_none_of_them() -> None:
    written = "Статья 1. Имя\n\nТекст первой.\n\nСтатья 2. Имя\n\nТекст второй.\n"
    old = read(written.encode(), "law.txt")
    new = read(f"Глава 1. Общее\n\n{written}".encode(), "law.txt")
    made = redline(old, new)
    assert _statuses(made) == {}
    assert made.counts["added"] == 1


def test_words_within_a_part() -> None:
    new = law(
        ("Охрана", TEXTS["border"].replace("органами", "пограничными войсками")),
        ("Пересечение", TEXTS["crossing"]),
        ("Товары", TEXTS["customs"]),
    )
    part = _by_id(redline(OLD, new))["art_1__para_1"]
    assert part.statuses == {"changed"}
    assert [(op.kind, op.old or op.new) for op in part.text if op.kind != "equal"] == [
        ("delete", "органами"),
        ("insert", "пограничными войсками"),
    ]
    article = _by_id(redline(OLD, new))["art_1"]
    assert (article.statuses, article.inside) == ({"same"}, True)


def test_quotes_dashes_and_blanks_are_no_change() -> None:
    assert not is_changed(compare("закон «О границе»  — это", 'закон "О границе" - это'))
    assert is_changed(compare("один\nдва", "один два"))


def test_a_repaired_redline_keeps_to_the_given_matches() -> None:
    new = law(
        ("Охрана", TEXTS["border"]), ("Споры", TEXTS["dispute"]), ("Товары", TEXTS["customs"])
    )
    apart = redline(OLD, new, ())
    assert {status for one in apart.changes for status in one.statuses} == {"added", "removed"}


text = st.lists(
    st.sampled_from(["закон", "право", "а", "и", ",", ".", " ", "  ", "\n", "«", "»", "5.1", "—"]),
    max_size=60,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(text, text)
def test_a_redline_applied_to_the_old_gives_the_new(old: str, new: str) -> None:
    ops = compare(old, new)
    assert old_text(ops) == old
    assert new_text(ops) == new
    assert is_changed(compare(old, old)) is False


def _pieces(one: Document) -> dict[str, tuple[str, str, str]]:
    return {each.eid: (each.label, each.title, block_text(each.blocks)) for each in provisions(one)}


@settings(max_examples=20, deadline=None)
@given(documents(), documents())
def test_every_provision_of_both_is_in_the_redline_once(old: Document, new: Document) -> None:
    made = redline(old, new)
    mine, others = _pieces(old), _pieces(new)
    assert sorted(one.old for one in made.changes if one.old) == sorted(mine)
    assert [one.new for one in made.changes if one.new] == list(others)
    for one in made.changes:
        parts = (one.label, one.heading, one.text)
        if one.old:
            assert tuple(map(old_text, parts)) == mine[one.old]
        if one.new:
            assert tuple(map(new_text, parts)) == others[one.new]
    assert redline(old, old).empty
    assert redline(new, new).empty


def test_a_code_of_1300_articles_is_compared_in_seconds() -> None:
    old, new = (read(code(edition=each).encode(), "code.txt") for each in (1, 2))
    started = time.perf_counter()
    made = redline(old, new)
    assert time.perf_counter() - started < 60
    changed = [one for one in made.changes if one.kind == "article" and "added" in one.statuses]
    assert len(changed) >= 13
    assert made.counts["renumbered"] > 600


@needs_shared
def test_the_same_text_in_two_formats_has_an_empty_redline() -> None:
    made = redline(
        document("ru/kg_state_registration_law.txt"),
        document("docx/ru_kg_state_registration_law.docx"),
    )
    assert made.empty
    assert made.counts["same"] > 300


@needs_shared
@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (
            "akn/za_cpt_sub_council_2011-08-05.xml",
            "akn/za_cpt_sub_council_2013-11-01.xml",
            ["sec_4", "att_2__art_nn1"],
        ),
        (
            "akn/za_cpt_informal_trading_2009-11-20.xml",
            "akn/za_cpt_informal_trading_2013-12-06.xml",
            ["sec_8", "sec_9", "sec_13", "sec_18"],
        ),
        (
            # Article 21 differs in a link alone, which is no wording
            "uk/ua_public_information_access_ed_2011-01-13.md",
            "uk/ua_public_information_access_ed_2022-02-19.md",
            [f"art_{n}" for n in (4, 5, 6, 8, "10-1", 12, 13, 14, 15, 16, 18, 19)],
        ),
    ],
)
def test_the_pairs_of_editions(old: str, new: str, changed: list[str]) -> None:
    before, after = document(old), document(new)
    made = redline(before, after)
    found = changed_articles(made, before, after)
    assert list(found) == changed
    added = [eid for eid, statuses in found.items() if "added" in statuses]
    assert added == (["art_10-1"] if "uk/" in old else [])
    assert not any("removed" in statuses for statuses in found.values())


def test_a_kept_redline_is_the_same_once_its_unchanged_words_are_back():
    new = law(
        ("Товары", TEXTS["customs"]), ("Споры", TEXTS["dispute"]), ("Охрана", TEXTS["border"])
    )
    made = redline(OLD, new)
    kept = redline_store.load(redline_store.dump(made))
    assert kept.counts == made.counts
    whole = redline_store.complete(kept, new)
    assert [one.statuses for one in whole.changes] == [one.statuses for one in made.changes]
    assert [new_text(one.text) for one in whole.changes] == [
        new_text(one.text) for one in made.changes
    ]
    changed = [one for one in made.changes if one.statuses != {"same"}]
    assert [one for one in kept.changes if one.statuses != {"same"}] == changed


def test_long_paragraphs_with_little_in_common_do_not_take_long() -> None:
    words = [f"слово{n}" for n in range(5000)]
    few = [words[n * n % 97] for n in range(5000)]
    other = [words[n * 31 % 89] for n in range(5000)]
    for old, new in ((words, words[::-1]), (few, other), (words, few)):
        begun = time.process_time()
        made = compare(" ".join(old), " ".join(new))
        assert time.process_time() - begun < 3
        assert new_text(made) == " ".join(new)
        assert old_text(made) == " ".join(old)


def test_work_is_bounded_for_a_whole_comparison() -> None:
    work = Work(10)
    made = compare("а б а б а б в", "б а б а б а г", work)
    assert [op.kind for op in made] == ["delete", "insert"]
    assert work.left <= 10
