"""The periodic jobs: which there are, and which of them are late.

Names and periods come from the beat schedule, so that a job that is added is watched. Lateness is
a matter of the clock alone: a job that ran and failed is not late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab
from flask import current_app
from sqlalchemy.orm import Session

from tracker.system.models import JobRun
from tracker.system.queries import last_runs

LATE_AFTER = timedelta(minutes=3)
GRACE = timedelta(minutes=2)
"""For jobs rarer than once a minute, after the moment when they were due again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job and its last run, None when it never ran."""

    name: str
    last: JobRun | None
    late: bool


def jobs(session: Session, now: datetime) -> list[Job]:
    """Every job of the beat schedule, in the order of their names. One statement."""
    runs = last_runs(session)
    return [
        Job(name, runs.get(name), is_late(schedule, runs.get(name), now))
        for name, schedule in sorted(_schedules().items())
    ]


def late_jobs(session: Session, now: datetime) -> list[Job]:
    return [job for job in jobs(session, now) if job.late]


def is_late(schedule: Any, last: JobRun | None, now: datetime) -> bool:
    """Whether a job should have run again by now. A run in the future, which a clock that was set
    back leaves, says nothing.
    """
    if last is None or last.finished_at > now + LATE_AFTER:
        return True
    ran = last.finished_at
    return now > max(ran + LATE_AFTER, _due_again(schedule, ran) + GRACE)


def _due_again(schedule: Any, ran: datetime) -> datetime:
    if isinstance(schedule, crontab):
        start, delta, _now = schedule.remaining_delta(ran)
        due: datetime = start + delta
        return due
    return ran + (schedule if isinstance(schedule, timedelta) else timedelta(seconds=schedule))


def _schedules() -> Mapping[str, Any]:
    entries = current_app.extensions["celery"].conf.beat_schedule
    return {entry["task"]: entry["schedule"] for entry in entries.values()}
