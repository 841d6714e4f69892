"""The pulse of a periodic job: each run leaves a row, also one that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tracker import clock
from tracker.system.operations import record_heartbeat


@dataclass(slots=True)
class Run:
    """How a run went, as the job itself says."""

    ok: bool = True
    detail: str = ""


@contextmanager
def heartbeat(name: str) -> Iterator[Run]:
    """Keep what happens inside as the last run of the job `name`."""
    started, run = clock.now(), Run()
    try:
        yield run
    except Exception as error:
        run.ok, run.detail = False, type(error).__name__
        raise
    finally:
        record_heartbeat(name, clock.now(), started_at=started, ok=run.ok, detail=run.detail)
