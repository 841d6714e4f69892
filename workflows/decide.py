"""What a step would do: the one function behind every button, call, job and preview.

`decide` checks, in this order: may this actor do it (`forbidden`), is what they say well formed
(`invalid`), do they look at the act as it is (`stale`), and does everything hold that must
(`refused`, with every reason). It writes nothing and reads no clock; an `Outcome` says all that
the step changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from workflows import fields, guards
from workflows.calendars import Deadline, DueRule, due, local_date
from workflows.decided import Decided
from workflows.facts import ActFacts, Actor, DutyFacts, Person, Refusal
from workflows.schema import STAYS, DutyKind, Move, Party

REQUEST = "request"
"""The timeline's name for asking those who may to take a step."""
_FREE_TEXT = ("reason",)
_BASIS = ("minutes_ref", "letter_ref")


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
    basis: str | None
    edition: int | None
    data: Mapping[str, Any]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewDuty:
    kind: str
    person: Person | None
    body: str | None
    role: str | None
    deadline: Deadline
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One person to be told, and why: party names as in the procedure file."""

    notice: str
    person: Person
    reasons: tuple[str, ...]
    own: bool = False
    """Whether it is the actor: their own step stands in their inbox and is not mailed."""


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
    freezes: int | None = None
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


def examine(facts: ActFacts, action: str, actor: Actor, data: Mapping[str, Any]) -> Chance:
    """May `actor` take this step from where the act stands, as far as can be said before
    the fields are filled in?"""
    move = facts.procedure.move(action, facts.state)
    if move is None:
        anywhere = any(_holds(facts, actor, party) for party in facts.procedure.parties(action))
        refusal = Refusal("wrong_state", {"action": action, "state": facts.state})
        return Chance(action, False, False, not anywhere, (refusal,))
    may = any(_holds(facts, actor, party) for party in move.who)
    request = not may and any(_holds(facts, actor, party) for party in move.request)
    if not may and not request:
        return Chance(action, False, False, True, (Refusal("not_your_step", {"action": action}),))
    defined = facts.procedure.action(action)
    refusals = _said(guards.GUARDS, defined.guards, facts, data)
    if request and any(d.kind == REQUEST and d.action == action for d in facts.duties):
        refusals = (*refusals, Refusal("already_requested", {"action": action}))
    warnings = _said(guards.WARNINGS, defined.warns, facts, data)
    return Chance(action, not refusals, request, False, refusals, warnings)


def decide(
    facts: ActFacts,
    action: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
    version: int | None = None,
) -> Outcome | Denied:
    """What `action` would do to the act, or why it cannot be. `version` is the act's version
    that the actor looked at; None means whatever it is now."""
    chance = examine(facts, action, actor, {})
    stale = version is not None and version != facts.version
    if chance.forbidden:
        elsewhere = any(_holds(facts, actor, party) for party in facts.procedure.parties(action))
        if not (stale and elsewhere):
            return Denied("forbidden", chance.refusals)
    asked = facts.procedure.fields(action, facts.state)
    values, faults = fields.clean(asked, data, facts)
    today = local_date(now, facts.setting.assembly.zone)
    decided: Decided = values.pop("decided_on", None) or Decided.day(today)
    faults += _date_faults(facts, decided, today)
    number = None
    if not faults:
        number = _number(facts, action, values, decided, today, faults)
    if faults:
        return Denied("invalid", tuple(faults))
    if stale:
        return Denied("stale", (Refusal("stale", {"version": facts.version}),))
    move = facts.procedure.move(action, facts.state)
    chance = examine(facts, action, actor, {"number": number and number[1]})
    if not chance.allowed or move is None:
        return Denied("refused", chance.refusals)
    if chance.request:
        return _requested(facts, action, actor, move, now, values, decided, chance)
    return _outcome(facts, action, actor, move, now, values, decided, number, chance)


def _holds(facts: ActFacts, actor: Actor, party: Party) -> bool:
    return any(seat in actor.roles for seat in facts.seats(party))


def behalf(facts: ActFacts, actor: Actor, parties: Iterable[Party]) -> int | None:
    """Whom the actor stands in for, when each role that lets them act is held as a deputy."""
    seats = [seat for party in parties for seat in facts.seats(party) if seat in actor.roles]
    if not seats or any(seat not in actor.deputises for seat in seats):
        return None
    return actor.deputises[seats[0]]


def _said(
    known: Mapping[str, guards.Guard],
    names: Iterable[str],
    facts: ActFacts,
    data: Mapping[str, Any],
) -> tuple[Refusal, ...]:
    found = (known[name](facts, data) for name in names)
    return tuple(refusal for refusal in found if refusal is not None)


def _date_faults(facts: ActFacts, decided: Decided, today: date) -> list[Refusal]:
    if decided.on is None or decided.last is None:
        return []
    if decided.on > today:
        return [Refusal("in_the_future", {"today": today.isoformat()}, "decided_on")]
    if facts.floor is not None and decided.last < facts.floor:
        return [Refusal("before_previous", {"previous": facts.floor.isoformat()}, "decided_on")]
    return []


def _number(
    facts: ActFacts,
    action: str,
    values: Mapping[str, Any],
    decided: Decided,
    today: date,
    faults: list[Refusal],
) -> tuple[str, str] | None:
    """The number the step gives, as (format, number); adds a fault when the serial is not one."""
    key = facts.procedure.action(action).number
    if key is None:
        return None
    form = facts.setting.assembly.numbers[key]
    if not re.fullmatch(form.serial, values["serial"]):
        faults.append(Refusal("not_a_serial", {"form": form.serial}, "serial"))
        return None
    year = (decided.on or today).year
    return key, form.format.format(
        session=values.get("session"), serial=values["serial"], year=year
    )


def number_of(facts: ActFacts, action: str, data: Mapping[str, Any], now: datetime) -> str | None:
    """The number `action` would give with this raw data, None where that cannot be said yet."""
    values, faults = fields.clean(facts.procedure.fields(action, facts.state), data, facts)
    today = local_date(now, facts.setting.assembly.zone)
    decided = values.get("decided_on") or Decided.day(today)
    number = None if faults else _number(facts, action, values, decided, today, faults)
    return number[1] if number else None


def _entry(
    facts: ActFacts,
    action: str,
    after: str,
    values: Mapping[str, Any],
    decided: Decided,
    body: str | None,
    behalf_of: int | None,
    extra: Mapping[str, Any],
) -> Entry:
    data = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in (*_FREE_TEXT, "basis", "edition")
    }
    return Entry(
        action=action,
        before=facts.state,
        after=after,
        body=body,
        behalf=behalf_of,
        decided=decided,
        basis=values.get("basis"),
        edition=values.get("edition", facts.edition.current),
        data={**data, **extra},
        texts={name: values[name] for name in _FREE_TEXT if values.get(name)},
    )


def _requested(
    facts: ActFacts,
    action: str,
    actor: Actor,
    move: Move,
    now: datetime,
    values: Mapping[str, Any],
    decided: Decided,
    chance: Chance,
) -> Outcome:
    """A step asked for: the act stays, the Secretariat owes an answer."""
    kind = facts.procedure.definition.duties[REQUEST]
    start = local_date(now, facts.setting.assembly.zone)
    opened = [
        NewDuty(duty.kind, duty.person, duty.body, duty.role, duty.deadline, action)
        for duty in new_duties(facts, REQUEST, kind, start)
    ]
    entry = _entry(
        facts, REQUEST, facts.state, values, decided, None,
        behalf(facts, actor, move.request), {"action": action},
    )  # fmt: skip
    return Outcome(
        facts=facts,
        entry=entry,
        state=facts.state,
        enters=False,
        closes=(),
        redates=(),
        opens=tuple(opened),
        tellings=tuple(tell(facts, "step_requested", actor)),
        cancels=(),
        warnings=chance.warnings,
    )


def _outcome(
    facts: ActFacts,
    action: str,
    actor: Actor,
    move: Move,
    now: datetime,
    values: dict[str, Any],
    decided: Decided,
    number: tuple[str, str] | None,
    chance: Chance,
) -> Outcome:
    defined = facts.procedure.action(action)
    state = facts.procedure.fire(action, facts.state)
    enters = move.to != STAYS
    zone = facts.setting.assembly.zone
    today = local_date(now, zone)
    start = decided.on if decided.precision == "day" and decided.on else today
    after = _after(facts, state, values.get("lead_body"))
    closing = facts.duties if enters else _answered(facts, action)
    opens: list[NewDuty] = []
    if enters:
        for key in facts.procedure.state(state).duties:
            kind = facts.procedure.definition.duties[key]
            opens.extend(new_duties(after, key, kind, start))
    redates: list[tuple[DutyFacts, Deadline]] = []
    if not enters and values.get("until"):
        redates = list(_redated(facts, values["until"]))
    cancels = tuple(review.id for review in facts.reviews if enters and review.open)
    body = _deciding_body(after, defined.body)
    extra: dict[str, Any] = {}
    if number is not None:
        extra["number"] = number[1]
    if values.get("lead_body"):
        extra["former_lead"] = list(facts.bodies.get("lead", ()))
    if values.get("titles"):
        extra["former_titles"] = dict(facts.titles)
    if values.get("kind"):
        extra["former_kind"] = facts.kind
    entry = _entry(
        facts, action, state, values, decided, body, behalf(facts, actor, move.who), extra
    )
    tellings = [
        telling
        for name in defined.notices
        for telling in tell(after, name, actor, closed=closing, addressees=values.get("addressees"))
    ]
    tellings += _review_cancellations(facts, cancels, actor)
    return Outcome(
        facts=facts,
        entry=entry,
        state=state,
        enters=enters,
        closes=tuple(closing),
        redates=tuple(redates),
        opens=tuple(opens),
        tellings=tuple(tellings),
        cancels=cancels,
        lead=values.get("lead_body"),
        concerns=frozenset(concerned(after, state)) if enters else frozenset(),
        titles=values.get("titles"),
        kind=values.get("kind"),
        number=number,
        freezes=entry.edition if body is not None else None,
        warnings=chance.warnings,
        bodies=after.bodies,
    )


def _after(facts: ActFacts, state: str, lead: str | None) -> ActFacts:
    """The facts as they are after the step, for finding the holders of what it opens."""
    bodies = dict(facts.bodies)
    if lead is not None:
        bodies["former_lead"] = bodies.get("lead", ())
        bodies["lead"] = (lead,)
    return _replace(facts, state=state, bodies=bodies)


def _replace(facts: ActFacts, **changes: Any) -> ActFacts:
    """`dataclasses.replace` without its per-call introspection; a bulk step calls it per act."""
    values = {name: getattr(facts, name) for name in ActFacts.__slots__}
    return ActFacts(**{**values, **changes})


def _answered(facts: ActFacts, action: str) -> list[DutyFacts]:
    return [duty for duty in facts.duties if duty.kind == REQUEST and duty.action == action]


def _redated(facts: ActFacts, until: date) -> Iterator[tuple[DutyFacts, Deadline]]:
    own = facts.procedure.state(facts.state).duties
    zone = facts.setting.assembly.zone
    deadline = due(DueRule("fixed_date", on=until), until, facts.setting.calendars, zone)
    return ((duty, deadline) for duty in facts.duties if duty.kind in own)


def _deciding_body(facts: ActFacts, body: str | None) -> str | None:
    if body is None or not body.startswith("act:"):
        return body
    return next(iter(facts.bodies.get(body.removeprefix("act:"), ())), None)


def new_duties(facts: ActFacts, key: str, kind: DutyKind, start: date) -> Iterator[NewDuty]:
    """The duties of one kind that begin on `start` (a date of the assembly): one for the role,
    or one a person where the file says `each`."""
    setting = facts.setting
    deadline = due(kind.due.rule(), start, setting.calendars, setting.assembly.zone)
    if not isinstance(kind.holder, Party):
        return
    if kind.holder.each:
        for person in facts.persons(kind.holder):
            yield NewDuty(key, person, None, None, deadline)
        return
    seats = facts.seats(kind.holder) or [(None, kind.holder.role)]
    for body, role in seats:
        yield NewDuty(key, None, body, role, deadline)


def concerned(facts: ActFacts, state: str) -> Iterator[str]:
    """The bodies that see the act once it stands in `state`."""
    for name in facts.procedure.state(state).concerns:
        scope, _, key = name.rpartition(":")
        if scope == "act":
            yield from facts.bodies.get(key, ())
        elif scope == "kind":
            yield from facts.setting.assembly.bodies_of(key)
        else:
            yield key


def tell(
    facts: ActFacts,
    notice: str,
    actor: Actor,
    *,
    closed: Iterable[DutyFacts] = (),
    subject: Person | None = None,
    addressees: Iterable[str] | None = None,
) -> Iterator[Telling]:
    """Everybody a notice goes to, each once, with every reason why. `facts` are those after
    the step."""
    reasons: dict[int, list[str]] = {}
    persons: dict[int, Person] = {}
    for audience in facts.procedure.definition.notices.get(notice, ()):
        for person in _audience(facts, audience, closed, subject, addressees):
            persons[person.id] = person
            reasons.setdefault(person.id, []).append(str(audience))
    for number, person in persons.items():
        why = tuple(dict.fromkeys(reasons[number]))
        yield Telling(notice, person, why, own=number == actor.person)


def _audience(
    facts: ActFacts,
    audience: Party | str,
    closed: Iterable[DutyFacts],
    subject: Person | None,
    addressees: Iterable[str] | None,
) -> Iterable[Person]:
    if isinstance(audience, Party):
        return facts.persons(audience)
    found: Callable[[], Iterable[Person]] = {
        "subject": lambda: [subject] if subject else [],
        "holder": lambda: _of_state(facts, "holder"),
        "secretary": lambda: _of_state(facts, "secretary"),
        "reviewers": lambda: [review.person for review in facts.reviews if review.open],
        "experts": lambda: [
            review.person
            for review in facts.reviews
            if review.state not in ("declined", "cancelled")
        ],
        "closed_duties": lambda: _holders(facts, closed),
        "told": lambda: facts.told,
        "workers": lambda: facts.workers,
        "addressees": lambda: [
            person
            for body in addressees or facts.setting.assembly.bodies_of("parliament")
            for person in facts.setting.people.get((body, "liaison"), ())
        ],
    }[audience]
    return found()


def _of_state(facts: ActFacts, part: Literal["holder", "secretary"]) -> Iterable[Person]:
    party = getattr(facts.procedure.state(facts.state), part)
    return facts.persons(party) if party is not None else ()


def _holders(facts: ActFacts, duties: Iterable[DutyFacts]) -> Iterator[Person]:
    for duty in duties:
        if duty.person is not None:
            yield duty.person
        elif duty.body is not None and duty.role is not None:
            yield from facts.setting.people.get((duty.body, duty.role), ())


def _review_cancellations(
    facts: ActFacts, cancels: Iterable[int], actor: Actor
) -> Iterator[Telling]:
    if "review_cancelled" not in facts.procedure.definition.notices:
        return
    for review in facts.reviews:
        if review.id in cancels:
            yield from tell(facts, "review_cancelled", actor, subject=review.person)
