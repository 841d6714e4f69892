"""What a decision is made from: frozen facts about one act, its assembly, and the actor.

The application gathers them; nothing here is read again while deciding, so that a preview and
the step itself cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from workflows.assembly_schema import Assembly
from workflows.calendars import Calendar, DaysLeft
from workflows.machine import Compiled
from workflows.schema import Party
from workflows.voting import Result


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why not.

    `code` is stable; `params` fill its text; `field` is the input it speaks of, where there is one.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str | None = None


Cadence = Literal["at_once", "daily", "weekly", "inbox_only"]
"""How a person wants to hear what asks nothing of them: each by its own letter, gathered into one
letter a day or a week, or in the inbox alone."""

CADENCES: tuple[Cadence, ...] = get_args(Cadence)


@dataclass(frozen=True, slots=True)
class Office:
    """Where the letters for a person go who has an office for them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    names: Mapping[str, str]
    language: str
    email: str = ""
    information: Cadence = "at_once"
    office: Office | None = None
    away: Away | None = field(default=None, compare=False)
    """Who stands in for them today in the seat in which they were found."""

    def name(self, language: str) -> str:
        return self.names.get(language) or next(iter(self.names.values()))

    @property
    def letters_to(self) -> str:
        """The address that letters for them go to."""
        return self.office.email if self.office else self.email


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away until a day, inclusive; the deputy is here and has the right to act."""

    deputy: Person
    until: date


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the roles of today.

    `deputises` names, for roles held only as a deputy, the person stood in for.
    """

    person: int | None
    roles: frozenset[tuple[str, str]] = frozenset()
    deputises: Mapping[tuple[str, str], int] = field(default_factory=dict)
    account: int | None = None

    def holds(self, *seats: tuple[str, str]) -> bool:
        return any(seat in self.roles for seat in seats)


@dataclass(frozen=True, slots=True)
class Setting:
    """The assembly as it is when a decision is made."""

    assembly: Assembly
    calendars: Mapping[str, Calendar]
    people: Mapping[tuple[str, str], tuple[Person, ...]] = field(default_factory=dict)
    """Who holds which role in which body today."""
    alike: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Procedures with the same states, by procedure: a kind may change among them."""


@dataclass(frozen=True, slots=True)
class EditionFacts:
    current: int | None = None
    in_visit: bool = False
    """Whether an edition came in since the act entered its present state."""
    memorandum: bool = False
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    id: int
    person: Person
    state: Literal["invited", "accepted", "declined", "submitted", "cancelled"]
    in_visit: bool
    advisory: bool = False
    """Whether it is a guideline: it advises and is not the Board's opinion."""

    @property
    def open(self) -> bool:
        return self.state in ("invited", "accepted")


@dataclass(frozen=True, slots=True)
class DutyFacts:
    id: int
    kind: str
    visit: int
    person: Person | None
    body: str | None
    role: str | None
    action: str | None = None
    """For a request: the step asked for."""
    due_on: date | None = None
    first_due_on: date | None = None
    extended: int = 0
    """How often it was extended, and the date before that."""
    stopped_on: date | None = None
    left: DaysLeft | None = None
    """Since when its clock stands still, and what was left."""


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round of circulation. `until` is the last day that any addressee was given; `over`, that
    it has passed.
    """

    n: int
    until: date
    closed: bool
    over: bool
    bodies: tuple[str, ...] = ()
    """The addressees that are bodies of the assembly."""
    asked: int = 0
    answered: int = 0

    @property
    def open(self) -> bool:
        return not self.closed and not self.over


def seats_of(
    assembly: Assembly, parts: Mapping[str, tuple[str, ...]], party: Party
) -> list[tuple[str, str]]:
    """List the (body, role) pairs that a party means where bodies have these parts in an act."""
    bodies: Iterable[str]
    if party.scope == "act":
        bodies = parts.get(party.body, ())
    elif party.scope == "kind":
        bodies = assembly.bodies_of(party.body)
    else:
        bodies = (party.body,)
    return [(body, party.role) for body in bodies]


@dataclass(frozen=True, slots=True)
class ActFacts:
    setting: Setting
    procedure: Compiled
    id: int
    reference: str
    kind: str
    titles: Mapping[str, str]
    state: str
    version: int
    visit: int
    bodies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The part in the act (lead, drafting, …) → the bodies that have it."""
    floor: date | None = None
    """The latest known date of an earlier move: no later one may lie before it."""
    edition: EditionFacts = EditionFacts()
    reviews: tuple[ReviewFacts, ...] = ()
    unanswered_remarks: int = 0
    """Remarks on any edition without a confirmed answer; merged ones have that of another."""
    council: Result | None = None
    """The Council's decision as it stands: as taken at a sitting, else from the positions."""
    duties: tuple[DutyFacts, ...] = ()
    rounds: tuple[RoundFacts, ...] = ()
    """The rounds of circulation, oldest first."""
    told: tuple[Person, ...] = ()
    workers: tuple[Person, ...] = ()
    taken_numbers: frozenset[str] = frozenset()

    def seats(self, party: Party) -> list[tuple[str, str]]:
        """List the (body, role) pairs that a party means in this act."""
        return seats_of(self.setting.assembly, self.bodies, party)

    def persons(self, party: Party) -> list[Person]:
        """List who a party is today, each once."""
        seats = self.seats(party)
        if len(seats) == 1:
            return list(self.setting.people.get(seats[0], ()))
        found: dict[int, Person] = {}
        for seat in seats:
            found.update((person.id, person) for person in self.setting.people.get(seat, ()))
        return list(found.values())
