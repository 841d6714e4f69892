"""Rounds of circulation: what a step that begins or ends one does.

A round asks bodies, and others by letter, for their opinion on an edition until a date. It goes on
while the act moves, as far as a step could still end it; its duties are its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.calendars import DueRule, due
from workflows.duties import NewDuty
from workflows.facts import ActFacts, RoundFacts
from workflows.machine import Compiled
from workflows.schema import REPLY


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round to begin, until the end of `due_on`, a date of the assembly."""

    n: int
    edition: int | None
    due_on: date
    bodies: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    """Addressees without a body here: name, and address of the letter (perhaps empty)."""


def new_round(facts: ActFacts, action: str, values: Mapping[str, Any]) -> NewRound | None:
    """Give the round that a step begins with these values, None where it begins none."""
    if facts.procedure.action(action).circulation != "open":
        return None
    others = (row.partition("; ") for row in values.get("other_addressees", "").splitlines())
    return NewRound(
        n=max((each.n for each in facts.rounds), default=0) + 1,
        edition=values.get("edition", facts.edition.current),
        due_on=values["due"],
        bodies=tuple(values.get("addressees", ())),
        others=tuple((name, address) for name, _sign, address in others),
    )


def lasts_no_longer(procedure: Compiled, action: str, state: str) -> bool:
    """Say whether rounds end with a step into `state`: it ends them, or no later one could."""
    return procedure.action(action).circulation == "close" or not procedure.circulates(state)


def ended(facts: ActFacts, action: str, state: str) -> tuple[RoundFacts, ...]:
    """Give the rounds that end with a step into `state`."""
    ends = lasts_no_longer(facts.procedure, action, state)
    return tuple(each for each in facts.rounds if ends and not each.closed)


def reply_duties(facts: ActFacts, begun: NewRound | None) -> tuple[NewDuty, ...]:
    """Give what the bodies of a new round owe."""
    if begun is None:
        return ()
    setting = facts.setting
    rule = facts.procedure.definition.duties[REPLY].due.rule()
    fixed = DueRule("fixed_date", on=begun.due_on, calendar=rule.calendar)
    deadline = due(fixed, begun.due_on, setting.calendars, setting.assembly.zone)
    roles = setting.assembly.addressable
    parliaments = dict(facts.seats(setting.assembly.addressees))
    return tuple(
        NewDuty(REPLY, None, body, roles.get(body) or parliaments[body], deadline)
        for body in begun.bodies
    )


ANSWERS = ("not_participating", "no_remarks", "remarks", "not_supported")
"""What answers a round, by weight: of chambers that differ, the weightiest stands for both."""


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """One reply of an addressee: of one chamber, or of the whole (None)."""

    kind: str
    chamber: int | None
    counts_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an addressee has answered: what (see `ANSWERS`), `partly` (one chamber of two),
    `waiting`, or `none` by the date. `late`: what answers the round came after the date.
    """

    code: str
    late: bool = False

    @property
    def answered(self) -> bool:
        return self.code in ANSWERS


def standing_of(
    replies: Iterable[ReplyFacts], chambers: int, due_on: date, *, over: bool
) -> Standing:
    """Say how an addressee stands after these replies, oldest first.

    A reply of the whole answers for every chamber, and one of a chamber supplements it. `over`:
    the round has ended or the addressee's date has passed.
    """
    parts: dict[int | None, str] = {}
    complete: date | None = None
    for reply in replies:
        if reply.kind not in ANSWERS:
            continue
        if reply.chamber is None:
            parts = {}
        parts[reply.chamber] = reply.kind
        if complete is None and (None in parts or len(parts) >= chambers):
            complete = reply.counts_on
    if complete is not None:
        return Standing(max(parts.values(), key=ANSWERS.index), complete > due_on)
    if parts:
        return Standing("partly")
    return Standing("none" if over else "waiting")
