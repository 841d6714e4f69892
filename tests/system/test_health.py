"""Health for machines: what is wrong is named, nothing hangs, nothing secret is said."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery.schedules import crontab
from sqlalchemy import text

from tests.conftest import listening, need, settings_for
from tests.counting import counting
from tracker import clock, create_app
from tracker.config import Settings
from tracker.db import unit_of_work
from tracker.system.jobs import is_late
from tracker.system.models import JobRun
from tracker.system.operations import record_heartbeat

LIMIT = 2.0


def beat(app, ago: timedelta = timedelta(0)) -> None:
    """Let every job of the schedule have run so long ago."""
    for entry in app.extensions["celery"].conf.beat_schedule.values():
        record_heartbeat(entry["task"], clock.now() - ago)


def ask(app):
    before = time.monotonic()
    answer = app.test_client().get("/readyz")
    assert time.monotonic() - before < LIMIT
    assert answer.json["ok"] == (answer.status_code == 200)
    return answer.status_code, answer.json["checks"]


def wrong(checks) -> list[str]:
    return sorted(name for name, check in checks.items() if not check["ok"])


def test_an_installation_that_works_is_ready(app):
    beat(app)
    status, checks = ask(app)
    assert (status, wrong(checks)) == (200, [])
    assert set(checks) == {"database", "migrations", "jobs", "broker"}
    assert all(check["detail"] for check in checks.values())


def test_a_job_that_never_ran_or_stopped_is_named(app):
    status, checks = ask(app)
    assert (status, wrong(checks)) == (503, ["jobs"])
    assert "system.heartbeat never ran" in checks["jobs"]["detail"]
    beat(app, timedelta(minutes=2))
    assert ask(app)[0] == 200
    beat(app, timedelta(minutes=3, seconds=1))
    status, checks = ask(app)
    assert (status, wrong(checks)) == (503, ["jobs"])
    assert "system.heartbeat last ran at" in checks["jobs"]["detail"]


def test_a_database_at_another_migration_is_not_ready(app):
    beat(app)
    with unit_of_work() as session:
        head = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        status, checks = ask(app)
    finally:
        with unit_of_work() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": head})
    assert (status, wrong(checks)) == (503, ["jobs", "migrations"])
    assert checks["migrations"]["detail"] == f"at 0000, this process needs {head}"


def test_a_database_without_tables_is_not_ready(tmp_path):
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/empty.db"))
    status, checks = ask(app)
    assert (status, wrong(checks)) == (503, ["jobs", "migrations"])
    assert checks["migrations"]["detail"].startswith("none were run")


def test_it_lives_without_a_database(tmp_path):
    (tmp_path / "folder").mkdir()
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/folder"))
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "somebody"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ok": True})
    status, checks = ask(app)
    assert status == 503
    assert checks["database"] == {"ok": False, "detail": "OperationalError"}


def test_while_the_database_is_away_a_page_says_so_in_words(tmp_path):
    (tmp_path / "folder").mkdir()
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/folder"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "somebody"
    for url in ("/desk", "/no/such/page"):
        answer = client.get(url)
        assert answer.status_code == 500
        assert "<h1>" in answer.text
        assert "sqlite" not in answer.text


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        peers: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    peers.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    for peer in peers:
        peer.close()


def make(tmp_path, **variables: str):
    environ = {"TRACKER_ENV": "test", "TRACKER_DATA_DIR": str(tmp_path), **variables}
    return create_app(Settings.load(environ, dotenv=None))


@pytest.mark.parametrize(("name", "port", "url"), [
    ("RabbitMQ", 5672, "amqp://guest:guest@127.0.0.1:5672//"),
    ("Redis", 6379, "redis://127.0.0.1:6379/15"),
    ("a folder", None, ""),
])  # fmt: skip
def test_a_broker_that_works_answers_before_any_worker_did(tmp_path, name, port, url):
    if port:
        need(name, listening(port))
    checks = ask(make(tmp_path, TRACKER_BROKER_URL=url))[1]
    assert checks["broker"] == {"ok": True, "detail": "answers"}


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_hangs_or_is_gone_is_said_in_time_and_without_its_password(
    tmp_path, silent_port, scheme
):
    url = f"{scheme}://tracker:hidden@127.0.0.1:{silent_port}/"
    app = make(tmp_path, TRACKER_BROKER_URL=url)
    threads = threading.active_count()
    for _ in range(2):
        status, checks = ask(app)
        assert status == 503
        assert not checks["broker"]["ok"]
        assert "hidden" not in str(checks)
    assert threading.active_count() <= threads + 1

    gone = make(tmp_path, TRACKER_BROKER_URL=f"{scheme}://tracker:hidden@127.0.0.1:1/")
    answer = gone.test_client().get("/readyz")
    assert not answer.json["checks"]["broker"]["ok"]
    assert "hidden" not in answer.text


def test_a_database_that_hangs_is_said_in_time(tmp_path, silent_port):
    app = make(
        tmp_path, TRACKER_DATABASE_URL=f"postgresql://tracker:hidden@127.0.0.1:{silent_port}/x"
    )
    status, checks = ask(app)
    assert status == 503
    assert wrong(checks) == ["database", "jobs", "migrations"]
    assert checks["broker"]["ok"]
    assert "hidden" not in str(checks)


@pytest.mark.parametrize(
    ("schedule", "minutes", "late"),
    [
        (crontab(), 3, False),
        (crontab(), 3.1, True),
        (10.0, 3, False),
        (10.0, 3.1, True),
        (timedelta(hours=1), 62, False),
        (timedelta(hours=1), 62.1, True),
        (crontab(minute=0, hour=9), 24 * 60 + 2, False),
        (crontab(minute=0, hour=9), 24 * 60 + 2.1, True),
        (crontab(), -1, False),
        (crontab(), -60, True),
    ],
)
def test_a_job_is_late_three_minutes_on_or_soon_after_it_was_due_again(
    now, schedule, minutes, late
):
    run = JobRun(name="x", started_at=now, finished_at=now, ok=False, detail="")
    assert is_late(schedule, run, now + timedelta(minutes=minutes)) is late
    assert is_late(schedule, None, now)


def test_readiness_asks_the_database_for_little(app):
    beat(app)
    with counting() as sent:
        ask(app)
    assert len(sent) == 3
