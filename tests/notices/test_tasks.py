"""The periodic jobs of delivery leave their pulse, whatever happens in them."""

from sqlalchemy import select

from tests.notices.outgoing import states, use_sink, wait_for_sending
from tests.notices.sink import free_port
from tracker import clock
from tracker.db import db
from tracker.system.models import JobRun


def pulse(name):
    db.session.close()  # a task has a session of its own
    return db.session.execute(
        select(JobRun.ok, JobRun.detail).where(JobRun.name == name)
    ).one_or_none()


def test_relaying_sends_and_says_how_many(app, sink):
    use_sink(sink.url)
    wait_for_sending(2, clock.now())
    app.extensions["celery"].tasks["notices.relay"]()
    assert states() == {"sent": 2}
    assert pulse("notices.relay") == (True, "sent 2")


def test_an_outage_of_the_mail_server_is_a_job_that_is_not_well(app):
    use_sink(f"smtp://127.0.0.1:{free_port()}")
    wait_for_sending(1, clock.now())
    app.extensions["celery"].tasks["notices.relay"]()
    ok, detail = pulse("notices.relay")
    assert not ok
    assert "mail server" in detail


def test_reminding_leaves_its_pulse(app):
    app.extensions["celery"].tasks["duties.remind"]()
    assert pulse("duties.remind") == (True, "duties 0, reminders 0, found nobody 0")


def test_both_are_scheduled(app):
    schedule = app.extensions["celery"].conf.beat_schedule
    assert schedule["notices.relay"]["schedule"] == 5.0
    assert {"notices.relay", "duties.remind"} <= schedule.keys()
