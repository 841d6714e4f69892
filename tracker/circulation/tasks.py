"""Ending rounds of circulation by their date, every five minutes."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.schedules import crontab

from tracker import clock
from tracker.circulation.closing import close_by_date
from tracker.system.pulse import heartbeat


def register(celery: Celery) -> dict[str, Any]:
    """Define the room's tasks; returns their part of the beat schedule."""

    @celery.task(name="circulation.close", shared=False)  # type: ignore[untyped-decorator]
    def close() -> None:
        with heartbeat("circulation.close") as run:
            run.detail = f"rounds {close_by_date(clock.now())}"

    return {
        "circulation.close": {
            "task": "circulation.close",
            "schedule": crontab(minute="*/5"),
            "options": {"expires": 250},
        }
    }
