"""Opening and closing rounds through the one door, and what moves do to them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.circulation.rounds import ASKED, DUE, open_round, say
from tests.counting import counting
from tests.road import bring_to, propose
from tracker.acts.operations import advance, available_actions, preview
from tracker.acts.queries import act_rows, bodies_of
from tracker.circulation.closing import close_by_date
from tracker.circulation.models import Addressee, Circulation
from tracker.corrections.operations import correct
from tracker.db import db
from tracker.duties.models import Duty
from tracker.duties.sweep import sweep
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.notices.models import Notice
from tracker.timeline.audit import audit
from tracker.timeline.models import TimelineEntry


def the_round(number):
    db.session.expire_all()
    return db.session.get_one(Circulation, number)


def owed(number):
    """The open duties to reply, by body."""
    db.session.expire_all()
    round_ = the_round(number)
    found = db.session.scalars(
        select(Duty).where(
            Duty.act_id == round_.act_id, Duty.kind == "reply", Duty.closed_at.is_(None)
        )
    )
    return {duty.body_key: duty for duty in found}


def told(name):
    return set(db.session.scalars(select(Notice.person_id).where(Notice.name == name)))


def bodies(reference):
    from tracker.acts.models import Act

    act = db.session.scalar(select(Act.id).where(Act.reference == reference))
    return bodies_of(act_rows(db.session, [act])[0])


def test_a_round_asks_each_addressee_by_the_date_and_tells_them(as_, now, tmp_path):
    act = bring_to("commission", as_, now, tmp_path)
    number = open_round(act, as_, now, other_addressees="Ведомство; г. Минск\nИнститут")
    found = the_round(number)
    assert (found.n, found.edition, str(found.due_on), found.closed_n) == (1, 1, DUE, None)
    asked = db.session.scalars(select(Addressee).order_by(Addressee.id)).all()
    assert [each.body_key or (each.name, each.address) for each in asked] == [
        *ASKED, ("Ведомство", "г. Минск"), ("Институт", None)
    ]  # fmt: skip
    duties = owed(number)
    assert set(duties) == set(ASKED)
    assert {(duty.role, str(duty.due_on)) for duty in duties.values()} == {
        ("liaison", DUE), ("contact", DUE)
    }  # fmt: skip
    people = {as_("parliament.am").person, as_("parliament.kz").person, as_("agency").person}
    assert told("circulation_opened") == people
    assert set(bodies(act)["concerned"]) >= set(ASKED)
    entry = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.n.desc())).first()
    assert entry.action == "open_circulation"
    assert entry.data == {"addressees": list(ASKED), "due": DUE, "round": 1}


def test_addressees_see_the_act_from_then_on_and_nobody_else(as_, now):
    act = propose(as_, now)
    agency, organ = as_("agency"), as_("organ")
    assert available_actions(db.session, [act], actor=agency, now=now) == {}
    open_round(act, as_, now)
    assert available_actions(db.session, [act], actor=agency, now=now)
    assert available_actions(db.session, [act], actor=organ, now=now) == {}


def test_what_is_missing_is_said_and_nothing_written(as_, now):
    act = propose(as_, now)
    for data, faults in (
        ({}, {("addressees", "required"), ("due", "required")}),
        ({"addressees": ["defence"], "due": DUE}, {("addressees", "not_a_choice")}),
        ({"addressees": list(ASKED), "due": "bald"}, {("due", "not_a_date")}),
        ({"addressees": list(ASKED), "due": "2026-11-01"}, {("due", "before_decision")}),
        (
            {"addressees": list(ASKED), "due": DUE, "other_addressees": "; г. Минск"},
            {("other_addressees", "not_addressees")},
        ),
        (
            {"addressees": list(ASKED), "due": DUE, "other_addressees": [1]},
            {("other_addressees", "not_addressees")},
        ),
    ):
        with pytest.raises(Invalid) as error:
            advance(act, "open_circulation", actor=as_("secretariat"), now=now, data=data)
        assert {(fault.field, fault.code) for fault in error.value.refusals} == faults
    assert db.session.scalars(select(Circulation)).all() == []


def test_a_round_may_go_to_letters_alone(as_, now):
    act = propose(as_, now)
    number = open_round(
        act, as_, now, addressees=[], other_addressees=[{"name": "Ведомство", "address": "Минск"}]
    )
    assert owed(number) == {}
    assert told("circulation_opened") == set()


def test_who_may_begin_and_who_may_only_ask(as_, now, tmp_path):
    act = bring_to("commission", as_, now, tmp_path)
    with pytest.raises((Forbidden, NotFound)):
        open_round(act, as_, now, login="drafter")
    advance(
        act, "open_circulation", actor=as_("eab.secretary"), now=now,
        data={"addressees": list(ASKED), "due": DUE},
    )  # fmt: skip
    assert db.session.scalars(select(Circulation)).all() == []  # it was only asked for
    open_round(act, as_, now, login="defence.secretary")
    assert (
        db.session.scalars(
            select(Duty).where(Duty.kind == "request", Duty.closed_at.is_(None))
        ).all()
        == []
    )


def test_one_at_a_time_and_numbered(as_, now):
    act = propose(as_, now)
    first = open_round(act, as_, now)
    with pytest.raises(Refused) as error:
        open_round(act, as_, now)
    assert [refusal.code for refusal in error.value.refusals] == ["circulation_open"]
    advance(act, "close_circulation", actor=as_("secretariat"), now=now)
    assert (the_round(first).closed_why, owed(first)) == ("by_hand", {})
    second = open_round(act, as_, now)
    assert the_round(second).n == 2
    with pytest.raises(Refused) as error:
        advance(propose(as_, now), "close_circulation", actor=as_("secretariat"), now=now)
    assert [refusal.code for refusal in error.value.refusals] == ["no_circulation_open"]


def test_it_goes_on_while_the_act_moves_and_ends_before_the_plenary(as_, now, tmp_path):
    act = bring_to("commission", as_, now, tmp_path)
    number = open_round(act, as_, now)
    chance = next(
        chance
        for chance in available_actions(db.session, [act], actor=as_("defence.secretary"), now=now)[
            act
        ]
        if chance.name == "approve_in_commission"
    )
    assert chance.allowed
    assert [warning.code for warning in chance.warnings] == ["circulation_open"]
    advance(act, "approve_in_commission", actor=as_("defence.secretary"), now=now)
    assert the_round(number).closed_n is None
    assert set(owed(number)) == set(ASKED)
    from tracker.sittings.operations import give_position

    give_position(act, "yes", actor=as_("council.kz"), now=now)
    seen = preview(
        db.session,
        act,
        "include_in_agenda",
        actor=as_("secretariat"),
        now=now,
        data={"session": 18},
    )
    assert seen.ends == (1,)
    advance(act, "include_in_agenda", actor=as_("secretariat"), now=now, data={"session": 18})
    assert the_round(number).closed_why == "left"
    assert owed(number) == {}


def test_the_clock_closes_it_and_what_is_owed_ends_after_the_last_reminder(as_, now):
    act = propose(as_, now)
    number = open_round(act, as_, now)
    say(number, "parliament.am", as_, now)
    day_after = now + timedelta(days=22)
    assert day_after.date() == date(2026, 12, 16)
    assert close_by_date(now + timedelta(days=21)) == 0
    early = day_after.replace(hour=0)
    assert close_by_date(early) == 1
    assert the_round(number).closed_why == "by_date"
    entry = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.n.desc())).first()
    assert (entry.action, entry.actor_id) == ("circulation_over", None)
    assert entry.data == {"rounds": [1], "asked": 3, "answered": 1}
    assert as_("parliament.kz").person in told("circulation_closed")
    assert set(owed(number)) == {"parliament_kz", "agency"}
    sweep(day_after)
    assert told("duty_escalated") == {as_("secretariat").person, as_("secretariat2").person}
    assert as_("parliament.kz").person not in told("duty_overdue")
    close_by_date(day_after)
    assert owed(number) == {}
    assert close_by_date(day_after) == 0
    assert [str(each) for act in audit(db.session()) for each in act.findings] == []


def test_an_office_gets_one_courteous_word_before_the_date(as_, now):
    act = propose(as_, now)
    open_round(act, as_, now)
    sweep(now)
    assert told("duty_reminder") == set()
    sweep(now + timedelta(days=14))
    offices = {as_(who).person for who in ("parliament.am", "parliament.kz", "agency")}
    staff = {as_("secretariat").person, as_("secretariat2").person}  # of how to begin
    assert told("duty_reminder") == offices | staff


def test_the_date_counts_also_before_the_clock_has_closed_it(as_, now, tmp_path):
    act = bring_to("commission", as_, now, tmp_path)
    open_round(act, as_, now)
    later = now + timedelta(days=30)
    chances = available_actions(db.session, [act], actor=as_("secretariat"), now=later)[act]
    opening = next(chance for chance in chances if chance.name == "open_circulation")
    assert opening.allowed


def test_a_round_opened_by_mistake_is_void_once_corrected(as_, now):
    act = propose(as_, now)
    number = open_round(act, as_, now)
    assert correct(act, actor=as_("secretariat"), now=now, reason="Не та редакция")
    assert (the_round(number).closed_why, owed(number)) == ("corrected", {})
    assert "agency" not in bodies(act).get("concerned", ())
    assert available_actions(db.session, [act], actor=as_("agency"), now=now) == {}
    unsent = db.session.scalars(
        select(Notice.state).where(Notice.name == "circulation_opened").distinct()
    ).all()
    assert unsent == ["skipped"]
    with pytest.raises(Refused):
        say(number, "secretariat", as_, now, addressee="agency", letter_ref="1-1")
    assert the_round(open_round(act, as_, now)).n == 2


def test_correcting_the_closing_lets_it_go_on(as_, now):
    act = propose(as_, now)
    number = open_round(act, as_, now)
    advance(act, "close_circulation", actor=as_("secretariat"), now=now)
    correct(act, actor=as_("secretariat"), now=now, reason="Рано")
    assert the_round(number).closed_n is None
    assert set(owed(number)) == set(ASKED)


def test_opening_and_closing_keep_to_the_budget_of_a_step(as_, now, tmp_path):
    act = bring_to("commission", as_, now, tmp_path)
    actor = as_("secretariat")
    data = {"addressees": list(ASKED), "due": DUE, "other_addressees": "Ведомство"}
    with counting() as opening:
        advance(act, "open_circulation", actor=actor, now=now, data=data)
    with counting() as closing:
        advance(act, "close_circulation", actor=actor, now=now)
    assert len(opening) <= 14, str(opening)
    assert len(closing) <= 14, str(closing)
