"""What a step would do: the one function behind every button, call, job and preview.

`decide` checks, in this order: may this actor do it (`forbidden`), is what they say well formed
(`invalid`), do they look at the act as it is (`stale`), and does everything hold that must
(`refused`, with every reason). It writes nothing and reads no clock; an `Outcome` says all that
the step changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from workflows import guards
from workflows.audience import Telling, concerned, tell, with_deputies
from workflows.calendars import local_date
from workflows.circulation import (
    NewRound,
    ended,
    lasts_no_longer,
    new_round,
    reply_duties,
)
from workflows.decided import Decided
from workflows.duties import NewDuty, new_duties, redated
from workflows.facts import ActFacts, Actor, DutyFacts, Refusal, RoundFacts
from workflows.outcome import Chance, Denied, Entry, Outcome
from workflows.said import Said, read_said
from workflows.schema import REPLY, REQUEST, STAYS, Move, Party

_FREE_TEXT = ("reason", "other_addressees")
_OUTSIDE_DATA = (*_FREE_TEXT, "decided_on", "basis", "edition")
"""Fields that have a place of their own in a timeline entry."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that nothing stands in the way of. `today` is a date of the assembly."""

    facts: ActFacts
    action: str
    actor: Actor
    move: Move
    today: date
    said: Said
    warnings: tuple[Refusal, ...]


def examine(facts: ActFacts, action: str, actor: Actor, data: Mapping[str, Any]) -> Chance:
    """Say whether `actor` may take this step, as far as is known before the fields are filled in.

    `data` holds what is known already: the `number` that the step would give.
    """
    right = _right(facts, action, actor)
    if right not in ("fire", "request"):
        params = {"action": action, "state": facts.state}
        reason = Refusal("not_your_step" if right == "forbidden" else right, params)
        return Chance(
            action,
            allowed=False,
            request=False,
            forbidden=right == "forbidden",
            refusals=(reason,),
        )
    request = right == "request"
    defined = facts.procedure.action(action)
    refusals = _answers(guards.GUARDS, defined.guards, facts, data)
    if request and _answered(facts, action):
        refusals += (Refusal("already_requested", {"action": action}),)
    return Chance(
        action,
        allowed=not refusals,
        request=request,
        forbidden=False,
        refusals=refusals,
        warnings=_answers(guards.WARNINGS, defined.warns, facts, data),
    )


def decide(
    facts: ActFacts,
    action: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
    version: int | None = None,
) -> Outcome | Denied:
    """Say what `action` would do to the act, or why it cannot be.

    `version` is the act's version that the actor looked at; None means whatever it is now.
    """
    chance = examine(facts, action, actor, {})
    move = facts.procedure.move(action, facts.state)
    if action not in facts.procedure.definition.actions:
        return Denied("refused", chance.refusals)
    stale = version is not None and version != facts.version
    if chance.forbidden and not (stale and _holds(facts, actor, facts.procedure.parties(action))):
        return Denied("forbidden", chance.refusals)
    today = local_date(now, facts.setting.assembly.zone)
    said = read_said(facts, action, data, today)
    if not isinstance(said, Said):
        return Denied("invalid", said)
    if stale:
        return Denied("stale", (Refusal("stale", {"version": facts.version}),))
    if said.number is not None:
        chance = examine(facts, action, actor, {"number": said.number[1]})
    if move is None or not chance.allowed:
        return Denied("refused", chance.refusals)
    step = _Step(facts, action, actor, move, today, said, chance.warnings)
    return _requested(step) if chance.request else _taken(step)


def number_of(facts: ActFacts, action: str, data: Mapping[str, Any], now: datetime) -> str | None:
    """Tell the number `action` would give with this raw data; None where that cannot be said."""
    if action not in facts.procedure.definition.actions:
        return None
    said = read_said(facts, action, data, local_date(now, facts.setting.assembly.zone))
    return said.number[1] if isinstance(said, Said) and said.number else None


def behalf(facts: ActFacts, actor: Actor, parties: Iterable[Party]) -> int | None:
    """Tell whom the actor stands in for, when each role that lets them act is a deputy's."""
    seats = [seat for party in parties for seat in facts.seats(party) if seat in actor.roles]
    if not seats or any(seat not in actor.deputises for seat in seats):
        return None
    return actor.deputises[seats[0]]


def _right(
    facts: ActFacts, action: str, actor: Actor
) -> Literal["fire", "request", "forbidden", "wrong_state", "unknown_action"]:
    """Tell what an actor may do with an action from where the act stands, guards aside."""
    if action not in facts.procedure.definition.actions:
        return "unknown_action"
    move = facts.procedure.move(action, facts.state)
    if move is None:
        anywhere = _holds(facts, actor, facts.procedure.parties(action))
        return "wrong_state" if anywhere else "forbidden"
    if _holds(facts, actor, move.who):
        return "fire"
    return "request" if _holds(facts, actor, move.request) else "forbidden"


def _holds(facts: ActFacts, actor: Actor, parties: Iterable[Party]) -> bool:
    return any(seat in actor.roles for party in parties for seat in facts.seats(party))


def _answers(
    known: Mapping[str, guards.Guard],
    names: Iterable[str],
    facts: ActFacts,
    data: Mapping[str, Any],
) -> tuple[Refusal, ...]:
    found = (known[name](facts, data) for name in names)
    return tuple(refusal for refusal in found if refusal is not None)


def _answered(facts: ActFacts, action: str) -> tuple[DutyFacts, ...]:
    """Find the requests that a step answers."""
    return tuple(duty for duty in facts.duties if duty.kind == REQUEST and duty.action == action)


def _entry(
    step: _Step,
    action: str,
    after: str,
    *,
    decided: Decided | None,
    behalf_of: int | None,
    extra: Mapping[str, Any],
    body: str | None = None,
) -> Entry:
    values = step.said.values
    data = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in _OUTSIDE_DATA
    }
    return Entry(
        action=action,
        before=step.facts.state,
        after=after,
        body=body,
        behalf=behalf_of,
        decided=decided,
        basis=values.get("basis"),
        edition=values.get("edition", step.facts.edition.current),
        data={**data, **extra},
        texts={name: values[name] for name in _FREE_TEXT if name in values},
    )


def _requested(step: _Step) -> Outcome:
    """Ask for a step: the act stays, and those who may take it owe an answer."""
    facts = step.facts
    kind = facts.procedure.definition.duties[REQUEST]
    extra = {"action": step.action}
    if "decided_on" in step.said.values:
        extra["decided_on"] = str(step.said.decided)
    entry = _entry(
        step,
        REQUEST,
        facts.state,
        decided=None,
        behalf_of=behalf(facts, step.actor, step.move.request),
        extra=extra,
    )
    opened = tuple(new_duties(facts, REQUEST, kind, step.today))
    tellings = tell(facts, "step_requested", step.actor)
    return Outcome(
        facts=facts,
        entry=entry,
        state=facts.state,
        enters=False,
        closes=(),
        redates=(),
        opens=tuple(replace(duty, action=step.action) for duty in opened),
        tellings=tuple(with_deputies(facts, tellings, opened, step.actor)),
        cancels=(),
        warnings=step.warnings,
    )


def _taken(step: _Step) -> Outcome:
    """Take the step, in memory."""
    facts, values = step.facts, step.said.values
    state = facts.procedure.fire(step.action, facts.state)
    enters = step.move.to != STAYS
    after = _after(facts, state, values.get("lead_body"))
    body = _deciding_body(after, step.move.body or facts.procedure.action(step.action).body)
    begun = new_round(facts, step.action, values)
    ends = ended(facts, step.action, state)
    entry = _entry(
        step,
        step.action,
        state,
        decided=step.said.decided,
        behalf_of=behalf(facts, step.actor, step.move.who),
        extra=_extra(step, begun, ends),
        body=body,
    )
    closes = _closed(step, state, enters=enters)
    until = None if enters else values.get("until")
    cancels = tuple(review.id for review in facts.reviews if enters and review.open)
    opens = tuple(_opened(step, after)) if enters else reply_duties(facts, begun)
    tellings = _tellings(step, after, closes, cancels, _addressed(step, begun, ends))
    return Outcome(
        facts=facts,
        entry=entry,
        state=state,
        enters=enters,
        closes=closes,
        redates=tuple(redated(facts, until)) if until else (),
        opens=opens,
        tellings=tuple(with_deputies(after, tellings, opens, step.actor)),
        cancels=cancels,
        lead=values.get("lead_body"),
        concerns=frozenset(concerned(after, state) if enters else begun.bodies if begun else ()),
        titles=values.get("titles"),
        kind=values.get("kind"),
        number=step.said.number,
        circulates=begun,
        ends=tuple(each.n for each in ends),
        freezes=entry.edition if body is not None else None,
        warnings=step.warnings,
        bodies=after.bodies,
    )


def _after(facts: ActFacts, state: str, lead: str | None) -> ActFacts:
    """Give the facts as they are after the step, for finding whom it concerns."""
    bodies = dict(facts.bodies)
    if lead is not None:
        bodies["former_lead"] = bodies.get("lead", ())
        bodies["lead"] = (lead,)
    return replace(facts, state=state, bodies=bodies)


def _deciding_body(facts: ActFacts, body: str | None) -> str | None:
    if body is None or not body.startswith("act:"):
        return body
    return next(iter(facts.bodies.get(body.removeprefix("act:"), ())), None)


def _closed(step: _Step, state: str, *, enters: bool) -> tuple[DutyFacts, ...]:
    """Find the duties that a step closes. Replies to a circulation are owed while it lasts."""
    ends = lasts_no_longer(step.facts.procedure, step.action, state)
    answered = _answered(step.facts, step.action)
    return tuple(
        duty
        for duty in step.facts.duties
        if (ends if duty.kind == REPLY else enters or duty in answered)
    )


def _extra(step: _Step, begun: NewRound | None, ends: tuple[RoundFacts, ...]) -> Mapping[str, Any]:
    """Keep with the entry what the step replaces, and what it numbers or ends."""
    facts, values = step.facts, step.said.values
    extra: dict[str, Any] = {}
    if begun is not None:
        extra["round"] = begun.n
    if ends:
        extra["rounds"] = [each.n for each in ends]
        extra["asked"] = sum(each.asked for each in ends)
        extra["answered"] = sum(each.answered for each in ends)
    if step.said.number is not None:
        extra["number"] = step.said.number[1]
    if "lead_body" in values:
        extra["former_lead"] = list(facts.bodies.get("lead", ()))
    if "titles" in values:
        extra["former_titles"] = dict(facts.titles)
    if "kind" in values:
        extra["former_kind"] = facts.kind
    return extra


def _opened(step: _Step, after: ActFacts) -> Iterator[NewDuty]:
    """Open the duties of the state entered, from the day decided where it is known."""
    decided = step.said.decided
    start = decided.on if decided.precision == "day" and decided.on else step.today
    procedure = step.facts.procedure
    for key in procedure.state(after.state).duties:
        yield from new_duties(after, key, procedure.definition.duties[key], start)


def _addressed(
    step: _Step, begun: NewRound | None, ends: tuple[RoundFacts, ...]
) -> Collection[str] | None:
    """Give the bodies that a step names or that its circulation is about; None: it names none."""
    if begun is not None:
        return begun.bodies
    if step.facts.procedure.action(step.action).circulation == "close":
        return {body for each in ends for body in each.bodies}
    named: Collection[str] | None = step.said.values.get("addressees")
    return named


def _tellings(
    step: _Step,
    after: ActFacts,
    closes: tuple[DutyFacts, ...],
    cancels: tuple[int, ...],
    addressed: Collection[str] | None,
) -> Iterator[Telling]:
    for name in step.facts.procedure.action(step.action).notices:
        yield from tell(after, name, step.actor, closed=closes, addressees=addressed)
    reviewers = {r.person.id: r.person for r in step.facts.reviews if r.id in cancels}
    for person in reviewers.values():
        yield from tell(after, "review_cancelled", step.actor, subject=person)
