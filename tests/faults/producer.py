"""A process that dies after its commit and before it wakes anybody.

`python -m tests.faults.producer N` queues N notices.
"""

from __future__ import annotations

import os
import signal
import sys

from tests.notices.outgoing import wait_for_sending
from tracker import clock, create_app

app = create_app()
app.extensions["wake"] = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    wait_for_sending(int(sys.argv[1]), clock.now())
