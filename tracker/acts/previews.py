"""What a step would do, in words: the new state, what falls due, who is told and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker import i18n
from tracker.acts.consequences import reason_words
from tracker.acts.dossier import why_no_date
from tracker.acts.menus import CORRECT
from tracker.acts.operations import preview
from tracker.acts.summaries import seat_title
from tracker.corrections.operations import foresee_correction
from tracker.following.queries import count_followers
from workflows.audience import Telling
from workflows.calendars import local_date
from workflows.duties import NewDuty
from workflows.facts import ActFacts, Actor, Person, Refusal
from workflows.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is told: the party or audience of the procedure file, and its words."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """A person who will be told, by which notices, and why."""

    person: Person
    notices: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A duty that begins: of a person, or of a role in a body. A date, or why there is none."""

    kind: str
    title: str
    body: str | None
    role: str | None
    holder: str
    person: Person | None
    due_on: date | None
    why_no_date: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a step would do. `request`: it would only be asked for, of those who may take it."""

    action: str
    state: str
    stage: str
    request: bool
    number: str | None
    duties: tuple[Opened, ...]
    told: tuple[Told, ...]
    followers: int
    """How many hear of it only because they follow the act."""
    warnings: tuple[Refusal, ...]


def foresee(
    session: Session,
    reference: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Preview:
    """What `advance`, or `correct`, would do now; raises as it does."""
    if action == CORRECT:
        return _of_correction(session, reference, actor, now, version, data or {})
    outcome = preview(session, reference, action, actor=actor, now=now, version=version, data=data)
    request = outcome.entry.action != action
    return Preview(
        action=action,
        state=outcome.state,
        stage=outcome.facts.procedure.state(outcome.state).stage,
        request=request,
        number=outcome.number[1] if outcome.number else None,
        duties=tuple(_opened(outcome.facts, outcome.opens)),
        told=told_by(outcome),
        followers=0
        if request
        else _followers(session, outcome.facts, outcome.tellings, actor, now),
        warnings=outcome.warnings,
    )


def _of_correction(
    session: Session,
    reference: str,
    actor: Actor,
    now: datetime,
    version: int | None,
    data: Mapping[str, Any],
) -> Preview:
    found = foresee_correction(
        session, reference, actor=actor, now=now, reason=data.get("reason"), version=version
    )
    state = found.facts.state if found.asks else found.step.before
    return Preview(
        action=CORRECT,
        state=state,
        stage=found.facts.procedure.state(state).stage,
        request=found.asks,
        number=None,
        duties=tuple(_opened(found.facts, found.opens)),
        told=_told(found.tellings),
        followers=0 if found.asks else _followers(session, found.facts, found.tellings, actor, now),
        warnings=(),
    )


def _followers(
    session: Session, facts: ActFacts, tellings: Iterable[Telling], actor: Actor, now: datetime
) -> int:
    rules = facts.setting.assembly
    told = {telling.person.id for telling in tellings} | {actor.person or 0}
    return count_followers(session, rules, facts.id, told, local_date(now, rules.zone))


def told_by(outcome: Outcome) -> tuple[Told, ...]:
    """Everybody a step tells, each once."""
    return _told(outcome.tellings)


def _told(tellings: Iterable[Telling]) -> tuple[Told, ...]:
    persons: dict[int, Person] = {}
    notices: dict[int, list[str]] = {}
    reasons: dict[int, dict[str, Reason]] = {}
    for telling in tellings:
        person = telling.person
        persons[person.id] = person
        notices.setdefault(person.id, []).append(telling.notice)
        for code in telling.reasons:
            reasons.setdefault(person.id, {})[code] = Reason(code, reason_words(code))
    return tuple(
        Told(person, tuple(dict.fromkeys(notices[key])), tuple(reasons.get(key, {}).values()))
        for key, person in persons.items()
    )


def _opened(facts: ActFacts, duties: Iterable[NewDuty]) -> Iterator[Opened]:
    for duty in duties:
        kind = facts.procedure.definition.duties[duty.kind]
        yield Opened(
            kind=duty.kind,
            title=i18n.title(kind.titles),
            body=duty.body,
            role=duty.role,
            holder=i18n.title(duty.person.names)
            if duty.person
            else seat_title(duty.body, duty.role or ""),
            person=duty.person,
            due_on=duty.deadline.on,
            why_no_date=None if duty.deadline.on else why_no_date(kind.due.not_set),
        )
