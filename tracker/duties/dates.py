"""Giving duties other dates: an extension, a clock that stops and runs on, a changed calendar.

A date that moves raises the duty's generation, so that its reminders begin anew and those that
still wait to be sent are not. The timeline keeps the date before and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import AnyRow, unit_of_work
from tracker.duties.changing import Held, held, record
from tracker.duties.models import Duty
from tracker.duties.models import Reminder as LedgerRow
from tracker.duties.operations import move_due
from tracker.duties.planning import planned
from tracker.duties.recipients import HOLDER, Asked, Directory, Recipient
from tracker.duties.saying import facts_of
from tracker.errors import Refused, invalid
from tracker.notices.operations import NewNotice, queue
from tracker.people.queries import active_persons
from tracker.typed import words_of
from workflows import fields
from workflows.calendars import (
    LAST_YEAR,
    CalendarUnknown,
    DaysLeft,
    Deadline,
    DueRule,
    days_left,
    due,
    local_date,
    run_on,
)
from workflows.facts import Actor, Refusal

_STOPPED = {"en": "the clock stands still"}
"""Why a stopped duty has no date; pages say it by `stopped_on`, with what is left."""


def extend_duty(duty_id: int, on: Any, reason: Any, *, actor: Actor, now: datetime) -> date:
    """Give a duty a later date, of the assembly, or one where it has none; returns it.

    Its holder is told, and whoever was reminded of it. Raises NotFound, Forbidden, Invalid or
    Refused.
    """
    with unit_of_work() as session:
        change = held(session, duty_id, "extend_duty", actor, now, asking=True)
        duty = change.duty
        day = _new_day(on, duty.due_on, local_date(now, duty.zone))
        why = words_of("reason", reason)
        if duty.stopped_on is not None:
            raise Refused(Refusal("clock_stopped"), act_id=change.row.id)
        rule = DueRule("fixed_date", on=day, calendar=duty.calendar)
        _move(session, change, due(rule, day, {}, duty.zone), now)
        first = {} if duty.due_on is None else {"first_due_on": duty.first_due_on or duty.due_on}
        _set(session, duty_id, extended=duty.extended + 1, **first)
        data = {"from": _iso(duty.due_on), "to": day.isoformat()}
        n = record(session, change, "extend_duty", data, why, actor, now)
        tell_moved(session, {duty_id: Moved(duty.due_on, n)}, why, actor, now)
    return day


def suspend_duty(duty_id: int, reason: Any, *, actor: Actor, now: datetime) -> DaysLeft:
    """Stop a duty's clock, where its procedure lets it be stopped; returns what is left of it.

    Until it runs on it has no date, and nothing is said of it. Raises as `extend_duty`.
    """
    with unit_of_work() as session:
        change = held(session, duty_id, "extend_duty", actor, now, asking=True)
        duty = change.duty
        why = words_of("reason", reason)
        today = local_date(now, duty.zone)
        left = _left(session, change, today)
        rule = DueRule("not_set", reason=_STOPPED, calendar=duty.calendar)
        _move(session, change, due(rule, today, {}, duty.zone), now)
        _set(session, duty_id, stopped_on=today, days_left=left.days, left_in=left.unit)
        data = {"from": _iso(duty.due_on), "left": left.days, "unit": left.unit}
        n = record(session, change, "suspend_duty", data, why, actor, now)
        told = {duty_id: Moved(duty.due_on, n)}
        tell_moved(session, told, why, actor, now, name="duty_suspended")
    return left


def resume_duty(duty_id: int, *, actor: Actor, now: datetime) -> Deadline:
    """Let a stopped clock run on: the days that were left count from today. Returns the new date,
    or why it cannot be computed. Raises as `extend_duty`.
    """
    with unit_of_work() as session:
        change = held(session, duty_id, "extend_duty", actor, now, asking=True)
        duty = change.duty
        if duty.stopped_on is None:
            raise Refused(Refusal("clock_runs"), act_id=change.row.id)
        left = DaysLeft(duty.days_left, duty.left_in)
        today = local_date(now, duty.zone)
        calendars = assembly.calendars(session)
        deadline = run_on(left, today, duty.calendar, calendars, duty.zone)
        _move(session, change, deadline, now)
        data = {"since": _iso(duty.stopped_on), "to": _iso(deadline.on)}
        n = record(session, change, "resume_duty", data, None, actor, now)
        tell_moved(session, {duty_id: Moved(None, n)}, None, actor, now, ran=True)
    return deadline


class Moved(NamedTuple):
    """The date that a duty had, and the entry of its act that moved it."""

    was: date | None
    n: int


def tell_moved(
    session: Session,
    moved: Mapping[int, Moved],
    reason: str | None,
    actor: Actor,
    now: datetime,
    *,
    name: str = "duty_extended",
    ran: bool = False,
) -> None:
    """Tell the holders of duties, by their number, and whoever was reminded of them that the date
    is another: a fixed number of statements.
    """
    rows = session.execute(planned().where(Duty.id.in_(sorted(moved))).order_by(Duty.id)).all()
    asked = [
        Asked(
            row,
            assembly.procedure(session, row.procedure_key, row.procedure_version),
            HOLDER,
            late=False,
        )
        for row in rows
    ]
    found = Directory(session, assembly.assembly(), asked, local_date(now, assembly.zone()))
    reminded = _reminded(session, moved)
    about = {"actor": actor.person, "reason": reason, "ran": ran}
    notices = []
    for one in asked:
        change = moved[one.duty.id]
        holders = found.recipients(one)
        heard = {recipient.person.id for recipient in holders}
        others = [each for each in reminded.get(one.duty.id, ()) if each.person.id not in heard]
        for recipient in (*holders, *others):
            said = {**facts_of(one, recipient, found, now), **about}
            holds = recipient in holders
            notices.append(_of_move(name, one.duty, change, recipient, said, actor, holds=holds))
    queue(session, notices, now)


def _of_move(
    name: str,
    duty: AnyRow,
    change: Moved,
    recipient: Recipient,
    facts: Mapping[str, Any],
    actor: Actor,
    *,
    holds: bool,
) -> NewNotice:
    """What one person is told of it; who only was reminded once is told whose duty it is."""
    owed_by = {"person": duty.person_id, "body": duty.body_key, "role": duty.role}
    return NewNotice(
        event=f"duty:{duty.id}:moved:{change.n}",
        name=name,
        person=recipient.person,
        reasons=(recipient.reason,),
        facts={
            **facts,
            "n": change.n,
            "was": _iso(change.was),
            "owed_by": None if holds else owed_by,
        },
        act_id=duty.act_id,
        mailed=recipient.person.id != actor.person and recipient.away is None,
        unmailed="inbox_only" if recipient.away is None else "away",
        duty=(duty.id, duty.generation) if holds else None,
    )


def _reminded(session: Session, duties: Iterable[int]) -> Mapping[int, list[Recipient]]:
    """Who had a reminder of each duty and still has a place here."""
    pairs = session.execute(
        select(LedgerRow.duty_id, LedgerRow.recipient_id)
        .where(LedgerRow.duty_id.in_(sorted(duties)), LedgerRow.sent)
        .distinct()
    ).all()
    people = active_persons(session, (pair.recipient_id for pair in pairs))
    found: dict[int, list[Recipient]] = {}
    for duty, person in pairs:
        if person in people:
            found.setdefault(duty, []).append(Recipient(people[person], "told", None))
    return found


def _left(session: Session, change: Held, today: date) -> DaysLeft:
    """What is left of a term; raises Refused where it cannot stop or cannot be counted."""
    duty, act_id = change.duty, change.row.id
    if not change.facts.procedure.definition.duties[duty.kind].stops:
        raise Refused(Refusal("clock_never_stops"), act_id=act_id)
    if duty.stopped_on is not None:
        raise Refused(Refusal("clock_stopped"), act_id=act_id)
    if duty.due_on is None:
        raise Refused(Refusal("no_date_to_stop"), act_id=act_id)
    if duty.due_on < today:
        raise Refused(Refusal("late_already"), act_id=act_id)
    counted = duty.counted_from is not None
    calendar = assembly.calendars(session).get(duty.calendar) if counted else None
    try:
        return days_left(duty.due_on, today, calendar)
    except CalendarUnknown as unknown:
        raise Refused(Refusal("calendar_unknown", {"year": unknown.year}), act_id=act_id) from None


def _move(session: Session, change: Held, deadline: Deadline, now: datetime) -> None:
    move_due(session, {change.duty.id: deadline}, now)


def _set(session: Session, duty_id: int, **columns: Any) -> None:
    session.execute(update(Duty).where(Duty.id == duty_id).values(**columns))


def _new_day(raw: Any, present: date | None, today: date) -> date:
    try:
        found = raw if isinstance(raw, date) else date.fromisoformat(fields.line(raw or ""))
    except (ValueError, fields.Unfit):
        raise invalid("on", "not_a_date") from None
    if found < today:
        raise invalid("on", "in_the_past", today=today.isoformat())
    if present is not None and found <= present:
        raise invalid("on", "not_later", present=present.isoformat())
    if found.year > LAST_YEAR:
        raise invalid("on", "date_too_late", year=LAST_YEAR)
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
