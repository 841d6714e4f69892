"""The answers of `decide`: what a step would do, why it cannot be, and what a menu shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workflows.audience import Telling
from workflows.calendars import Deadline
from workflows.circulation import NewRound
from workflows.decided import Decided
from workflows.duties import NewDuty
from workflows.facts import ActFacts, DutyFacts, Refusal


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a step does not happen, of one kind, with every reason of that kind."""

    status: Literal["forbidden", "invalid", "stale", "refused"]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the timeline will say of the step. `texts` is kept apart from the chained record."""

    action: str
    before: str
    after: str
    body: str | None
    behalf: int | None
    decided: Decided | None
    """None for what is no move of the act."""
    basis: str | None
    edition: int | None
    data: Mapping[str, Any]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    facts: ActFacts
    entry: Entry
    state: str
    enters: bool
    """Whether a new visit begins."""
    closes: tuple[DutyFacts, ...]
    redates: tuple[tuple[DutyFacts, Deadline], ...]
    opens: tuple[NewDuty, ...]
    tellings: tuple[Telling, ...]
    cancels: tuple[int, ...]
    """Reviews that the step ends."""
    lead: str | None = None
    concerns: frozenset[str] = frozenset()
    titles: Mapping[str, str] | None = None
    kind: str | None = None
    number: tuple[str, str] | None = None
    """The number given, as (format, number)."""
    circulates: NewRound | None = None
    ends: tuple[int, ...] = ()
    """Rounds of circulation that end with the step, by number."""
    freezes: int | None = None
    """The edition that a body decided on."""
    warnings: tuple[Refusal, ...] = ()
    bodies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether an action is open to an actor now, and if not, all that stands in the way."""

    name: str
    allowed: bool
    request: bool
    forbidden: bool
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...] = ()
