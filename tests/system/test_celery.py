"""Waking the workers: never slow, never lost on the broker of files, whatever the broker does."""

import multiprocessing
import socket
import threading
import time
from pathlib import Path

import pytest
from celery import Celery
from celery.beat import Scheduler
from flask import Flask
from kombu import Connection

from tracker.celery import AppTask, Kicker, broker_settings, make_celery
from tracker.config import Settings
from tracker.logging import configure_logging

PRODUCERS, CONSUMERS, EACH = 3, 2, 200


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def connection(folder: Path) -> Connection:
    return Connection(
        "atomicfs://localhost",
        transport_options={"folder": str(folder), "polling_interval": 0.005},
    )


def produce(folder: Path, producer: int) -> None:
    with connection(folder) as broker, broker.SimpleQueue("q") as queue:
        for n in range(EACH):
            # Long enough that a reader of an unfinished file would see a part of it.
            queue.put({"id": f"{producer}-{n}", "padding": "я" * 20_000})


def consume(folder: Path, taken) -> None:
    with connection(folder) as broker, broker.SimpleQueue("q") as queue:
        while (message := queue.get(timeout=10)).payload["id"] != "end":
            message.ack()
            taken.put(message.payload["id"])
        message.ack()


def test_many_writers_and_readers_of_one_folder_lose_and_double_nothing(tmp_path):
    processes = multiprocessing.get_context("spawn")
    taken = processes.Queue()
    consumers = [
        processes.Process(target=consume, args=(tmp_path, taken)) for _ in range(CONSUMERS)
    ]
    producers = [processes.Process(target=produce, args=(tmp_path, n)) for n in range(PRODUCERS)]
    for process in consumers + producers:
        process.start()
    ids = [taken.get(timeout=30) for _ in range(PRODUCERS * EACH)]
    with connection(tmp_path) as broker, broker.SimpleQueue("q") as queue:
        for _ in consumers:
            queue.put({"id": "end"})
    for process in consumers + producers:
        process.join(30)
    assert [process.exitcode for process in consumers + producers] == [0] * 5
    assert sorted(ids) == sorted(f"{p}-{n}" for p in range(PRODUCERS) for n in range(EACH))
    assert list(tmp_path.iterdir()) == []


def test_messages_of_a_folder_come_in_order_and_can_be_counted_and_purged(tmp_path):
    with connection(tmp_path) as broker, broker.SimpleQueue("q") as queue:
        for n in range(5):
            queue.put(n)
        assert queue.qsize() == 5
        assert [queue.get(timeout=1).payload for _ in range(3)] == [0, 1, 2]
        assert queue.clear() == 2
        with pytest.raises(queue.Empty):
            queue.get(block=False)


def test_a_half_written_or_foreign_file_is_no_message(tmp_path):
    (tmp_path / ".3f2a").write_text('{"half')
    (tmp_path / "1-a.other.q.msg").write_text("not ours")
    with connection(tmp_path) as broker, broker.SimpleQueue("q") as queue:
        assert queue.qsize() == 0
        with pytest.raises(queue.Empty):
            queue.get(block=False)


def test_kicks_that_come_together_are_one_and_the_last_one_counts():
    may_go, published = threading.Event(), []

    def publish(_task):
        published.append(time.monotonic())
        may_go.wait(10)

    kicker = Kicker(publish)
    kicker.kick()
    wait_until(lambda: published)
    for _ in range(100):
        kicker.kick()
    may_go.set()
    wait_until(lambda: len(published) == 2)
    kicker.stop()
    assert len(published) == 2


def test_stopping_publishes_what_was_asked_for_and_nothing_else():
    published = []
    kicker = Kicker(published.append)
    kicker.kick()
    wait_until(lambda: published)
    kicker.kick()
    kicker.stop()
    kicker.stop()
    assert len(published) == 2


def test_stopping_does_not_wait_for_a_broker_that_hangs():
    answer = threading.Event()
    kicker = Kicker(lambda _task: answer.wait())
    kicker.kick()
    before = time.monotonic()
    kicker.stop()
    assert time.monotonic() - before < 3
    answer.set()


def test_a_failing_broker_is_survived_and_logged_once(caplog):
    configure_logging("test")
    outcomes = iter([OSError(), OSError(), None, OSError()])
    published = []

    def publish(_task):
        published.append(outcome := next(outcomes))
        if outcome:
            raise outcome

    kicker = Kicker(publish)
    for n in range(4):
        kicker.kick()
        wait_until(lambda n=n: len(published) > n)
    kicker.stop()
    # Once for the first two, once more after it had worked.
    assert caplog.text.count("kick_failed") == 2


@pytest.fixture
def silent_broker():
    """Listen on a port, accept connections and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted = []

        def accept():
            while True:
                try:
                    accepted.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], accepted
        server.shutdown(socket.SHUT_RDWR)
    for peer in accepted:
        peer.close()


@pytest.fixture
def make_app(tmp_path):
    apps, before = [], set(threading.enumerate())

    def make(**variables: str) -> Flask:
        environ = {"TRACKER_ENV": "test", "TRACKER_DATA_DIR": str(tmp_path), **variables}
        app = Flask("tracker")
        app.extensions["settings"] = Settings.load(environ, dotenv=None)
        make_celery(app)
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["kicker"].stop()
    own = [thread for thread in threading.enumerate() if thread not in before]
    wait_until(lambda: not any(thread.is_alive() for thread in own if thread.name == "kicker"))


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_kick_never_waits_for_a_broker_that_hangs(make_app, silent_broker, scheme):
    port, accepted = silent_broker
    app = make_app(TRACKER_BROKER_URL=f"{scheme}://127.0.0.1:{port}/")
    times = []
    for _ in range(50):
        before = time.monotonic()
        app.extensions["wake"]()
        times.append(time.monotonic() - before)
        time.sleep(0.01)
    wait_until(lambda: accepted)
    assert max(times) < 0.05


def test_a_kick_reaches_the_folder_and_expires(make_app, tmp_path):
    app = make_app()
    app.extensions["wake"]()
    wait_until(lambda: list((tmp_path / "broker").glob("*.tracker.msg")))
    celery = app.extensions["celery"]
    with celery.connection_for_read() as broker, broker.SimpleQueue("tracker") as queue:
        headers = queue.get(timeout=5).headers
    assert headers["task"] == "notices.relay"
    assert headers["expires"] is not None
    assert (headers["argsrepr"], headers["kwargsrepr"]) == ("()", "{}")


def test_tasks_run_in_the_application_context(make_app):
    celery: Celery = make_app().extensions["celery"]

    @celery.task(name="probe", shared=False)
    def probe() -> str:
        from flask import current_app

        return current_app.name

    assert isinstance(celery.tasks["probe"], AppTask)
    assert probe() == "tracker"


def test_every_scheduled_task_exists_and_a_late_tick_expires(make_app):
    celery = make_app().extensions["celery"]
    celery.finalize()
    assert celery.conf.beat_schedule
    for entry in celery.conf.beat_schedule.values():
        assert entry["task"] in celery.tasks
        assert entry["options"]["expires"] > 0
        assert not {"countdown", "eta"} & entry["options"].keys()


@pytest.mark.parametrize(
    ("url", "pool"),
    [
        ("amqp://h//", "prefork"),
        ("amqps://h//", "prefork"),
        ("redis://h/0", "prefork"),
        ("rediss://h/0", "prefork"),
        ("atomicfs:///var/broker", "threads"),
    ],
)
def test_each_broker_has_the_pool_it_is_safe_with(url, pool):
    conf = broker_settings(url)
    assert conf["worker_pool"] == pool
    assert [queue.name for queue in conf["task_queues"]] == ["tracker"]


def test_a_scheduler_that_starts_sends_every_job_at_once(make_app):
    celery = make_app().extensions["celery"]
    scheduler = Scheduler(celery)
    scheduler.setup_schedule()
    assert len(scheduler.schedule) == len(celery.conf.beat_schedule)
    for entry in scheduler.schedule.values():
        assert entry.is_due().is_due
        assert not entry.next().is_due().is_due
