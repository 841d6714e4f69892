"""Duties as planning needs them: read with their act, their rules and the ledger of what was said.

The sweep, the forecast and whoever reminds by hand read them here, so that they see the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.models import Act, Heading
from tracker.acts.queries import current_heading
from tracker.db import AnyRow, AnySelect
from tracker.duties.models import Duty
from tracker.duties.models import Reminder as LedgerRow
from workflows.calendars import Calendar, local_date
from workflows.machine import Compiled
from workflows.reminders import LedgerKey, OpenDuty, ReminderRule, sending_instant

PLANNED = (
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
    Duty.due_state,
    Duty.due_detail,
    Duty.zone,
    Duty.calendar,
    Duty.generation,
    Duty.closed_at,
    Duty.counted_from,
    Duty.counted_days,
    Duty.first_due_on,
    Duty.extended,
    Duty.next_reminder_at,
    Duty.stopped_on,
    Duty.days_left,
    Duty.left_in,
    Duty.paused_at,
    Duty.paused_until,
    Act.reference,
    Act.procedure_key,
    Act.procedure_version,
    Act.state,
    Heading.kind.label("act_kind"),
    Heading.titles,
)


def planned() -> AnySelect:
    """Duties with what is said of them; the caller adds which, and in which order."""
    return select(*PLANNED).join(Act, Act.id == Duty.act_id).join(Heading, current_heading())


@dataclass(frozen=True, slots=True)
class Batch:
    """Some duties, ready to be planned; procedures and rows by the duty's number."""

    rows: Mapping[int, AnyRow]
    procedures: Mapping[int, Compiled]
    duties: Sequence[OpenDuty]
    ledger: set[LedgerKey]


def read_batch(session: Session, rows: Sequence[AnyRow]) -> Batch:
    """Rows of `planned` as duties, with their ledger: two statements."""
    procedures = {
        row.id: assembly.procedure(session, row.procedure_key, row.procedure_version)
        for row in rows
    }
    calendars = assembly.calendars(session)
    return Batch(
        {row.id: row for row in rows},
        procedures,
        [_open_duty(row, procedures[row.id], calendars) for row in rows],
        _ledger(session, [row.id for row in rows]),
    )


def _open_duty(row: AnyRow, procedure: Compiled, calendars: Mapping[str, Calendar]) -> OpenDuty:
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
        rules=_rules(procedure, row.kind),
        closed_at=row.closed_at,
        quiet_until=_wakes_at(row),
        paused=row.paused_at is not None and row.paused_until is None,
    )


def _wakes_at(row: AnyRow) -> datetime | None:
    """The instant at which a pause ends that has a last day."""
    if row.paused_at is None or row.paused_until is None:
        return None
    return sending_instant(row.paused_until, row.zone)


def _rules(procedure: Compiled, kind: str) -> tuple[ReminderRule, ...]:
    definition = procedure.definition
    return tuple(
        ReminderRule(
            step.id,
            step.days,
            "working" if step.working else "calendar",
            str(step.to),
            step.every,
            step.times,
        )
        for step in definition.reminders[definition.duties[kind].reminders]
    )


def _ledger(session: Session, ids: Iterable[int]) -> set[LedgerKey]:
    found = session.execute(
        select(LedgerRow.duty_id, LedgerRow.generation, LedgerRow.rule, LedgerRow.occurrence).where(
            LedgerRow.duty_id.in_(list(ids))
        )
    )
    return {LedgerKey(*row) for row in found}
