"""An assembly with somebody in every seat, and acts that stand wherever a test wants them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from workflows.assembly_schema import Assembly
from workflows.calendars import Calendar
from workflows.facts import (
    ActFacts,
    Actor,
    DutyFacts,
    EditionFacts,
    Person,
    ReviewFacts,
    Setting,
)
from workflows.loader import load_assembly
from workflows.machine import Compiled
from workflows.voting import DecisionRule, decide_vote

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parent / "sample"

ADOPTED = decide_vote(DecisionRule("consensus"), {"am": "present_not_voting", "by": "absent"})
OBJECTED = decide_vote(DecisionRule("consensus"), {"am": "no", "by": "yes"})
NOBODY = decide_vote(DecisionRule("consensus"), {"am": "absent", "by": "absent"})


@dataclass(frozen=True)
class World:
    assembly: Assembly
    procedures: Mapping[str, Compiled]
    people: Mapping[tuple[str, str], tuple[Person, ...]]
    setting: Setting

    def person(self, seat: str, number: int = 0) -> Person:
        body, role = seat.split(".")
        return self.people[body, role][number]

    def actor(self, *seats: str, standing_in: Mapping[str, str] | None = None) -> Actor:
        """Who holds these seats; `standing_in` maps seats held as a deputy to whom they are of."""
        deputises = {
            tuple(seat.split(".")): self.person(of).id for seat, of in (standing_in or {}).items()
        }
        roles = {tuple(seat.split(".")) for seat in seats} | deputises.keys()
        first = self.person(seats[0]).id if seats else 999
        return Actor(first, frozenset(roles), deputises)

    def facts(self, procedure: str, state: str, **changes) -> ActFacts:
        """An act to which nothing is wanting, unless `changes` say so."""
        kinds = [k for k, kind in self.assembly.kinds.items() if kind.procedure == procedure]
        found = ActFacts(
            setting=self.setting,
            procedure=self.procedures[procedure],
            id=1,
            reference="MA-2026-001",
            kind=kinds[0],
            titles={self.assembly.authentic: "О воде"},
            state=state,
            version=7,
            visit=3,
            edition=EditionFacts(2, in_visit=True, memorandum=True, numbers=frozenset({1, 2})),
            reviews=(ReviewFacts(1, self.reader, "submitted", in_visit=True),),
            council=ADOPTED,
        )
        return replace(found, **{"bodies": PARTS[self.assembly.assembly], **changes})

    @property
    def reader(self) -> Person:
        party = self.assembly.experts
        return self.people[party.body, party.role][0]


PARTS = {
    "csto_pa": {
        "lead": ("defence",),
        "drafting": ("institute",),
        "initiator": ("parliament_kz",),
    },
    "two_lakes": {"lead": ("waters",), "drafting": ("authors",)},
}


@cache
def world(name: str) -> World:
    """Load an assembly and seat two persons, and two only, in every role of every body."""
    files = load_assembly(name)
    assembly = files.assembly
    seats = [(key, role) for key, body in assembly.bodies.items() for role in body.roles]
    people = {
        (body, role): tuple(Person(2 * n + i, {"ru": f"{body}.{role} {i}"}, "ru") for i in (1, 2))
        for n, (body, role) in enumerate(seats)
    }
    calendars = {
        key: Calendar(key, file.country, file.days_off, known_through=file.known_through)
        for key, file in assembly.calendars.items()
    }
    procedures = {f.procedure.procedure: Compiled(f.procedure) for f in files.procedures}
    states = {key: frozenset(p.definition.states) for key, p in procedures.items()}
    alike = {
        key: frozenset(other for other, those in states.items() if those == mine)
        for key, mine in states.items()
    }
    setting = Setting(assembly, calendars, people, alike)
    return World(assembly, procedures, people, setting)


def csto() -> World:
    return world("csto_pa")


def lakes() -> World:
    return world(str(SAMPLE))


def duty(number: int, kind: str, holder: str | Person | None = None, action: str | None = None):
    """An open duty of a person, or of a seat `body.role`."""
    if isinstance(holder, Person):
        return DutyFacts(number, kind, 3, holder, None, None, action)
    body, role = holder.split(".") if holder else (None, None)
    return DutyFacts(number, kind, 3, None, body, role, action)
