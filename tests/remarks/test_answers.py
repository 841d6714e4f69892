"""Answers: proposed, confirmed, re-opened; equal remarks merged; who may do which."""

import pytest
from sqlalchemy import select

from tests import seen
from tests.remarks.conftest import row_of
from tests.road import deliver
from tracker.acts.operations import advance, preview
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tracker.people.queries import find_person
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    carry_remarks,
    confirm_answers,
    reopen_answer,
)
from tracker.remarks.merging import (
    answerers,
    assign_remarks,
    merge_remarks,
    suggest_equal,
    unmerge_remark,
)
from tracker.remarks.models import FormerAnswer, Remark
from tracker.remarks.operations import GivenRemark, enter_remark, import_remarks


@pytest.fixture
def answer(act, as_, now):
    def take(*ids, response="accepted", reason=None, who="drafter", version=None):
        given = [Answer(one, response, reason, version) for one in ids]
        answer_remarks(act, given, actor=as_(who), now=now)

    return take


@pytest.fixture
def confirm(act, as_, now):
    def take(*ids, who="defence.secretary", version=None):
        confirm_answers(act, [Chosen(one, version) for one in ids], actor=as_(who), now=now)

    return take


def former():
    return db.session.scalars(select(FormerAnswer).order_by(FormerAnswer.id)).all()


def test_a_letter_is_entered_on_the_current_edition(act, enter):
    first = enter(letter_ref="вх. 12", wording="Новое", kind="treaty", place="ст. 1")
    row = row_of(first)
    assert (row.n, row.edition, row.source, row.author_body) == (1, 1, "entered", "parliament_kz")
    assert (row.kind, row.language, row.letter_ref, row.wording) == (
        "treaty",
        "ru",
        "вх. 12",
        "Новое",
    )
    entry = seen.timeline(act)[-1]
    assert (entry.action, entry.data) == (
        "enter_remark",
        {"remarks": [first], "count": 1, "on": 1},
    )
    assert row.recorded_n == entry.n


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"text": ""}, {("text", "remark_without_words")}),
        ({"text": 5}, {("text", "not_text")}),
        ({"text": "a\x00"}, {("text", "control_characters")}),
        ({"kind": "rude"}, {("kind", "not_a_choice")}),
        ({"kind": ["legal"]}, {("kind", "not_a_choice")}),
        ({"language": "xx"}, {("language", "not_a_choice")}),
        ({"author_body": "nobody"}, {("author_body", "no_such_body")}),
        ({"author_body": None}, {("author", "remark_without_author")}),
        ({"author_person": "x@y"}, {("author_person", "no_such_person")}),
        ({"place": "а" * 501}, {("place", "too_long")}),
        ({"text": "", "wording": "x" * 20_001}, {("wording", "too_long"),
                                               ("text", "remark_without_words")}),
        ({"edition": "0"}, {("edition", "no_such_edition")}),
        ({"edition": "2"}, {("edition", "no_such_edition")}),
        ({"edition": True}, {("edition", "not_a_number")}),
        ({"edition": "one"}, {("edition", "not_a_number")}),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_is_named(act, enter, given, faults):
    with pytest.raises(Invalid) as error:
        enter(**given)
    assert {(r.field, r.code) for r in error.value.refusals} == faults
    assert db.session.scalars(select(Remark)).all() == []


def test_answers_are_proposed_and_confirmed_at_once_for_many(act, enter, answer, confirm, as_):
    one, two = enter(), enter("Иначе", place="")
    answer(one, two, response="partly", reason="В части термина")
    confirm(one, two)
    drafter, secretary = as_("drafter").person, as_("defence.secretary").person
    for row in map(row_of, (one, two)):
        assert (row.response, row.reason) == ("partly", "В части термина")
        assert (row.proposed_by, row.confirmed_by, row.version) == (drafter, secretary, 3)
    assert seen.actions(act)[-2:] == ["answer_remarks", "confirm_answers"]
    proposed, confirmed = seen.timeline(act)[-2:]
    assert proposed.data == {"remarks": [one, two], "count": 2, "responses": {"partly": 2}}
    assert confirmed.data == {"remarks": [one, two], "count": 2}
    for entry in (proposed, confirmed):
        assert "термина" not in entry.canonical


@pytest.mark.parametrize(
    ("response", "reason", "faults"),
    [
        ("maybe", None, {("response", "not_a_choice")}),
        (None, None, {("response", "not_a_choice")}),
        (["noted"], None, {("response", "not_a_choice")}),
        ("not_accepted", " ", {("reason", "reason_for_refusing")}),
        ("partly", None, {("reason", "reason_for_refusing")}),
        ("noted", "\x07", {("reason", "control_characters")}),
    ],
)
def test_an_answer_has_a_response_and_where_it_refuses_a_reason(
    enter, answer, response, reason, faults
):
    one = enter()
    with pytest.raises(Invalid) as error:
        answer(one, response=response, reason=reason)
    assert {(r.field, r.code) for r in error.value.refusals} == faults
    assert row_of(one).response is None


def test_one_fault_in_a_set_stops_all_of_it(act, enter, as_, now):
    one, two = enter(), enter()
    before = seen.act_of(act).version
    given = [Answer(one, "accepted"), Answer(two, "not_accepted")]
    with pytest.raises(Invalid) as error:
        answer_remarks(act, given, actor=as_("drafter"), now=now)
    assert [r.field for r in error.value.refusals] == ["answers.1.reason"]
    for ids in ((one, one), ()):
        with pytest.raises(Invalid):
            answer_remarks(act, [Answer(i, "noted") for i in ids], actor=as_("drafter"), now=now)
    for stranger in (999, -1, 2**70):
        with pytest.raises(NotFound):
            answer_remarks(
                act,
                [Answer(one, "noted"), Answer(stranger, "noted")],
                actor=as_("drafter"),
                now=now,
            )
    assert row_of(one).response is None
    assert seen.act_of(act).version == before


def test_who_looked_at_an_older_answer_is_told(enter, answer, confirm):
    one = enter()
    answer(one, version=1)
    with pytest.raises(Stale, match="remark_changed"):
        answer(one, response="noted", version=1)
    with pytest.raises(Stale):
        confirm(one, version=1)
    confirm(one, version=2)


def test_a_confirmed_answer_is_re_opened_with_a_reason_and_kept(
    act, enter, answer, confirm, as_, now
):
    one = enter()
    with pytest.raises(Refused, match="remark_not_answered"):
        confirm(one)
    answer(one)
    secretary = as_("defence.secretary")
    with pytest.raises(Refused, match="answer_not_confirmed"):
        reopen_answer(act, one, "Ошибка", actor=secretary, now=now)
    confirm(one)
    for change in (lambda: answer(one, response="noted"), lambda: confirm(one)):
        with pytest.raises(Refused, match="answer_is_confirmed"):
            change()
    with pytest.raises(Invalid, match="required"):
        reopen_answer(act, one, " ", actor=secretary, now=now)
    reopen_answer(act, one, "Новое письмо", actor=secretary, now=now)
    answer(one, response="not_accepted", reason="Не в предмете")
    assert [(f.response, f.confirmed_by, f.ended_why) for f in former()] == [
        ("accepted", secretary.person, "Новое письмо"),
        ("accepted", None, None),
    ]
    row = row_of(one)
    assert (row.response, row.confirmed_at, row.version) == ("not_accepted", None, 5)


DEEDS = {
    "enter": {"secretariat", "eab.secretary", "defence.secretary", "defence.chair"},
    "propose": {"secretariat", "eab.secretary", "defence.secretary", "defence.chair", "drafter"},
    "confirm": {"secretariat", "defence.secretary", "defence.chair"},
}


def test_each_deed_is_permitted_to_those_the_table_names(act, enter, as_, now):
    one = enter()
    tries = {
        "enter": lambda actor: enter_remark(
            act, GivenRemark(text="Да", author_name="Ведомство"), actor=actor, now=now
        ),
        "propose": lambda actor: answer_remarks(act, [Answer(one, "noted")], actor=actor, now=now),
        "confirm": lambda actor: confirm_answers(act, [Chosen(one)], actor=actor, now=now),
    }
    everybody = (
        "secretariat", "eab.secretary", "eab.chair", "eab.expert1", "eab.expert2",
        "defence.secretary", "defence.chair", "social.secretary", "drafter", "parliament.kz",
        "council.kz", "admin",
    )  # fmt: skip
    for deed, attempt in tries.items():
        able = set()
        for login in everybody:
            try:
                attempt(as_(login))
            except (Forbidden, NotFound):
                continue
            except Refused:
                pass
            able.add(login)
        assert able == DEEDS[deed], deed


def test_remarks_are_assigned_to_those_who_answer(act, enter, as_, now):
    one = enter()
    drafter, secretary = as_("drafter"), as_("defence.secretary")
    expert = find_person(db.session, "eab.expert1@demo.example.org").id
    with pytest.raises(Invalid, match="not_an_answerer"):
        assign_remarks(act, [one], expert, actor=secretary, now=now)
    assign_remarks(act, [one], str(drafter.person), actor=secretary, now=now)
    assert row_of(one).assigned_to == drafter.person
    assert seen.timeline(act)[-1].data == {"remarks": [one], "count": 1, "to": drafter.person}
    assign_remarks(act, [one], None, actor=secretary, now=now)
    assert row_of(one).assigned_to is None


def test_who_is_to_answer_is_told_once_however_many_they_are_given(act, enter, as_, now):
    ids = [enter(f"Замечание {number}") for number in range(4)]
    drafter, secretary = as_("drafter"), as_("defence.secretary")
    assign_remarks(act, [ids[0], ids[1], ids[3]], str(drafter.person), actor=secretary, now=now)
    (notice,) = seen.notices(act, name="remarks_assigned")
    assert (notice.person_id, notice.facts["numbers"]) == (drafter.person, "1–2, 4")
    assert notice.facts["data"]["to"] == drafter.person
    assign_remarks(act, ids, str(drafter.person), actor=secretary, now=now)
    assert [each.facts["numbers"] for each in seen.notices(act, name="remarks_assigned")] == [
        "1–2, 4", "3",
    ]  # fmt: skip
    assign_remarks(act, ids, str(drafter.person), actor=secretary, now=now)
    assign_remarks(act, ids, None, actor=secretary, now=now)
    assert len(seen.notices(act, name="remarks_assigned")) == 2
    assign_remarks(act, ids, str(secretary.person), actor=secretary, now=now)
    own = seen.notices(act, name="remarks_assigned")[-1]
    assert (own.person_id, own.state) == (secretary.person, "skipped")


def test_equal_remarks_have_one_answer(act, enter, answer, confirm, as_, now):
    words = "Определить понятие «безопасность» в статье первой закона"
    one, two, three = enter(words), enter(words + ".", author_body="parliament_by"), enter("Иное")
    act_id = seen.act_of(act).id
    assert suggest_equal(db.session, act_id) == [[one, two]]
    answer(two)
    actor = as_("drafter")
    merge = lambda *ids: merge_remarks(  # noqa: E731
        act, [Chosen(i) for i in ids], actor=actor, now=now
    )
    with pytest.raises(Invalid, match="two_remarks"):
        merge(one)
    assert merge(two, one) == one
    row = row_of(two)
    assert (row.merged_into, row.response) == (one, None)
    assert [f.response for f in former()] == ["accepted"]
    assert suggest_equal(db.session, act_id) == []
    for change in (
        lambda: answer(two),
        lambda: confirm(two),
        lambda: merge(two, three),
        lambda: carry_remarks(act, None, [Chosen(two)], actor=actor, now=now),
    ):
        with pytest.raises(Refused, match="remark_is_merged"):
            change()
    answer(one, response="noted")
    confirm(one)
    unmerge_remark(act, two, actor=actor, now=now)
    with pytest.raises(Refused, match="remark_not_merged"):
        unmerge_remark(act, two, actor=actor, now=now)
    answer(three)
    confirm(three)
    with pytest.raises(Refused, match="answer_is_confirmed"):
        merge(three, one)


def test_merging_a_main_remark_takes_its_others_along(act, enter, as_, now):
    one, two, three = enter(), enter(), enter()
    actor = as_("drafter")
    merge_remarks(act, [Chosen(two), Chosen(three)], actor=actor, now=now)
    merge_remarks(act, [Chosen(one), Chosen(two)], actor=actor, now=now)
    assert [row_of(i).merged_into for i in (one, two, three)] == [None, one, one]


def test_an_edition_carries_what_was_accepted(act, enter, answer, as_, now, tmp_path):
    one, two = enter(), enter()
    answer(one)
    advance(
        act, "ask_revision", actor=as_("defence.secretary"), now=now, data={"reason": "Замечания"}
    )
    deliver(act, as_, now, tmp_path)
    carry = lambda number, *ids: carry_remarks(  # noqa: E731
        act, number, [Chosen(i) for i in ids], actor=as_("drafter"), now=now
    )
    with pytest.raises(Refused, match="remark_not_accepted"):
        carry(2, one, two)
    for number, code in [(1, "not_a_later_edition"), (3, "no_such_edition"), ("x", "not_a_number")]:
        with pytest.raises(Invalid, match=code):
            carry(number, one)
    carry("2", one)
    assert row_of(one).carried_by == 2
    assert seen.timeline(act)[-1].data == {"remarks": [one], "count": 1, "carried_by": 2}
    answer(one, response="partly", reason="Часть")
    assert row_of(one).carried_by == 2
    answer(one, response="not_accepted", reason="Передумали")
    assert row_of(one).carried_by is None


def test_approving_warns_while_remarks_wait(act, enter, answer, confirm, as_, now):
    chair = as_("defence.chair")
    look = lambda: [  # noqa: E731
        (w.code, w.params)
        for w in preview(db.session, act, "approve_in_commission", actor=chair, now=now).warnings
    ]
    assert look() == []
    one, two = enter(), enter()
    answer(one)
    assert look() == [("remarks_unanswered", {"count": 2})]
    confirm(one)
    assert look() == [("remarks_unanswered", {"count": 1})]
    merge = merge_remarks(act, [Chosen(one), Chosen(two)], actor=as_("drafter"), now=now)
    assert (merge, look()) == (one, [])
    advance(act, "approve_in_commission", actor=chair, now=now)


def test_a_table_is_taken_in_whole_or_not_at_all(act, enter, as_, now):
    one = enter()
    take = lambda who, *given, answers=(): import_remarks(  # noqa: E731
        act, given, answers, actor=as_(who), now=now
    )
    new = GivenRemark(text="Дополнить", author_name="Ведомство", response="noted")
    with pytest.raises(Invalid) as error:
        take("eab.secretary", new, GivenRemark(text="", author_name="Ведомство"))
    assert [(r.field, r.code) for r in error.value.refusals] == [
        ("remarks.1.text", "remark_without_words")
    ]
    with pytest.raises(Invalid, match="no_remarks_in_file"):
        take("eab.secretary")
    assert take("eab.secretary", new, answers=[Answer(one, "accepted")]) == 1
    rows = db.session.scalars(select(Remark).order_by(Remark.n)).all()
    assert [(r.source, r.response) for r in rows] == [("entered", "accepted"), ("import", "noted")]
    entry = seen.timeline(act)[-1]
    assert (entry.action, entry.data["count"], entry.data["answers"]) == ("import_remarks", 1, 2)
    with pytest.raises(Forbidden):
        take("drafter", new)


def test_those_who_may_answer_are_found_in_one_statement(act, as_, now):
    from tests.counting import counting
    from tracker.acts.facts import Wanted, gather
    from tracker.acts.queries import act_rows

    rows = act_rows(db.session, [seen.act_of(act).id])
    facts = gather(db.session, rows, Wanted(frozenset()), now)[0]
    with counting() as counted:
        found = answerers(db.session, facts, now)
    assert len(counted) == 1
    assert as_("drafter").person in {person.id for person in found}
