"""What people do about reminders: each once, recorded, and only by those whom the table permits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from tests import seen
from tests.conftest import NOW
from tests.counting import counting
from tests.duties.test_sweep import DUE, last, morning, person, swept, told
from tests.explaining import crowd, explaining
from tests.road import bring_to
from tracker.db import db, unit_of_work
from tracker.duties.forecast import read_forecast
from tracker.duties.models import Duty, Reminder
from tracker.duties.reminding import (
    pause_reminders,
    remind_waiting,
    resume_reminders,
    send_reminder,
    skip_reminder,
)
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.notices.models import Notice
from tracker.people.models import Person
from tracker.reviews.operations import assign_review, file_opinion

BEFORE = morning(date(2026, 12, 8))


@pytest.fixture
def reference(as_, now, tmp_path):
    """An act before the Board, whose expert 2 owes an opinion by 15 December."""
    reference = bring_to("eab_review", as_, now, tmp_path)
    expert = "eab.expert2@demo.example.org"
    assign_review(reference, expert, actor=as_("eab.secretary"), now=now)
    assert swept(now) == []
    return reference


def duty(reference, kind="review"):
    return seen.open_duties(reference)[kind]


def names(line):
    return [who.email.partition("@")[0] for who, _why in line.recipients]


def foreseen(days=14, **given):
    found = read_forecast(db.session(), NOW, days=days, **given)
    return [
        (
            line.day.isoformat(),
            line.rule,
            [who.email.partition("@")[0] for who, _ in line.recipients],
        )
        for line in found.lines
    ]


def test_a_pause_is_kept_recorded_and_ended(reference, as_, now):
    one, actor = duty(reference).id, as_("secretariat")
    pause_reminders(one, "Болеет", actor=actor, now=now)
    assert duty(reference).next_reminder_at is None
    assert swept(BEFORE) == []
    entry = seen.timeline(reference)[-1]
    assert (entry.action, entry.data["duty"], entry.data["owed"]) == (
        "pause_reminders", one, "review",
    )  # fmt: skip
    with pytest.raises(Refused, match="already_paused"):
        pause_reminders(one, "Снова", actor=actor, now=now)
    resume_reminders(one, actor=actor, now=BEFORE)
    assert swept(BEFORE) == [("duty_reminder", "eab.expert2")]
    with pytest.raises(Refused, match="not_paused"):
        resume_reminders(one, actor=actor, now=BEFORE)


def test_a_pause_until_a_day_ends_by_itself_and_says_the_newest(reference, as_, now):
    one, actor = duty(reference).id, as_("secretariat")
    pause_reminders(one, "Отпуск", until="2026-12-17", actor=actor, now=now)
    for day in (8, 15, 16):
        assert swept(morning(date(2026, 12, day))) == []
    assert swept(morning(date(2026, 12, 17))) == [("duty_overdue", "eab.expert2")]
    pause_reminders(one, "Отпуск", actor=actor, now=morning(date(2026, 12, 17)))
    assert swept(morning(date(2026, 12, 30))) == []


def test_a_skipped_step_stands_in_the_ledger_and_is_never_sent(reference, as_, now):
    one, actor = duty(reference).id, as_("secretariat")
    skip_reminder(one, "week_before", 0, "Говорили вчера", actor=actor, now=now)
    row = db.session.execute(select(Reminder)).scalar_one()
    assert (row.rule, row.skipped, row.sent, row.recipient_id) == ("week_before", True, False, None)
    assert swept(BEFORE) == []
    assert swept(morning(date(2026, 12, 15))) == [("duty_reminder", "eab.expert2")]
    assert seen.timeline(reference)[-1].data["planned_on"] == "2026-12-08"
    with pytest.raises(Refused, match="no_such_reminder"):
        skip_reminder(one, "week_before", 0, "Снова", actor=actor, now=now)
    with pytest.raises(Refused, match="no_such_reminder"):
        skip_reminder(one, "nonsense", 7, "Снова", actor=actor, now=now)


def test_a_step_sent_early_is_not_sent_again(reference, as_, now):
    one, actor = duty(reference).id, as_("secretariat")
    before = last()
    assert send_reminder(one, "week_before", 0, actor=actor, now=now) == 1
    assert told(before) == [("duty_reminder", "eab.expert2")]
    assert swept(BEFORE) == []
    with pytest.raises(Refused, match="no_such_reminder"):
        send_reminder(one, "week_before", 0, actor=actor, now=now)
    assert seen.actions(reference)[-1] == "send_reminder"


def test_what_reaches_nobody_is_not_sent(reference, as_, now):
    one = duty(reference).id
    with unit_of_work() as session:
        gone = update(Person).where(Person.id == person("eab.expert2")).values(active=False)
        session.execute(gone)
    before = seen.counts()
    with pytest.raises(Refused, match="nobody_to_remind"):
        send_reminder(one, "week_before", 0, actor=as_("secretariat"), now=now)
    with pytest.raises(Refused, match="nobody_left_to_remind"):
        remind_waiting(reference, "review", [one], actor=as_("secretariat"), now=now)
    assert seen.counts() == before


def test_those_who_have_not_answered_are_reminded_once_in_an_hour(as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    asker = as_("eab.secretary")
    ids = {}
    for name in ("eab.expert2", "eab.expert3", "eab.expert4"):
        review = assign_review(reference, f"{name}@demo.example.org", actor=asker, now=now)
        if name == "eab.expert4":
            file_opinion(review, "approve", "Нет замечаний", actor=as_(name), now=now)
    ids = [each.id for each in seen.of_act(Duty, reference, kind="review")]
    before = last()
    assert remind_waiting(reference, "review", ids, actor=asker, now=now) == 2
    assert sorted(told(before)) == [
        ("duty_reminder", "eab.expert2"), ("duty_reminder", "eab.expert3"),
    ]  # fmt: skip
    assert seen.actions(reference)[-1] == "remind_waiting"
    soon, later = now + timedelta(minutes=59), now + timedelta(minutes=61)
    with pytest.raises(Refused, match="nobody_left_to_remind"):
        remind_waiting(reference, "review", ids, actor=asker, now=soon)
    assert remind_waiting(reference, "review", ids[:1], actor=asker, now=later) == 1
    occurrences = db.session.execute(
        select(Reminder.rule, Reminder.occurrence).order_by(Reminder.id)
    ).all()
    assert occurrences == [("by_hand", 0), ("by_hand", 0), ("by_hand", 1)]


def test_by_hand_an_office_is_asked_before_the_day_and_never_after(as_, now, tmp_path):
    reference = bring_to("council", as_, now, tmp_path)
    ids = [each.id for each in seen.of_act(Duty, reference, kind="position", closed_at=None)]
    actor = as_("secretariat")
    count = remind_waiting(reference, "position", ids, actor=actor, now=morning(DUE))
    assert count == len(ids)
    late = morning(DUE + timedelta(days=1))
    with pytest.raises(Refused, match="nobody_left_to_remind"):
        remind_waiting(reference, "position", ids, actor=actor, now=late)


def test_a_duty_without_a_date_can_be_reminded_of_by_hand(as_, now, tmp_path):
    reference = bring_to("council", as_, now, tmp_path)
    one = seen.of_act(Duty, reference, kind="put_to_council")[0].id
    assert (
        remind_waiting(reference, "put_to_council", [one], actor=as_("secretariat"), now=now) == 2
    )


@pytest.mark.parametrize("do", [
    lambda one, actor, now: pause_reminders(one, "…", actor=actor, now=now),
    lambda one, actor, now: resume_reminders(one, actor=actor, now=now),
    lambda one, actor, now: skip_reminder(one, "week_before", 0, "…", actor=actor, now=now),
    lambda one, actor, now: send_reminder(one, "week_before", 0, actor=actor, now=now),
])  # fmt: skip
def test_only_whom_the_table_permits(reference, as_, now, do):
    one = duty(reference).id
    before = seen.counts()
    for login, error in (
        ("drafter", NotFound),
        ("eab.secretary", None),
        ("defence.secretary", NotFound),
        ("eab.expert2", Forbidden),
        ("eab.expert3", NotFound),
    ):
        if error is None:
            continue
        with pytest.raises(error):
            do(one, as_(login), now)
    with pytest.raises(NotFound):
        do(10**9, as_("secretariat"), now)
    assert seen.counts() == before


@pytest.mark.parametrize(("do", "code"), [
    (lambda one, actor, now: pause_reminders(one, " ", actor=actor, now=now), "required"),
    (lambda one, actor, now: pause_reminders(one, "…", until="2026-11-24", actor=actor, now=now),
     "not_after_today"),
    (lambda one, actor, now: pause_reminders(one, "…", until="soon", actor=actor, now=now),
     "not_a_date"),
    (lambda one, actor, now: pause_reminders(one, "…", until="9999-01-01", actor=actor, now=now),
     "date_too_late"),
    (lambda one, actor, now: skip_reminder(one, "week_before", 0, "\x00", actor=actor, now=now),
     "control_characters"),
])  # fmt: skip
def test_bad_input_is_named_and_changes_nothing(reference, as_, now, do, code):
    before = seen.counts()
    with pytest.raises(Invalid) as raised:
        do(duty(reference).id, as_("secretariat"), now)
    assert [each.code for each in raised.value.refusals] == [code]
    assert seen.counts() == before


def test_what_is_over_is_left_alone(reference, as_, now):
    one = duty(reference).id
    with unit_of_work() as session:
        done = {"closed_at": now, "closed_why": "done", "next_reminder_at": None}
        session.execute(update(Duty).where(Duty.id == one).values(**done))
    with pytest.raises(Refused, match="duty_over"):
        pause_reminders(one, "…", actor=as_("secretariat"), now=now)


def test_the_forecast_is_what_the_sweep_then_says(reference, as_, now):
    pause_reminders(
        duty(reference, "examine").id, "…", until="2027-01-20", actor=as_("secretariat"), now=now
    )
    foretold = foreseen(days=90)
    assert ("2026-12-08", "week_before", ["eab.expert2"]) in foretold
    assert ("2026-12-18", "escalation", ["eab.secretary"]) in foretold
    said = []
    for day in range(91):
        at = now + timedelta(days=day)
        before = db.session.scalar(select(func.max(Notice.id))) or 0
        for hour in (6, 9):
            swept(at.replace(hour=hour))
        rows = db.session.execute(
            select(Notice.event, Person.email)
            .join(Person, Person.id == Notice.person_id)
            .where(Notice.id > before)
            .order_by(Notice.id)
        )
        said += [
            (at.date().isoformat(), event.split(":")[3], email.partition("@")[0])
            for event, email in rows
        ]
    assert sorted(said) == sorted(
        (day, rule, who) for day, rule, names in foretold for who in names
    )


def test_a_forecast_is_narrowed_and_says_what_is_silent(reference, as_, now, tmp_path):
    council = bring_to("council", as_, now, tmp_path)
    swept(now)
    everything = foreseen()
    assert foreseen(reference=reference) == [each for each in everything if "expert2" in str(each)]
    assert foreseen(person=person("council.kz")) != []
    assert all("council.kz" in heard for _d, _r, heard in foreseen(person=person("council.kz")))
    assert foreseen(actor=as_("secretariat")) == everything
    one = seen.of_act(Duty, council, kind="position")[0]
    pause_reminders(one.id, "…", actor=as_("secretariat"), now=now)
    mine = update(Duty).where(Duty.id == duty(reference).id)
    with unit_of_work() as session:
        unknown = {"due_on": None, "due_state": "cannot_compute", "next_reminder_at": None}
        detail = {"calendar": "assembly", "year": 2150}
        session.execute(mine.values(**unknown, due_detail=detail))
    found = read_forecast(db.session(), now)
    assert sorted((each.paused, "2150" in each.why) for each in found.silent) == [
        (False, True), (True, False),
    ]  # fmt: skip


def test_a_forecast_that_is_cut_is_whole_until_it_says(reference, as_, now, tmp_path):
    bring_to("council", as_, now, tmp_path)
    swept(now)
    whole = read_forecast(db.session(), now, days=40)
    some = read_forecast(db.session(), now, days=40, most=3)
    assert some.cut
    assert not whole.cut
    assert [line for line in whole.lines if line.at <= some.until] == list(some.lines)


def test_a_forecast_takes_the_same_statements_for_any_number(reference, as_, now, tmp_path):
    def statements():
        db.session.remove()
        with counting() as counted:
            assert read_forecast(db.session(), now, days=40).lines
        return len(counted)

    few = statements()
    for _ in range(3):
        bring_to("council", as_, now, tmp_path)
    swept(now)
    assert statements() == few <= 10


def test_a_forecast_is_found_by_its_index_whatever_is_open(reference, now):
    with unit_of_work() as session:
        session.execute(update(Duty).where(Duty.closed_at.is_(None)).values(paused_at=now))
    crowd(Duty, next_reminder_at=None, paused_at=None, closed_at=None, closed_n=None,
          closed_why=None)  # fmt: skip
    with explaining("SELECT duty.id, duty.act_id, duty.kind") as plans:
        read_forecast(db.session(), now)
    ahead, silent = plans
    assert "ix_duty_next_reminder" in ahead
    assert "ix_duty_silent" in silent
