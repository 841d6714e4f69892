"""Writing down that the periodic jobs run."""

from __future__ import annotations

from datetime import datetime

from tracker.db import unit_of_work, upsert
from tracker.system.models import JobRun


def record_heartbeat(
    name: str,
    now: datetime,
    *,
    started_at: datetime | None = None,
    ok: bool = True,
    detail: str = "",
) -> None:
    """Keep this run of the job as its last one; it began at `started_at`, or at `now` too."""
    run = {"started_at": started_at or now, "finished_at": now, "ok": ok, "detail": detail}
    with unit_of_work() as session:
        statement = upsert(session, JobRun).values(name=name, **run)
        session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=run))
