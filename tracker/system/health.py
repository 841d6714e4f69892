"""Whether this process can do its work: database, migrations, broker, periodic jobs.

An answer comes within two seconds, whatever hangs: each look runs in a thread of its own, one at a
time, and who asks while one hangs waits for that one. Details name no address and no password.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from kombu.transport.virtual import Transport
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.celery import QUEUE
from tracker.db import db
from tracker.system.jobs import late_jobs

PATIENCE = 1.8


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one thing that must work."""

    ok: bool
    detail: str


Checks = Mapping[str, Check]
_SILENT = Check(ok=False, detail="no answer in time")
_UNKNOWN = Check(ok=False, detail="cannot be told without the database")


class Look:
    """Looks at things that may hang, in a thread that is never waited for to its end."""

    def __init__(self, names: tuple[str, ...], look: Callable[[], Checks]) -> None:
        self.names = names
        self._look = look
        self._lock = threading.Lock()
        self._running: Future[Checks] | None = None

    def begin(self) -> Future[Checks]:
        """What will be found: by a new look, or by the one that is still under way."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                thread = threading.Thread(
                    target=self._run, args=(self._running,), name="look", daemon=True
                )
                thread.start()
            return self._running

    def _run(self, future: Future[Checks]) -> None:
        try:
            future.set_result(self._look())
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is that it failed
            failed = Check(ok=False, detail=type(error).__name__)
            future.set_result(dict.fromkeys(self.names, failed))


def init_app(app: Flask) -> None:
    """Prepare the looks; nothing is opened before the first question."""

    def in_context(look: Callable[[], Checks]) -> Callable[[], Checks]:
        def looked() -> Checks:
            with app.app_context():
                return look()

        return looked

    # The head of the migrations that came with this process, whatever is installed meanwhile.
    head = ScriptDirectory(app.extensions["migrate"].directory).get_current_head()
    app.extensions["looks"] = (
        Look(("database", "migrations", "jobs"), in_context(partial(_look_at_database, head))),
        Look(("broker",), in_context(_look_at_broker)),
    )


def examine() -> Checks:
    """Look at everything that must work, by name."""
    looks: tuple[Look, ...] = current_app.extensions["looks"]
    futures = [look.begin() for look in looks]
    wait(futures, timeout=PATIENCE)
    found: dict[str, Check] = {}
    for look, future in zip(looks, futures, strict=True):
        found |= future.result() if future.done() else dict.fromkeys(look.names, _SILENT)
    return found


def _look_at_database(head: str | None) -> Checks:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        down = Check(ok=False, detail=type(error).__name__)
        return {"database": down, "migrations": _UNKNOWN, "jobs": _UNKNOWN}
    up = Check(ok=True, detail="answers")
    migrations = _migrations(head)
    return {
        "database": up,
        "migrations": migrations,
        "jobs": _jobs() if migrations.ok else Check(ok=False, detail="not asked"),
    }


def _migrations(head: str | None) -> Check:
    try:
        found = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        found = None
    if found == head:
        return Check(ok=True, detail=f"at {head}")
    have = f"at {found}" if found else "none were run"
    return Check(ok=False, detail=f"{have}, this process needs {head}")


def _jobs() -> Check:
    late = late_jobs(db.session(), clock.now())
    said = [
        f"{job.name} last ran at {job.last.finished_at:%Y-%m-%d %H:%M:%SZ}"
        if job.last
        else f"{job.name} never ran"
        for job in late
    ]
    return Check(ok=not late, detail="; ".join(said) or "all ran in time")


def _look_at_broker() -> Checks:
    celery = current_app.extensions["celery"]
    with celery.connection_for_write(connect_timeout=PATIENCE) as connection:
        connection.connect()
        if isinstance(connection.transport, Transport):
            # These connect to nothing before they are asked for something: how long the queue is.
            connection.default_channel.queue_declare(QUEUE)
    return {"broker": Check(ok=True, detail="answers")}
