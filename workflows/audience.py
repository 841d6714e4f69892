"""Whom a step concerns: the persons a notice goes to, and the bodies that see the act.

A procedure file names an audience as a party (a role in a body) or in words (`People`); both are
found here from the facts of the act as it is after the step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from workflows.duties import NewDuty
from workflows.facts import ActFacts, Actor, Away, DutyFacts, Person
from workflows.schema import Party, People


@dataclass(frozen=True, slots=True)
class Telling:
    """One person to be told, and why: party names as in the procedure file."""

    notice: str
    person: Person
    reasons: tuple[str, ...]
    own: bool = False
    """Whether it is the actor: their own step stands in their inbox and is not mailed."""
    away: Away | None = None
    """Who is mailed instead, while the person is away from what the step makes them owe."""
    principal: Person | None = None
    """For a deputy: who is away."""


def tell(
    facts: ActFacts,
    notice: str,
    actor: Actor,
    *,
    closed: Iterable[DutyFacts] = (),
    subject: Person | None = None,
    addressees: Collection[str] | None = None,
) -> Iterator[Telling]:
    """Give everybody a notice goes to, each once, with every reason why.

    `facts` are those after the step, `closed` the duties it closes, `subject` the person it is
    about, `addressees` the bodies it names (None: every parliament).
    """
    reasons: dict[int, list[str]] = {}
    persons: dict[int, Person] = {}
    for audience in facts.procedure.definition.notices.get(notice, ()):
        if isinstance(audience, Party):
            found: Iterable[Person] = facts.persons(audience)
        elif audience == "subject":
            found = [subject] if subject else []
        elif audience == "closed_duties":
            found = _holders(facts, closed)
        elif audience == "addressees":
            found = _addressees(facts, addressees)
        else:
            found = _of_act(facts, audience)
        why = str(audience)
        for person in found:
            persons[person.id] = person
            reasons.setdefault(person.id, []).append(why)
    for number, person in persons.items():
        yield Telling(
            notice, person, tuple(dict.fromkeys(reasons[number])), own=number == actor.person
        )


def with_deputies(
    facts: ActFacts, tellings: Iterable[Telling], opens: Iterable[NewDuty], actor: Actor
) -> list[Telling]:
    """Tell the deputies too of those who are away and would owe one of the duties in `opens`."""
    owing: dict[int, Person] = {}
    for duty in opens:
        seat = (duty.body or "", duty.role or "")
        holders = (duty.person,) if duty.person else facts.setting.people.get(seat, ())
        for person in holders:
            if person.away is not None:
                owing.setdefault(person.id, person)
    told = {(telling.notice, telling.person.id): telling for telling in tellings}
    for notice, number in list(told):
        absent = owing.get(number)
        if absent is None or absent.away is None:
            continue
        told[notice, number] = replace(told[notice, number], away=absent.away)
        deputy = absent.away.deputy
        own = deputy.id == actor.person
        known = told.get((notice, deputy.id)) or Telling(notice, deputy, (), own=own)
        if known.principal is None:
            reasons = (*known.reasons, "deputy")
            told[notice, deputy.id] = replace(known, reasons=reasons, principal=absent)
    return list(told.values())


def concerned(facts: ActFacts, state: str) -> Iterator[str]:
    """Give the bodies that see the act once it stands in `state`."""
    for name in facts.procedure.state(state).concerns:
        scope, _, key = name.rpartition(":")
        if scope == "act":
            yield from facts.bodies.get(key, ())
        elif scope == "kind":
            yield from facts.setting.assembly.bodies_of(key)
        else:
            yield key


def _of_act(facts: ActFacts, audience: People) -> Iterable[Person]:
    """Find an audience that the act alone tells."""
    state = facts.procedure.state(facts.state)
    match audience:
        case "holder":
            return facts.persons(state.holder) if state.holder else ()
        case "secretary":
            return facts.persons(state.secretary) if state.secretary else ()
        case "reviewers":
            return [review.person for review in facts.reviews if review.open]
        case "experts":
            gone = ("declined", "cancelled")
            return [review.person for review in facts.reviews if review.state not in gone]
        case "told":
            return facts.told
        case "workers":
            return facts.workers
    raise ValueError(audience)


def _addressees(facts: ActFacts, named: Collection[str] | None) -> Iterator[Person]:
    assembly = facts.setting.assembly
    seats = facts.seats(assembly.addressees)
    if named is not None:
        seats = [seat for seat in (*seats, *assembly.addressable.items()) if seat[0] in named]
    for seat in seats:
        yield from facts.setting.people.get(seat, ())


def _holders(facts: ActFacts, duties: Iterable[DutyFacts]) -> Iterator[Person]:
    for duty in duties:
        if duty.person is not None:
            yield duty.person
        elif duty.body is not None and duty.role is not None:
            yield from facts.setting.people.get((duty.body, duty.role), ())
