"""Sending the outbox: when the kicker wakes a worker, and every few seconds in any case."""

from __future__ import annotations

from typing import Any

from celery import Celery

from tracker import clock
from tracker.config import Settings
from tracker.notices.lease import bring_back
from tracker.notices.relay import relay
from tracker.system.pulse import heartbeat

EVERY, EVERY_EMBEDDED = 10.0, 5.0
"""Seconds. On the broker of files a lost wake-up is likelier and a look at the outbox cheaper."""


def register(celery: Celery) -> dict[str, Any]:
    """Define the room's tasks; returns their part of the beat schedule."""
    settings: Settings = celery.flask_app.extensions["settings"]
    every = EVERY_EMBEDDED if settings.broker_url.startswith("atomicfs:") else EVERY

    @celery.task(name="notices.relay", shared=False)  # type: ignore[untyped-decorator]
    def relay_notices() -> None:
        with heartbeat("notices.relay") as run:
            if run.later:
                bring_back(clock.now())
            done = relay()
            run.ok, run.detail = not done.outage, str(done)

    return {
        "notices.relay": {
            "task": "notices.relay",
            "schedule": every,
            "options": {"expires": every},
        }
    }
