"""Rounds: conflicts, reserves, remarks, addenda, guidelines, and what a link is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import seen
from tests.road import bring_to
from tracker.acts.operations import advance
from tracker.db import db, unit_of_work
from tracker.errors import Forbidden, Invalid, Refused
from tracker.people.operations import record_absence
from tracker.people.queries import find_person
from tracker.remarks.models import Remark
from tracker.reviews.invitations import find_invitation, token_of
from tracker.reviews.models import Review, ReviewLink
from tracker.reviews.operations import (
    accept_review,
    add_addendum,
    assign_review,
    cancel_review,
    decline_review,
    end_link,
    file_opinion,
    save_opinion,
)
from tracker.reviews.opinions import draft_digest
from tracker.reviews.reading import read_review, read_reviews
from tracker.texts.models import EditionFile

REMARK = {"place": "Статья 1", "kind": "legal", "text": "Уточнить.", "wording": "Закон — закон."}


def mail(login):
    return f"{login}@demo.example.org"


def person(login):
    return find_person(db.session, mail(login)).id


@pytest.fixture
def act(app, as_, now, tmp_path):
    return bring_to("eab_review", as_, now, tmp_path)


@pytest.fixture
def assign(act, as_, now):
    def take(expert="eab.expert2", who="eab.secretary", reserves=(), **given):
        return assign_review(
            act, mail(expert), reserves=[mail(each) for each in reserves],
            actor=as_(who), now=now, **given,
        )  # fmt: skip

    return take


def link_of(review):
    db.session.remove()
    return token_of(review, db.session.get_one(ReviewLink, review).nonce)


def in_force(review, token=None):
    token = token or link_of(review)
    db.session.remove()
    found = find_invitation(db.session(), token)
    return found is not None and found.in_force


def test_a_known_conflict_is_refused_unless_it_is_confirmed(act, assign):
    with pytest.raises(Refused, match="conflict_of_interest"):
        assign("eab.expert3", despite_conflict=False)  # of the initiator's delegation
    with pytest.raises(Refused, match="conflict_of_interest"):
        assign("eab.expert2", reserves=["eab.expert3"], despite_conflict=False)
    assert seen.reviews(act) == []
    assign("eab.expert3")
    assert seen.timeline(act)[-1].data["conflicts"] == ["initiators_delegation"]
    assign("eab.expert2", despite_conflict=False)
    assert "conflicts" not in seen.timeline(act)[-1].data


def test_a_decline_brings_the_next_reserve_who_is_there(act, assign, as_, now):
    record_absence(
        mail("eab.expert4"), since=now.date(), until=now.date() + timedelta(days=3),
        actor=as_("secretariat"),
    )  # fmt: skip
    first = assign("eab.expert2", reserves=["eab.expert4", "eab.expert5", "eab.expert6"])
    version = seen.act_of(act).version
    decline_review(first, "", code="busy", actor=as_("eab.expert2"), now=now)
    declined, called = seen.reviews(act)
    assert (declined.state, declined.decline_code, declined.decline_reason) == (
        "declined", "busy", "",
    )  # fmt: skip
    assert (called.person_id, called.state) == (person("eab.expert5"), "invited")
    told, asked = seen.timeline(act)[-2:]
    assert (told.n, told.action, told.data) == (
        version + 1, "decline_review", {"review": first, "code": "busy"},
    )  # fmt: skip
    assert (asked.action, asked.actor_id, asked.behalf_id) == (
        "assign_review", None, person("eab.secretary"),
    )  # fmt: skip
    assert asked.data["for"] == first
    assert seen.act_of(act).version == version + 2
    (invitation,) = [
        notice for notice in seen.notices(act, name="review_assigned")
        if notice.person_id == person("eab.expert5")
    ]  # fmt: skip
    assert invitation.facts["link"]["review"] == called.id
    assert invitation.facts["due"]["on"] == "2026-12-15"
    (notice,) = seen.notices(act, name="review_declined")
    assert notice.facts["reserve"] == person("eab.expert5")
    db.session.remove()
    part = read_review(db.session(), called.id)
    assert part.stands_for.id == person("eab.expert2")
    assert part.asked_by.id == person("eab.secretary")
    assert "reserve" in part.marks(now.date())
    # Those behind wait behind the one whose turn came.
    decline_review(called.id, "", code="absent", actor=as_("eab.expert5"), now=now)
    assert seen.reviews(act)[-1].person_id == person("eab.expert6")
    decline_review(seen.reviews(act)[-1].id, "Нет", code="other", actor=as_("eab.expert6"), now=now)
    assert len(seen.reviews(act)) == 3
    assert "reserve" not in seen.notices(act, name="review_declined")[-1].facts


def test_reserves_are_experts_each_named_once(act, assign):
    for reserves, code in (
        (["drafter"], "not_an_expert"),
        (["eab.expert2"], "reserve_twice"),
        (["eab.expert3", "eab.expert3"], "reserve_twice"),
    ):
        with pytest.raises(Invalid) as error:
            assign("eab.expert2", reserves=reserves)
        assert [(r.field, r.code) for r in error.value.refusals] == [("reserves", code)]
    assert seen.reviews(act) == []


@pytest.mark.parametrize(("code", "reason", "fault"), [
    ("lazy", "Слова", ("code", "not_a_choice")),
    ("other", " ", ("reason", "required")),
    (None, "", ("reason", "required")),
    ([], "Слова", ("code", "not_a_choice")),
])  # fmt: skip
def test_a_decline_says_why(assign, as_, now, code, reason, fault):
    review = assign()
    with pytest.raises(Invalid) as error:
        decline_review(review, reason, code=code, actor=as_("eab.expert2"), now=now)
    assert [(r.field, r.code) for r in error.value.refusals] == [fault]


def test_remarks_become_rows_of_the_comment_table(act, assign, as_, now):
    review, expert = assign(), as_("eab.expert2")
    file_opinion(
        review, "approve_with_remarks", "Общая часть", interest=True, interest_text="Консультирую",
        remarks=[REMARK, {"place": "", "text": "", "wording": ""}], actor=expert, now=now,
    )  # fmt: skip
    (row,) = seen.of_act(Remark, act)
    assert (row.place, row.kind, row.text, row.wording, row.edition, row.review_id) == (
        "Статья 1", "legal", "Уточнить.", "Закон — закон.", 1, review,
    )  # fmt: skip
    assert row.author_person == person("eab.expert2")
    kept = seen.reviews(act)[0]
    assert (kept.interest, kept.interest_text, len(kept.remarks)) == (True, "Консультирую", 1)
    assert add_addendum(review, "Ещё", remarks=[REMARK | {"place": "Статья 2"}], actor=expert,
                        now=now) == 1  # fmt: skip
    assert [remark.place for remark in seen.of_act(Remark, act)] == ["Статья 1", "Статья 2"]
    entry = seen.timeline(act)[-1]
    assert (entry.action, entry.data) == (
        "add_addendum", {"review": review, "addendum": 1, "remarks": 1},
    )  # fmt: skip
    db.session.remove()
    act_id = seen.act_of(act).id
    (part,) = read_reviews(db.session(), act_id)
    assert [(each.n, each.text) for each in part.addenda] == [(1, "Ещё")]


@pytest.mark.parametrize(("given", "fault"), [
    ({"remarks": [REMARK | {"kind": "rude"}]}, ("remarks.0.kind", "not_a_choice")),
    ({"remarks": [REMARK | {"text": "", "wording": ""}]}, ("remarks.0.text", "remark_text")),
    ({"remarks": "x"}, ("remarks", "not_a_list")),
    ({"remarks": [5]}, ("remarks.0", "not_an_object")),
    ({"remarks": [REMARK] * 301}, ("remarks", "too_many")),
    ({"remarks": [REMARK | {"text": "\x00"}]}, ("remarks.0.text", "control_characters")),
    ({"interest": True}, ("interest_text", "interest_text")),
    ({"interest": "yes"}, ("interest", "not_a_choice")),
])  # fmt: skip
def test_what_is_wrong_in_an_opinion_is_named(act, assign, as_, now, given, fault):
    review = assign()
    with pytest.raises(Invalid) as error:
        file_opinion(review, "approve", "Слова", actor=as_("eab.expert2"), now=now, **given)
    assert [(r.field, r.code) for r in error.value.refusals] == [fault]
    assert seen.reviews(act)[0].state == "invited"
    assert seen.of_act(Remark, act) == []


def test_only_what_was_looked_at_is_sent(act, assign, as_, now):
    review, expert = assign(), as_("eab.expert2")
    save_opinion(
        review, "revise", "Первое", interest=False, remarks=[REMARK], actor=expert, now=now
    )
    looked_at = draft_digest(seen.reviews(act)[0])
    save_opinion(review, "revise", "Второе", interest=False, actor=expert, now=now)
    with pytest.raises(Refused, match="draft_changed"):
        file_opinion(review, None, None, looked_at=looked_at, actor=expert, now=now)
    looked_at = draft_digest(seen.reviews(act)[0])
    file_opinion(review, "approve", "Чужое", looked_at=looked_at, actor=expert, now=now)
    row = seen.reviews(act)[0]
    assert (row.recommendation, row.text, len(row.remarks)) == ("revise", "Второе", 1)


def test_an_addendum_needs_an_opinion_and_an_open_round(act, assign, as_, now):
    review, expert = assign(), as_("eab.expert2")
    with pytest.raises(Refused, match="nothing_to_supplement"):
        add_addendum(review, "Рано", actor=expert, now=now)
    file_opinion(review, "revise", "Доработать", actor=expert, now=now)
    with pytest.raises(Forbidden):
        add_addendum(review, "Чужое", actor=as_("eab.secretary"), now=now)
    data = {"reason": "По заключению"}
    advance(act, "return_for_revision", actor=as_("eab.chair"), now=now, data=data)
    with pytest.raises(Refused, match="round_is_over"):
        add_addendum(review, "Поздно", actor=expert, now=now)


def test_a_guideline_advises_and_is_no_opinion_of_the_board(act, assign, as_, now):
    with pytest.raises(Invalid, match="not_an_expert"):
        assign("eab.expert2", kind="guideline")
    with pytest.raises(Invalid, match="not_a_choice"):
        assign("eab.expert2", kind="verdict")
    review = assign("legal.secretary", kind="guideline")
    file_opinion(
        review, "approve", "Рекомендации", remarks=[REMARK], actor=as_("legal.secretary"), now=now
    )
    (row,) = seen.of_act(Remark, act)
    assert row.author_body == "legal_centre"
    data = {"lead_body": "defence"}
    with pytest.raises(Refused, match="no_opinion"):
        advance(act, "refer_to_commission", actor=as_("eab.chair"), now=now, data=data)
    file_opinion(assign(), "approve", "Согласен", actor=as_("eab.expert2"), now=now)
    advance(act, "refer_to_commission", actor=as_("eab.chair"), now=now, data=data)


def test_late_withdrawn_and_overtaken_are_told_apart(act, assign, as_, now):
    late, withdrawn, given = assign(due_on=now.date()), assign("eab.expert4"), assign("eab.expert5")
    cancel_review(withdrawn, "Не нужно", actor=as_("eab.secretary"), now=now)
    file_opinion(given, "revise", "Доработать", actor=as_("eab.expert5"), now=now)
    db.session.remove()
    act_id = seen.act_of(act).id
    parts = {each.id: each for each in read_reviews(db.session(), act_id)}
    assert parts[late].marks(now.date()) == []
    assert parts[late].marks(now.date() + timedelta(days=1)) == ["late"]
    assert parts[withdrawn].standing == "withdrawn"
    advance(
        act, "return_for_revision", actor=as_("eab.chair"), now=now, data={"reason": "Доработать"}
    )
    from tests.road import deliver
    from tracker.texts.files import uploads

    deliver(act, as_, now, uploads())
    db.session.remove()
    act_id = seen.act_of(act).id
    parts = {each.id: each for each in read_reviews(db.session(), act_id)}
    assert (parts[late].state, parts[late].standing) == ("cancelled", "cancelled")
    assert parts[given].marks(now.date()) == ["overtaken"]


def test_a_link_is_in_force_while_the_round_lasts(act, assign, as_, now):
    review = assign()
    token = link_of(review)
    assert in_force(review, token)
    accept_review(review, actor=as_("eab.expert2"), now=now)
    assert in_force(review, token)
    file_opinion(review, "approve", "Согласен", actor=as_("eab.expert2"), now=now)
    assert in_force(review, token)
    for wrong in ("", "x", f"{review}-", token[:-1], token[:-1] + "!", f"9{token}", token + "a",
                  token.replace(str(review), str(review + 1), 1)):  # fmt: skip
        assert find_invitation(db.session(), wrong) is None, wrong
    data = {"lead_body": "defence"}
    advance(act, "refer_to_commission", actor=as_("eab.chair"), now=now, data=data)
    assert not in_force(review, token)
    assert find_invitation(db.session(), token).person == person("eab.expert2")


@pytest.mark.parametrize("end", ["decline", "cancel", "revoke"])
def test_a_link_ends_with_what_it_was_for(assign, as_, now, end):
    review = assign()
    token = link_of(review)
    if end == "decline":
        decline_review(review, "", code="busy", actor=as_("eab.expert2"), now=now)
    elif end == "cancel":
        cancel_review(review, "Не нужно", actor=as_("eab.secretary"), now=now)
    else:
        with pytest.raises(Forbidden):
            end_link(review, actor=as_("secretariat"), now=now)
        end_link(review, actor=as_("eab.secretary"), now=now)
    assert not in_force(review, token)
    if end == "revoke":
        with pytest.raises(Refused, match="no_link"):
            end_link(review, actor=as_("eab.secretary"), now=now)
        end_link(review, anew=True, actor=as_("eab.secretary"), now=now)
        assert not in_force(review, token)
        assert in_force(review)


def test_nothing_of_a_token_is_kept(act, assign):
    review = assign()
    token = link_of(review)
    secret = token.partition("-")[2]
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert secret not in str(tuple(row)), table.name


def test_whoever_wrote_the_draft_is_a_conflict(act, assign, as_, now):
    author = person("eab.expert2")
    with unit_of_work() as session:
        session.execute(update(EditionFile).values(uploaded_by=author))
    with pytest.raises(Refused, match="conflict_of_interest"):
        assign("eab.expert2", despite_conflict=False)
    assert not db.session.scalar(select(Review.id).limit(1))
