"""A lease is short, lasts as long as its sender lives, and survives a clock that is set back."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.notices.outgoing import notice, states, use_sink, wait_for_sending
from tracker import clock
from tracker.db import db
from tracker.notices import tasks
from tracker.notices.lease import bring_back
from tracker.notices.models import Notice
from tracker.notices.relay import Pace, relay
from tracker.system.operations import record_heartbeat

SHORT = Pace(stretch=timedelta(seconds=0.4))
DAY = timedelta(days=1)


def test_nobody_takes_a_mail_from_a_slow_sender_that_lives(app, sink):
    use_sink(sink.url)
    ids = wait_for_sending(2, clock.now())
    others = []

    def slowly(point):
        if point == "before_smtp" and not others:
            time.sleep(1.2)
            with app.app_context():
                others.append(relay(pace=SHORT).sent)
                db.session.remove()

    assert relay(pace=SHORT, at=slowly).sent == 2
    assert others == [0]
    assert len(sink.received) == 2
    db.session.close()
    assert {notice(number).due_at for number in ids} == {None}


def test_what_a_dead_sender_had_is_sent_after_a_stretch(app, sink, now):
    use_sink(sink.url)
    wait_for_sending(3, now)

    def die(point):
        if point == "after_claim":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relay(now=lambda: now, at=die)
    assert relay(now=lambda: now + timedelta(seconds=29)).sent == 0
    assert relay(now=lambda: now + timedelta(seconds=30)).sent == 3


def test_mails_from_a_later_time_are_let_go(app, now):
    new, later = wait_for_sending(1, now), wait_for_sending(1, now + DAY)
    bring_back(now)
    assert [notice(number).due_at for number in new + later] == [now, now]


def test_a_job_that_ran_at_a_later_time_notices(app, sink, monkeypatch):
    use_sink(sink.url)
    monkeypatch.setattr(tasks, "LOOK_BACK_EVERY", 10**9)
    wait_for_sending(2, clock.now() + DAY)
    app.extensions["celery"].tasks["notices.relay"]()
    db.session.close()
    assert set(db.session.scalars(select(Notice.state))) == {"queued"}
    record_heartbeat("notices.relay", clock.now() + DAY)
    app.extensions["celery"].tasks["notices.relay"]()
    assert states() == {"sent": 2}
    # Another process wrote by the old clock after that.
    wait_for_sending(2, clock.now() + DAY)
    monkeypatch.setattr(tasks, "LOOK_BACK_EVERY", 0.0)
    app.extensions["celery"].tasks["notices.relay"]()
    assert states() == {"sent": 4}
