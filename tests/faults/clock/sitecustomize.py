"""Loaded by Python itself in the product's processes while their clock is tried out, as this folder
is then on their path: the time is what it is and the seconds in the file `FAULT_CLOCK`.
"""

import os
import time
from pathlib import Path

import time_machine
from time_machine import _time_machine

PATIENCE = 0.2


class Moved(time_machine.Traveller):
    """Looks into the file now and then; also in a process that was forked."""

    def __init__(self) -> None:
        super().__init__(0, None, tick=True)
        self.looked, self.offset = 0.0, 0

    def time_ns(self) -> int:
        if time.monotonic() > self.looked + PATIENCE:
            self.looked = time.monotonic()
            self.offset = int(Path(os.environ["FAULT_CLOCK"]).read_text()) * 1_000_000_000
        return _time_machine.original_time_ns() + self.offset


time_machine.travel(0).start()
time_machine.traveller_stack[:] = [Moved()]
