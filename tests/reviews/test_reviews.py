"""Experts are asked, accept or decline, and answer once."""

from datetime import date, timedelta

import pytest

from tests import seen
from tests.road import bring_to
from tracker.acts.operations import advance
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tracker.people.queries import find_person
from tracker.reviews.operations import (
    accept_review,
    assign_review,
    cancel_review,
    decline_review,
    file_opinion,
    save_opinion,
)

EXPERT = "eab.expert2@demo.example.org"


@pytest.fixture
def act(app, as_, now, tmp_path):
    return bring_to("eab_review", as_, now, tmp_path)


@pytest.fixture
def assign(as_, now):
    def take(reference, expert=EXPERT, who="eab.secretary", **given):
        return assign_review(reference, expert, actor=as_(who), now=now, **given)

    return take


def person(email=EXPERT):
    return find_person(db.session, email).id


def told(reference, name):
    return {notice.person_id for notice in seen.notices(reference, name=name)}


def test_an_expert_is_asked_with_a_duty_and_a_notice(act, as_, now, assign):
    review_id = assign(act)
    (review,) = seen.reviews(act)
    assert (review.id, review.person_id, review.state, review.edition) == (
        review_id,
        person(),
        "invited",
        1,
    )
    duty = seen.open_duties(act)["review"]
    assert (duty.id, duty.person_id) == (review.duty_id, person())
    assert duty.due_on == date(2026, 12, 15)  # fifteen working days
    (notice,) = seen.notices(act, name="review_assigned")
    assert notice.person_id == person()
    assert notice.facts["due"]["on"] == "2026-12-15"
    entry = seen.timeline(act)[-1]
    assert (entry.action, entry.before, entry.after) == (
        "assign_review",
        "eab_review",
        "eab_review",
    )
    assert entry.data == {"review": review_id, "expert": person(), "due": "2026-12-15"}


def test_the_due_date_can_be_given(act, now, assign):
    assign(act, due_on=date(2026, 11, 30))
    assert seen.open_duties(act)["review"].due_on == date(2026, 11, 30)
    with pytest.raises(Invalid, match="in_the_past"):
        assign(act, "eab.expert3@demo.example.org", due_on=now.date() - timedelta(days=1))


@pytest.mark.parametrize(
    ("expert", "fault"),
    [
        ("drafter@demo.example.org", "not_an_expert"),
        ("nobody@demo.example.org", "not_an_expert"),
        ("999999", "not_an_expert"),
        ("", "not_an_expert"),
    ],
)
def test_only_experts_are_asked(act, assign, expert, fault):
    with pytest.raises(Invalid) as error:
        assign(act, expert)
    assert [(r.field, r.code) for r in error.value.refusals] == [("expert", fault)]


def test_who_asks_is_the_board(act, assign):
    for who, error in [
        ("secretariat", Forbidden),
        ("drafter", Forbidden),
        ("eab.expert1", NotFound),
        ("defence.secretary", NotFound),
    ]:
        with pytest.raises(error):
            assign(act, who=who)
    with pytest.raises(Stale):
        assign(act, version=1)
    assign(act, str(person()), who="eab.chair")


def test_an_expert_is_asked_once_for_a_visit(act, as_, now, assign):
    review = assign(act)
    with pytest.raises(Refused, match="already_assigned"):
        assign(act)
    decline_review(review, "В отпуске", actor=as_("eab.expert2"), now=now)
    assign(act)
    assert [r.state for r in seen.reviews(act)] == ["declined", "invited"]


def test_nobody_is_asked_elsewhere(app, as_, now, tmp_path, assign):
    with pytest.raises(Refused, match="no_reviews_now"):
        assign(bring_to("commission", as_, now, tmp_path), who="eab.secretary")


def test_an_opinion_is_given_once_and_ends_the_duty(act, as_, now, assign):
    review = assign(act)
    expert = as_("eab.expert2")
    accept_review(review, actor=expert, now=now)
    with pytest.raises(Refused, match="review_is_accepted"):
        accept_review(review, actor=expert, now=now)
    file_opinion(review, "approve_with_remarks", "Уточнить статью 1.", actor=expert, now=now)
    (row,) = seen.reviews(act)
    assert (row.state, row.recommendation, row.text) == (
        "submitted",
        "approve_with_remarks",
        "Уточнить статью 1.",
    )
    assert list(seen.open_duties(act)) == ["examine"]
    assert told(act, "opinion_filed") == {person("eab.secretary@demo.example.org")}
    for again in (accept_review, lambda *a, **k: file_opinion(*a, "approve", "x", **k)):
        with pytest.raises(Refused, match="review_is_submitted"):
            again(review, actor=expert, now=now)
    assert seen.timeline(act)[-1].data["recommendation"] == "approve_with_remarks"


def test_a_draft_of_an_opinion_is_the_experts_own(act, as_, now, assign):
    review = assign(act)
    before = seen.act_of(act).version
    save_opinion(review, "revise", "Начало", actor=as_("eab.expert2"), now=now)
    (row,) = seen.reviews(act)
    assert (row.draft_recommendation, row.draft_text, row.text) == ("revise", "Начало", None)
    assert seen.act_of(act).version == before
    file_opinion(review, "approve", "Итог", actor=as_("eab.expert2"), now=now)
    (row,) = seen.reviews(act)
    assert (row.draft_recommendation, row.draft_text) == (None, None)


@pytest.mark.parametrize(
    ("recommendation", "text", "faults"),
    [
        ("maybe", "Слова", {("recommendation", "not_a_choice")}),
        (["approve"], "Слова", {("recommendation", "not_a_choice")}),
        ("approve", " ", {("text", "required")}),
        (None, None, {("recommendation", "not_a_choice"), ("text", "required")}),
        ("approve", "\x00", {("text", "control_characters")}),
        ("approve", 5, {("text", "not_text")}),
    ],
)
def test_an_opinion_is_a_recommendation_with_words(
    act, as_, now, assign, recommendation, text, faults
):
    review = assign(act)
    with pytest.raises(Invalid) as error:
        file_opinion(review, recommendation, text, actor=as_("eab.expert2"), now=now)
    assert {(r.field, r.code) for r in error.value.refusals} == faults
    assert seen.reviews(act)[0].state == "invited"


def test_declining_needs_a_reason_and_is_told(act, as_, now, assign):
    review = assign(act)
    with pytest.raises(Invalid, match="required"):
        decline_review(review, "", actor=as_("eab.expert2"), now=now)
    decline_review(review, "Готовил проект", actor=as_("eab.expert2"), now=now)
    assert seen.reviews(act)[0].decline_reason == "Готовил проект"
    assert told(act, "review_declined") == {person("eab.secretary@demo.example.org")}
    assert list(seen.open_duties(act)) == ["examine"]
    # Who declined no longer sees the act.
    with pytest.raises(NotFound):
        accept_review(review, actor=as_("eab.expert2"), now=now)


def test_nobody_answers_for_another(act, as_, now, assign):
    review = assign(act)
    other = assign(act, "eab.expert3@demo.example.org")
    with pytest.raises(Forbidden, match="not_your_review"):
        accept_review(review, actor=as_("eab.expert3"), now=now)
    with pytest.raises(Forbidden, match="not_your_review"):
        file_opinion(other, "approve", "За другого", actor=as_("eab.secretary"), now=now)
    with pytest.raises(NotFound):
        accept_review(999_999, actor=as_("eab.expert2"), now=now)


def test_an_invitation_is_taken_back(act, as_, now, assign):
    review = assign(act)
    with pytest.raises(Forbidden):
        cancel_review(review, "Не нужна", actor=as_("secretariat"), now=now)
    cancel_review(review, "Не нужна", actor=as_("eab.chair"), now=now)
    assert seen.reviews(act)[0].state == "cancelled"
    assert told(act, "review_cancelled") == {person()}
    assert list(seen.open_duties(act)) == ["examine"]
    with pytest.raises(Refused, match="review_is_cancelled"):
        cancel_review(review, "Ещё раз", actor=as_("eab.chair"), now=now)


def test_the_board_refers_once_nobody_is_awaited_and_an_opinion_is_in(act, as_, now, assign):
    def refer():
        data = {"lead_body": "defence"}
        advance(act, "refer_to_commission", actor=as_("eab.chair"), now=now, data=data)

    with pytest.raises(Refused, match="no_opinion"):
        refer()
    first, second = assign(act), assign(act, "eab.expert3@demo.example.org")
    file_opinion(first, "revise", "Доработать", actor=as_("eab.expert2"), now=now)
    with pytest.raises(Refused) as error:
        refer()
    assert [(r.code, r.params) for r in error.value.refusals] == [("reviews_open", {"count": 1})]
    cancel_review(second, "Довольно одного", actor=as_("eab.secretary"), now=now)
    refer()


def test_leaving_the_board_ends_what_is_open_and_says_so(act, as_, now, assign):
    assign(act)
    data = {"reason": "Проект меняется"}
    advance(act, "return_for_revision", actor=as_("eab.secretary"), now=now, data=data)
    assert seen.reviews(act)[0].state == "cancelled"
    assert told(act, "review_cancelled") == {person()}
    assert "review" not in seen.open_duties(act)


def test_a_new_examination_needs_an_opinion_of_its_own(act, as_, now, assign):
    file_opinion(assign(act), "revise", "Доработать", actor=as_("eab.expert2"), now=now)
    advance(
        act,
        "return_for_revision",
        actor=as_("eab.chair"),
        now=now,
        data={"reason": "По заключению"},
    )
    advance(act, "submit_to_eab", actor=as_("secretariat"), now=now)
    data = {"lead_body": "defence"}
    with pytest.raises(Refused, match="no_opinion"):
        advance(act, "refer_to_commission", actor=as_("eab.chair"), now=now, data=data)
    file_opinion(assign(act), "approve", "Учтено", actor=as_("eab.expert2"), now=now)
    advance(
        act, "refer_to_commission", actor=as_("eab.chair"), now=now, data={"lead_body": "social"}
    )
