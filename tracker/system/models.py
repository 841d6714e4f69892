"""What the installation remembers about its own running."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class JobRun(Model):
    """The last run of a periodic job, one row a job: the pulse that readiness looks at."""

    __tablename__ = "job_run"
    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ok: Mapped[bool]
    detail: Mapped[str] = mapped_column(Text)
