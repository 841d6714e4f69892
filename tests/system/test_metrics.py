"""The figures for Prometheus: right, cheap, and not for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.counting import counting
from tests.notices.outgoing import use_sink, wait_for_sending
from tests.road import bring_to
from tests.system.test_health import beat
from tracker import clock
from tracker.db import db, unit_of_work
from tracker.duties.models import Duty
from tracker.notices.models import Notice
from tracker.notices.relay import relay
from tracker.people.operations import create_token, revoke_token
from tracker.system.metrics import exposition
from tracker.system.operations import record_heartbeat

SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? (-?[0-9.e+]+)')


def read(text: str) -> dict[str, float]:
    """Samples by name and labels; fails on a line that is none."""
    found, described = {}, set()
    for line in text.splitlines():
        if line.startswith("# "):
            _, what, name, rest = line.split(" ", 3)
            described.add((what, name))
            assert what == "HELP" or rest == "gauge"
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        assert {("HELP", match[1]), ("TYPE", match[1])} <= described
        found[match[1] + (match[2] or "")] = float(match[3])
    return found


def figures(app) -> dict[str, float]:
    db.session.remove()
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return read(answer.text)


def test_an_empty_installation_has_figures(app):
    found = figures(app)
    assert found["tracker_notices_queue_age_seconds"] == 0
    assert found['tracker_notices{state="settled"}'] == 0
    assert found['tracker_duties{state="open"}'] == 0
    assert found['tracker_job_late{job="notices.relay"}'] == 1
    assert not any(name.startswith("tracker_job_age") for name in found)


def test_mails_are_counted_by_state_and_cause(app, sink):
    use_sink(sink.url)
    at = clock.now() - timedelta(minutes=10)
    sink.at_recipient.extend(["550 5.1.1 <a@b.example> unknown", "451 Later", "250 OK", "554 No"])
    wait_for_sending(4, at)
    relay()
    ids = wait_for_sending(4, at)
    with unit_of_work() as session:
        session.execute(
            update(Notice)
            .where(Notice.id == ids[0])
            .values(state="held", why="ambiguous", due_at=None)
        )
        session.execute(
            update(Notice)
            .where(Notice.id == ids[1])
            .values(state="failed", error="KeyError: 'x'", due_at=None)
        )
        session.execute(
            update(Notice)
            .where(Notice.id == ids[2])
            .values(state="sending", token="t", started_at=at)
        )
    found = figures(app)
    assert {name: n for name, n in found.items() if name.startswith("tracker_notices{")} == {
        'tracker_notices{state="queued"}': 2,
        'tracker_notices{state="sending"}': 1,
        'tracker_notices{state="failed"}': 3,
        'tracker_notices{state="held"}': 1,
        'tracker_notices{state="settled"}': 1,
    }
    assert {name: n for name, n in found.items() if "stuck" in name} == {
        'tracker_notices_stuck{state="failed",cause="550"}': 1,
        'tracker_notices_stuck{state="failed",cause="554"}': 1,
        'tracker_notices_stuck{state="failed",cause="text"}': 1,
        'tracker_notices_stuck{state="held",cause="ambiguous"}': 1,
    }
    assert found["tracker_notices_retrying"] == 1
    assert found["tracker_notices_ambiguous"] == 2
    assert 600 <= found["tracker_notices_oldest_unsent_seconds"] < 660
    assert 600 <= found["tracker_notices_queue_age_seconds"] < 660


def test_a_duty_is_overdue_by_its_date_and_the_assemblys_day(app, as_, now, tmp_path):
    bring_to("drafting", as_, now, tmp_path)
    bring_to("adopted", as_, now, tmp_path)
    db.session.remove()
    found = figures(app)
    assert found['tracker_duties{state="open"}'] >= 2
    assert found['tracker_duties{state="overdue"}'] == 0
    assert found['tracker_acts{stage="drafting",state="drafting"}'] == 1
    assert found['tracker_acts{stage="done",state="adopted"}'] == 1
    due = clock.today("Europe/Moscow")
    for on, overdue in ((due, 0), (due - timedelta(days=1), 1)):
        with unit_of_work() as session:
            one = session.query(Duty).filter(Duty.closed_at.is_(None)).order_by(Duty.id).first()
            one.due_on, one.due_state = on, "set"
        assert figures(app)['tracker_duties{state="overdue"}'] == overdue


def test_jobs_have_an_age_and_may_be_late_or_failing(app):
    beat(app)
    record_heartbeat("notices.relay", clock.now() - timedelta(minutes=5), ok=False, detail="x")
    found = figures(app)
    assert 300 <= found['tracker_job_age_seconds{job="notices.relay"}'] < 360
    assert found['tracker_job_ok{job="notices.relay"}'] == 0
    assert found['tracker_job_late{job="notices.relay"}'] == 1
    assert found['tracker_job_age_seconds{job="duties.remind"}'] < 60
    assert found['tracker_job_late{job="duties.remind"}'] == 0


def test_it_takes_few_statements_and_names_nobody(app, sink, now):
    use_sink(sink.url)
    sink.at_recipient.append("550 5.1.1 <a@b.example> unknown")
    wait_for_sending(1, now)
    relay(now=lambda: now)
    db.session.remove()
    with counting() as sent:
        text = exposition(db.session(), clock.now(), now.date())
    assert len(sent) == 10
    assert "@" not in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("peer", "headers", "status"), [
    ("127.0.0.1", {}, 200),
    ("::1", {}, 200),
    ("192.0.2.1", {}, 401),
    ("", {}, 401),
    ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 401),
    ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 401),
    ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, 401),
    ("192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
])  # fmt: skip
def test_they_are_for_programs_on_this_machine(app, peer, headers, status):
    client = app.test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status
    assert ("tracker_notices" in answer.text) == (status == 200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_or_for_a_token_of_somebody_who_sees_deliveries(app, as_, now):
    admin = as_("admin")
    client = app.test_client()

    def status(token: str, kind: str = "Bearer") -> int:
        elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
        headers = {"Authorization": f"{kind} {token}"}
        return client.get("/metrics", headers=headers, environ_base=elsewhere).status_code

    emails = [f"{login}@demo.example.org" for login in ("secretariat", "drafter")]
    allowed, other = [create_token(email, actor=admin, now=now) for email in emails]
    db.session.remove()
    assert (status(allowed), status(other), status("x"), status("")) == (200, 401, 401, 401)
    assert status(allowed, "Basic") == 401
    revoke_token(emails[0], actor=admin, now=now)
    assert status(allowed) == 401
