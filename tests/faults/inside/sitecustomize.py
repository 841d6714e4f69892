"""Loaded by Python itself in the product's processes under trial, as this folder is on their path.

Every mail goes by itself, however many a person gets: the few people of the trials would be sent
lists of what happened instead. And where `FAULT_CLOCK` names a file, the time is what it is and the
seconds that stand there.
"""

import os
import time
from pathlib import Path

import time_machine
from time_machine import _time_machine

from tracker.notices import folding

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


folding.QUOTA = folding.Quota(of_a_name=10**6, in_all=10**6)
if "FAULT_CLOCK" in os.environ:
    time_machine.travel(0).start()
    time_machine.traveller_stack[:] = [Moved()]
