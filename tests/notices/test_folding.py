"""Several notices in one mail: who goes together, what is said, and that no row is lost."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from benchmarks.world import PROPOSAL
from tests.counting import counting
from tests.notices.outgoing import notice, states, use_sink
from tests.notices.samples import COMMON, DUE, GIVEN
from tracker.acts.operations import Step, advance_many
from tracker.admission.operations import propose_act
from tracker.db import db, unit_of_work
from tracker.notices.folding import Crowd, Quota, bundle_of, next_digest
from tracker.notices.models import Notice
from tracker.notices.operations import NewNotice, queue, resend
from tracker.notices.outbox import release
from tracker.notices.relay import relay
from tracker.people.models import Person as Row
from tracker.people.queries import find_person
from workflows.facts import Person

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = 2 * MINUTE


@pytest.fixture
def run(app, sink, now):
    use_sink(sink.url)
    return lambda after=timedelta(0), **given: relay(now=lambda: now + after, **given)


def wait(number, now, login="eab.secretary", name="draft_referred", cadence="at_once", **facts):
    """Queue notices of one name to one person, each of another act; returns their ids."""
    found = find_person(db.session, f"{login}@demo.example.org")
    person = Person(found.id, found.names, "en", found.email, cadence)
    if not name.startswith("duty"):
        facts = {"due": None, **facts}
    before = db.session.scalar(select(Notice.id).order_by(Notice.id.desc()).limit(1)) or 0
    with unit_of_work() as session:
        queue(
            session,
            [
                NewNotice(
                    event=f"test:{name}:{before}:{place}",
                    name=name,
                    person=person,
                    reasons=("told",),
                    facts={**COMMON, **GIVEN[name], **facts, "reference": f"MA-{before}-{place}"},
                )
                for place in range(number)
            ],
            now,
        )
    return list(db.session.scalars(select(Notice.id).where(Notice.id > before).order_by(Notice.id)))


def test_few_notices_go_each_in_its_own_mail(run, sink, now):
    wait(5, now)
    done = run()
    assert (done.sent, done.folded) == (5, 0)
    assert len(sink.received) == 5


def test_a_storm_becomes_one_mail_and_every_row_is_accounted_for(run, sink, now):
    ids = wait(500, now)
    wait(2, now, login="defence.secretary")
    done = run()
    assert (done.sent, done.folded, done.put_off) == (3, 499, 0)
    assert states() == {"sent": 502}
    assert len(sink.received) == 3
    leader = notice(ids[0])
    assert (leader.folded, leader.leader_id, leader.sent_at) == (499, None, now)
    assert {notice(number).leader_id for number in ids[1:]} == {leader.id}
    (mail,) = [got for got in sink.received if got.message_id == leader.message_id]
    assert mail.mail["Subject"].startswith("500 notices: ")
    body = mail.body()
    assert body.count("/acts/MA-") == 50
    assert "And 450 more: see your inbox." in body
    assert "/inbox" in body
    assert run(HOUR).sent == 0


def test_what_comes_after_enough_waits_and_goes_together(run, sink, now):
    wait(5, now)
    assert run().sent == 5
    for minute in range(1, 9):
        wait(3, now + minute * MINUTE)
        done = run(minute * MINUTE)
        assert (done.sent, done.put_off) == (0, 3)
    assert run(9 * MINUTE).sent == 0
    done = run(10 * MINUTE)
    assert (done.sent, done.folded) == (1, 23)
    assert len(sink.received) == 6
    assert states() == {"sent": 29}


def test_ten_of_several_names_are_enough(run, now):
    wait(4, now)
    wait(4, now, name="draft_returned")
    wait(3, now, name="act_adopted")
    assert (run().sent, states()) == (1, {"sent": 11})


def test_reminders_of_a_day_are_one_mail_and_what_is_due_today_goes_alone(run, sink, now):
    wait(2, now, name="duty_reminder")
    wait(1, now, name="duty_escalated")
    wait(1, now, name="duty_reminder", due=DUE | {"on": "2026-11-24"})
    assert run().sent == 1  # what is due today does not wait for others
    done = run(LATER)
    assert (done.sent, done.folded) == (1, 2)
    alone, together = sink.received
    assert "MA-" in alone.mail["Subject"]
    assert "3 deadlines, the first on" in together.mail["Subject"]
    assert together.body().count("/acts/MA-") == 3


def test_too_many_due_today_go_together_at_once(run, sink, now):
    wait(8, now, name="duty_reminder", due=DUE | {"on": "2026-11-24"})
    assert run().sent == 1
    assert sink.received[0].body().count("/acts/MA-") == 8


def test_what_asks_something_is_never_left_out_of_the_list(run, sink, now):
    wait(70, now, due=DUE)
    run()
    assert sink.received[0].body().count("/acts/MA-") == 70


def test_a_digest_waits_for_its_hour_and_is_one_mail(run, sink, now):
    ids = wait(3, now, cadence="daily")
    wait(2, now, cadence="daily", due=DUE, login="defence.secretary")
    assert run().sent == 2  # what asks something comes at once
    assert {notice(number).due_at for number in ids} == {datetime(2026, 11, 25, 6, 0, tzinfo=UTC)}
    done = run(timedelta(hours=21))
    assert (done.sent, done.folded) == (1, 2)
    assert len(sink.received) == 3


def test_a_digest_of_one_is_that_notice(run, sink, now):
    (number,) = wait(1, now, cadence="weekly")
    assert notice(number).due_at == datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    assert run(timedelta(days=6)).sent == 1
    assert "MA-" in sink.received[0].mail["Subject"]


@pytest.mark.parametrize("reply", ["451 4.3.0 Later", "452 4.3.1 Full"])
def test_a_mail_of_several_is_the_same_to_the_byte_when_it_is_taken_later(run, sink, now, reply):
    ids = wait(20, now)
    sink.at_end.append(reply)
    assert run().waiting == 1
    assert states() == {"queued": 20}
    before = notice(ids[0]).message
    assert run(HOUR).sent == 1
    assert sink.received[0].data.decode() == before
    assert states() == {"sent": 20}


def test_a_lost_last_reply_of_several_is_held_as_one_and_sent_again_the_same(run, sink, now, as_):
    ids = wait(20, now)
    use_sink(sink.url, "hold")
    sink.at_end.append("keep and drop")
    assert run().held == 1
    assert states() == {"held": 20}
    resend(ids[7], actor=as_("secretariat"), now=now)
    assert states() == {"queued": 20}
    assert run(HOUR).sent == 1
    assert len({got.data for got in sink.received}) == 1
    assert states() == {"sent": 20}


def test_a_sender_that_dies_leaves_one_mail_in_doubt(run, sink, now):
    wait(20, now)

    def die(point):
        if point == "after_250":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(at=die)
    assert run().sent == 0
    assert run(HOUR).again == 1
    assert len({got.data for got in sink.received}) == 1
    assert len(sink.received) == 2
    assert states() == {"sent": 20}


def test_a_sender_that_dies_before_it_began_doubts_nothing(run, sink, now):
    wait(20, now)

    def die(point):
        if point == "after_claim":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(at=die)
    done = run(HOUR)
    assert (done.sent, done.again, done.folded) == (1, 0, 19)


def test_what_no_longer_holds_is_left_out_when_it_goes_later(run, sink, now):
    first, *rest = wait(20, now)
    sink.stop()
    assert run().waiting == 1
    sink.start()
    with unit_of_work() as session:  # as a correction of the step does
        gone = {"state": "skipped", "why": "corrected", "due_at": None, "leader_id": None}
        session.execute(update(Notice).where(Notice.id.in_([first, rest[4]])).values(gone))
        release(session, [first])
    done = run(HOUR)
    assert (done.sent, done.folded) == (1, 17)
    assert states() == {"skipped": 2, "sent": 18}
    assert f"MA-{first - 1}-0\n" not in sink.received[0].body()


def test_one_that_cannot_be_put_into_words_is_named_in_the_list(run, sink, now):
    wait(19, now)
    wait(1, now, state="no such state")
    assert run().sent == 1
    assert states() == {"sent": 20}
    assert sink.received[0].body().count("/acts/MA-") == 20


def test_a_person_who_left_gets_no_list(run, sink, now):
    ids = wait(20, now)
    with unit_of_work() as session:
        session.execute(update(Row).where(Row.id == notice(ids[0]).person_id).values(active=False))
    assert (run().skipped, len(sink.received)) == (20, 0)


def test_statements_do_not_grow_with_what_goes_together(run, sink, now):
    def statements(number, login):
        wait(number, now, login=login)
        with counting() as counted:
            run()
        return len(counted)

    statements(11, "eab.chair")
    assert statements(60, "eab.secretary") == statements(200, "defence.secretary")


def test_a_bulk_of_five_hundred_acts_is_a_handful_of_mails(app, run, sink, now, as_):
    secretariat = as_("secretariat")
    steps = [Step(propose_act(PROPOSAL, actor=secretariat, now=now)) for _ in range(500)]
    with unit_of_work() as session:  # what was told of the proposals is another matter
        session.execute(update(Notice).values(state="skipped", why="demo", due_at=None))
    answers = advance_many(steps, "open_concept", actor=secretariat, now=now)
    assert all(answer.outcome for answer in answers)
    queued = states()["queued"]
    assert queued >= 1000
    done = run()
    assert done.sent + done.folded == queued
    assert states()["sent"] == queued
    assert max(Counter(got.recipient for got in sink.received).values()) == 1


def test_which_bundle_a_notice_is_of():
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    today, then = DUE | {"on": "2026-11-24"}, DUE
    assert bundle_of("draft_referred", {"due": None}, now) == "news"
    assert bundle_of("draft_referred", {"due": then}, now) == "news"
    assert bundle_of("position_asked", {"due": today}, now) == "urgent"
    assert bundle_of("duty_reminder", {"due": then}, now) == "reminders"
    assert bundle_of("duty_reminder", {"due": today}, now) == "urgent"
    assert bundle_of("duty_escalated", {"due": today, "owed_by": {"person": 1}}, now) == "reminders"


@pytest.mark.parametrize(
    ("now", "weekly", "then"),
    [
        ("2026-11-24T05:59", False, "2026-11-24T06:00"),
        ("2026-11-24T06:00", False, "2026-11-25T06:00"),
        ("2026-11-24T22:00", False, "2026-11-25T06:00"),
        ("2026-11-24T06:00", True, "2026-11-30T06:00"),
        ("2026-11-30T05:00", True, "2026-11-30T06:00"),
    ],
)
def test_when_the_next_summary_goes(now, weekly, then):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = next_digest(at, "Europe/Moscow", weekly=weekly)
    assert found == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_when_mails_fold_and_wait():
    quota, since = Quota(of_a_name=2, in_all=4), datetime(2026, 11, 24, 9, tzinfo=UTC)

    def crowd(waiting, lately=None):
        return Crowd(Counter(waiting), Counter(lately or {}), since if lately else None)

    assert not crowd({"a": 2, "b": 2}).folds("news", quota)
    assert crowd({"a": 3}).folds("news", quota)
    assert crowd({"a": 2, "b": 2, "c": 1}).folds("news", quota)
    assert not crowd({"a": 1}, {"b": 9}).folds("news", quota)
    assert crowd({"a": 1}, {"a": 2}).put_off("news", quota) == since + quota.window
    assert crowd({"a": 1}, {"b": 2}).put_off("news", quota) is None
    assert crowd({"a": 1}, {"b": 4}).put_off("news", quota)
    assert crowd({"a": 1}, {"a": 9}).put_off("urgent", quota) is None
    assert not crowd({"a": 1}).folds("digest", quota)
    assert crowd({"a": 2}).folds("digest", quota)
