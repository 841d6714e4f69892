"""A wrong last step is taken back: by its recorder within the hour, later by two persons."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from tests import seen
from tests.road import TITLES, bring_to, deliver, opinion, propose
from tracker.acts.models import ActNumber
from tracker.acts.operations import advance
from tracker.admission.operations import Past, Proposal, admit_act
from tracker.corrections.operations import correct
from tracker.db import db, unit_of_work
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tracker.notices.models import Notice
from tracker.people.models import Absence
from tracker.people.queries import find_person
from tracker.reviews.operations import assign_review, file_opinion


@pytest.fixture
def step(as_, now):
    def take(reference, action, who="secretariat", at=now, **data):
        return advance(reference, action, actor=as_(who), now=at, data=data)

    return take


@pytest.fixture
def undo(as_, now):
    def take(reference, who="secretariat", at=now, **given):
        given.setdefault("reason", "Записано по ошибке")
        return correct(reference, actor=as_(who), now=at, **given)

    return take


def test_the_recorder_takes_a_step_back_within_the_hour(app, as_, now, step, undo):
    reference = propose(as_, now)
    before = seen.open_duties(reference)["begin"]
    step(reference, "start_drafting", reason="Концепция не нужна")
    assert undo(reference, at=now + timedelta(minutes=59)) is True
    act = seen.act_of(reference)
    assert (act.state, act.stage, act.version) == ("proposed", "initiative", 3)
    last = seen.timeline(reference)[-1]
    assert (last.action, last.before, last.after) == ("correct", "drafting", "proposed")
    assert last.data == {"corrects": 2, "action": "start_drafting"}
    assert seen.visits(reference) == [(1, "proposed", None, False), (2, "drafting", 3, True)]
    duties = seen.open_duties(reference)
    assert list(duties) == ["begin"]
    assert duties["begin"].due_on == before.due_on
    assert duties["begin"].generation == before.generation + 1


def test_a_step_can_be_taken_anew_after_its_correction(app, as_, now, step, undo):
    reference = propose(as_, now)
    for _ in range(2):
        step(reference, "start_drafting", reason="Концепция не нужна")
        undo(reference)
    step(reference, "open_concept")
    assert seen.visits(reference) == [
        (1, "proposed", 6, False),
        (2, "drafting", 3, True),
        (4, "drafting", 5, True),
        (6, "concept", None, False),
    ]


def test_two_steps_are_taken_back_one_after_the_other(app, as_, now, tmp_path, step, undo):
    reference = bring_to("eab_review", as_, now, tmp_path)
    undo(reference)
    assert seen.act_of(reference).state == "drafting"
    undo(reference)
    assert seen.act_of(reference).state == "proposed"
    assert list(seen.open_duties(reference)) == ["begin"]
    with pytest.raises(Refused, match="nothing_to_correct"):
        undo(reference)


def test_later_a_second_person_of_the_secretariat_confirms(app, as_, now, step, undo):
    reference = propose(as_, now)
    step(reference, "start_drafting", reason="Концепция не нужна")
    later = now + timedelta(minutes=61)
    assert undo(reference, at=later) is False
    assert seen.act_of(reference).state == "drafting"
    assert "confirm_correction" in seen.open_duties(reference)
    assert {n.name for n in seen.notices(reference)} >= {"correction_requested"}
    with pytest.raises(Refused, match="second_person_needed"):
        undo(reference, at=later)
    assert undo(reference, "secretariat2", at=later) is True
    assert seen.act_of(reference).state == "proposed"
    assert list(seen.open_duties(reference)) == ["begin"]
    assert seen.actions(reference)[-2:] == ["ask_correction", "correct"]


def test_a_recorder_outside_the_secretariat_has_the_hour_only(app, as_, now, tmp_path, undo):
    reference = bring_to("council", as_, now, tmp_path)
    with pytest.raises(Forbidden, match="not_permitted"):
        undo(reference, "defence.chair")
    with pytest.raises(Refused, match="hour_is_over"):
        undo(reference, "defence.secretary", at=now + timedelta(hours=2))
    assert undo(reference, "defence.secretary") is True
    assert seen.act_of(reference).state == "commission"


def test_a_deputy_does_not_remove_the_second_pair_of_eyes(app, as_, now, step, undo):
    reference = propose(as_, now)
    step(reference, "start_drafting", reason="Концепция не нужна")
    away, deputy = (
        find_person(db.session, f"{login}@demo.example.org").id
        for login in ("secretariat2", "admin")
    )
    with unit_of_work() as session:
        absence = {"since": now.date(), "until": now.date()}
        session.execute(insert(Absence).values(person_id=away, deputy_id=deputy, **absence))
    later = now + timedelta(hours=2)
    assert undo(reference, "admin", at=later) is False
    asked = seen.timeline(reference)[-1]
    assert (asked.actor_id, asked.behalf_id) == (deputy, away)
    for one_seat in ("admin", "secretariat2"):
        with pytest.raises(Refused, match="second_person_needed"):
            undo(reference, one_seat, at=later)
    assert undo(reference, "secretariat", at=later) is True


def test_reasons_and_versions_are_checked(app, as_, now, step, undo):
    reference = propose(as_, now)
    step(reference, "open_concept")
    with pytest.raises(Invalid, match="required"):
        undo(reference, reason=" ")
    with pytest.raises(Stale):
        undo(reference, version=1)
    assert undo(reference, version=2) is True


def test_what_came_before_admission_is_not_corrected(app, as_, now, undo):
    reference = admit_act(
        Proposal("model_law", TITLES, "parliament_kz", decided_on="2024"),
        "drafting",
        [Past("open_concept", decided_on="2024-05"), Past("approve_concept")],
        actor=as_("secretariat"),
        now=now,
    )
    with pytest.raises(Refused, match="nothing_to_correct"):
        undo(reference)


def test_reviews_that_the_step_ended_go_on(app, as_, now, tmp_path, step, undo):
    reference = bring_to("eab_review", as_, now, tmp_path)
    review = assign_review(
        reference, "eab.expert2@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    due = seen.open_duties(reference)["review"].due_on
    step(reference, "withdraw", reason="Письмо инициатора")
    assert seen.reviews(reference)[0].state == "cancelled"
    assert seen.open_duties(reference) == {}
    undo(reference)
    assert [(r.state, r.closed_n) for r in seen.reviews(reference)] == [("invited", None)]
    assert seen.open_duties(reference).keys() == {"examine", "review"}
    assert seen.open_duties(reference)["review"].due_on == due
    file_opinion(review, "approve", "Замечаний нет", actor=as_("eab.expert2"), now=now)


def test_reviews_asked_after_a_wrong_step_end_with_it(app, as_, now, tmp_path, undo):
    reference = bring_to("eab_review", as_, now, tmp_path)
    review = assign_review(
        reference, "eab.expert2@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    undo(reference)
    assert [r.state for r in seen.reviews(reference)] == ["cancelled"]
    assert seen.open_duties(reference).keys() == {"deliver_edition"}
    assert [n.state for n in seen.notices(reference, name="review_assigned")] == ["skipped"]
    told = {n.person_id for n in seen.notices(reference, name="step_corrected")}
    assert find_person(db.session, "eab.expert2@demo.example.org").id in told
    with pytest.raises(NotFound):
        file_opinion(review, "approve", "Замечаний нет", actor=as_("eab.expert2"), now=now)


def test_the_commission_that_led_leads_again(app, as_, now, tmp_path, step, undo):
    reference = bring_to("commission", as_, now, tmp_path)
    step(reference, "rerefer", lead_body="political", reason="По предмету")
    assert seen.bodies(reference, "lead") == {"political"}
    undo(reference)
    assert seen.bodies(reference, "lead") == {"defence"}
    assert seen.bodies(reference, "former_lead") == set()
    step(reference, "continue_work", "defence.secretary")


def test_titles_and_kind_come_back(app, as_, now, step, undo):
    reference = propose(as_, now)
    step(reference, "retitle", titles={"ru": "Ошибочное"}, reason="Опечатка")
    undo(reference)
    assert seen.heading(reference).titles == TITLES
    assert "о пробном деле" in seen.heading(reference).search
    step(reference, "change_kind", kind="model_code", reason="По решению")
    undo(reference)
    assert seen.heading(reference).kind == "model_law"


def test_a_number_stays_used(app, as_, now, tmp_path, step, undo):
    reference = bring_to("adopted", as_, now, tmp_path)
    undo(reference)
    assert seen.act_of(reference).state == "plenary"
    with pytest.raises(Refused, match="number_taken"):
        step(reference, "adopt", session=18, serial="3.5")
    step(reference, "adopt", session=18, serial=4)
    assert {row.number for row in seen.of_act(ActNumber, reference)} == {"18-3.5", "18-4"}


def test_unsent_notices_are_cancelled_and_those_told_are_told_again(app, as_, now, step, undo):
    reference = propose(as_, now)
    step(reference, "start_drafting", reason="Концепция не нужна")
    sent, *unsent = seen.notices(reference, name="drafting_started", state="queued")
    assert unsent
    with unit_of_work() as session:
        session.execute(
            update(Notice)
            .where(Notice.id == sent.id)
            .values(state="sent", sent_at=now, due_at=None)
        )
    undo(reference)
    after = {n.id: n for n in seen.notices(reference, name="drafting_started")}
    assert after[sent.id].state == "sent"
    assert {(after[n.id].state, after[n.id].why) for n in unsent} == {("skipped", "corrected")}
    again = {n.person_id: n for n in seen.notices(reference, name="step_corrected")}
    assert sent.person_id in again
    assert again[sent.person_id].facts["state"] == "proposed"
    assert {n.state for n in seen.notices(reference, name="proposal_registered")} == {"queued"}


def test_the_order_of_dates_forgets_the_undone_step(app, as_, now, step, undo):
    reference = propose(as_, now, decided_on="2026-11-01")
    step(reference, "open_concept", decided_on="2026-11-20")
    assert seen.act_of(reference).floor == date(2026, 11, 20)
    undo(reference)
    assert seen.act_of(reference).floor == date(2026, 11, 1)
    step(reference, "open_concept", decided_on="2026-11-10")


def test_an_edition_frozen_by_the_step_is_open_again(app, as_, now, tmp_path, step, undo):
    reference = propose(as_, now)
    step(reference, "open_concept")
    deliver(reference, as_, now, tmp_path)
    step(reference, "approve_concept", "eab.secretary")
    assert seen.editions(reference)[0].frozen_n == 4
    undo(reference, "eab.secretary")
    assert seen.editions(reference)[0].frozen_n is None


def test_moved_due_dates_come_back(app, as_, now, tmp_path, step, undo):
    reference = bring_to("commission", as_, now, tmp_path)
    who = "defence.secretary"
    own = seen.open_duties(reference)["consider"].due_on
    step(reference, "continue_work", who, until="2027-02-01")
    step(reference, "postpone", who, until="2027-03-01", reason="Ждём отзывов")
    assert seen.open_duties(reference)["consider"].due_on == date(2027, 3, 1)
    undo(reference, who)
    assert seen.open_duties(reference)["consider"].due_on == date(2027, 2, 1)
    undo(reference, who)
    assert seen.open_duties(reference)["consider"].due_on == own


def test_what_was_done_after_the_wrong_step_stays(app, as_, now, tmp_path, undo):
    reference = bring_to("eab_review", as_, now, tmp_path)
    opinion(reference, as_, now)
    undo(reference)
    assert seen.act_of(reference).state == "drafting"
    assert [r.state for r in seen.reviews(reference)] == ["submitted"]
    assert seen.actions(reference)[-3:] == ["assign_review", "file_opinion", "correct"]
    assert seen.open_duties(reference).keys() == {"deliver_edition"}
