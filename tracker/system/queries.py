"""Reading the pulse of the installation."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.system.models import JobRun


def last_runs(session: Session) -> Mapping[str, JobRun]:
    """The last run of each job that ever ran, by name."""
    return {run.name: run for run in session.scalars(select(JobRun))}
