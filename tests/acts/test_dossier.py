"""What a reader is shown of an act, and how many statements it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.counting import counting
from tests.road import ROAD, bring_to, deliver, propose
from tracker.acts.dossier import SORTS, ActFilter, act_list, dossier
from tracker.acts.operations import advance, set_visibility
from tracker.corrections.operations import correct
from tracker.db import db
from tracker.errors import Invalid, NotFound
from tracker.paging import Paging
from tracker.permissions import PUBLIC
from tracker.reviews.operations import assign_review
from tracker.sittings.operations import give_position
from workflows.facts import Refusal

FIRST = Paging()


@pytest.fixture
def read(as_, now):
    return lambda reference, who: dossier(db.session(), reference, as_(who), now)


def test_in_every_state_within_the_budget(app: Flask, as_, now, tmp_path, read):
    for number, state in enumerate(ROAD):
        reference = bring_to(state, as_, now, tmp_path, serial=str(number + 1))
        actor = as_("secretariat")
        dossier(db.session(), reference, actor, now)
        with counting() as statements:
            found = dossier(db.session(), reference, actor, now)
        assert len(statements) <= 11, str(statements)
        assert found.act.state == state
        assert found.act.inside
        assert (found.act.holder is None) == (state == "dispatched")
        assert {action.name for action in found.actions} >= {"adopt", "withdraw", "correct"}


def test_the_commission_holds_it_until_its_date(app, as_, now, tmp_path, read):
    reference = bring_to("commission", as_, now, tmp_path)
    found = read(reference, "defence.secretary")
    holder = found.act.holder
    assert (holder.body, holder.role) == ("defence", "secretary")
    assert [person.email for person in holder.persons] == ["defence.secretary@demo.example.org"]
    assert found.act.since == now.date()
    assert found.act.due is not None
    assert not found.act.overdue
    assert found.act.last_event.action == "refer_to_commission"
    assert found.act.last_event.actor.email == "eab.secretary@demo.example.org"
    assert [waiting.code for waiting in found.waiting_for] == ["consider"]
    assert found.action("approve_in_commission").allowed
    assert [duty.kind for duty in found.duties] == ["consider"]
    assert found.duties[0].mine


def test_fields_say_what_a_step_asks(app, as_, now, tmp_path, read):
    reference = bring_to("eab_review", as_, now, tmp_path)
    refer = read(reference, "eab.secretary").action("refer_to_commission")
    assert not refer.allowed
    assert [refusal.code for refusal in refer.refusals] == ["no_opinion"]
    asked = {field.name: field for field in refer.fields}
    assert asked["lead_body"].required
    assert asked["lead_body"].choices == ("defence", "political", "social")
    assert asked["edition"].choices == (1,)
    assert not asked["decided_on"].required


def test_what_it_waits_for_says_no_more_than_the_reader_may_know(app, as_, now, tmp_path, read):
    reference = bring_to("eab_review", as_, now, tmp_path)
    assign_review(reference, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now)
    codes = lambda who: [waiting.code for waiting in read(reference, who).waiting_for]  # noqa: E731
    assert codes("eab.secretary") == ["examine", "reviews_open", "no_opinion"]
    assert codes("drafter") == ["examine"]
    drafter = read(reference, "drafter")
    assert drafter.act.last_event.action == "submit_to_eab"
    assert [duty.kind for duty in drafter.duties] == ["examine"]
    expert = read(reference, "eab.expert1")
    assert expert.act.last_event.action == "assign_review"
    assert {duty.kind for duty in expert.duties} == {"examine", "review"}


def test_the_public_form_names_bodies_and_steps_only(app, as_, now, tmp_path, read):
    reference = bring_to("council", as_, now, tmp_path)
    give_position(reference, "no", text="Против", actor=as_("council.kz"), now=now)
    with pytest.raises(NotFound):
        dossier(db.session(), reference, PUBLIC, now)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    for actor in (PUBLIC, as_("social.chair")):
        found = dossier(db.session(), reference, actor, now)
        act = found.act
        assert not act.inside
        assert act.last_event.action == "approve_in_commission"
        assert act.last_event.actor is None
        assert act.holder.body == "council"
        assert act.holder.persons == ()
        assert act.due is None
        assert not act.overdue
        assert found.actions == found.duties == ()
        assert [waiting.code for waiting in found.waiting_for] == ["position"]
        assert act.facts.duties == act.facts.reviews == ()
    assert read(reference, "council.by").duties[0].kind == "position"
    positions = [d for d in read(reference, "parliament.kz").duties if d.kind == "position"]
    assert positions == []


def test_the_public_never_hears_of_a_step_without_a_source(app, as_, now, tmp_path, read):
    reference = bring_to("drafting", as_, now, tmp_path)
    deliver(reference, as_, now, tmp_path)
    advance(
        reference, "submit_to_eab", actor=as_("secretariat"), now=now, data={"basis": "assumed"}
    )
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    assert dossier(db.session(), reference, PUBLIC, now).act.last_event.action == "start_drafting"
    assert read(reference, "eab.secretary").act.last_step.action == "submit_to_eab"


def test_an_undone_step_is_not_the_last_that_stands(app, as_, now, tmp_path, read):
    reference = bring_to("adopted", as_, now, tmp_path)
    assert read(reference, "secretariat").act.number == "18-3.5"
    correct(reference, actor=as_("secretariat"), now=now, reason="Ошибка")
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    act = dossier(db.session(), reference, PUBLIC, now).act
    assert act.last_event.action == "include_in_agenda"
    assert act.number is None
    assert act.state == "plenary"
    assert read(reference, "secretariat").act.due is None


def test_the_correction_is_an_action_like_the_others(app, as_, now, tmp_path, read):
    reference = bring_to("drafting", as_, now, tmp_path)
    own = read(reference, "secretariat").action("correct")
    assert own.allowed
    assert not own.request
    other = read(reference, "secretariat2").action("correct")
    assert other.allowed
    assert other.request
    correct(reference, actor=as_("secretariat2"), now=now, reason="Ошибка")
    again = read(reference, "secretariat2").action("correct")
    assert not again.allowed
    assert again.refusals == (Refusal("second_person_needed"),)
    none = read(reference, "drafter").action("correct")
    assert none.forbidden
    assert not none.allowed


def test_lists_cost_the_same_however_long(app, as_, now, tmp_path):
    actor = as_("secretariat")
    counts = []
    for _ in range(2):
        for state in ("proposed", "commission"):
            bring_to(state, as_, now, tmp_path)
        with counting() as statements:
            page = act_list(db.session(), actor, ActFilter(), FIRST, now=now)
        counts.append(len(statements))
        assert len(page.items) == page.total
    assert counts[0] == counts[1] <= 4
    assert page.total == 4


def test_lists_are_narrowed_by_name(app, as_, now, tmp_path):
    one = bring_to("commission", as_, now, tmp_path)
    two = propose(
        as_, now, titles={"ru": "О счётчиках", "en": "On Meters"}, kind="statement_council"
    )
    find = lambda who="secretariat", **given: [  # noqa: E731
        act.reference
        for act in act_list(db.session(), as_(who), ActFilter(**given), FIRST, now=now).items
    ]
    assert find() == [two, one]
    assert find(state="commission") == [one]
    assert find(stage="commission") == [one]
    assert find(kind="statement_council") == [two]
    assert find(holder="defence") == [one]
    assert find(holder="secretariat") == [two]
    assert find(lead_body="defence") == [one]
    assert find(q="счетчик") == [two]
    assert find(q="meters ON") == [two]
    assert find(q=one.lower()) == [one]
    assert find(q="100%") == []
    assert find(overdue=True) == []
    assert find(overdue=False) == [two, one]
    assert find("defence.secretary") == [one]
    for field, value in (("state", "x"), ("stage", "x"), ("kind", "x"), ("holder", "x")):
        with pytest.raises(Invalid) as refused:
            find(**{field: value})
        assert refused.value.refusals[0].field == field


@pytest.mark.parametrize("who", ["secretariat", "defence.secretary"])
@pytest.mark.parametrize("given", [{}, {"q": "деле"}, {"stage": "commission", "q": "ma-"}])
def test_every_page_knows_how_many_there_are(app, as_, now, tmp_path, who, given):
    known = [bring_to("commission", as_, now, tmp_path) for _ in range(3)]
    found = []
    for number in (1, 2, 3):
        paging = Paging(page=number, per_page=2)
        page = act_list(db.session(), as_(who), ActFilter(**given), paging, now=now)
        assert page.total == 3
        found += [act.reference for act in page.items]
    assert found == known[::-1]


def test_lateness_is_for_people_inside(app, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    later = now + timedelta(days=365)
    late = lambda actor, **given: [  # noqa: E731
        act.overdue
        for act in act_list(db.session(), actor, ActFilter(**given), FIRST, now=later).items
    ]
    assert late(as_("defence.secretary"), overdue=True) == [True]
    assert late(PUBLIC, overdue=True) == []
    assert late(PUBLIC, overdue=False) == [False]
    assert late(PUBLIC) == [False]


def test_every_order_works_both_ways(app, as_, now, tmp_path):
    for state in ("proposed", "commission", "dispatched"):
        bring_to(state, as_, now, tmp_path)
    for sort in SORTS:
        for sign in ("", "-"):
            page = act_list(
                db.session(), as_("secretariat"), ActFilter(), FIRST, sign + sort, now=now
            )
            assert page.total == len(page.items) == 3
    with pytest.raises(Invalid):
        act_list(db.session(), as_("secretariat"), ActFilter(), FIRST, "secret", now=now)
