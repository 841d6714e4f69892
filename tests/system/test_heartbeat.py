"""The pulse of the periodic jobs, on both databases."""

from datetime import timedelta

from sqlalchemy import select

from tracker.db import db
from tracker.system.models import JobRun
from tracker.system.operations import record_heartbeat


def test_the_last_run_of_each_job_is_kept(app, now):
    later = now + timedelta(minutes=1)
    record_heartbeat("system.heartbeat", now)
    record_heartbeat("notices.relay", now, started_at=now - timedelta(seconds=2), detail="3 sent")
    record_heartbeat("system.heartbeat", later, ok=False, detail="no disk")
    rows = db.session.execute(select(JobRun).order_by(JobRun.name)).scalars().all()
    assert [(r.name, r.started_at, r.finished_at, r.ok, r.detail) for r in rows] == [
        ("notices.relay", now - timedelta(seconds=2), now, True, "3 sent"),
        ("system.heartbeat", later, later, False, "no disk"),
    ]
