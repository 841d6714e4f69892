"""`python -m benchmarks [NAME…]`: the benches of these names, or every one of them.

Prints a table; after a run of all writes `var/bench.json` and `docs/performance.md`.
"""

from __future__ import annotations

import logging
import os
import sys

from benchmarks.figures import Figure, table, write
from benchmarks.relay import NOTES as RELAY_NOTES
from benchmarks.relay import relays
from benchmarks.rivals import ROOT
from benchmarks.scale import NOTES as SCALE_NOTES
from benchmarks.scale import adoption, pages, sweeps
from benchmarks.steps import NOTES, steps
from benchmarks.texts import NOTES as TEXT_NOTES
from benchmarks.texts import texts
from benchmarks.world import POSTGRESQL, postgresql_answers

BENCHES = (steps, relays, sweeps, adoption, pages, texts)
"""Functions of (kind of database, folder to work in, versions to add to) that yield figures."""


def main() -> None:
    logging.disable(logging.INFO)
    os.chdir(ROOT)
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    kinds = ["sqlite", "postgresql"]
    notes = [NOTES, RELAY_NOTES, SCALE_NOTES, TEXT_NOTES]
    if not postgresql_answers():
        kinds.remove("postgresql")
        notes.append(f"PostgreSQL was skipped: nothing answers at {POSTGRESQL.rpartition('@')[2]}.")
        print(notes[-1])
    figures: list[Figure] = []
    versions: dict[str, str] = {}
    chosen = set(sys.argv[1:])
    if unknown := chosen - {bench.__name__ for bench in BENCHES}:
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}.")
    for bench in BENCHES:
        if chosen and bench.__name__ not in chosen:
            continue
        for kind in kinds:
            for figure in bench(kind, work, versions):
                print(table([figure]).splitlines()[-1], flush=True)
                figures.append(figure)
    print("\n" + table(figures))
    if not chosen:
        write(figures, notes, versions, data=work / "bench.json", page=ROOT / "docs/performance.md")


if __name__ == "__main__":
    main()
