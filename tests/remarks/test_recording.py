"""Remarks as reviews and replies hand them in."""

import pytest
from sqlalchemy import select

from tests import seen
from tests.road import bring_to, propose
from tracker.acts.operations import advance, locked
from tracker.db import db, unit_of_work
from tracker.errors import Invalid
from tracker.people.queries import find_person
from tracker.remarks.answering import Answer, Chosen, answer_remarks, confirm_answers
from tracker.remarks.merging import merge_remarks
from tracker.remarks.models import Remark
from tracker.remarks.operations import NewRemark, record_remarks
from tracker.remarks.places import ordering


def remark(**given):
    values = {
        "eid": "art_1",
        "place": "Статья 1",
        "kind": "legal",
        "text": "Уточнить понятие.",
        "wording": None,
        "language": "ru",
        "author_person": None,
        "author_body": "parliament_kz",
        "author_name": None,
        "source": "entered",
    }
    return NewRemark(**{**values, **given})


@pytest.fixture
def act(app, as_, now, tmp_path):
    return bring_to("eab_review", as_, now, tmp_path)


def record(act, actor, now, *remarks):
    with unit_of_work() as session:
        return record_remarks(session, locked(session, act, actor), 1, remarks, now)


def test_remarks_are_kept_in_their_order(act, as_, now):
    expert = find_person(db.session, "eab.expert1@demo.example.org").id
    secretary = as_("secretariat")
    ids = record(
        act,
        secretary,
        now,
        remark(),
        remark(eid=None, place="", text="", wording="Новая преамбула", kind="editorial"),
        remark(author_body=None, author_person=expert),
    )
    rows = db.session.scalars(select(Remark).order_by(Remark.id)).all()
    assert [row.id for row in rows] == ids == sorted(ids)
    assert [row.n for row in rows] == [1, 2, 3]
    assert [row.version for row in rows] == [1, 1, 1]
    assert [row.author_person for row in rows] == [None, None, expert]
    assert {row.recorded_n for row in rows} == {seen.act_of(act).version + 1}
    assert record(act, secretary, now) == []


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"kind": "rude"}, ("remarks.1.kind", "not_a_choice")),
        ({"text": ""}, ("remarks.1.text", "remark_without_words")),
        ({"author_body": None}, ("remarks.1.author", "remark_without_author")),
    ],
)
def test_a_faulty_remark_is_named_and_none_is_kept(act, as_, now, given, fault):
    with pytest.raises(Invalid) as error:
        record(act, as_("secretariat"), now, remark(), remark(**given))
    assert [(r.field, r.code) for r in error.value.refusals] == [fault]
    assert db.session.scalars(select(Remark)).all() == []


def test_a_revived_draft_carries_remarks_and_their_answers_over(app, as_, now, tmp_path):
    old = bring_to("council", as_, now, tmp_path)
    secretary = as_("secretariat")
    one, _two, three = record(old, secretary, now, remark(), remark(), remark())
    merge_remarks(old, [Chosen(one), Chosen(three)], actor=secretary, now=now)
    answer_remarks(old, [Answer(one, "accepted")], actor=secretary, now=now)
    confirm_answers(old, [Chosen(one)], actor=secretary, now=now)
    advance(old, "reject", actor=secretary, now=now, data={"reason": "Не поддержан"})
    new = propose(as_, now, continues=old)
    rows = seen.of_act(Remark, new)
    assert [(row.n, row.edition, row.response, row.version) for row in rows] == [
        (1, 1, "accepted", 1),
        (2, 1, None, 1),
        (3, 1, None, 1),
    ]
    assert [row.merged_into for row in rows] == [None, None, rows[0].id]
    assert rows[0].confirmed_by == secretary.person


def test_provisions_sort_as_they_stand_in_the_text():
    stands = [
        ordering(None, ""),
        ordering("art_2", "Статья 2"),
        ordering(None, "ст. 2, п. 1"),
        ordering("art_5-1__para_2", ""),
        ordering("art_12", ""),
        ordering("att_1__art_1", ""),
    ]
    assert stands == sorted(stands)
    assert len(ordering("art_1" * 90, "")) <= 120
