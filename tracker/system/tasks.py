"""The pulse of worker and scheduler."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.schedules import crontab

from tracker import clock
from tracker.system.operations import record_heartbeat


def register(celery: Celery) -> dict[str, Any]:
    """Define the room's tasks; returns their part of the beat schedule."""

    @celery.task(name="system.heartbeat", shared=False)  # type: ignore[untyped-decorator]
    def heartbeat() -> None:
        record_heartbeat("system.heartbeat", clock.now())

    return {
        "system.heartbeat": {
            "task": "system.heartbeat",
            "schedule": crontab(),
            "options": {"expires": 50},
        }
    }
