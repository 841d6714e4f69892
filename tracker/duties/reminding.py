"""What people do about reminders: pause them, skip or send one, ask again those who are waited for.

None of it moves an act, and each leaves one entry in its timeline.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.operations import facts_for_notice, locked
from tracker.db import unit_of_work, upsert
from tracker.duties.changing import Held, held, permitted, record
from tracker.duties.models import Duty
from tracker.duties.models import Reminder as LedgerRow
from tracker.duties.planning import Batch, planned, read_batch
from tracker.duties.recipients import HOLDER
from tracker.duties.saying import say
from tracker.errors import Refused, invalid
from tracker.permissions import behalf
from tracker.timeline.operations import NewEntry, append
from tracker.typed import words_of
from workflows import fields
from workflows.calendars import LAST_YEAR, local_date
from workflows.facts import Actor, Refusal
from workflows.reminders import BY_HAND, Reminder, said_early

BREATH = timedelta(hours=1)
"""How long whoever was reminded by hand is left in peace."""


def pause_reminders(
    duty_id: int, reason: Any, *, until: Any = None, actor: Actor, now: datetime
) -> None:
    """Let nothing be said of a duty before the day `until`, a date of the assembly, or until
    `resume_reminders`; raises NotFound, Forbidden, Invalid or Refused.
    """
    with unit_of_work() as session:
        change = held(session, duty_id, "manage_reminders", actor, now)
        day = _day(until, local_date(now, assembly.zone()))
        why = words_of("reason", reason)
        if is_paused(change.duty.paused_at, change.duty.paused_until, now):
            raise Refused(Refusal("already_paused"), act_id=change.row.id)
        _set(session, duty_id, paused_at=now, paused_until=day)
        _look_again(session, change, now if day else None)
        data = {"paused_until": day.isoformat()} if day else {}
        record(session, change, "pause_reminders", data, why, actor, now)


def resume_reminders(duty_id: int, *, actor: Actor, now: datetime) -> None:
    """Let reminders go on; of what came due meanwhile the newest is said."""
    with unit_of_work() as session:
        change = held(session, duty_id, "manage_reminders", actor, now)
        if not is_paused(change.duty.paused_at, change.duty.paused_until, now):
            raise Refused(Refusal("not_paused"), act_id=change.row.id)
        _set(session, duty_id, paused_at=None, paused_until=None)
        _look_again(session, change, now)
        record(session, change, "resume_reminders", {}, None, actor, now)


def skip_reminder(
    duty_id: int, rule: str, occurrence: int, reason: Any, *, actor: Actor, now: datetime
) -> None:
    """Let one step that is still to come not be said."""
    with unit_of_work() as session:
        change = held(session, duty_id, "manage_reminders", actor, now)
        why = words_of("reason", reason)
        _batch, step = _step(session, change, rule, occurrence, now)
        row = {
            "duty_id": duty_id, "generation": step.generation, "rule": rule,
            "occurrence": occurrence, "recipient_id": None, "recorded_at": now, "sent": False,
            "skipped": True,
        }  # fmt: skip
        session.execute(upsert(session, LedgerRow.__table__).on_conflict_do_nothing(), row)
        _look_again(session, change, now)
        record(session, change, "skip_reminder", _planned_on(change, step), why, actor, now)


def send_reminder(duty_id: int, rule: str, occurrence: int, *, actor: Actor, now: datetime) -> int:
    """Send one step that is still to come at once, and not again at its time; returns to how many
    persons. Raises Refused where it would reach nobody.
    """
    with unit_of_work() as session:
        change = held(session, duty_id, "manage_reminders", actor, now)
        batch, step = _step(session, change, rule, occurrence, now)
        said = say(session, batch, [step], now)
        if said.unheard:
            raise Refused(Refusal("nobody_to_remind"), act_id=change.row.id)
        _look_again(session, change, now)
        record(session, change, "send_reminder", _planned_on(change, step), None, actor, now)
        return said.notices


def remind_waiting(
    reference: str, kind: str, duties: Collection[int], *, actor: Actor, now: datetime
) -> int:
    """Remind those who owe the same on an act and were chosen, each once; returns how many notices
    were queued. Who was reminded by hand within the hour, or of what is over, is left in peace.

    Raises NotFound, Forbidden, Invalid, or Refused where nobody is left.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now)
        deed = permitted(facts, kind, None, "manage_reminders", actor, asking=True)
        if not duties:
            raise invalid("duties", "nobody_chosen")
        chosen = session.execute(
            planned()
            .where(
                Duty.id.in_(sorted(duties)),
                Duty.act_id == row.id,
                Duty.kind == kind,
                Duty.closed_at.is_(None),
                Duty.stopped_on.is_(None),
            )
            .order_by(Duty.id)
        ).all()
        batch = read_batch(session, chosen)
        lately = reminded_by_hand(session, batch.rows, now - BREATH)
        reminders = [_by_hand(batch, each.id, now) for each in chosen if each.id not in lately]
        said = say(session, batch, reminders, now)
        if not said.notices:
            raise Refused(Refusal("nobody_left_to_remind"), act_id=row.id)
        entry = NewEntry(
            head_of(row),
            "remind_waiting",
            actor.person,
            row.state,
            behalf=behalf(assembly.assembly(), actor, deed, facts),
            data={"owed": kind, "duties": [each.duty_id for each in reminders]},
        )
        append(session, [entry], now)
        return said.notices


def is_paused(paused_at: datetime | None, until: date | None, now: datetime) -> bool:
    """Whether reminders are paused at the instant `now`."""
    if paused_at is None:
        return False
    return until is None or until > local_date(now, assembly.zone())


def reminded_by_hand(
    session: Session, duties: Collection[int], since: datetime
) -> dict[int, datetime]:
    """When duties were last reminded of by hand after an instant."""
    found = session.execute(
        select(LedgerRow.duty_id, func.max(LedgerRow.recorded_at).label("at"))
        .where(
            LedgerRow.duty_id.in_(sorted(duties)),
            LedgerRow.rule == BY_HAND,
            LedgerRow.sent,
            LedgerRow.recorded_at > since,
        )
        .group_by(LedgerRow.duty_id)
    )
    return {row.duty_id: row.at for row in found}


def last_reminded(session: Session, duties: Collection[int]) -> dict[int, datetime]:
    """When somebody was last reminded of each duty, in whatever way."""
    found = session.execute(
        select(LedgerRow.duty_id, func.max(LedgerRow.recorded_at).label("at"))
        .where(LedgerRow.duty_id.in_(sorted(duties)), LedgerRow.sent)
        .group_by(LedgerRow.duty_id)
    )
    return {row.duty_id: row.at for row in found}


def _by_hand(batch: Batch, duty: int, now: datetime) -> Reminder:
    generation = batch.rows[duty].generation
    before = sum(key[:3] == (duty, generation, BY_HAND) for key in batch.ledger)
    return Reminder(duty, generation, BY_HAND, before, HOLDER, now, "calendar")


def _step(
    session: Session, change: Held, rule: str, occurrence: int, now: datetime
) -> tuple[Batch, Reminder]:
    """A step that is to come, as it would be said now; raises Refused where it is not."""
    batch = read_batch(session, [change.duty])
    step = said_early(batch.duties[0], batch.ledger, now, rule, occurrence)
    if step is None:
        raise Refused(Refusal("no_such_reminder"), act_id=change.row.id)
    return batch, step


def _planned_on(change: Held, step: Reminder) -> dict[str, Any]:
    return {
        "planned_on": local_date(step.at, change.duty.zone).isoformat(),
        "rule": step.rule_id,
        "occurrence": step.occurrence,
    }


def _set(session: Session, duty_id: int, **columns: Any) -> None:
    session.execute(update(Duty).where(Duty.id == duty_id).values(**columns))


def _look_again(session: Session, change: Held, at: datetime | None) -> None:
    """Let the next sweep plan the duty anew, where it has a date."""
    _set(session, change.duty.id, next_reminder_at=at if change.duty.due_on else None)


def _day(raw: Any, today: date) -> date | None:
    """The day on which reminders go on: after today, or none."""
    if raw is None or raw == "":
        return None
    try:
        found = raw if isinstance(raw, date) else date.fromisoformat(fields.line(raw))
    except (ValueError, fields.Unfit):
        raise invalid("until", "not_a_date") from None
    if found <= today:
        raise invalid("until", "not_after_today", today=today.isoformat())
    if found.year > LAST_YEAR:
        raise invalid("until", "date_too_late", year=LAST_YEAR)
    return found
