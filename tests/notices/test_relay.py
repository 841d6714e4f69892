"""Sending the outbox to a mail server of every temper: nothing is lost, nothing doubled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.counting import counting
from tests.explaining import explaining
from tests.notices.outgoing import notice, states, use_sink, wait_for_sending
from tests.notices.sink import Sink
from tracker.db import db, unit_of_work
from tracker.notices import outbox
from tracker.notices.models import Notice
from tracker.notices.operations import resend
from tracker.notices.relay import Pace, relay
from tracker.people.models import Person

HOUR = timedelta(hours=1)


@pytest.fixture(params=["in a row", "one by one"])
def sink(request):
    """A mail server that is given commands without being waited for, and one that is not."""
    sink = Sink(in_a_row=request.param == "in a row")
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def run(app, sink, now):
    """Run the relay against the sink at a moment of its own."""
    use_sink(sink.url)
    return lambda after=timedelta(0), **given: relay(now=lambda: now + after, **given)


def test_each_mail_goes_once_over_one_connection_with_the_id_it_was_given(run, sink, now):
    ids = wait_for_sending(5, now)
    done = run()
    assert (done.sent, str(done)) == (5, "sent 5")
    assert sink.connections == 1
    assert [got.message_id for got in sink.received] == [notice(n).message_id for n in ids]
    assert [got.data.decode() for got in sink.received] == [notice(n).message for n in ids]
    assert {got.sender for got in sink.received} == {"tracker@assembly.example"}
    assert run().sent == 0
    assert len(sink.received) == 5
    kept = notice(ids[0])
    assert (kept.state, kept.sent_at, kept.attempts, kept.due_at) == ("sent", now, 1, None)
    assert kept.subject == sink.received[0].mail["Subject"]


def test_more_than_a_batch_is_sent_in_one_run(run, sink, now):
    wait_for_sending(45, now)
    assert run(pace=Pace(batch=20)).sent == 45
    assert len({got.message_id for got in sink.received}) == 45


def test_a_run_ends_in_time_and_wakes_the_next(app, run, sink, now):
    wait_for_sending(45, now)
    woken = []
    app.extensions["wake"] = lambda *_: woken.append(1)
    assert run(pace=Pace(batch=20, budget=timedelta(0))).sent == 20
    assert woken == [1]


@pytest.mark.parametrize("where", ["at_recipient", "at_end"])
def test_a_temporary_refusal_waits_longer_each_time_then_fails(run, sink, now, where):
    (number,) = wait_for_sending(1, now)
    getattr(sink, where).extend(["451 4.7.1 Try again later"] * 8)
    after, waits = timedelta(0), []
    for attempt in range(1, 8):
        assert run(after).waiting == 1
        kept = notice(number)
        assert (kept.state, kept.attempts, kept.started_at) == ("queued", attempt, None)
        assert kept.error == "451 4.7.1 Try again later"
        waits.append(kept.due_at - (now + after))
        assert run(after).waiting == 0
        after = kept.due_at - now
    assert run(after).failed == 1
    assert notice(number).state == "failed"
    assert timedelta(seconds=24) <= waits[0] <= timedelta(seconds=36)
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(hours=7.2)
    assert sink.received == []


def test_a_mail_that_is_taken_later_is_the_same_to_the_byte(run, sink, now):
    (number,) = wait_for_sending(1, now)
    sink.at_end.append("452 4.3.1 Full")
    run()
    before = notice(number).message
    assert run(HOUR).sent == 1
    assert sink.received[0].data.decode() == before
    assert notice(number).error is None


def test_a_refused_recipient_fails_at_once_and_holds_up_nobody(run, sink, now, as_):
    first, second = wait_for_sending(2, now)
    secretariat = as_("secretariat")
    sink.at_recipient.append("550 5.1.1 No such user")
    done = run()
    assert (done.failed, done.sent, sink.connections) == (1, 1, 1)
    assert (notice(first).state, notice(first).error) == ("failed", "550 5.1.1 No such user")
    assert notice(second).state == "sent"
    with unit_of_work() as session:
        session.execute(
            update(Person).where(Person.id == notice(first).person_id).values(email="new@a.example")
        )
    resend(first, actor=secretariat, now=now)
    assert run().sent == 1
    assert sink.received[-1].recipient == "new@a.example"
    assert "new@a.example" in sink.received[-1].mail["To"]


def test_a_server_that_is_away_costs_no_attempts(run, sink, now):
    ids = wait_for_sending(3, now)
    sink.stop()
    done = run()
    assert (done.sent, done.waiting) == (0, 3)
    assert "ConnectionRefusedError" in done.outage
    assert "mail server: ConnectionRefusedError" in str(done)
    for number in ids:
        kept = notice(number)
        assert (kept.state, kept.attempts, kept.started_at) == ("queued", 0, None)
        assert "ConnectionRefusedError" in kept.error
    sink.start()
    assert run().sent == 0
    assert run(timedelta(minutes=1)).sent == 3


@pytest.mark.parametrize(
    "reply", ["421 4.3.2 Shutting down", "530 5.7.0 Log in first", "451 4.3.0 Not now"]
)
def test_a_server_that_takes_nothing_from_us_is_an_outage(run, sink, now, reply):
    ids = wait_for_sending(2, now)
    sink.at_sender.append(reply)
    done = run()
    assert (done.waiting, done.outage) == (2, reply)
    assert [notice(number).attempts for number in ids] == [0, 0]
    assert run(HOUR).sent == 2


def test_a_server_that_closes_a_used_connection_is_called_again(run, sink, now):
    wait_for_sending(6, now)
    sink.at_sender.extend(["250 OK", "250 OK", "421 4.7.0 Enough for now", "250 OK", "drop"])
    assert run().sent == 6
    assert sink.connections == 3
    assert len({got.message_id for got in sink.received}) == 6


def test_a_server_that_did_not_wait_for_the_end_of_a_mail_gets_it_anew(run, sink, now):
    wait_for_sending(3, now)
    points = []

    def impatient(point):
        points.append(point)
        if points.count("before_smtp") == 2 and point == "before_smtp":
            sink.stop()
            sink.start()

    done = run(at=impatient)
    assert (done.sent, done.again, done.outage) == (3, 0, "")
    assert len(sink.received) == len({got.message_id for got in sink.received}) == 3


def test_a_mail_that_was_offered_is_not_finished_when_it_may_not_begin(run, sink, now):
    first, second, third = wait_for_sending(3, now)

    def lose_the_second(point):
        if point == "after_250" and notice(second).state == "sending":
            with unit_of_work() as session:
                session.execute(update(Notice).where(Notice.id == second).values(token="another's"))

    assert run(at=lose_the_second).sent == 2
    assert [notice(number).state for number in (first, second, third)] == [
        "sent",
        "sending",
        "sent",
    ]
    assert {got.message_id for got in sink.received} == {
        notice(first).message_id, notice(third).message_id,
    }  # fmt: skip


def test_a_connection_lost_before_the_message_had_gone_is_no_doubt(run, sink, now):
    first, _second = wait_for_sending(2, now)
    sink.at_recipient.extend(["drop"] * (1 + sink.in_a_row))  # asked anew, one by one
    use_sink(sink.url, "hold")
    done = run()
    assert (done.waiting, done.held, done.sent) == (1, 0, 1)
    assert (notice(first).state, notice(first).started_at) == ("queued", None)
    assert run(HOUR).sent == 1


@pytest.mark.parametrize("wish", ["drop", "keep and drop"])
def test_a_lost_last_reply_is_sent_again_the_same(run, sink, now, wish):
    (number,) = wait_for_sending(1, now)
    sink.at_end.append(wish)
    assert run().waiting == 1
    kept = notice(number)
    assert kept.state == "queued"
    assert kept.started_at == now
    done = run(HOUR)
    assert (done.sent, done.again) == (1, 1)
    assert len({got.data for got in sink.received}) == 1
    assert len(sink.received) == (2 if wish == "keep and drop" else 1)


def test_a_lost_last_reply_is_held_where_that_is_wished(run, sink, now, as_):
    (number,) = wait_for_sending(1, now)
    sink.at_end.append("keep and drop")
    use_sink(sink.url, "hold")
    assert run().held == 1
    kept = notice(number)
    assert (kept.state, kept.why) == ("held", "ambiguous")
    assert run(HOUR).sent == 0
    resend(number, actor=as_("secretariat"), now=now)
    assert run(HOUR).sent == 1
    assert len({got.data for got in sink.received}) == 1


@pytest.mark.parametrize(("ambiguous", "expected"), [("resend", (1, 0)), ("hold", (0, 1))])
def test_what_a_dead_sender_began_is_in_doubt_and_nothing_else(run, sink, now, ambiguous, expected):
    first, second = wait_for_sending(2, now)

    def die(point):
        if point == "before_smtp":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(at=die)
    assert notice(first).started_at == now
    assert notice(second).started_at is None
    assert run().sent == 0  # the lease lasts
    use_sink(sink.url, ambiguous)
    done = run(HOUR)
    assert (done.again, done.held) == expected
    assert notice(second).state == "sent"


def test_a_sender_that_was_given_up_changes_nothing_any_more(run, sink, now):
    (number,) = wait_for_sending(1, now)
    seen = []

    def meanwhile(point):
        if point == "after_250" and not seen:
            seen.append(point)
            assert run(HOUR).sent == 1

    run(at=meanwhile)
    kept = notice(number)
    assert (kept.state, kept.sent_at) == ("sent", now + HOUR)


def test_a_sender_short_of_lease_gives_the_rest_back(run, sink, now):
    wait_for_sending(3, now)
    tight = Pace(batch=4, lease=timedelta(seconds=100), reply=60, margin=timedelta(seconds=60))
    assert run(pace=tight).sent == 1
    assert states() == {"sent": 1, "queued": 2}
    assert db.session.scalars(select(Notice.attempts).where(Notice.state == "queued")).all() == [
        0,
        0,
    ]


def test_many_senders_at_once_send_each_mail_once(app, run, sink, now):
    wait_for_sending(60, now)

    def send():
        with app.app_context():
            done = relay(pace=Pace(batch=7), now=lambda: now)
            db.session.remove()
            return done.sent

    with ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(send) for _ in range(4)]
    assert sum(sender.result() for sender in senders) == 60
    assert states() == {"sent": 60}
    assert len(sink.received) == len({got.message_id for got in sink.received}) == 60


def test_a_notice_that_cannot_be_put_into_words_fails_alone(run, sink, now):
    (bad,) = wait_for_sending(1, now, facts={"state": "no such state"})
    (good,) = wait_for_sending(1, now, name="draft_returned")
    done = run()
    assert (done.failed, done.sent) == (1, 1)
    assert (notice(bad).state, notice(good).state) == ("failed", "sent")
    assert "no such state" in notice(bad).error


def test_an_address_no_server_takes_fails_with_words(run, sink, now):
    first, _second = wait_for_sending(2, now)
    with unit_of_work() as session:
        session.execute(
            update(Person).where(Person.id == notice(first).person_id).values(email="é@a.example")
        )
    assert (run().failed, len(sink.received)) == (1, 1)
    assert "address" in notice(first).error


def test_a_mail_begun_too_often_is_given_up(run, sink, now):
    (number,) = wait_for_sending(1, now)
    with unit_of_work() as session:
        session.execute(update(Notice).values(attempts=outbox.MOST_ATTEMPTS))
    assert run().failed == 1
    assert notice(number).state == "failed"


def test_statements_are_as_many_a_batch_and_two_a_mail(run, sink, now):
    def statements(number):
        wait_for_sending(number, now)
        with counting() as counted:
            assert run().sent == number
        return len(counted)

    statements(1)  # the procedure is read once
    few, many = statements(4), statements(16)
    assert many - few == 2 * 12
    assert few <= 5 + 2 * 4


def test_what_waits_is_found_by_its_index_whatever_was_sent_before(run, now):
    wait_for_sending(2, now)
    with explaining("WITH due") as plans:
        run()
    assert plans
    assert all("ix_notice_waiting" in plan for plan in plans)


@pytest.mark.parametrize("url", ["?tls=starttls", "user:secret@"])
def test_without_the_encryption_or_log_in_asked_for_nothing_is_handed_over(run, sink, now, url):
    wait_for_sending(1, now)
    query, user = (url, "") if url.startswith("?") else ("", url)
    use_sink(f"smtp://{user}127.0.0.1:{sink.port}{query}")
    done = run()
    assert done.outage
    assert "secret" not in done.outage
    assert sink.received == []
    assert states() == {"queued": 1}


def test_without_a_server_mails_become_files_and_a_repetition_replaces_its_own(app, now, tmp_path):
    ids = wait_for_sending(3, now)
    assert relay(now=lambda: now).sent == 3
    files = sorted((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == sorted(
        f"20261124T090000-{notice(number).message_id.strip('<>')}.eml" for number in ids
    )
    assert files[0].read_bytes().decode() in {notice(number).message for number in ids}
    with unit_of_work() as session:
        again = {"state": "queued", "due_at": now, "sent_at": None}
        session.execute(update(Notice).values(**again))
    assert relay(now=lambda: now).sent == 3
    assert sorted((tmp_path / "mail").iterdir()) == files


def test_a_pause_grows_is_spread_and_has_an_end():
    pauses = [outbox.pause(1, attempts) for attempts in range(1, 9)]
    assert pauses == sorted(pauses)
    assert pauses[-1] <= timedelta(hours=7.2)
    first = {outbox.pause(row, 1) for row in range(100)}
    assert len(first) == 100
    assert timedelta(seconds=24) <= min(first) <= max(first) <= timedelta(seconds=36)
