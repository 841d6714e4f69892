"""What a step would do, in words for the page that asks for its confirmation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tracker import i18n
from tracker.acts.summaries import seat_title
from tracker.db import to_json
from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext as _later
from tracker.i18n import ngettext
from workflows.calendars import Deadline
from workflows.facts import Refusal
from workflows.outcome import Outcome
from workflows.schema import Party

FEW = 3
_WHY = {
    "subject": _later("it concerns them"),
    "deputy": _later("stands in for somebody who is away"),
    "holder": _later("holds the act next"),
    "secretary": _later("answers for the act next"),
    "reviewers": _later("is reviewing the draft"),
    "experts": _later("was asked for an opinion"),
    "closed_duties": _later("a duty of theirs ends"),
    "told": _later("was told of this act before"),
    "workers": _later("has worked on the act"),
    "addressees": _later("addressee"),
}
_PARTS = {
    "lead": _later("lead commission"),
    "former_lead": _later("former lead commission"),
    "drafting": _later("the act's drafter"),
    "initiator": _later("the act's initiator"),
}


@dataclass(frozen=True, slots=True)
class OpenedDuty:
    """What somebody will owe."""

    title: str
    holder: str
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Consequences:
    """`digest` changes with anything here, so that nobody confirms what they were not shown."""

    before: str
    after: str
    stays: bool
    explain: str
    number: str | None
    lead: str | None
    edition: int | None
    opens: tuple[OpenedDuty, ...]
    closes: tuple[str, ...]
    redates: tuple[OpenedDuty, ...]
    cancelled_reviews: int
    ended_rounds: tuple[int, ...]
    letters: tuple[str, ...]
    """Addressees that a letter reaches, not a notice."""
    sees: tuple[str, ...]
    told: tuple[tuple[str, str], ...]
    persons: frozenset[int]
    """Those of `told`, by their numbers."""
    warnings: tuple[Refusal, ...]
    digest: str


def consequences(outcome: Outcome) -> Consequences:
    """Read an outcome out in the present language."""
    facts = outcome.facts
    states = facts.procedure.definition.states
    return Consequences(
        before=i18n.title(states[facts.state].titles),
        after=i18n.title(states[outcome.state].titles),
        stays=not outcome.enters,
        explain=i18n.title(states[outcome.state].explain),
        number=outcome.number[1] if outcome.number else None,
        lead=i18n.body_title(outcome.lead) if outcome.lead else None,
        edition=outcome.freezes,
        opens=tuple(_opened(outcome)),
        closes=tuple(dict.fromkeys(_duty(outcome, duty.kind) for duty in outcome.closes)),
        redates=tuple(
            OpenedDuty(_duty(outcome, duty.kind), "", deadline)
            for duty, deadline in outcome.redates
        ),
        cancelled_reviews=len(outcome.cancels),
        ended_rounds=outcome.ends,
        letters=tuple(name for name, _address in outcome.circulates.others)
        if outcome.circulates
        else (),
        sees=tuple(i18n.body_title(key) for key in sorted(outcome.concerns - _present(outcome))),
        told=tuple(told(outcome)),
        persons=frozenset(telling.person.id for telling in outcome.tellings),
        warnings=outcome.warnings,
        digest=_digest(outcome),
    )


def told(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Everybody who will be told, each once, with every reason; whoever acts comes last."""
    reasons: dict[int, list[str]] = {}
    persons = {}
    for telling in sorted(outcome.tellings, key=lambda telling: telling.own):
        persons[telling.person.id] = telling
        reasons.setdefault(telling.person.id, []).extend(telling.reasons)
    for number, telling in persons.items():
        why = "; ".join(dict.fromkeys(reason_words(reason) for reason in reasons[number]))
        if telling.own:
            why = _("you, in your inbox only")
        elif telling.away is not None:
            deputy = telling.away.deputy.name(i18n.language())
            why = _("%(why)s; away, in the inbox only: %(name)s stands in", why=why, name=deputy)
        yield telling.person.name(i18n.language()), why


def reason_words(reason: str) -> str:
    """A reason of the procedure file, said of somebody else."""
    if "." not in reason:
        return str(_WHY[reason])
    party = Party.model_validate(reason)
    if party.scope == "body":
        return seat_title(party.body, party.role)
    role = seat_title(None, party.role)
    part = _PARTS.get(party.body) if party.scope == "act" else None
    return f"{role}, {part}" if part else role


def _opened(outcome: Outcome) -> Iterable[OpenedDuty]:
    """One line for each holder; the same duty of several persons is one line."""
    groups: dict[tuple[str, Any], list[Any]] = {}
    for duty in outcome.opens:
        seat = (duty.body, duty.role) if duty.person is None else None
        groups.setdefault((duty.kind, seat), []).append(duty)
    for (kind, seat), duties in groups.items():
        if seat is not None:
            holder = seat_title(seat[0], seat[1] or "")
        elif len(duties) > FEW:
            holder = ngettext("%(num)s person", "%(num)s persons", len(duties))
        else:
            holder = ", ".join(duty.person.name(i18n.language()) for duty in duties)
        yield OpenedDuty(_duty(outcome, kind), holder, duties[0].deadline)


def _duty(outcome: Outcome, kind: str) -> str:
    return i18n.title(outcome.facts.procedure.definition.duties[kind].titles)


def _present(outcome: Outcome) -> set[str]:
    return {body for bodies in outcome.facts.bodies.values() for body in bodies}


def _digest(outcome: Outcome) -> str:
    shown = [
        outcome.state,
        outcome.enters,
        outcome.number,
        outcome.lead,
        outcome.freezes,
        sorted(outcome.concerns),
        sorted(outcome.cancels),
        sorted(outcome.ends),
        outcome.circulates.others if outcome.circulates else (),
        sorted(duty.id for duty in outcome.closes),
        sorted((duty.id, str(deadline.on)) for duty, deadline in outcome.redates),
        sorted(
            (duty.kind, duty.person.id if duty.person else 0, duty.body or "", duty.role or "",
             str(duty.deadline.on))
            for duty in outcome.opens
        ),
        sorted((telling.notice, telling.person.id) for telling in outcome.tellings),
        sorted(warning.code for warning in outcome.warnings),
    ]  # fmt: skip
    return hashlib.sha256(to_json(shown).encode()).hexdigest()[:16]
