"""The visits of an act as its timeline tells them: what the table `visit` must say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tracker.timeline.models import TimelineEntry
from workflows.machine import Compiled
from workflows.schema import STAYS


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit, with the columns of its row."""

    n: int
    state: str
    entered_on: date | None
    left_n: int | None = None
    left_on: date | None = None
    void: bool = False


def rebuild_visits(entries: Iterable[TimelineEntry], procedure: Compiled) -> list[Stay]:
    """Walk an act's entries from the first; the last open stay is where the act is."""
    stays: dict[int, Stay] = {}
    here = 0
    for entry in entries:
        undone = stays.get(entry.data.get("corrects", 0)) if entry.action == "correct" else None
        if undone is not None:
            stays[undone.n] = replace(undone, left_n=entry.n, left_on=None, void=True)
            here = max((n for n, stay in stays.items() if stay.left_n == undone.n), default=here)
            stays[here] = replace(stays[here], left_n=None, left_on=None)
        elif _begins(entry, procedure):
            day = entry.decided_on if entry.decided_precision == "day" else None
            if here:
                stays[here] = replace(stays[here], left_n=entry.n, left_on=day)
            here = entry.n
            stays[here] = Stay(here, entry.after, day)
    return list(stays.values())


def _begins(entry: TimelineEntry, procedure: Compiled) -> bool:
    """Whether an entry begins a visit. A step may lead from a state to itself."""
    if entry.before is None or entry.before != entry.after:
        return entry.action != "correct"
    if entry.data.get("before_admission") or entry.action not in procedure.definition.actions:
        return False
    move = procedure.move(entry.action, entry.before)
    return move is not None and move.to != STAYS
