"""The history of an act that is admitted under way: what it says, checked, and its entries.

Each entry is marked "before admission" and carries what is known: a step by its name or only the
state it led to, dated or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import floor_after, known_day
from tracker.acts.models import ActNumber, Visit
from tracker.errors import Invalid, invalid
from tracker.timeline.operations import Head, NewEntry, append
from tracker.typed import line_of, words_of
from workflows import fields
from workflows.calendars import local_date
from workflows.decided import UNKNOWN, Decided
from workflows.facts import Refusal
from workflows.machine import Compiled
from workflows.schema import STAYS

MARK = {"before_admission": True}


@dataclass(frozen=True, slots=True)
class Past:
    """One step an act took before it was admitted, as typed: by name, or only the state it led to.

    `action` stays where it led to a state that the procedure does not have it lead to: real
    histories need not fit.
    """

    action: Any = None
    state: Any = None
    decided_on: Any = "unknown"
    basis: Any = None
    reason: Any = None


@dataclass(frozen=True, slots=True)
class PastStep:
    """The same, checked."""

    action: str
    after: str
    decided: Decided
    basis: str | None
    reason: str


def past_from(raw: Mapping[str, Any]) -> Past:
    """A step of the history as the API and the command line give it."""
    return Past(**{key: raw.get(key) for key in Past.__slots__ if raw.get(key) is not None})


def check_history(
    procedure: Compiled, history: Sequence[Past], state: str, first: Decided, now: datetime
) -> list[PastStep]:
    """The steps in order, ending in `state`; raises Invalid naming the row. `first` is when the
    act was proposed.
    """
    today = local_date(now, assembly.zone())
    at = procedure.initial
    floor = floor_after(None, first)
    steps = []
    for number, past in enumerate(history):
        place = f"history.{number}"
        step = PastStep(
            _action(procedure, past, place) or "admit",
            _after(procedure, past, at, place),
            _decided(past, floor, today, place),
            _choice(past.basis, fields.BASES, f"{place}.basis") if past.basis else None,
            words_of(f"{place}.reason", past.reason or "", optional=True),
        )
        floor = floor_after(floor, step.decided)
        steps.append(step)
        at = step.after
    if at != state:
        steps.append(PastStep("admit", state, UNKNOWN, None, ""))
    return steps


def _choice(raw: Any, choices: Sequence[str], place: str) -> str:
    if raw not in list(choices):
        raise invalid(place, "not_a_choice", choices=", ".join(choices))
    return str(raw)


def _action(procedure: Compiled, past: Past, place: str) -> str | None:
    if not past.action:
        return None
    if past.action not in list(procedure.definition.actions):
        raise invalid(f"{place}.action", "unknown_action", action=past.action)
    return str(past.action)


def _after(procedure: Compiled, past: Past, at: str, place: str) -> str:
    """The state that the step led to: as said, else as the procedure has it."""
    if past.state or not past.action:
        return _choice(past.state, list(procedure.definition.states), f"{place}.state")
    move = procedure.move(past.action, at)
    if move is None:
        raise invalid(f"{place}.state", "not_from_here", action=past.action, state=at)
    return at if move.to == STAYS else move.to


def _decided(past: Past, floor: date | None, today: date, place: str) -> Decided:
    try:
        decided = Decided.parse(fields.line(past.decided_on or "unknown"))
    except (ValueError, fields.Unfit):
        raise invalid(f"{place}.decided_on", "not_a_decided_date") from None
    if decided.on is not None and decided.on > today:
        raise invalid(f"{place}.decided_on", "in_the_future", today=today.isoformat())
    if decided.last is not None and floor is not None and decided.last < floor:
        raise invalid(f"{place}.decided_on", "before_previous", previous=floor.isoformat())
    return decided


def write_history(
    session: Session,
    procedure: Compiled,
    proposal: NewEntry,
    steps: Sequence[PastStep],
    now: datetime,
) -> None:
    """Write the entry of the proposal and one for each step, and the visits they make."""
    append(session, [proposal], now)
    act_id, visit, at = proposal.head.id, 1, proposal.after
    insert_visit(session, act_id, visit, at, known_day(proposal.decided))
    for step in steps:
        row = queries.act_rows(session, [act_id])[0]
        head = Head(**{name: getattr(row, name) for name in Head.__slots__})
        left, visit = visit, head.version + 1 if step.after != at else visit
        entry = NewEntry(
            head,
            step.action,
            proposal.actor,
            step.after,
            behalf=proposal.behalf,
            decided=step.decided,
            basis=step.basis,
            data=MARK,
            texts={"reason": step.reason} if step.reason else {},
            columns={
                "state": step.after,
                "stage": procedure.state(step.after).stage,
                "visit": visit,
                "floor": floor_after(head.floor, step.decided),
            },
        )
        append(session, [entry], now)
        if visit != left:
            day = known_day(step.decided)
            session.execute(
                update(Visit)
                .where(Visit.act_id == act_id, Visit.n == left)
                .values(left_n=visit, left_on=day)
            )
            insert_visit(session, act_id, visit, step.after, day)
        at = step.after


def insert_visit(session: Session, act_id: int, n: int, state: str, on: date | None) -> None:
    session.execute(insert(Visit).values(act_id=act_id, n=n, state=state, entered_on=on))


def keep_number(
    session: Session, procedure: Compiled, act_id: int, number: Any, steps: Sequence[PastStep]
) -> None:
    """Remember the number an admitted act had, so that it is not given again."""
    giving = {
        name: action.number
        for name, action in procedure.definition.actions.items()
        if action.number
    }
    if not giving:
        raise Invalid(Refusal("no_number_here", {}, "number"))
    given = line_of("number", number, optional=True)
    format_ = next(iter(giving.values()))
    queries.hold_numbers(session, format_)
    if queries.taken_numbers(session, format_, [given]):
        raise invalid("number", "number_taken", number=given)
    given_n = [n for n, step in enumerate(steps, 2) if step.action in giving] or [len(steps) + 1]
    session.execute(
        insert(ActNumber).values(format=format_, number=given, act_id=act_id, given_n=given_n[-1])
    )
