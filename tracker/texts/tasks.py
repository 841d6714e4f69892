"""Reading and comparing texts that are too long for a request: when woken, and each minute what is
left.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.schedules import crontab

from tracker.system.pulse import heartbeat
from tracker.texts.comparing import compare_waiting, prepare
from tracker.texts.importing import TASK, read_waiting


def register(celery: Celery) -> dict[str, Any]:
    """Define the room's tasks; returns their part of the beat schedule."""

    @celery.task(name=TASK, shared=False)  # type: ignore[untyped-decorator]
    def read() -> None:
        with heartbeat(TASK) as run:
            read_now, made = read_waiting(then=prepare), compare_waiting()
            run.detail = f"read {read_now}, compared {made}" if read_now or made else ""

    return {TASK: {"task": TASK, "schedule": crontab(), "options": {"expires": 50}}}
