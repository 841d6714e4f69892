"""Reminders: once each, to whoever owes, then to those set over them; whatever the sweep misses."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import insert, select, update

from tests.conftest import NOW, Cast, settings_for
from tests.counting import counting
from tests.explaining import explaining
from tests.road import bring_to
from tracker import assembly, create_app
from tracker.acts.operations import advance
from tracker.config import SHIPPED_ASSEMBLIES
from tracker.db import db, unit_of_work
from tracker.demo.people import load_people
from tracker.duties.models import Duty, Reminder
from tracker.duties.sweep import sweep
from tracker.notices.models import Notice
from tracker.people.models import Absence, Membership, Person
from tracker.reviews.operations import assign_review

STAFF = ["secretariat", "secretariat2"]
DUE = date(2026, 12, 15)
"""When positions are due that are asked for on 24 November."""


def morning(day, hour=6):
    """Nine o'clock in Moscow."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def told(since=0):
    """Who was reminded of what: (notice, log-in name), without those of before."""
    rows = db.session.execute(
        select(Notice.id, Notice.name, Person.email)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.name.like("duty_%"), Notice.id > since)
        .order_by(Notice.id)
    ).all()
    return [(row.name, row.email.removesuffix("@demo.example.org")) for row in rows]


def last():
    return db.session.scalar(select(Notice.id).order_by(Notice.id.desc()).limit(1)) or 0


def swept(at):
    """Sweep, and give who was reminded by it."""
    before = last()
    sweep(at)
    return told(before)


def person(login):
    return db.session.scalars(
        select(Person.id).where(Person.email == f"{login}@demo.example.org")
    ).one()


@pytest.fixture
def council(as_, now, tmp_path):
    reference = bring_to("council", as_, now, tmp_path)
    assert swept(now) == []
    return reference


@pytest.fixture
def review(as_, now, tmp_path):
    """An opinion of expert 2, due on 15 December."""
    reference = bring_to("eab_review", as_, now, tmp_path)
    expert = "eab.expert2@demo.example.org"
    assign_review(reference, expert, actor=as_("eab.secretary"), now=now)
    assert swept(now) == []
    return reference


def test_an_office_is_asked_once_before_and_afterwards_only_the_secretariat_is_told(council):
    members = list(
        db.session.scalars(
            select(Person.email)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.body_key == "council")
        )
    )
    week_before = swept(morning(DUE - timedelta(days=7)))
    assert set(week_before) == {
        ("duty_reminder", email.removesuffix("@demo.example.org")) for email in members
    }
    assert len(week_before) == len(members)
    assert swept(morning(DUE)) == []
    day_after = swept(morning(DUE + timedelta(days=1)))
    assert {name for name, _ in day_after} == {"duty_escalated"}
    assert sorted({who for _, who in day_after}) == STAFF
    assert len(day_after) == len(members) * 2
    for days in range(2, 40):
        assert swept(morning(DUE + timedelta(days=days))) == []


def test_the_secretariat_is_told_whose_position_is_missing(council, as_):
    swept(morning(DUE + timedelta(days=1)))
    facts = db.session.scalars(select(Notice.facts).where(Notice.name == "duty_escalated")).all()
    owing = {each["owed_by"]["person"] for each in facts}
    assert as_("council.kz").person in owing
    assert all(each["late"] and each["seats"] == [["secretariat", "staff"]] for each in facts)


def test_an_expert_is_reminded_before_on_and_after_the_day_and_then_the_board_is_told(review):
    assert swept(morning(date(2026, 12, 8))) == [("duty_reminder", "eab.expert2")]
    assert swept(morning(date(2026, 12, 15), 5)) == []
    assert swept(morning(date(2026, 12, 15))) == [("duty_reminder", "eab.expert2")]
    assert swept(morning(date(2026, 12, 16))) == [("duty_overdue", "eab.expert2")]
    assert swept(morning(date(2026, 12, 18))) == [("duty_escalated", "eab.secretary")]
    assert swept(morning(date(2026, 12, 23))) == [("duty_overdue", "eab.expert2")]


def test_a_second_sweep_says_nothing_twice(review):
    assert len(swept(morning(date(2026, 12, 8)))) == 1
    assert swept(morning(date(2026, 12, 8))) == []
    with unit_of_work() as session:  # as if the first had died before it set the next date
        due = update(Duty).where(Duty.closed_at.is_(None))
        session.execute(due.values(next_reminder_at=morning(date(2026, 12, 8))))
    assert swept(morning(date(2026, 12, 8))) == []
    rows = db.session.execute(
        select(Reminder.rule, Reminder.occurrence, Reminder.recipient_id, Reminder.sent)
    ).all()
    assert rows == [("week_before", 0, person("eab.expert2"), True)]


def test_after_a_gap_of_days_the_newest_is_said_and_the_others_are_folded_in(review):
    assert swept(morning(date(2026, 12, 20))) == [
        ("duty_overdue", "eab.expert2"),
        ("duty_escalated", "eab.secretary"),
    ]
    assert swept(morning(date(2026, 12, 20), 7)) == []
    assert swept(morning(date(2026, 12, 23))) == [("duty_overdue", "eab.expert2")]
    folded = db.session.execute(select(Reminder.rule).where(~Reminder.sent)).scalars().all()
    assert folded == ["on_the_day"]  # "in a week" is not said, and not owed, after the day


def test_what_is_done_is_not_reminded_of(review, as_, now):
    data = {"reason": "Переписать"}
    advance(review, "return_for_revision", actor=as_("eab.secretary"), now=now, data=data)
    reminded = swept(morning(date(2026, 12, 16)))
    assert ("duty_overdue", "eab.expert2") not in reminded


def test_a_moved_date_begins_anew(review, as_):
    assert swept(morning(date(2027, 1, 7))) != []
    data = {"reason": "Ждём заключений", "until": "2027-03-01"}
    at = morning(date(2027, 1, 8))
    advance(review, "postpone", actor=as_("eab.secretary"), now=at, data=data)
    assert [kind for kind in swept(at) if kind[1] == "eab.secretary"] == []
    duty = db.session.execute(select(Duty).where(Duty.kind == "examine")).scalar_one()
    assert (duty.generation, duty.invited_at) == (2, at)
    assert duty.next_reminder_at == morning(date(2027, 2, 22))
    assert ("duty_reminder", "eab.secretary") in swept(morning(date(2027, 2, 22)))


def test_a_duty_without_a_date_is_never_looked_at_again(council):
    duty = db.session.execute(select(Duty).where(Duty.kind == "put_to_council")).scalar_one()
    assert (duty.due_on, duty.next_reminder_at) == (None, None)


@pytest.fixture
def board(as_, now, tmp_path):
    """The examination of a draft, with its reminder on 14 January."""
    reference = bring_to("eab_review", as_, now, tmp_path)
    assert swept(now) == []
    return reference


@pytest.fixture
def away(app):
    def take(login, deputy, since, until):
        with unit_of_work() as session:
            session.execute(
                insert(Absence).values(
                    person_id=person(login), deputy_id=person(deputy), since=since, until=until
                )
            )

    return take


def states():
    """What stands of each notice, by who was told."""
    found = db.session.execute(
        select(Person.email, Notice.state, Notice.why).join(Person, Person.id == Notice.person_id)
        .where(Notice.duty_id.is_not(None))
        .order_by(Notice.id)
    )  # fmt: skip
    return [(email.partition("@")[0], state, why) for email, state, why in found]


def test_who_is_away_has_it_in_the_inbox_and_the_deputy_is_mailed(board, away):
    away("eab.secretary", "eab.expert3", date(2027, 1, 10), date(2027, 1, 16))
    at = morning(date(2027, 1, 14))
    assert swept(at) == [("duty_reminder", "eab.secretary"), ("duty_reminder", "eab.expert3")]
    assert sorted(states()) == [
        ("eab.expert3", "queued", None),
        ("eab.secretary", "skipped", "away"),
    ]
    told = db.session.scalars(
        select(Notice.facts).where(Notice.person_id == person("eab.expert3"))
    ).one()
    assert told["because"] == [["deputy", None]]
    assert (told["principal"], told["away_until"]) == (person("eab.secretary"), "2027-01-16")


def test_a_deputy_who_is_away_too_leaves_it_with_its_holder(board, away):
    away("eab.secretary", "eab.expert3", date(2027, 1, 10), date(2027, 1, 16))
    away("eab.expert3", "eab.expert4", date(2027, 1, 14), date(2027, 1, 14))
    swept(morning(date(2027, 1, 14)))
    assert states() == [("eab.secretary", "queued", None)]


def test_nobody_stands_in_for_an_opinion_asked_by_name(review, away):
    away("eab.expert2", "eab.expert3", date(2026, 12, 8), date(2026, 12, 9))
    swept(morning(date(2026, 12, 8)))
    assert states() == [("eab.expert2", "queued", None)]


def test_a_member_is_stood_in_for_by_who_has_no_seat_of_their_own(council, away):
    away("council.am", "council.kg", date(2026, 12, 8), date(2026, 12, 8))
    away("council.kz", "parliament.kz", date(2026, 12, 8), date(2026, 12, 8))
    swept(morning(date(2026, 12, 8)))
    found = {login: (state, why) for login, state, why in states()}
    assert found["council.am"] == found["council.kg"] == ("queued", None)
    assert found["council.kz"] == ("skipped", "away")
    assert found["parliament.kz"] == ("queued", None)


def test_a_step_that_finds_nobody_is_done_and_noted(review, caplog):
    with unit_of_work() as session:
        session.execute(
            update(Person).where(Person.id == person("eab.expert2")).values(active=False)
        )
    assert swept(morning(date(2026, 12, 8))) == []
    assert "nobody_to_remind" in caplog.text
    (row,) = db.session.execute(select(Reminder.rule, Reminder.recipient_id, Reminder.sent)).all()
    assert row == ("week_before", None, False)
    caplog.clear()
    assert sweep(morning(date(2026, 12, 8), 7)).unheard == 0


def test_a_seat_that_changed_hands_is_reminded_in_its_new_person(review):
    with unit_of_work() as session:
        session.execute(
            update(Membership)
            .where(Membership.body_key == "eab", Membership.role == "secretary")
            .values(person_id=person("social.secretary"))
        )
    assert ("duty_escalated", "social.secretary") in swept(morning(date(2026, 12, 18)))


def test_sweeps_beside_each_other_say_everything_once(app, council):
    at = morning(DUE - timedelta(days=7))

    def run():
        with app.app_context():
            done = sweep(at, most=3)
            db.session.remove()
            return done.reminders

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(run) for _ in range(4)]
    said = sum(one.result() for one in runs)
    said += sweep(at).reminders  # what lay on an act that another held
    reminded = told()
    assert said == len(reminded) == len(set(reminded)) == 10


def test_a_small_batch_reaches_them_all_and_a_short_run_says_that_there_is_more(council):
    at = morning(DUE - timedelta(days=7))
    done = sweep(at, most=3, budget=timedelta(0))
    assert (done.duties, done.more) == (3, True)
    assert sweep(at, most=3).reminders == 7


def test_statements_do_not_grow_with_the_duties(council, as_, now, tmp_path):
    def statements(at):
        with counting() as counted:
            assert sweep(at).reminders > 0
        return len(counted)

    few = statements(morning(DUE - timedelta(days=7)))
    for _ in range(3):
        bring_to("council", as_, now, tmp_path)
    sweep(now)
    many = statements(morning(DUE - timedelta(days=7)))
    assert many == few <= 11


def test_a_sweep_with_nothing_to_do_is_one_statement(council, now):
    with counting() as counted:
        sweep(now)
    assert len(counted) == 1


def test_what_is_due_is_found_by_its_index_whatever_is_open(council):
    with explaining("SELECT duty.id, duty.act_id, duty.kind") as plans:
        sweep(morning(DUE))
    assert plans
    assert all("ix_duty_next_reminder" in plan for plan in plans)


@pytest.fixture
def indiscreet(tmp_path, monkeypatch):
    """An assembly whose file would name and reproach offices, which the checks of files refuse."""
    monkeypatch.setattr(assembly, "check_assembly", lambda *_given: None)
    folder = tmp_path / "indiscreet"
    shutil.copytree(SHIPPED_ASSEMBLIES / "csto_pa", folder)
    path = folder / "model_law.yaml"
    text = path.read_text(encoding="utf-8")
    plan = "  office:\n    - {id: week_before, days: -7}\n"
    reproach = "    - {id: after, days: 1}\n    - {id: gossip, days: 1, to: eab.chair}\n"
    assert plan in text
    path.write_text(text.replace(plan, plan + reproach), encoding="utf-8")
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path}/own.db")
    settings = type(settings)(**{**vars(settings), "assembly": str(folder)})
    app = create_app(settings)
    app.extensions["wake"] = lambda *_: None
    with app.app_context():
        upgrade()
        assembly.sync(NOW)
        with unit_of_work() as session:
            load_people(session, "csto_pa", NOW, "!")
        yield Cast(NOW)
        db.session.remove()
        db.engine.dispose()


def test_a_file_cannot_make_an_office_be_reproached_or_named(indiscreet, tmp_path: Path):
    bring_to("council", indiscreet, NOW, tmp_path)
    sweep(NOW)
    told_after = swept(morning(DUE + timedelta(days=1)))
    assert {who for _, who in told_after} == set(STAFF)
    assert {name for name, _ in told_after} == {"duty_escalated"}
    nobody = db.session.scalars(
        select(Reminder.rule).where(Reminder.recipient_id.is_(None)).distinct()
    ).all()
    assert set(nobody) == {"after", "gossip"}
