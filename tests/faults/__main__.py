"""`python -m tests.faults [STACK…] [--kills N] [--only NAME]`: every fault on every stack, or a
part of them; all take about half an hour.

Prints a table, writes `var/faults.json` and, when every fault was tried by now, from the last time
of each `docs/reliability.md`.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults import trials
from tests.faults.course import EACH, Course, Harm
from tests.faults.installation import STACKS, Installation
from tests.faults.programs import ROOT
from tests.faults.report import Trial, keep, table, write_figures, write_page
from tests.faults.trials import Impossible

OWED = 12 * EACH


def plain(embedded: bool) -> list[tuple[str, Harm]]:
    """The faults of an installation on its usual disk and clock."""
    mail = [(f"mail server {mode}", trials.mail_server(mode)) for mode in MODES]
    away: list[tuple[str, Harm]] = [("mail server away", trials.mail_server_away), *mail]
    again: list[tuple[str, Harm]] = [("two schedulers", trials.two_schedulers), *away]
    if embedded:
        return [("database locked", trials.database_locked), *again]
    return [
        ("broker stopped and started", trials.broker_outage),
        ("database stopped and started", trials.database_outage),
        *again,
    ]


MODES = ("refusing", "slow", "dropping")


@contextmanager
def usual(stack: str) -> Iterator[Installation]:
    one = Installation(stack, owed=OWED)
    with one.running():
        yield one


@contextmanager
def with_clock(stack: str) -> Iterator[Installation]:
    one = Installation(stack, owed=OWED)
    one.with_clock()
    with one.running():
        yield one


@contextmanager
def on_small_disk(stack: str) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    trials.on_small_disk(folder / "data")
    try:
        one = Installation(stack, owed=OWED, folder=folder)
        with one.running():
            yield one
    finally:
        trials.off_small_disk(folder / "data")
        shutil.rmtree(folder)


Faults = Sequence[tuple[str, Harm, float]]
"""What it is called, what it does, and over how many seconds duties fall due meanwhile."""


def rounds(stack: str, number: int) -> Iterator[tuple[Callable[..., Any], Faults]]:
    """The kinds of installation to be made on one stack, and the faults that each is put to."""
    embedded = not STACKS[stack]
    killed = ("web, worker and scheduler killed", trials.kills(number), 4.0 * number)
    yield usual, [killed, *((name, harm, 15.0) for name, harm in plain(embedded))]
    moved = [
        (f"clock set {words} forward and back", trials.clock_jump(seconds), 15.0)
        for words, seconds in (("an hour", trials.HOUR), ("a day", trials.DAY))
    ]
    yield with_clock, [*moved, ("off for five days", trials.downtime, 4.0 * trials.DAY)]
    if embedded:
        yield on_small_disk, [("disk full", trials.full_disk, 15.0)]


@dataclass
class Ran:
    """What came of the faults on one stack: `notes` say what had to be left out, `broken` that an
    installation did not come to rest, so that the rest was not tried.
    """

    trials: list[Trial] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: bool = False


def everything(stack: str, number: int, only: str) -> Ran:
    """All faults on one stack."""
    ran = Ran()
    missing = [kind.__name__ for kind in STACKS[stack] if not kind.installed()]
    if missing:
        ran.notes.append(f"{stack} was skipped: {', '.join(missing)} is not on this machine.")
        return ran
    for installed, faults in rounds(stack, number):
        chosen = [fault for fault in faults if only in fault[0]]
        if not chosen:
            continue
        try:
            with installed(stack) as one:
                course = Course(one)
                for fault in chosen:
                    ran.trials.append(course.try_out(*fault))
        except Impossible as reason:
            ran.notes.append(f"{stack}: {reason}.")
        except AssertionError as reason:
            ran.notes.append(f"{stack}: all stood still: {reason}.")
            ran.broken = True
    return ran


def clear_away(*_: object) -> None:
    """Leave no server behind."""
    for one in list(Installation.standing):
        one.remove()


def stop(*_: object) -> None:
    for stack in multiprocessing.active_children():
        stack.terminate()
        stack.join(60)
    clear_away()
    os._exit(1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("stacks", nargs="*", metavar="STACK", help=", ".join(STACKS))
    parser.add_argument("--kills", type=int, default=50, help="of each program; 50 by default")
    parser.add_argument("--only", default="", help="only faults with this in their name")
    given = parser.parse_args()
    logging.disable(logging.INFO)
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, stop)
    with ProcessPoolExecutor(len(STACKS)) as pool:  # Alembic serves one thread at a time
        courses = [
            pool.submit(everything, stack, given.kills, given.only)
            for stack in given.stacks or STACKS
        ]
    clear_away()
    ran = [course.result() for course in courses]
    found = [trial for each in ran for trial in each.trials]
    notes = [note for each in ran for note in each.notes]
    print("\n".join(["", table(found), *notes]))
    kept = keep(found, ROOT / "var/trials.json")
    wanted = [
        (stack, name)
        for stack in STACKS
        for _, faults in rounds(stack, given.kills)
        for name, _, _ in faults
    ]
    trials = [kept[each] for each in wanted if each in kept]
    write_figures(trials, ROOT / "var/faults.json")
    if len(trials) == len(wanted):
        write_page(trials, notes, ROOT / "docs/reliability.md")
    well = all(trial.ok for trial in found) and not any(each.broken for each in ran)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
