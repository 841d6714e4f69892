"""Celery's scheduler, which goes on after an outage of the broker and a clock that was set back."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import Scheduler as CelerysScheduler
from celery.beat import SchedulingError
from kombu.common import ignore_errors

BACK = 2.0
"""Seconds; a clock that is kept right moves by less."""


class Scheduler(CelerysScheduler):  # type: ignore[misc]
    """The original waits until the clock shows again what it showed before, for an hour or a day.
    Here a clock that was set back is a new beginning: every job is due, as at a start. And it would
    keep a connection to RabbitMQ that broke, for ever, as we do not publish with retries.
    """

    _moment = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Send one job if one is due; returns the seconds until the next look."""
        moment = time.time()
        if moment < self._moment - BACK:
            self.update_from_dict(self.app.conf.beat_schedule)
            self.populate_heap()
        self._moment = moment
        return super().tick(*args, **kwargs)

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send a job; whatever fails, the next one goes over a new connection."""
        try:
            return super().apply_async(*args, **kwargs)
        except SchedulingError:
            self.__dict__.pop("producer", None)
            if (connection := self.__dict__.pop("connection", None)) is not None:
                ignore_errors(connection, connection.release)
            raise
