"""Reminding, each minute."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.schedules import crontab

from tracker import clock
from tracker.duties.sweep import sweep
from tracker.system.pulse import heartbeat


def register(celery: Celery) -> dict[str, Any]:
    """Define the room's tasks; returns their part of the beat schedule."""

    @celery.task(name="duties.remind", shared=False)  # type: ignore[untyped-decorator]
    def remind() -> None:
        with heartbeat("duties.remind") as run:
            run.detail = str(sweep(clock.now()))

    return {
        "duties.remind": {
            "task": "duties.remind",
            "schedule": crontab(),
            "options": {"expires": 50},
        }
    }
