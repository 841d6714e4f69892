"""The warning on the pages of those who can do something about it."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tracker import assembly, clock
from tracker.db import db
from tracker.people.access import current_member
from tracker.permissions import may
from tracker.system.jobs import late_jobs
from tracker.system.words import job_title

log = structlog.get_logger(__name__)


def late_job_titles() -> list[str]:
    """The jobs that are late, for those who may see deliveries. One statement, none for others."""
    member = current_member()
    if member is None or not may(assembly.assembly(), member.actor, "see_deliveries"):
        return []
    try:
        return [job_title(job.name) for job in late_jobs(db.session(), clock.now())]
    except SQLAlchemyError as error:  # the page about an error must not fail for its banner
        log.warning("banner_unknown", error=type(error).__name__)
        return []
