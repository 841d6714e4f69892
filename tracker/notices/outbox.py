"""The rows of the outbox on their way: claimed for a while, begun, settled.

A sender owns the rows that carry its token, until their lease (`due_at`) ends; a row taken over by
another is not touched by the first one's late news. Every statement is for one row or one batch,
whatever the number of notices that wait.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from tracker.db import AnyRow
from tracker.duties.models import Duty
from tracker.notices.models import WAITING, Notice

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=30)
PAUSE_GROWS = 4
LONGEST_PAUSE = timedelta(hours=6)
JITTER = 0.2

_ROW = (
    Notice.id,
    Notice.name,
    Notice.person_id,
    Notice.act_id,
    Notice.duty_id,
    Notice.duty_generation,
    Notice.language,
    Notice.facts,
    Notice.created_at,
    Notice.started_at,
    Notice.attempts,
    Notice.message_id,
    Notice.message,
)
# Materialised: a nested loop would run the inner query again for each row, and claim them all.
_DUE = (
    select(Notice.id)
    .where(WAITING, Notice.due_at <= bindparam("now"))
    .order_by(Notice.due_at, Notice.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED")
)
_CLAIM = (
    update(Notice)
    .where(Notice.id == _DUE.c.id)
    .values(state="sending", token=bindparam("mine"), due_at=bindparam("until"))
    .returning(*_ROW)
    .execution_options(synchronize_session=False)
)
_MINE = and_(Notice.id == bindparam("row"), Notice.token == bindparam("mine"))
_DUTY_STANDS = or_(
    Notice.duty_id.is_(None),
    exists(
        select(Duty.id).where(
            Duty.id == Notice.duty_id,
            Duty.generation == Notice.duty_generation,
            Duty.closed_at.is_(None),
        )
    ),
)
_table = Notice.__table__
_START = (
    update(_table)  # type: ignore[arg-type]
    .where(_MINE, _DUTY_STANDS)
    .values(started_at=bindparam("now"), attempts=Notice.attempts + 1)
)
_STORE = update(_table).where(_MINE)  # type: ignore[arg-type]


def claim(
    session: Session, now: datetime, most: int, lease: timedelta
) -> tuple[str, Sequence[AnyRow]]:
    """Take at most `most` rows whose time has come, oldest first; returns the token and the rows.

    A row with `started_at` was begun by a sender of whom nothing more was heard, or whose server
    gave no last reply: it may have been sent.
    """
    token = secrets.token_hex(8)
    values = {"now": now, "most": most, "mine": token, "until": now + lease}
    rows = session.execute(_CLAIM, values).all()
    return token, sorted(rows, key=lambda row: row.id)


def start(session: Session, row: AnyRow, token: str, now: datetime) -> bool:
    """Mark a row as begun; False when it is no longer this sender's, or its duty is over."""
    values = {"row": row.id, "mine": token, "now": now}
    result = cast("CursorResult[Any]", session.connection().execute(_START, values))
    return result.rowcount == 1


def lock(session: Session, rows: Iterable[AnyRow]) -> None:
    """Lock a batch in the order of its numbers, as a correction does that cancels some of it."""
    batch = select(Notice.id).where(Notice.id.in_([row.id for row in rows]))
    session.execute(batch.order_by(Notice.id).with_for_update())


def store(
    session: Session, token: str, changes: Iterable[tuple[AnyRow, Mapping[str, Any]]]
) -> None:
    """Write new values of rows that are still this sender's: one statement a kind of change."""
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row, values in changes:
        new = {f"new_{name}": value for name, value in values.items()}
        kinds.setdefault(tuple(sorted(values)), []).append({"row": row.id, "mine": token, **new})
    for names, rows in kinds.items():
        statement = _STORE.values({name: bindparam(f"new_{name}") for name in names})
        session.connection().execute(statement, rows)


def sent(now: datetime) -> dict[str, Any]:
    return _settled("sent") | {"sent_at": now, "error": None}


def failed(row: AnyRow, error: str) -> dict[str, Any]:
    """It will not be tried again, and is shown to the secretariat."""
    return _settled("failed") | {"error": error, "started_at": row.started_at}


def skipped(why: str) -> dict[str, Any]:
    return _settled("skipped") | {"why": why, "started_at": None}


def held(error: str | None) -> dict[str, Any]:
    """It may have been sent; a person decides."""
    return _settled("held") | {"why": "ambiguous"} | ({"error": error} if error else {})


def again(row: AnyRow, attempts: int, now: datetime, error: str) -> dict[str, Any]:
    """Back to the queue after a failure that was this mail's own, the later the more there were."""
    waiting = {"due_at": now + pause(row.id, attempts), "error": error}
    return _settled("queued") | waiting | {"started_at": row.started_at}


def back(row: AnyRow, now: datetime, error: str | None) -> dict[str, Any]:
    """Back to the queue as it came, after something that was not this mail's fault."""
    wait = pause(row.id, 1) if error else timedelta(0)
    kept = {"started_at": row.started_at, "attempts": row.attempts}
    return _settled("queued") | {"due_at": now + wait, "error": error} | kept


def pause(row_id: int, attempts: int) -> timedelta:
    """How long to wait after so many attempts, spread so that failures do not return together."""
    spread = 1 - JITTER + 2 * JITTER * (row_id * 0.618034 % 1)
    wait: timedelta = min(FIRST_PAUSE * PAUSE_GROWS ** (attempts - 1), LONGEST_PAUSE)
    return wait * spread


def _settled(state: str) -> dict[str, Any]:
    return {"state": state, "token": None, "due_at": None}
