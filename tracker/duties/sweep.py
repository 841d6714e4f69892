"""Reminding of what is owed: each minute, look at the duties whose time has come.

What is to be said is planned by `workflows.reminders` from the procedure's rules and the ledger.
The ledger is written with the notices in one transaction, so a sweep that runs twice, beside
another, or after a gap of days says everything once and nothing late that no longer holds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.models import Act, Heading
from tracker.acts.queries import current_heading
from tracker.db import AnyRow, unit_of_work, upsert
from tracker.duties.models import Duty
from tracker.duties.models import Reminder as LedgerRow
from tracker.duties.recipients import HOLDER, Asked, Directory, Recipient
from tracker.notices.checks import REMINDER
from tracker.notices.operations import NewNotice, queue, standing_in
from workflows.calendars import Calendar, local_date
from workflows.machine import Compiled
from workflows.reminders import LedgerKey, OpenDuty, Reminder, ReminderRule, plan

log = structlog.get_logger(__name__)

BATCH = 200
BUDGET = timedelta(seconds=25)

_DUE = (
    select(
        Duty.id,
        Duty.act_id,
        Duty.kind,
        Duty.person_id,
        Duty.body_key,
        Duty.role,
        Duty.action,
        Duty.opened_at,
        Duty.opened_n,
        Duty.invited_at,
        Duty.due_on,
        Duty.zone,
        Duty.calendar,
        Duty.generation,
        Act.reference,
        Act.procedure_key,
        Act.procedure_version,
        Act.state,
        Heading.kind.label("act_kind"),
        Heading.titles,
    )
    .join(Act, Act.id == Duty.act_id)
    .join(Heading, current_heading())
    .where(
        Duty.closed_at.is_(None),
        Duty.next_reminder_at.is_not(None),
        Duty.next_reminder_at <= bindparam("now"),
    )
    .order_by(Duty.next_reminder_at, Duty.id)
    .limit(bindparam("most"))
    # The act is what every operation locks; one that is being changed is left for the next minute.
    .with_for_update(of=Act, skip_locked=True)
)
_LOOK_AGAIN = (
    update(Duty.__table__)  # type: ignore[arg-type]
    .where(Duty.id == bindparam("duty"))
    .values(next_reminder_at=bindparam("next"))
)


@dataclass(slots=True)
class Swept:
    """What a sweep did: duties looked at, reminders queued, steps that found nobody to remind."""

    duties: int = 0
    reminders: int = 0
    unheard: int = 0
    more: bool = False

    def __str__(self) -> str:
        """Say it in one line, for the pulse of the job."""
        return f"duties {self.duties}, reminders {self.reminders}, found nobody {self.unheard}"


def sweep(now: datetime, *, most: int = BATCH, budget: timedelta = BUDGET) -> Swept:
    """Queue every reminder that is owed at the instant `now`, batch by batch, each in one
    transaction; `more` says that time ran out before the duties did.
    """
    done = Swept()
    until = time.monotonic() + budget.total_seconds()
    while True:
        with unit_of_work() as session:
            rows = session.execute(_DUE, {"now": now, "most": most}).all()
            if rows:
                _remind(session, rows, now, done)
        done.duties += len(rows)
        if len(rows) < most:
            return done
        if time.monotonic() >= until:
            done.more = True
            return done


def _remind(session: Session, rows: Sequence[AnyRow], now: datetime, done: Swept) -> None:
    procedures = {
        row.id: assembly.procedure(session, row.procedure_key, row.procedure_version)
        for row in rows
    }
    calendars = assembly.calendars(session)
    duties = [
        _open_duty(row, procedures[row.id], calendars) for row in rows if row.due_on is not None
    ]
    reminders, next_at = plan(duties, _ledger(session, rows), now)
    if reminders:
        _queue(session, {row.id: row for row in rows}, procedures, reminders, now, done)
    session.connection().execute(
        _LOOK_AGAIN, [{"duty": row.id, "next": next_at.get(row.id)} for row in rows]
    )


def _open_duty(row: AnyRow, procedure: Compiled, calendars: Mapping[str, Calendar]) -> OpenDuty:
    definition = procedure.definition
    rules = tuple(
        ReminderRule(
            step.id,
            step.days,
            "working" if step.working else "calendar",
            str(step.to),
            step.every,
            step.times,
        )
        for step in definition.reminders[definition.duties[row.kind].reminders]
    )
    return OpenDuty(
        id=row.id,
        generation=row.generation,
        kind=row.kind,
        opened_at=row.opened_at,
        invited_at=row.invited_at,
        due_on=row.due_on,
        zone=row.zone,
        calendar=calendars.get(row.calendar),
        recorded_on=local_date(row.opened_at, row.zone),
        rules=rules,
    )


def _ledger(session: Session, rows: Sequence[AnyRow]) -> set[LedgerKey]:
    found = session.execute(
        select(LedgerRow.duty_id, LedgerRow.generation, LedgerRow.rule, LedgerRow.occurrence).where(
            LedgerRow.duty_id.in_([row.id for row in rows])
        )
    )
    return {LedgerKey(*row) for row in found}


def _queue(
    session: Session,
    rows: Mapping[int, AnyRow],
    procedures: Mapping[int, Compiled],
    reminders: Sequence[Reminder],
    now: datetime,
    done: Swept,
) -> None:
    """Write the notices and the ledger of the reminders of one batch."""
    asked = [
        Asked(
            row := rows[reminder.duty_id],
            procedures[row.id],
            reminder.audience,
            late=local_date(now, row.zone) > row.due_on,
        )
        for reminder in reminders
    ]
    found = Directory(session, assembly.assembly(), asked, local_date(now, assembly.zone()))
    notices: list[NewNotice] = []
    entries: list[dict[str, Any]] = []
    for reminder, one in zip(reminders, asked, strict=True):
        recipients = found.recipients(one)
        notices += [_notice(reminder, one, recipient, found, now) for recipient in recipients]
        entries += _entries(reminder, recipients, now)
        if not recipients:
            done.unheard += 1
            log.warning("nobody_to_remind", duty=reminder.duty_id, rule=reminder.rule_id)
    session.execute(upsert(session, LedgerRow.__table__).on_conflict_do_nothing(), entries)
    done.reminders += queue(session, notices, now)


def _entries(
    reminder: Reminder, recipients: Sequence[Recipient], now: datetime
) -> list[dict[str, Any]]:
    """The ledger's rows: the step said and those it stands for, for each who heard it."""
    said, *folded = reminder.keys
    heard: Sequence[int | None] = [recipient.person.id for recipient in recipients] or [None]
    return [
        {
            "duty_id": key.duty_id,
            "generation": key.generation,
            "rule": key.rule_id,
            "occurrence": key.occurrence,
            "recipient_id": person,
            "recorded_at": now,
            "sent": key == said and person is not None,
        }
        for key in (said, *folded)
        for person in heard
    ]


def _notice(
    reminder: Reminder, asked: Asked, recipient: Recipient, found: Directory, now: datetime
) -> NewNotice:
    duty = asked.duty
    facts = {
        "reference": duty.reference,
        "titles": duty.titles,
        "kind": duty.act_kind,
        "procedure": [asked.procedure.key, asked.procedure.version],
        "state": duty.state,
        "recorded": now.isoformat(),
        "n": duty.opened_n,
        "bodies": {part: list(keys) for part, keys in found.bodies(asked).items()},
        "reply_to": found.reply_to(asked),
        "because": [(recipient.reason, recipient.body)],
        **standing_in(recipient.principal),
        "late": asked.late,
        "due": {
            "duty": duty.kind,
            "on": duty.due_on.isoformat(),
            "state": "set",
            "detail": None,
            "zone": duty.zone,
            "action": duty.action,
            "seats": found.owing_seats(asked),
        },
    }
    if asked.audience == HOLDER:
        name = "duty_overdue" if asked.late else REMINDER
    else:
        name = "duty_escalated"
        facts["seats"] = found.seats(asked)
        facts["owed_by"] = {"person": duty.person_id, "body": duty.body_key, "role": duty.role}
    return NewNotice(
        event=f"duty:{duty.id}:{reminder.generation}:{reminder.rule_id}:{reminder.occurrence}",
        name=name,
        person=recipient.person,
        reasons=(recipient.reason,),
        facts=facts,
        act_id=duty.act_id,
        mailed=recipient.away is None,
        unmailed="away",
        duty=(duty.id, reminder.generation),
    )
