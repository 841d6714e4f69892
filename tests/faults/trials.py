"""The faults. Each is a function of a running installation that does harm and lets it pass, and
returns how often; work goes on meanwhile. How soon all is well again is measured outside.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.installation import Installation
from tests.faults.programs import KINDS, kill
from tests.faults.servers import wait_until
from tracker.system.up import STEADY

OUTAGE = 12.0
"""Seconds that a server is away or behaves badly."""
SLOW_START = 6.0
CLOCK_SEEN = 0.5
"""Seconds after which every process goes by a clock that was set, see `inside`."""
HOUR, DAY = 3600, 86_400


class Impossible(Exception):
    """Why a fault cannot be made on this machine."""


def kills(number: int) -> Callable[[Installation], int]:
    """SIGKILL of each of the three programs so many times, at random and independently. Two in
    three times a program has the time to come up before, the web server however slow the machine,
    so that there is work to be disturbed; the third it has not quite.
    """

    def harm(one: Installation) -> int:
        seed = random.randrange(10**6)
        up = min(one.up_after, SLOW_START)
        life = STEADY if one.embedded else 0.0  # one that lived so long is started again at once

        def pursue(kind: str) -> None:
            chance = random.Random(f"{seed}{kind}")
            for turn in range(number):
                if turn % 3:
                    if kind == "web":
                        wait_until(one.load.answered, 120, "the web server comes up")
                    time.sleep(life + up * chance.uniform(0.5, 1.5))
                else:
                    time.sleep(up * chance.uniform(0.2, 1.0))
                kill(one.programs, kind, chance)

        with ThreadPoolExecutor() as killers:
            for done in [killers.submit(pursue, kind) for kind in KINDS]:
                done.result()
        return number * len(KINDS)

    return harm


def broker_outage(one: Installation) -> int:
    one.broker.stop()
    time.sleep(OUTAGE)
    one.broker.start()
    return 1


def database_outage(one: Installation) -> int:
    one.database.stop()
    time.sleep(OUTAGE)
    one.database.start()
    return 1


def database_locked(one: Installation) -> int:
    """Another program holds SQLite's write lock for longer than anybody waits for it."""
    with sqlite3.connect(one.data / "tracker.db", isolation_level=None, timeout=60) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(20)
        connection.execute("ROLLBACK")
    connection.close()
    return 1


def mail_server_away(one: Installation) -> int:
    one.stop_sink()
    time.sleep(OUTAGE)
    one.start_sink()
    return 1


def mail_server(mode: str) -> Callable[[Installation], int]:
    """The mail server is `refusing`, `slow` or `dropping` for a while."""

    def harm(one: Installation) -> int:
        one.misbehave(mode)
        time.sleep(OUTAGE)
        one.misbehave("")
        return 1

    return harm


def two_schedulers(one: Installation) -> int:
    one.programs.start_another("scheduler")
    time.sleep(25)
    one.programs.end_another("scheduler")
    return 1


def clock_jump(seconds: int) -> Callable[[Installation], int]:
    """The clock is set forward, and back again after some work."""

    def harm(one: Installation) -> int:
        one.set_clock(seconds)
        time.sleep(OUTAGE)
        one.set_clock(0)
        time.sleep(CLOCK_SEEN)
        return 2

    return harm


def downtime(one: Installation) -> int:
    """Everything is off for five days: what was owed meanwhile is said once, and once only."""
    one.programs.stop()
    one.set_clock(5 * DAY)
    one.programs.start()
    return 1


def full_disk(one: Installation) -> int:
    """No byte can be written in the data directory: not to the database, the broker, the log."""
    ballast = one.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    time.sleep(OUTAGE)
    ballast.unlink()
    return 1


def on_small_disk(folder: Path) -> None:
    """Give the data directory a disk of its own; needs the rights to mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.call(mounted, stderr=subprocess.DEVNULL):
        raise Impossible("a full disk needs the right to mount one")


def off_small_disk(folder: Path) -> None:
    wait_until(lambda: subprocess.call(["umount", str(folder)]) == 0, 10, "unmounted")
