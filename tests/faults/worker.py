"""The worker under test, `celery -A tests.faults.worker worker`: the product's with three changes.

It works on a queue of its own (`FAULT_QUEUE`), keeps short leases and looks at the outbox often,
and kills itself with all its processes at the point named in the file `FAULT_FILE`, once.
"""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from kombu import Queue

from tracker import create_app
from tracker.notices import tasks
from tracker.notices.folding import Quota
from tracker.notices.relay import Pace, relay

UNFOLDED = Quota(of_a_name=10**6, in_all=10**6)
"""Each notice has its own mail here, so that mails can be counted."""
PACE = Pace(stretch=timedelta(seconds=3), reply=1.0, margin=timedelta(seconds=0.2), quota=UNFOLDED)


def on_own_queue(app: Flask, name: str) -> Flask:
    """Let the app's Celery use a queue that nobody else on this broker knows."""
    conf = app.extensions["celery"].conf
    (queue,) = conf.task_queues
    conf.task_queues = [Queue(name, routing_key=name, queue_arguments=queue.queue_arguments)]
    conf.task_default_queue = name
    return app


def die_if_told(point: str) -> None:
    """Kill the whole group of the worker when the file names this point."""
    file = Path(os.environ["FAULT_FILE"])
    if file.is_file() and file.read_text() == point:
        file.unlink()
        os.killpg(os.getpgrp(), signal.SIGKILL)


if "FAULT_QUEUE" in os.environ:
    tasks.relay = partial(relay, pace=PACE, at=die_if_told)
    celery = on_own_queue(create_app(), os.environ["FAULT_QUEUE"]).extensions["celery"]
    celery.conf.beat_schedule["notices.relay"].update(schedule=0.5, options={"expires": 5})
