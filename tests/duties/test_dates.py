"""Other dates: extensions, clocks that stop and run on, calendars that change."""

from datetime import date

import pytest
from sqlalchemy import select, update

from tests import seen
from tests.counting import counting
from tests.duties.test_sweep import morning, person, swept
from tests.road import bring_to
from tracker.acts.dossier import dossier
from tracker.acts.operations import advance
from tracker.calendars.operations import add_period, remove_period, set_day
from tracker.corrections.operations import correct
from tracker.db import db, unit_of_work
from tracker.duties.dates import extend_duty, resume_duty, suspend_duty
from tracker.duties.models import Duty
from tracker.duties.recounting import move_recounted, recount
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.notices.checks import check
from tracker.notices.models import Notice
from tracker.people.models import CalendarPeriod
from tracker.reviews.operations import assign_review

DAY = date(2026, 12, 15)
"""When an opinion is due that is asked for on 24 November."""


@pytest.fixture
def reference(as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    expert = "eab.expert2@demo.example.org"
    assign_review(reference, expert, actor=as_("eab.secretary"), now=now)
    assert swept(now) == []
    return reference


def duty(reference, kind="review"):
    return seen.open_duties(reference)[kind]


def told(reference, name):
    rows = [each for each in seen.notices(reference) if each.name == name]
    return {each.person_id: each for each in rows}


@pytest.fixture
def stoppable(app, reference, monkeypatch):
    """A procedure of one's own, in which the clocks of opinions and of the Board may stop."""
    from tracker import assembly

    with app.app_context():
        version = assembly.current_version("model_law")
        procedure = assembly.procedure(db.session(), "model_law", version)
    for kind in ("review", "examine"):
        monkeypatch.setitem(vars(procedure.definition.duties[kind]), "stops", value=True)
    return reference


def test_an_extension_moves_the_date_tells_and_keeps_the_history(reference, as_, now):
    assert swept(morning(date(2026, 12, 8))) == [("duty_reminder", "eab.expert2")]
    queued = told(reference, "duty_reminder")[person("eab.expert2")]
    at, one = morning(date(2026, 12, 9)), duty(reference).id
    assert extend_duty(one, "2026-12-29", "Болезнь", actor=as_("eab.secretary"), now=at) == date(
        2026, 12, 29
    )
    after = duty(reference)
    assert (after.due_on, after.generation, after.invited_at) == (date(2026, 12, 29), 2, at)
    assert (after.first_due_on, after.extended, after.next_reminder_at) == (DAY, 1, at)
    entry = seen.timeline(reference)[-1]
    assert (entry.action, entry.data["from"], entry.data["to"], entry.data["owes"]) == (
        "extend_duty", "2026-12-15", "2026-12-29", person("eab.expert2"),
    )  # fmt: skip
    notice = told(reference, "duty_extended")[person("eab.expert2")]
    assert (notice.facts["was"], notice.facts["due"]["on"], notice.facts["reason"]) == (
        "2026-12-15", "2026-12-29", "Болезнь",
    )  # fmt: skip
    with unit_of_work() as session:
        rows = session.execute(select(Notice.__table__).where(Notice.id == queued.id)).all()
        assert check(session, rows, [], at).unmeant == {queued.id: "duty_moved"}
    extend_duty(one, "2027-01-15", "Ещё", actor=as_("secretariat"), now=at)
    assert (duty(reference).extended, duty(reference).first_due_on) == (2, DAY)
    for day in (15, 16, 18):
        assert swept(morning(date(2026, 12, day))) == []
    assert ("duty_reminder", "eab.expert2") in swept(morning(date(2027, 1, 8)))


def test_who_was_reminded_is_told_of_the_extension_too(reference, as_):
    swept(morning(date(2026, 12, 18)))
    at = morning(date(2026, 12, 19))
    extend_duty(duty(reference).id, "2026-12-29", "…", actor=as_("secretariat"), now=at)
    heard = told(reference, "duty_extended")
    assert set(heard) == {person("eab.expert2"), person("eab.secretary")}
    assert heard[person("eab.secretary")].duty_id is None
    assert heard[person("eab.secretary")].facts["owed_by"]["person"] == person("eab.expert2")


def test_a_duty_without_a_date_can_be_given_one(as_, now, tmp_path):
    reference = bring_to("council", as_, now, tmp_path)
    one = duty_of(reference, "put_to_council")
    extend_duty(one, "2026-12-20", "Заседание назначено", actor=as_("secretariat"), now=now)
    after = seen.of_act(Duty, reference, kind="put_to_council")[0]
    assert (after.due_on, after.due_state, after.first_due_on) == (date(2026, 12, 20), "set", None)
    found = dossier(db.session(), reference, as_("secretariat"), now)
    assert [each.extended for each in found.duties if each.kind == "put_to_council"] == [1]


def duty_of(reference, kind):
    return seen.of_act(Duty, reference, kind=kind)[0].id


@pytest.mark.parametrize(("on", "code"), [
    ("", "not_a_date"), ("soon", "not_a_date"), ("2026-12-15", "not_later"),
    ("2026-11-23", "in_the_past"), ("9999-01-01", "date_too_late"), (None, "not_a_date"),
])  # fmt: skip
def test_a_date_that_cannot_be_is_named(reference, as_, now, on, code):
    one, before = duty(reference).id, seen.counts()
    with pytest.raises(Invalid) as raised:
        extend_duty(one, on, "…", actor=as_("secretariat"), now=now)
    assert [each.code for each in raised.value.refusals] == [code]
    with pytest.raises(Invalid):
        extend_duty(one, "2026-12-29", "", actor=as_("secretariat"), now=now)
    assert seen.counts() == before


def test_who_asks_for_an_opinion_extends_it_and_nothing_else(reference, as_, now):
    with pytest.raises(Forbidden):
        extend_duty(
            duty(reference, "examine").id, "2027-02-01", "…", actor=as_("eab.secretary"), now=now
        )
    for login, error in (
        ("eab.expert2", Forbidden),
        ("eab.expert3", NotFound),
        ("drafter", NotFound),
    ):
        with pytest.raises(error):
            extend_duty(duty(reference).id, "2027-02-01", "…", actor=as_(login), now=now)
    with pytest.raises(NotFound):
        extend_duty(10**9, "2027-02-01", "…", actor=as_("secretariat"), now=now)


def test_a_shipped_procedure_stops_nothing(reference, as_, now):
    with pytest.raises(Refused, match="clock_never_stops"):
        suspend_duty(duty(reference).id, "…", actor=as_("secretariat"), now=now)


def test_a_clock_stops_and_runs_on_with_what_was_left(stoppable, as_, now):
    one, actor, at = duty(stoppable).id, as_("secretariat"), morning(date(2026, 12, 7))
    left = suspend_duty(one, "Ждём перевод", actor=actor, now=at)
    assert (left.days, left.unit) == (6, "working")
    stopped = duty(stoppable)
    assert (stopped.due_on, stopped.stopped_on, stopped.days_left) == (None, at.date(), 6)
    assert stopped.next_reminder_at is None
    for day in (8, 15, 16, 31):
        assert swept(morning(date(2026, 12, day))) == []
    found = dossier(db.session(), stoppable, as_("eab.secretary"), at)
    (said,) = [each.why_no_date for each in found.duties if each.kind == "review"]
    assert "6 working days left" in said
    with pytest.raises(Refused, match="clock_stopped"):
        extend_duty(one, "2027-02-01", "…", actor=actor, now=at)
    with pytest.raises(Refused, match="clock_stopped"):
        suspend_duty(one, "…", actor=actor, now=at)
    later = morning(date(2027, 1, 11))
    assert resume_duty(one, actor=actor, now=later).on == date(2027, 1, 19)
    assert "eab.expert2" not in [who for _name, who in swept(later)]
    assert [entry.action for entry in seen.timeline(stoppable)][-2:] == [
        "suspend_duty", "resume_duty",
    ]  # fmt: skip
    assert (duty(stoppable).generation, duty(stoppable).stopped_on) == (3, None)
    with pytest.raises(Refused, match="clock_runs"):
        resume_duty(one, actor=actor, now=later)
    assert told(stoppable, "duty_suspended").keys() == {person("eab.expert2")}


def test_what_cannot_be_counted_is_a_visible_answer(stoppable, as_, now, monkeypatch):
    from tracker import assembly
    from workflows.calendars import Calendar

    one, actor = duty(stoppable).id, as_("secretariat")
    suspend_duty(one, "…", actor=actor, now=now)
    short = {"assembly": Calendar("assembly", "RU", known_through=2026)}
    monkeypatch.setattr(assembly, "calendars", lambda _on: short)
    monkeypatch.setattr(assembly, "file_calendars", lambda: short)
    at = morning(date(2026, 12, 20))
    deadline = resume_duty(one, actor=actor, now=at)
    assert (deadline.on, deadline.why_not) == (None, "cannot_compute")
    after = duty(stoppable)
    assert (after.due_state, after.due_on, after.counted_days) == ("cannot_compute", None, 15)
    with pytest.raises(Refused, match="no_date_to_stop"):
        suspend_duty(one, "…", actor=actor, now=at)
    monkeypatch.undo()
    found = recount(db.session(), "assembly", actor)
    assert [each.row.id for each in found.items] == [one]


def test_a_step_that_moves_the_date_starts_a_stopped_clock(stoppable, as_, now):
    one = duty(stoppable, "examine").id
    suspend_duty(one, "…", actor=as_("secretariat"), now=now)
    data = {"reason": "Ждём", "until": "2027-03-01"}
    advance(stoppable, "postpone", actor=as_("eab.secretary"), now=now, data=data)
    after = duty(stoppable, "examine")
    assert (after.due_on, after.stopped_on, after.days_left) == (date(2027, 3, 1), None, None)


def test_a_correction_leaves_a_stopped_clock_stopped(stoppable, as_, now):
    one, actor = duty(stoppable, "examine").id, as_("secretariat")
    suspend_duty(one, "…", actor=actor, now=now)
    data = {"reason": "Ошибочно"}
    advance(stoppable, "withdraw", actor=actor, now=now, data=data)
    correct(stoppable, actor=actor, now=now, reason="Не тот акт")
    after = duty(stoppable, "examine")
    assert (after.closed_at, after.due_on, after.days_left) == (None, None, 30)
    assert resume_duty(one, actor=actor, now=now).on is not None


def test_a_late_duty_is_not_stopped(stoppable, as_):
    with pytest.raises(Refused, match="late_already"):
        suspend_duty(
            duty(stoppable).id, "…", actor=as_("secretariat"), now=morning(date(2026, 12, 16))
        )


def test_a_changed_calendar_moves_nothing_until_somebody_says_so(reference, as_, now):
    actor = as_("secretariat")
    assert recount(db.session(), "assembly", actor).items == ()
    add_period("assembly", date(2026, 12, 7), date(2026, 12, 11), "Сессия", actor=actor)
    set_day("assembly", date(2026, 12, 9), working=True, name="Рабочий", actor=actor)
    db.session.remove()
    assert duty(reference).due_on == DAY
    found = recount(db.session(), "assembly", actor)
    moves = {each.row.kind: (each.row.due_on, each.deadline.on) for each in found.items}
    assert moves["review"] == (DAY, date(2026, 12, 21))
    assert found.total == len(found.items) == 2
    ids = [each.row.id for each in found.items if each.row.kind == "review"]
    with pytest.raises(Forbidden):
        move_recounted("assembly", ids, actor=as_("eab.secretary"), now=now)
    before = len(seen.timeline(reference))
    assert move_recounted("assembly", [*ids, 10**9], actor=actor, now=now) == 1
    after = duty(reference)
    assert (after.due_on, after.generation, after.extended) == (date(2026, 12, 21), 2, 0)
    entry = seen.timeline(reference)[-1]
    assert (entry.action, len(seen.timeline(reference))) == ("recount_duties", before + 1)
    assert entry.data["moves"][0]["to"] == "2026-12-21"
    assert person("eab.expert2") in told(reference, "duty_extended")
    with pytest.raises(Refused, match="nothing_to_move"):
        move_recounted("assembly", ids, actor=actor, now=now)
    period = db.session.scalars(select(CalendarPeriod.id)).one()
    remove_period("assembly", period, actor=actor)
    assert ids[0] in [each.row.id for each in recount(db.session(), "assembly", actor).items]


def test_a_date_given_by_hand_is_left_alone_by_a_calendar(reference, as_, now):
    actor = as_("secretariat")
    extend_duty(duty(reference).id, "2026-12-29", "…", actor=actor, now=now)
    add_period("assembly", date(2026, 12, 7), date(2026, 12, 11), "Сессия", actor=actor)
    kinds = [each.row.kind for each in recount(db.session(), "assembly", actor).items]
    assert kinds == ["examine"]


def test_counting_anew_takes_the_same_statements_for_any_number(reference, as_, now, tmp_path):
    actor = as_("secretariat")
    add_period("assembly", date(2026, 12, 7), date(2026, 12, 11), "Сессия", actor=actor)

    def statements():
        db.session.remove()
        with counting() as reading:
            found = recount(db.session(), "assembly", actor)
        with counting() as moving:
            move_recounted("assembly", [each.row.id for each in found.items], actor=actor, now=now)
        return len(reading), len(moving)

    few = statements()
    with unit_of_work() as session:
        session.execute(update(Duty).values(due_on=DAY, due_state="set"))
    for _ in range(2):
        bring_to("eab_review", as_, now, tmp_path)
    with unit_of_work() as session:
        session.execute(
            update(Duty).where(Duty.counted_from.is_not(None)).values(due_on=date(2026, 12, 1))
        )
    assert statements() == few
