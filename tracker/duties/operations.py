"""Opening, moving and closing duties, inside the transaction of the step that does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update

from tracker.db import Executor
from tracker.duties.models import Duty
from tracker.prepared import Prepared, write
from workflows.calendars import Deadline
from workflows.duties import NewDuty

_INSERT = Prepared(insert(Duty).inline())
_CLOSE = Prepared(
    update(Duty)
    .where(Duty.id == bindparam("duty"), Duty.closed_at.is_(None))
    .values(
        closed_at=bindparam("at"),
        closed_n=bindparam("by"),
        closed_why=bindparam("why"),
        next_reminder_at=None,
    )
)

_MOVE = Prepared(
    update(Duty)
    .where(Duty.id == bindparam("duty"), Duty.closed_at.is_(None))
    .values(
        generation=Duty.generation + 1,
        invited_at=bindparam("moved_at"),
        next_reminder_at=bindparam("at"),
        due_on=bindparam("on"),
        due_state=bindparam("state"),
        due_detail=bindparam("detail"),
        zone=bindparam("in_zone"),
        calendar=bindparam("by_calendar"),
        counted_from=bindparam("from_day"),
        counted_days=bindparam("days"),
        stopped_on=None,
        days_left=None,
        left_in=None,
    )
)


def duty_row(
    act_id: int, visit: int, opened_n: int, duty: NewDuty, now: datetime
) -> dict[str, Any]:
    """A new duty as a row. Its reminders are looked at by the next sweep."""
    return {
        "act_id": act_id,
        "visit": visit,
        "kind": duty.kind,
        "person_id": duty.person.id if duty.person else None,
        "body_key": duty.body,
        "role": duty.role,
        "action": duty.action,
        "opened_at": now,
        "opened_n": opened_n,
        "invited_at": now,
        "next_reminder_at": now if duty.deadline.on else None,
        **due_columns(duty.deadline),
    }


def due_columns(deadline: Deadline) -> dict[str, Any]:
    """When a duty falls due, or why that cannot be said."""
    return {
        "due_on": deadline.on,
        "due_state": deadline.why_not or "set",
        "due_detail": dict(deadline.detail) if deadline.detail else None,
        "zone": deadline.zone,
        "calendar": deadline.rule.calendar,
        **_counted(deadline),
    }


def _counted(deadline: Deadline) -> dict[str, Any]:
    """From where, and how many working days, where the date was counted in them."""
    if deadline.rule.kind != "working_days":
        return {"counted_from": None, "counted_days": None}
    return {"counted_from": deadline.start, "counted_days": deadline.rule.days}


def open_duties(on: Executor, rows: list[dict[str, Any]]) -> None:
    write(on, _INSERT, rows)


def close_duties(on: Executor, closings: Iterable[tuple[int, int, str]], now: datetime) -> None:
    """Close duties, given as (duty, number of the timeline entry that does it, why)."""
    write(
        on,
        _CLOSE,
        [{"duty": duty, "by": by, "why": why, "at": now} for duty, by, why in closings],
    )


def move_due(on: Executor, moves: Mapping[int, Deadline], now: datetime) -> None:
    """Give open duties a new due date; their reminders begin anew."""
    rows = []
    for duty, deadline in moves.items():
        due = due_columns(deadline)
        rows.append(
            {
                "duty": duty,
                "moved_at": now,
                "at": now if deadline.on else None,
                "on": due["due_on"],
                "state": due["due_state"],
                "detail": due["due_detail"],
                "in_zone": due["zone"],
                "by_calendar": due["calendar"],
                "from_day": due["counted_from"],
                "days": due["counted_days"],
            }
        )
    write(on, _MOVE, rows)
