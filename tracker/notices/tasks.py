"""Sending the outbox: when the kicker wakes a worker, and every few seconds in any case.

What was queued by a clock that was ahead is let go when the relay notices that the clock was set
back, and looked for every few runs: a process may have written by the old clock a moment longer.
"""

from __future__ import annotations

import time
from typing import Any

from celery import Celery

from tracker import clock
from tracker.config import Settings
from tracker.notices.lease import bring_back
from tracker.notices.relay import relay
from tracker.system.pulse import heartbeat

EVERY, EVERY_EMBEDDED = 10.0, 5.0
"""Seconds. On the broker of files a lost wake-up is likelier and a look at the outbox cheaper."""
LOOK_BACK_EVERY = 20.0


def register(celery: Celery) -> dict[str, Any]:
    """Define the room's tasks; returns their part of the beat schedule."""
    settings: Settings = celery.flask_app.extensions["settings"]
    every = EVERY_EMBEDDED if settings.broker_url.startswith("atomicfs:") else EVERY

    looked = 0.0

    @celery.task(name="notices.relay", shared=False)  # type: ignore[untyped-decorator]
    def relay_notices() -> None:
        nonlocal looked
        with heartbeat("notices.relay") as run:
            if run.later or time.monotonic() > looked + LOOK_BACK_EVERY:
                bring_back(clock.now())
                looked = time.monotonic()
            done = relay()
            run.ok, run.detail = not done.outage, str(done)

    return {
        "notices.relay": {
            "task": "notices.relay",
            "schedule": every,
            "options": {"expires": every},
        },
    }
