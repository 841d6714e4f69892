"""The page of the secretariat and the banner: is mail going out, what failed, which job is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.counting import counting
from tests.notices.outgoing import use_sink, wait_for_sending
from tests.system.test_health import beat
from tracker import clock
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.notices.relay import relay
from tracker.system.models import JobRun
from tracker.system.operations import record_heartbeat
from tracker.system.words import JOBS

HOUR = timedelta(hours=1)


def see(enter, language: str = "en") -> str:
    db.session.remove()
    client = enter("secretariat", language)
    assert client.get("/system").status_code == 200
    return client.text


def test_all_is_well(app, enter):
    beat(app)
    text = see(enter)
    assert "All mail has gone out." in text
    assert "None failed, and none is held." in text
    assert "Sending mails runs" in text
    assert "job of the system is late" not in text


def test_mail_that_waits_is_counted(app, enter):
    beat(app)
    wait_for_sending(3, clock.now())
    text = see(enter)
    assert "Mail is going out." in text
    assert "3 mails wait, the oldest since" in text
    with unit_of_work() as session:
        session.execute(update(Notice).values(due_at=clock.now() - HOUR))
    assert "Mail goes out, but slowly." in see(enter)


def test_a_mail_server_that_is_away_is_named_with_what_waits(app, enter, sink):
    beat(app)
    use_sink(sink.url)
    sink.stop()
    wait_for_sending(1, clock.now())
    app.extensions["celery"].tasks["notices.relay"]()
    text = see(enter)
    assert "No mail goes out: the last try failed." in text
    assert "mail server: ConnectionRefusedError" in text
    assert "1 mail waits, since" in text
    assert "nothing is lost" in text
    assert "Sending mails ran, but failed" in text


def test_what_does_not_go_out_is_counted_by_its_reason(app, enter, sink):
    beat(app)
    use_sink(sink.url)
    wait_for_sending(3, clock.now())
    sink.at_recipient.extend(["550 5.1.1 No such user", "550 5.7.1 Not from you"])
    relay()
    with unit_of_work() as session:
        waiting = update(Notice).where(Notice.state == "sent")
        session.execute(waiting.values(state="held", why="restored", sent_at=None))
    text = see(enter)
    assert "2 mails the mail server refused: 550" in text
    assert "1 mail held after restoring from a backup" in text
    assert "Look at them" in text


def test_a_late_job_is_a_banner_for_the_secretariat_alone(app, enter, browser):
    beat(app)
    client = enter("secretariat")
    client.get("/account")
    assert "late" not in client.text
    record_heartbeat("notices.relay", clock.now() - HOUR)
    db.session.remove()
    for url in ("/account", "/no/such/page"):
        client.get(url)
        assert "A job of the system is late: Sending mails." in client.text
        assert client.last.find(role="alert").a["href"] == "/system"
    assert "No mail goes out: the job that sends it has not run since" in see(enter)
    other = enter("drafter")
    other.get("/account")
    assert "is late" not in other.text
    assert other.get("/system").status_code == 403
    browser.get("/log-in")
    assert "is late" not in browser.text
    with unit_of_work() as session:
        session.query(JobRun).delete()
    client.get("/account")
    banner = client.last.find(role="alert").text
    assert "Jobs of the system are late:" in banner
    assert all(str(title) in banner for title in JOBS.values())


def test_the_banner_costs_the_secretariat_one_statement_and_others_none(app, enter):
    beat(app)
    for login, most in (("secretariat", 1), ("drafter", 0)):
        client = enter(login)
        with counting() as sent:
            client.get("/account")
        assert sum("FROM job_run" in statement for statement in sent.statements) == most


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_job_that_nobody_described_is_shown_by_its_name(app, enter):
    celery = app.extensions["celery"]
    entry = {"task": "room.job", "schedule": 60.0, "options": {"expires": 5}}
    celery.conf.beat_schedule = {**celery.conf.beat_schedule, "room.job": entry}
    assert "room.job has never run" in see(enter)
    record_heartbeat("room.job", clock.now(), ok=False, detail="KeyError")
    assert "room.job ran, but failed" in see(enter)


def test_the_page_asks_for_little(app, enter):
    beat(app)
    wait_for_sending(5, clock.now())
    client = enter("secretariat")
    with counting() as sent:
        client.get("/system")
    assert len(sent) <= 8, str(sent)
