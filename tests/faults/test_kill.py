"""Workers are killed while 500 notices go out: none is lost, and none comes twice but in the one
window between the mail server's answer and the commit, then the same to the byte.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.conftest import _restore as restore
from tests.conftest import listening, need
from tests.faults.worker import on_own_queue
from tests.notices.outgoing import states, wait_for_sending
from tests.notices.sink import free_port
from tracker import clock, create_app
from tracker.config import Settings
from tracker.db import db
from tracker.notices.models import Notice

pytestmark = pytest.mark.faults
HERE = Path(__file__).parents[2]
POINTS = ("after_claim", "before_smtp", "after_250")
EACH, AT_RANDOM, MOMENTS = 50, 60, 5
TOTAL = EACH * (len(POINTS) + 1) + AT_RANDOM * MOMENTS
SENDERS = 4
"""At most so many relays run in one worker at a time."""
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"


def wait_until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@dataclass
class Stage:
    """The processes of one installation, and what its mail server got."""

    environ: dict
    log: Path
    fault: Path
    worker: subprocess.Popen | None = None
    kills: int = 0

    def start(self, stack: ExitStack, *arguments: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=HERE,
            env=self.environ,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(end, process)
        return process

    def start_worker(self, stack: ExitStack) -> None:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.worker = self.start(
            stack, "celery", "-q", "-A", "tests.faults.worker", "worker", "-c", str(SENDERS), *quiet
        )

    def received(self) -> Counter:
        return Counter(line.split()[0] for line in self.log.read_text().splitlines())

    def wait_for_death(self) -> None:
        wait_until(lambda: self.worker.poll() is not None)
        self.kills += 1


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(params=["embedded", "rabbitmq"])
def stage(request, tmp_path):
    """An installation on SQLite and the broker of files, or on PostgreSQL and RabbitMQ."""
    if request.param == "embedded":
        database = f"sqlite:///{tmp_path}/tracker.db"
        template = request.getfixturevalue("sqlite_template")
        (tmp_path / "tracker.db").write_bytes(template.read_bytes())
        broker = {}
    else:
        need("RabbitMQ", listening(5672))
        database = request.getfixturevalue("postgresql_database")
        restore(database)
        broker = {"TRACKER_BROKER_URL": RABBITMQ}
    port, log = free_port(), tmp_path / "received.log"
    log.touch()
    ours = {
        "TRACKER_ENV": "test",
        "TRACKER_DATA_DIR": str(tmp_path),
        "TRACKER_DATABASE_URL": database,
        "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{port}",
        **broker,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    queue = f"fault_{uuid.uuid4().hex[:12]}"
    fault = tmp_path / "fault"
    environ = {**kept, **ours, "FAULT_QUEUE": queue, "FAULT_FILE": str(fault)}
    app = on_own_queue(create_app(Settings.load(ours, dotenv=None)), queue)
    with ExitStack() as stack, app.app_context():
        one = Stage(environ, log, fault)
        one.start(stack, "tests.faults.sink", str(port), str(log))
        one.start(stack, "celery", "-q", "-A", "tests.faults.worker", "beat")
        one.start_worker(stack)
        wait_until(lambda: listening(port))
        yield one, stack
        app.extensions["kicker"].stop()
        with app.extensions["celery"].connection_for_write() as connection:
            connection.default_channel.queue_delete(queue)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def say(capsys):
    """Write where it is seen, also when the test passes."""

    def write(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(line + "\n")

    return write


def test_killed_workers_lose_nothing_and_double_nothing_unseen(stage, request, say):
    one, stack = stage
    for point in POINTS:
        one.fault.write_text(point)
        wait_for_sending(EACH, clock.now())
        one.wait_for_death()
        assert not one.fault.exists()
        one.start_worker(stack)
    producer = one.start(stack, "tests.faults.producer", str(EACH))
    assert producer.wait(30) == -signal.SIGKILL
    moments = random.Random(seed := random.randrange(10**6))
    for _ in range(MOMENTS):
        before = one.received().total()
        wait_for_sending(AT_RANDOM, clock.now())
        wait_until(lambda before=before: one.received().total() > before)
        time.sleep(moments.uniform(0, 0.3))
        os.killpg(one.worker.pid, signal.SIGKILL)
        one.wait_for_death()
        one.start_worker(stack)
    wait_until(lambda: states() == {"sent": TOTAL}, seconds=120)

    got = one.received()
    assert len(got) == TOTAL
    twice = {message_id: copies for message_id, copies in got.items() if copies > 1}
    digests = {tuple(line.split()) for line in one.log.read_text().splitlines()}
    assert len(digests) == TOTAL  # the same id, the same bytes
    begun = dict(
        db.session.execute(
            select(Notice.message_id, Notice.attempts).where(Notice.message_id.in_(twice))
        ).all()
    )
    assert all(begun[message_id] >= copies for message_id, copies in twice.items())
    assert sum(twice.values()) - len(twice) <= one.kills * SENDERS
    assert one.kills == len(POINTS) + MOMENTS
    ambiguous = db.session.scalar(select(func.count()).where(Notice.attempts > 1))
    say(
        f"\n{request.node.callspec.id}: {TOTAL} notices, {one.kills} workers and 1 producer killed"
        f" (seed {seed}): 0 lost, {len(twice)} received twice with one Message-ID,"
        f" {ambiguous} were in doubt"
    )
