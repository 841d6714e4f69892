"""Moving acts. Every change of state, by whomever and however many, goes through `advance_many`:
lock, gather facts, decide, apply, in one unit of work.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import apply, head_of
from tracker.acts.facts import gather, wanted_for, wanted_for_menu, wanted_for_notice
from tracker.db import unit_of_work
from tracker.errors import Forbidden, NotFound, Stale, TrackerError, denied, invalid
from tracker.permissions import behalf, may
from tracker.prepared import together
from tracker.timeline.operations import NewEntry, append
from workflows.decide import decide, examine, number_of
from workflows.facts import ActFacts, Actor, Refusal
from workflows.outcome import Chance, Denied, Outcome

VISIBILITIES = ("internal", "public")


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a set, at the version the actor looked at, with its own fields."""

    reference: str
    version: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stepped:
    """What became of one act of a set: it moved, or the reason why not."""

    reference: str
    outcome: Outcome | None
    error: TrackerError | None
    batch: str | None = None
    """What the entries of the set have in common, where it is more than one act."""


def advance_many(
    steps: Sequence[Step],
    action: str,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> list[Stepped]:
    """Take one step on a set of acts in one transaction: those that can move do, and each of the
    others keeps its reason. `data` holds the fields common to all.
    """
    batch = {"batch": secrets.token_hex(8)} if len(steps) > 1 else {}
    with unit_of_work() as session:
        connection = session.connection()
        answers = _decide_many(connection, steps, action, actor, now, data or {}, lock=True)
        outcomes = [
            (row, answer) for row, answer in answers.values() if isinstance(answer, Outcome)
        ]
        with together(connection):
            apply(connection, outcomes, actor, now, batch)
    return [replace(stepped, batch=batch.get("batch")) for stepped in _each(steps, answers)]


def advance(
    reference: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Outcome:
    """Take one step on one act; raises NotFound, Forbidden, Invalid, Stale or Refused."""
    return _only(advance_many([Step(reference, version, data or {})], action, actor=actor, now=now))


def preview(
    session: Session,
    reference: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Outcome:
    """What `advance` would do now, with nothing written; raises as it does."""
    step = Step(reference, version, data or {})
    return _only(preview_many(session, [step], action, actor=actor, now=now))


def preview_many(
    session: Session,
    steps: Sequence[Step],
    action: str,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> list[Stepped]:
    """What `advance_many` would do now, with nothing written."""
    answers = _decide_many(session.connection(), steps, action, actor, now, data or {}, lock=False)
    return _each(steps, answers)


def available_actions(
    session: Session, references: Iterable[str], *, actor: Actor, now: datetime
) -> dict[str, list[Chance]]:
    """For each act the actor sees: every action of its procedure that concerns them or its
    present state, open or with all the reasons why not.
    """
    rows = queries.seen_acts(session, assembly.assembly(), actor, references)
    wanted = {
        row.id: wanted_for_menu(
            assembly.procedure(session, row.procedure_key, row.procedure_version), row.state
        )
        for row in rows
    }
    return {facts.reference: chances(facts, actor) for facts in gather(session, rows, wanted, now)}


def chances(facts: ActFacts, actor: Actor) -> list[Chance]:
    """Every action of the act's procedure, judged for the actor where the act stands."""
    return [examine(facts, action, actor, {}) for action in facts.procedure.definition.actions]


def _decide_many(
    connection: Connection,
    steps: Sequence[Step],
    action: str,
    actor: Actor,
    now: datetime,
    common: Mapping[str, Any],
    *,
    lock: bool,
) -> dict[str, tuple[Row[Any], Outcome | Denied | NotFound]]:
    references = [step.reference for step in steps]
    seen = queries.seen_acts(connection, assembly.assembly(), actor, references, lock=lock)
    rows = {row.reference: row for row in seen}
    data = {step.reference: {**common, **step.data} for step in reversed(steps)}
    wanted = {}
    for reference, row in rows.items():
        procedure = assembly.procedure(connection, row.procedure_key, row.procedure_version)
        if action in procedure.definition.actions:
            wanted[row.id] = wanted_for(procedure, action, row.state, data[reference])
    found = gather(connection, [row for row in rows.values() if row.id in wanted], wanted, now)
    found = _with_taken_numbers(connection, found, action, data, now, lock=lock)
    versions = {step.reference: step.version for step in reversed(steps)}
    unknown = NotFound(Refusal("unknown_action", {"action": action}))
    answers: dict[str, tuple[Row[Any], Outcome | Denied | NotFound]] = {
        reference: (row, unknown) for reference, row in rows.items() if row.id not in wanted
    }
    given: set[str] = set()
    for facts in found:
        known = replace(facts, taken_numbers=facts.taken_numbers | given) if given else facts
        answer = decide(known, action, actor, now, data[facts.reference], versions[facts.reference])
        if isinstance(answer, Outcome) and answer.number is not None:
            given.add(answer.number[1])
        answers[facts.reference] = (rows[facts.reference], answer)
    return answers


def _with_taken_numbers(
    connection: Connection,
    found: list[ActFacts],
    action: str,
    data: Mapping[str, Mapping[str, Any]],
    now: datetime,
    *,
    lock: bool,
) -> list[ActFacts]:
    """Look up, in one query, which of the numbers this step would give were given before."""
    wanted: dict[str, set[str]] = {}
    for facts in found:
        format_ = facts.procedure.action(action).number
        if format_ is None:
            continue
        number = number_of(facts, action, data[facts.reference], now)
        if number is not None:
            wanted.setdefault(format_, set()).add(number)
    if not wanted:
        return found
    for format_ in sorted(wanted) if lock else ():
        queries.hold_numbers(connection, format_)
    taken = frozenset[str]().union(
        *(queries.taken_numbers(connection, key, numbers) for key, numbers in wanted.items())
    )
    return [replace(facts, taken_numbers=taken) for facts in found]


def _each(
    steps: Sequence[Step], answers: Mapping[str, tuple[Row[Any], Outcome | Denied | NotFound]]
) -> list[Stepped]:
    """The answer of every step; an act that is named again is told so."""
    named: set[str] = set()
    found = []
    for step in steps:
        if step.reference in named:
            again = invalid("acts", "named_twice", reference=step.reference)
            found.append(Stepped(step.reference, None, again))
        else:
            found.append(_stepped(step, answers.get(step.reference)))
        named.add(step.reference)
    return found


def _stepped(step: Step, found: tuple[Row[Any], Outcome | Denied | NotFound] | None) -> Stepped:
    if found is None:
        return Stepped(step.reference, None, NotFound(Refusal("no_such_act")))
    row, answer = found
    if isinstance(answer, NotFound):
        return Stepped(step.reference, None, answer)
    if isinstance(answer, Denied):
        return Stepped(step.reference, None, denied(answer, row.id))
    return Stepped(step.reference, answer, None)


def _only(answers: Sequence[Stepped]) -> Outcome:
    answer = answers[0]
    if answer.error is not None:
        raise answer.error
    assert answer.outcome is not None
    return answer.outcome


def set_visibility(
    reference: str, visibility: str, *, actor: Actor, now: datetime, version: int | None = None
) -> None:
    """Show an act to the public, or take it back; raises NotFound, Forbidden, Invalid, Stale."""
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        if not may(assembly.assembly(), actor, "set_visibility"):
            raise Forbidden(Refusal("not_permitted"))
        if visibility not in VISIBILITIES:
            raise invalid("visibility", "not_a_choice", choices=", ".join(VISIBILITIES))
        check_version(row, version)
        if row.visibility == visibility:
            return
        append(
            session,
            [
                NewEntry(
                    head_of(row),
                    "visibility",
                    actor.person,
                    row.state,
                    behalf=behalf(assembly.assembly(), actor, "set_visibility"),
                    data={"visibility": visibility},
                    columns={"visibility": visibility},
                )
            ],
            now,
        )


def locked(session: Session, reference: str, actor: Actor) -> Row[Any]:
    """Lock one act that the actor sees; raises NotFound. The first line of every operation."""
    found = queries.seen_acts(session, assembly.assembly(), actor, [reference], lock=True)
    if not found:
        raise NotFound(Refusal("no_such_act"))
    return found[0]


def check_version(row: Row[Any], version: int | None) -> None:
    """Raise Stale when the actor looked at another version of the act."""
    if version is not None and version != row.version:
        raise Stale(Refusal("stale", {"version": row.version}), act_id=row.id)


def facts_for_notice(session: Session, row: Row[Any], now: datetime, *notices: str) -> ActFacts:
    """Facts about one act, enough to tell of something that is not a step."""
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    return gather(session, [row], wanted_for_notice(procedure, row.state, *notices), now)[0]
