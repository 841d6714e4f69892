"""The pulse of a periodic job: each run leaves a row, also one that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker import clock
from tracker.db import db
from tracker.system.models import JobRun
from tracker.system.operations import record_heartbeat

SKEW = timedelta(seconds=2)
"""Clocks of machines differ by less."""


@dataclass(slots=True)
class Run:
    """How a run went, as the job itself says. `later`: the run before ended at a later time by the
    clock than this one began, so the clock was set back.
    """

    later: bool = False
    ok: bool = True
    detail: str = ""


@contextmanager
def heartbeat(name: str) -> Iterator[Run]:
    """Keep what happens inside as the last run of the job `name`."""
    started = clock.now()
    run = Run(later=_was_later(name, started))
    try:
        yield run
    except Exception as error:
        run.ok, run.detail = False, type(error).__name__
        raise
    finally:
        record_heartbeat(name, clock.now(), started_at=started, ok=run.ok, detail=run.detail)


def _was_later(name: str, now: datetime) -> bool:
    last = db.session.get(JobRun, name)
    return last is not None and last.finished_at > now + SKEW
