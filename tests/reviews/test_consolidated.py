"""The Board's opinion: compiled from the experts', edited, issued once, read by whom it may be."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from docx import Document

from tests import seen
from tests.road import bring_to
from tracker import assembly, i18n
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, Refused, Stale
from tracker.people.queries import find_person
from tracker.reviews.consolidated import (
    compile_opinion,
    digest_of,
    find_opinion,
    issue_board_opinion,
    save_board_opinion,
)
from tracker.reviews.documents import docx_of, paper, pdf_of
from tracker.reviews.operations import add_addendum, assign_review, file_opinion
from tracker.reviews.reading import read_reviews

REMARK = {"place": "Статья 1", "kind": "legal", "text": "Уточнить.", "wording": "Новая редакция."}
SECTIONS = [{"heading": "Общее", "text": "Проект одобрить."}, {"heading": "Пусто", "text": " "}]


@pytest.fixture
def act(app, as_, now, tmp_path):
    return bring_to("eab_review", as_, now, tmp_path)


@pytest.fixture
def given(act, as_, now):
    """Two opinions and a guideline are in."""
    secretary = as_("eab.secretary")
    for login, kind, said, remarks in (
        ("eab.expert1", "opinion", "approve", [REMARK]),
        ("eab.expert2", "opinion", "approve_with_remarks", [REMARK | {"place": ""}]),
        ("legal.secretary", "guideline", "revise", []),
    ):
        review = assign_review(
            act, f"{login}@demo.example.org", kind=kind, actor=secretary, now=now
        )
        file_opinion(review, said, f"Часть {login}", remarks=remarks, actor=as_(login), now=now)
        if login == "eab.expert1":
            add_addendum(review, "Дополнение", actor=as_(login), now=now)
    return act


def issue(act, as_, now, *given, who="eab.chair", **more):
    issue_board_opinion(act, *given, actor=as_(who), now=now, **more)


def test_it_is_compiled_with_counts_general_parts_and_remarks_by_provision(app, given):
    db.session.remove()
    act_id = seen.act_of(given).id
    reviews = read_reviews(db.session(), act_id)
    with i18n.speaking("ru"):
        unnamed = compile_opinion(reviews, named=False)
        named = compile_opinion(reviews, named=True)
    assert dict(unnamed.counts) == {"approve": 1, "approve_with_remarks": 1}
    text = str(unnamed.sections)
    for said in ("Часть eab.expert1", "Дополнение", "Часть legal.secretary", "Новая редакция."):
        assert said in text, said
    assert "Экспертова" not in text
    assert unnamed.experts == []
    assert len(named.experts) == 2
    assert "Экспертова" in str(named.sections) + str(named.experts)
    places = [section["heading"] for section in unnamed.sections]
    assert places.index("Статья 1") == len(places) - 1


def test_it_is_edited_then_issued_once_and_frozen(given, as_, now):
    assert save_board_opinion(given, None, None, actor=as_("eab.secretary"), now=now) == 1
    before = seen.act_of(given).version
    assert save_board_opinion(
        given, "approve", SECTIONS, revision=1, actor=as_("eab.secretary"), now=now
    ) == 2  # fmt: skip
    assert seen.act_of(given).version == before
    with pytest.raises(Refused, match="board_opinion_changed"):
        save_board_opinion(given, "reject", SECTIONS, revision=1, actor=as_("eab.chair"), now=now)
    with pytest.raises(Stale):
        issue(given, as_, now, version=1)
    issue(given, as_, now)
    entry = seen.timeline(given)[-1]
    db.session.remove()
    act_id = seen.act_of(given).id
    found = find_opinion(db.session(), act_id)
    assert (entry.action, entry.data["sha256"], entry.data["opinions"]) == (
        "issue_opinion", digest_of(found), 2,
    )  # fmt: skip
    assert [section["heading"] for section in found.sections] == ["Общее"]
    assert seen.act_of(given).version == before + 1
    for again in (
        lambda: issue(given, as_, now),
        lambda: save_board_opinion(given, "reject", [], actor=as_("eab.chair"), now=now),
    ):
        with pytest.raises(Refused, match="board_opinion_issued"):
            again()


def test_what_is_missing_is_named(given, as_, now):
    for recommendation, sections, code in (
        (None, None, "not_a_choice"),
        ("maybe", None, "not_a_choice"),
        ("approve", [], "no_sections"),
        ("approve", "x", "not_a_list"),
        ("approve", [5], "not_an_object"),
        ("approve", [{"text": "x" * 20_001}], "too_long"),
    ):
        with pytest.raises(Invalid, match=code):
            issue(given, as_, now, recommendation, sections)
    assert "issue_opinion" not in seen.actions(given)


def test_it_needs_an_opinion_and_an_officer(act, as_, now):
    with pytest.raises(Refused, match="no_opinion"):
        issue(act, as_, now, "approve")
    for who in ("secretariat", "drafter"):
        with pytest.raises(Forbidden):
            issue(act, as_, now, "approve", who=who)


def told_of_issue(reference, login):
    person = find_person(db.session, f"{login}@demo.example.org").id
    return [
        notice
        for notice in seen.notices(reference, name="opinion_issued")
        if notice.person_id == person
    ]


@pytest.mark.parametrize("lead", [None, "defence"])
def test_those_who_may_read_it_are_told_when_it_is_issued(as_, now, tmp_path, app, lead):
    act = bring_to("eab_review", as_, now, tmp_path, lead_body=lead)
    secretary = as_("eab.secretary")
    review = assign_review(act, "eab.expert1@demo.example.org", actor=secretary, now=now)
    file_opinion(review, "approve", "Одобрить.", actor=as_("eab.expert1"), now=now)
    issue(act, as_, now, "approve", who="eab.secretary")
    (notice,) = told_of_issue(act, "drafter")
    assert notice.facts["data"]["recommendation"] == "approve"
    assert len(told_of_issue(act, "parliament.kz")) == 1
    for login in ("defence.secretary", "defence.chair"):
        assert len(told_of_issue(act, login)) == (1 if lead else 0), login
    for login in ("parliament.am", "eab.expert1", "social.secretary", "secretariat"):
        assert told_of_issue(act, login) == [], login


def test_an_initiator_who_may_not_read_it_is_not_told(as_, now, tmp_path, app):
    act = bring_to("eab_review", as_, now, tmp_path, initiator="social")
    review = assign_review(act, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now)
    file_opinion(review, "approve", "Одобрить.", actor=as_("eab.expert1"), now=now)
    issue(act, as_, now, "approve")
    assert told_of_issue(act, "social.secretary") == []
    assert len(told_of_issue(act, "drafter")) == 1


def test_documents_are_the_same_each_time_and_name_nobody(given, as_, now):
    issue(given, as_, now, "approve")
    db.session.remove()
    act = act_inside(db.session(), given, as_("eab.chair"), now)
    found = find_opinion(db.session(), act.id)
    said = paper(found, act)
    assert assembly.assembly().opinions == "unnamed"
    assert "Экспертова" not in str(said)
    package = docx_of(said, "ru", found.issued_at)
    with ZipFile(io.BytesIO(package)) as parts:
        dates = {part.date_time for part in parts.infolist()}
    # The format counts seconds in twos. The machine's own hour would differ at the next try.
    issued = found.issued_at.replace(second=found.issued_at.second // 2 * 2)
    assert dates == {issued.timetuple()[:6]}
    assert docx_of(said, "ru", found.issued_at) == package
    assert Document(io.BytesIO(package)).core_properties.author == ""
    first = pdf_of(said, "ru", found.issued_at)
    assert first == pdf_of(said, "ru", found.issued_at)
    assert first[:5] == b"%PDF-"
