"""An installation on its way through faults."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.installation import Account, Installation
from tests.faults.report import Trial, line

Harm = Callable[[Installation], int]
EACH = 6
"""Duties that fall due for a reminder during one fault."""


class Course:
    """Each fault is accounted for by itself."""

    def __init__(self, one: Installation) -> None:
        self.one = one
        self.before = Account(0, 0, 0, 0, 0, 0)

    def try_out(self, name: str, harm: Harm, seconds: float) -> Trial:
        """Let a fault happen while work goes on, and see how soon all is well again."""
        one = self.one
        print(f"{time.strftime('%H:%M:%S')} {one.name}: {name}", flush=True)
        one.fall_due(EACH, seconds)
        one.load.start()
        time.sleep(3)
        times = harm(one)
        ended = time.monotonic()
        one.recover()
        recovery = time.monotonic() - ended
        one.load.stop()
        one.settle()
        settled = time.monotonic() - ended
        one.drain()
        account, before = one.account(), self.before
        self.before = account
        patient = "dropping" in name
        trial = Trial(one.name, name, times, recovery, settled, account.since(before), patient)
        print(line(trial), one.load.answers, *account.broken, flush=True)
        return trial
