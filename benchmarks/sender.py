"""A process that sends what waits in the outbox each time it is told to.

`python -m benchmarks.sender` takes its settings from the environment, says `ready`, and for each
line on its standard input sends until nothing is left and says how many there were.
"""

from __future__ import annotations

import gc
import logging
import sys

from tracker import create_app
from tracker.config import Settings
from tracker.db import db
from tracker.notices.folding import Quota
from tracker.notices.relay import Pace, relay

UNLIMITED = Pace(quota=Quota(of_a_name=10**6, in_all=10**6))
"""A round tells the same people as the one before, within minutes."""


def main() -> None:
    logging.disable(logging.INFO)
    app = create_app(Settings.load(dotenv=None))
    app.extensions["wake"] = lambda *_: None
    gc.freeze()  # as a worker does
    with app.app_context():
        print("ready", flush=True)
        for _line in sys.stdin:
            print(relay(pace=UNLIMITED).sent, flush=True)
            db.session.remove()


if __name__ == "__main__":
    main()
