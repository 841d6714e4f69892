"""Celery's scheduler, which goes on when the clock is set back."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import Scheduler as CelerysScheduler

BACK = 2.0
"""Seconds; a clock that is kept right moves by less."""


class Scheduler(CelerysScheduler):  # type: ignore[misc]
    """The original waits until the clock shows again what it showed before, for an hour or a day.
    Here a clock that was set back is a new beginning: every job is due, as at a start.
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
