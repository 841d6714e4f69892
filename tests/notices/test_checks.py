"""A mail is asked again whether it is still meant, when it is about to go."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from tests.notices.outgoing import use_sink
from tests.road import bring_to
from tracker.acts.operations import advance
from tracker.corrections.operations import correct
from tracker.db import db, unit_of_work
from tracker.duties.models import Duty
from tracker.duties.sweep import sweep
from tracker.notices.models import Notice
from tracker.notices.relay import relay
from tracker.people.models import Absence, Account, Membership, Person
from tracker.reviews.operations import assign_review, decline_review
from tracker.sittings.operations import give_position

HOUR = timedelta(hours=1)


@pytest.fixture
def send(app, sink, now):
    """Send what waits and give the recipients of one kind of mail by their log-in names."""
    use_sink(sink.url)

    def run(name, at=now):
        before = len(sink.received)
        relay(now=lambda: at)
        subjects = set(db.session.scalars(select(Notice.message_id).where(Notice.name == name)))
        return sorted(
            got.recipient.removesuffix("@demo.example.org")
            for got in sink.received[before:]
            if got.message_id in subjects
        )

    return run


def why_not(name):
    return set(
        db.session.scalars(select(Notice.why).where(Notice.name == name, Notice.state == "skipped"))
    )


def change(table, where, **values):
    with unit_of_work() as session:
        session.execute(update(table).where(where).values(**values))


def person(login):
    return db.session.scalars(
        select(Person.id).where(Person.email == f"{login}@demo.example.org")
    ).one()


@pytest.fixture
def reference(as_, now, tmp_path):
    return bring_to("eab_review", as_, now, tmp_path)


def test_who_left_or_may_not_log_in_hears_nothing_more(send, reference):
    change(Person, Person.id == person("eab.secretary"), active=False)
    change(Account, Account.person_id == person("eab.chair"), active=False)
    assert send("draft_submitted") == []
    assert why_not("draft_submitted") == {"person_left", "account_disabled"}


def test_an_invitation_goes_only_while_the_opinion_is_owed(send, reference, as_, now):
    secretary = as_("eab.secretary")
    first = assign_review(reference, "eab.expert1@demo.example.org", actor=secretary, now=now)
    assign_review(reference, "eab.expert2@demo.example.org", actor=secretary, now=now)
    decline_review(first, "Нет времени", actor=as_("eab.expert1"), now=now)
    assert send("review_assigned") == ["eab.expert2"]
    assert why_not("review_assigned") == {"duty_over"}


def test_who_has_given_a_position_is_not_asked_for_it(send, as_, now, tmp_path):
    reference = bring_to("council", as_, now, tmp_path)
    give_position(reference, "yes", actor=as_("council.kz"), now=now)
    asked = send("position_asked")
    assert "council.kz" not in asked
    assert "council.kz2" in asked


@pytest.fixture
def reminded(reference, now):
    """The Board's secretary owes the examination; the reminder of the day waits to be sent."""
    duty = db.session.execute(select(Duty).where(Duty.kind == "examine")).scalar_one()
    sweep(now)
    on_the_day = now.replace(year=2027, month=1, day=duty.due_on.day, hour=6)
    assert sweep(on_the_day).reminders == 1
    return duty.id, on_the_day


def test_a_reminder_reaches_who_owes(send, reminded):
    _duty, at = reminded
    assert send("duty_reminder", at) == ["eab.secretary"]


@pytest.mark.parametrize("how", ["closed", "moved", "handed over"])
def test_no_reminder_reaches_who_owes_no_more(send, reminded, as_, reference, now, how):
    _duty, at = reminded
    if how == "closed":
        advance(
            reference, "return_for_revision", actor=as_("eab.chair"), now=at, data={"reason": "x"}
        )
    elif how == "moved":
        data = {"reason": "x", "until": "2027-02-01"}
        advance(reference, "postpone", actor=as_("eab.chair"), now=at, data=data)
    else:
        change(
            Membership,
            (Membership.person_id == person("eab.secretary")) & (Membership.role == "secretary"),
            until=at.date() - timedelta(days=1),
        )
    assert send("duty_reminder", at) == []
    expected = {"closed": "duty_over", "moved": "duty_moved", "handed over": "not_the_holder"}
    assert why_not("duty_reminder") == {expected[how]}


def test_a_reminder_before_the_date_is_not_sent_after_it(send, reminded):
    _duty, at = reminded
    assert send("duty_reminder", at + timedelta(days=1)) == []
    assert why_not("duty_reminder") == {"too_late"}


def test_a_deputy_is_reminded_while_the_absence_lasts(send, reference, now):
    with unit_of_work() as session:
        session.execute(
            insert(Absence).values(
                person_id=person("eab.secretary"),
                deputy_id=person("eab.chair"),
                since=date(2027, 1, 10),
                until=date(2027, 1, 14),
            )
        )
    sweep(now)
    at = now.replace(year=2027, month=1, day=14, hour=6)
    assert sweep(at).reminders == 2
    change(Absence, Absence.person_id == person("eab.secretary"), until=date(2027, 1, 13))
    assert why_not("duty_reminder") == {"away"}
    assert send("duty_reminder", at) == []
    assert send("duty_reminder", at) == ["eab.secretary"]
    assert why_not("duty_reminder") == {"back"}


@pytest.mark.parametrize("name", ["draft_submitted", "duty_reminder"])
def test_an_absence_that_begins_before_the_sending_sends_it_to_the_deputy(
    send, reminded, now, name
):
    _duty, at = reminded
    at = now if name == "draft_submitted" else at
    with unit_of_work() as session:
        session.execute(
            insert(Absence).values(
                person_id=person("eab.secretary"),
                deputy_id=person("eab.expert3"),
                since=at.date(),
                until=at.date(),
            )
        )
    chair = ["eab.chair"] if name == "draft_submitted" else []
    assert send(name, at) == chair
    assert why_not(name) == {"away"}
    assert send(name, at) == ["eab.expert3"]
    told = db.session.execute(
        select(Notice.facts, Notice.message).where(
            Notice.name == name, Notice.person_id == person("eab.expert3")
        )
    ).one()
    assert told.facts["because"] == [["deputy", None]]
    assert told.facts["principal"] == person("eab.secretary")
    assert send(name, at) == []


def test_a_duty_that_ends_while_its_batch_goes_out_is_not_reminded_of(
    reminded, as_, sink, reference
):
    _duty, at = reminded
    use_sink(sink.url)

    def answer_meanwhile(point):
        if point == "after_claim":
            data = {"reason": "x"}
            advance(reference, "return_for_revision", actor=as_("eab.chair"), now=at, data=data)

    relay(now=lambda: at, at=answer_meanwhile)
    assert why_not("duty_reminder") == {"duty_over"}


def test_a_correction_stops_what_has_been_claimed_and_not_begun(sink, reference, as_, now):
    use_sink(sink.url)
    relay(now=lambda: now)
    told = len(sink.received)
    advance(reference, "return_for_revision", actor=as_("eab.chair"), now=now, data={"reason": "x"})
    chair, seen = as_("eab.chair"), []

    def correct_meanwhile(point):
        if point == "before_smtp" and not seen:
            seen.append(point)
            assert correct(reference, actor=chair, now=now, reason="Не тот проект")

    relay(now=lambda: now, at=correct_meanwhile)
    returned = db.session.execute(
        select(Notice.state, Notice.why).where(Notice.name == "draft_returned").order_by(Notice.id)
    ).all()
    assert returned[0] == ("sent", None)  # it had begun
    assert set(returned[1:]) == {("skipped", "corrected")}
    relay(now=lambda: now)
    corrected = [got for got in sink.received[told:] if "отменён" in str(got.mail["Subject"])]
    assert corrected
