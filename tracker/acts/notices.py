"""What is frozen into the notices of an act: all that their texts will ever be made from.

Titles, kinds and states are kept as they are at the event, bodies and procedures by their keys,
persons by their numbers, so that the words can be found in each reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from tracker.db import Executor
from tracker.duties.operations import due_columns
from tracker.following.news import News
from tracker.notices.operations import NewNotice, queue, standing_in
from workflows.audience import Telling
from workflows.duties import NewDuty
from workflows.facts import ActFacts, Actor, Person, seats_of
from workflows.outcome import Outcome
from workflows.schema import Party

Bodies = Mapping[str, tuple[str, ...]]


def step_notices(outcome: Outcome, actor: Actor, now: datetime, *, n: int) -> list[NewNotice]:
    """The notices of one step, which is the timeline's entry `n`."""
    entry = outcome.entry
    return tellings_to_notices(
        outcome.facts,
        outcome.tellings,
        actor,
        now,
        n=n,
        state=outcome.state,
        titles=outcome.titles or outcome.facts.titles,
        kind=outcome.kind or outcome.facts.kind,
        about={
            "action": entry.action,
            "before": entry.before,
            "decided": str(entry.decided) if entry.decided else None,
            "behalf": entry.behalf,
            "edition": entry.edition,
            "data": dict(entry.data),
            **entry.texts,
        },
        opens=outcome.opens,
        bodies=outcome.bodies or outcome.facts.bodies,
    )


def step_news(outcome: Outcome, now: datetime, *, n: int) -> News:
    """What those hear of a step who only follow the act: that it was taken, and where the act
    stands now.
    """
    entry = outcome.entry
    about = {"action": entry.action, "decided": str(entry.decided) if entry.decided else None}
    after = replace(
        outcome.facts,
        state=outcome.state,
        titles=outcome.titles or outcome.facts.titles,
        kind=outcome.kind or outcome.facts.kind,
        bodies=outcome.bodies or outcome.facts.bodies,
    )
    return news_of(after, now, n=n, about=about)


def news_of(facts: ActFacts, now: datetime, *, n: int, about: Mapping[str, Any]) -> News:
    """What happened to an act for those who only follow it. `about` holds nothing that somebody
    wrote, and nobody's name.
    """
    frozen = {
        "reference": facts.reference,
        "titles": dict(facts.titles),
        "kind": facts.kind,
        "procedure": [facts.procedure.key, facts.procedure.version],
        "state": facts.state,
        "recorded": now.isoformat(),
        "n": n,
        "bodies": {part: list(keys) for part, keys in facts.bodies.items()},
        "reply_to": _reply_to(facts, facts.state, facts.bodies),
        "due": None,
        **about,
    }
    return News(facts.id, n, facts.bodies.get("lead", ()), frozen)


def tellings_to_notices(
    facts: ActFacts,
    tellings: Iterable[Telling],
    actor: Actor,
    now: datetime,
    *,
    n: int,
    about: Mapping[str, Any],
    state: str | None = None,
    titles: Mapping[str, str] | None = None,
    kind: str | None = None,
    opens: Iterable[NewDuty] = (),
    bodies: Bodies | None = None,
) -> list[NewNotice]:
    """Freeze what happened into notices for the persons to be told."""
    state = state or facts.state
    bodies = bodies or facts.bodies
    common = {
        "reference": facts.reference,
        "titles": dict(titles or facts.titles),
        "kind": kind or facts.kind,
        "procedure": [facts.procedure.key, facts.procedure.version],
        "state": state,
        "recorded": now.isoformat(),
        "n": n,
        "actor": actor.person,
        "bodies": {part: list(keys) for part, keys in bodies.items()},
        "reply_to": _reply_to(facts, state, bodies),
        **about,
    }
    seats: dict[str, list[tuple[str, str]]] = {}
    owed = _owed(opens, facts, bodies)
    return [
        NewNotice(
            event=f"act:{facts.id}:{n}",
            name=telling.notice,
            person=telling.person,
            reasons=telling.reasons,
            facts={
                **common,
                "because": [
                    because
                    for reason in telling.reasons
                    for because in _because(facts, reason, telling.person, bodies, seats)
                ],
                "due": owed.get((telling.principal or telling.person).id),
                **standing_in(telling.principal),
            },
            act_id=facts.id,
            mailed=not telling.own and telling.away is None,
            unmailed="inbox_only" if telling.own else "away",
        )
        for telling in tellings
    ]


def queue_tellings(
    on: Executor,
    facts: ActFacts,
    tellings: Iterable[Telling],
    actor: Actor,
    now: datetime,
    *,
    n: int,
    about: Mapping[str, Any],
    opens: Iterable[NewDuty] = (),
) -> None:
    """Queue notices of something that is not a step (an opinion, an edition, a position)."""
    queue(
        on,
        tellings_to_notices(facts, tellings, actor, now, n=n, about=about, opens=opens),
        now,
    )


@cache
def _party(name: str) -> Party:
    return Party.model_validate(name)


def _because(
    facts: ActFacts,
    reason: str,
    person: Person,
    bodies: Bodies,
    known: dict[str, list[tuple[str, str]]],
) -> list[tuple[str, str | None]]:
    """A reason, and for a party the bodies in which the person has the role: theirs alone.
    `known` keeps the seats of the parties that were met.
    """
    if "." not in reason:
        return [(reason, None)]
    if reason not in known:
        known[reason] = seats_of(facts.setting.assembly, bodies, _party(reason))
    people = facts.setting.people
    return [(reason, seat[0]) for seat in known[reason] if person in people.get(seat, ())]


def _reply_to(facts: ActFacts, state: str, bodies: Bodies) -> list[str]:
    """The addresses of whoever answers questions; none where the state has no such person."""
    party = facts.procedure.state(state).secretary
    if party is None:
        return []
    people = facts.setting.people
    seats = seats_of(facts.setting.assembly, bodies, party)
    return [person.email for seat in seats for person in people.get(seat, ())]


def _owed(opened: Iterable[NewDuty], facts: ActFacts, bodies: Bodies) -> dict[int, dict[str, Any]]:
    """What the step makes each person owe, by person: the first thing, with its date and the seats
    by which they owe it.
    """
    found: dict[int, dict[str, Any]] = {}
    for duty in opened:
        columns = due_columns(duty.deadline)
        owed = {
            "duty": duty.kind,
            "on": columns["due_on"].isoformat() if columns["due_on"] else None,
            "state": columns["due_state"],
            "detail": columns["due_detail"],
            "zone": columns["zone"],
            "action": duty.action,
            "seats": _seats_of(duty, facts, bodies),
        }
        seat = (duty.body or "", duty.role or "")
        for person in (duty.person,) if duty.person else facts.setting.people.get(seat, ()):
            found.setdefault(person.id, owed)
    return found


def _seats_of(duty: NewDuty, facts: ActFacts, bodies: Bodies) -> list[tuple[str, str]]:
    """The seats that owe a duty; none where it is asked of somebody by name."""
    if duty.body is not None and duty.role is not None:
        return [(duty.body, duty.role)]
    holder = facts.procedure.definition.duties[duty.kind].holder
    return seats_of(facts.setting.assembly, bodies, holder) if isinstance(holder, Party) else []
