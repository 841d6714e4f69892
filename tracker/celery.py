"""Celery: how the application is woken up, on each broker it may run with.

The database is the queue of record; the broker carries wake-ups only, so losing, doubling or
delaying one changes nothing. Tasks therefore acknowledge early, keep no results, and use no eta or
countdown: waiting is a row with a date. After a commit that left work the kicker wakes a worker,
from a thread that never holds up its caller; a periodic sweep finds the work anyway.
"""

import atexit
import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery import Celery, Task, current_app
from celery.signals import before_task_publish, setup_logging, worker_process_init
from flask import Flask
from kombu.entity import Queue
from kombu.transport import TRANSPORT_ALIASES, virtual
from kombu.utils.json import dumps, loads

from tracker.config import Settings
from tracker.db import RELAY, db
from tracker.logging import current_request_id

log = structlog.get_logger(__name__)

# Each has `register(celery) -> beat schedule`, which defines the room's tasks with `shared=False`:
# otherwise they would appear in every app of the process.
TASK_ROOMS = (
    "tracker.system.tasks",
    "tracker.notices.tasks",
    "tracker.duties.tasks",
    "tracker.texts.tasks",
    "tracker.circulation.tasks",
)
QUEUE = "tracker"
ORIGIN = "request_id"
"""The header of a message that says for which request it was sent."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""A scheduler that starts makes up at once for what was missed without one."""
KICK_PAUSE = 0.05
STOP_PATIENCE = 2.0


def make_celery(app: Flask) -> Celery:
    """Make the app's Celery with every room's tasks, kept as `app.extensions["celery"]`.

    Also sets `app.extensions["wake"]`, which `unit_of_work` calls after a commit that left work.
    """
    settings: Settings = app.extensions["settings"]
    celery = Celery("tracker", task_cls=AppTask)
    celery.flask_app = app
    celery.conf.update(COMMON, **broker_settings(settings.broker_url))
    schedule: dict[str, Any] = {}
    for room in TASK_ROOMS:
        schedule |= import_module(room).register(celery)
    celery.conf.beat_schedule = {
        name: {"last_run_at": LONG_AGO, **entry} for name, entry in schedule.items()
    }
    app.extensions["celery"] = celery
    kicker = Kicker(
        lambda task: celery.send_task(task, expires=30, ignore_result=True, retry=False)
    )
    app.extensions["kicker"] = kicker
    app.extensions["wake"] = kicker.kick
    return celery


class AppTask(Task):  # type: ignore[misc]
    """A task that runs in the application's context. Its log lines carry its own id and that of
    the request that woke it, the last one where a wake-up serves many.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        ids = {"task": self.name, "task_id": self.request.id}
        if request_id := (self.request.headers or {}).get(ORIGIN):
            ids["request_id"] = request_id
        with (
            self.app.flask_app.app_context(),
            structlog.contextvars.bound_contextvars(**ids),
        ):
            return self.run(*args, **kwargs)


@before_task_publish.connect  # type: ignore[untyped-decorator]
def _carry_request_id(headers: dict[str, Any], **_: Any) -> None:
    if request_id := current_request_id():
        headers[ORIGIN] = request_id


COMMON: dict[str, Any] = {
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_acks_late": False,
    "task_publish_retry": False,
    "timezone": "UTC",
    "enable_utc": True,
    "task_default_queue": QUEUE,
    "broker_connection_retry_on_startup": True,
    # The default gives up after 100 attempts, and a worker that has given up looks alive.
    "broker_connection_max_retries": None,
    "broker_connection_timeout": 4,
    "worker_send_task_events": False,
    "worker_redirect_stdouts": False,
    # Nothing to remember between runs, so no file that can be damaged.
    "beat_scheduler": "tracker.system.scheduler:Scheduler",
}

PREFORK: dict[str, Any] = {
    "worker_pool": "prefork",
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 1000,
    "worker_max_memory_per_child": 300_000,
    "task_soft_time_limit": 240,
    "task_time_limit": 300,
}


def broker_settings(url: str) -> dict[str, Any]:
    """Celery's settings for the broker at this address; every socket has a timeout."""
    match url.partition("://")[0]:
        case "amqp" | "amqps":
            return PREFORK | {
                "broker_url": url,
                "broker_heartbeat": 30,
                "broker_transport_options": {
                    "confirm_publish": True,
                    "max_retries": 0,
                    "read_timeout": 10,
                    "write_timeout": 10,
                },
                "task_queues": [_queue({"x-queue-type": "quorum"})],
                "worker_detect_quorum_queues": True,
                # Declared for every quorum queue; nothing here is ever delayed by the broker.
                "broker_native_delayed_delivery_queue_type": "classic",
                "worker_cancel_long_running_tasks_on_connection_loss": True,
            }
        case "redis" | "rediss":
            return PREFORK | {
                "broker_url": url,
                "broker_transport_options": {
                    "max_retries": 0,
                    "visibility_timeout": 600,
                    "unacked_restore_interval": 5,
                    "unacked_restore_throttle": 1,
                    "socket_timeout": 10,
                    "socket_connect_timeout": 2,
                    "socket_keepalive": True,
                    "health_check_interval": 25,
                },
                "task_queues": [_queue()],
                "worker_cancel_long_running_tasks_on_connection_loss": False,
            }
        case "atomicfs":
            return {
                "broker_url": "atomicfs://localhost",
                "broker_transport_options": {
                    "folder": urlsplit(url).path,
                    "polling_interval": 0.1,
                },
                "task_queues": [_queue()],
                # A killed prefork child can leave the lock of a polled broker taken for ever.
                "worker_pool": "threads",
                "worker_concurrency": 4,
                "worker_prefetch_multiplier": 4,
                "worker_enable_remote_control": False,
                "worker_cancel_long_running_tasks_on_connection_loss": False,
            }
    return {"broker_url": url, "broker_transport_options": {"polling_interval": 0.01}}


def _queue(arguments: dict[str, str] | None = None) -> Queue:
    return Queue(QUEUE, routing_key=QUEUE, queue_arguments=arguments)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _leave_parents_connections(**_: Any) -> None:
    """Forget the database connections that a pool's child shares with its parent by forking."""
    with current_app.flask_app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)


@setup_logging.connect  # type: ignore[untyped-decorator]
def _keep_our_logging(**_: Any) -> None:
    """Stop Celery from setting up logging: a receiver is all it asks for, and the app has it."""


class Kicker:
    """Publishes wake-ups from a thread of its own, as many kicks at once as have come in.

    Publishing to a broker that accepts and does not answer blocks for seconds to minutes. The
    thread starts with the first kick: in the process that needs it, not before a fork.
    """

    def __init__(self, publish: Callable[[str], object]) -> None:
        self._publish = publish
        self._starting = threading.Lock()
        self._pid = 0

    def kick(self, task: str = RELAY) -> None:
        """Ask for one wake-up of a task; returns at once."""
        if self._pid != os.getpid():
            with self._starting:
                if self._pid != os.getpid():
                    self._start()
        self._origin = current_request_id()
        self._kicked[task] = True
        self._wake.set()

    def stop(self) -> None:
        """Publish what was asked for and end the thread, or leave it behind if the broker hangs."""
        if self._pid != os.getpid():
            return
        self._closing = True
        self._wake.set()
        self._thread.join(STOP_PATIENCE)

    def _start(self) -> None:
        self._wake = threading.Event()
        self._kicked: dict[str, bool] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="kicker", daemon=True)
        self._thread.start()
        atexit.register(self.stop)
        self._pid = os.getpid()

    def _run(self) -> None:
        failing = False
        while self._kicked or not self._closing:
            self._wake.wait()
            self._wake.clear()
            if not self._kicked:
                continue
            task, _ = self._kicked.popitem()
            if self._kicked:
                self._wake.set()
            try:
                with structlog.contextvars.bound_contextvars(request_id=self._origin):
                    self._publish(task)
            except Exception as error:  # noqa: BLE001  the sweep does the work; a kick may fail
                if not failing:
                    log.warning("kick_failed", error=type(error).__name__)
                failing = True
            else:
                failing = False
            # A bulk operation's hundreds of commits become a few wake-ups.
            time.sleep(KICK_PAUSE)


class AtomicChannel(virtual.Channel):
    """A queue as a folder: a message is a file that appears whole and is taken by one consumer.

    Kombu's own filesystem transport writes a file where readers already see it, and a reader of
    half a message ends the worker. Here a message is written under a hidden name and renamed.
    """

    @cached_property
    def folder(self) -> Path:
        path = Path(self.connection.client.transport_options["folder"])
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        unique = uuid.uuid4().hex
        hidden = self.folder / f".{unique}"
        hidden.write_text(dumps(message))
        hidden.rename(self.folder / f"{time.time_ns()}-{unique}.{queue}.msg")

    def _get(self, queue: str, _timeout: float | None = None) -> dict[str, Any]:
        for path in self._waiting(queue):
            taken = path.with_name(f".{path.name}")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # another consumer was faster
            message: dict[str, Any] = loads(taken.read_text())
            taken.unlink()
            return message
        raise Empty

    def _purge(self, queue: str) -> int:
        waiting = self._waiting(queue)
        for path in waiting:
            path.unlink(missing_ok=True)
        return len(waiting)

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _waiting(self, queue: str) -> list[Path]:
        """List the queue's messages, oldest first."""
        names = sorted(entry.name for entry in os.scandir(self.folder))
        return [self.folder / name for name in names if name.partition(".")[2] == f"{queue}.msg"]


class AtomicTransport(virtual.Transport):
    """`atomicfs://`, the broker of an installation that has no broker."""

    Channel = AtomicChannel
    driver_type = driver_name = "atomicfs"


TRANSPORT_ALIASES["atomicfs"] = f"{__name__}:AtomicTransport"
