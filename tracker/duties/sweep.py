"""Reminding of what is owed: each minute, look at the duties whose time has come.

What is to be said is planned by `workflows.reminders` from the procedure's rules and the ledger.
The ledger is written with the notices in one transaction, so a sweep that runs twice, beside
another, or after a gap of days says everything once and nothing late that no longer holds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.db import AnyRow, unit_of_work
from tracker.duties.models import Duty
from tracker.duties.planning import planned, read_batch
from tracker.duties.saying import say
from workflows.reminders import plan

BATCH = 200
BUDGET = timedelta(seconds=25)

_DUE = (
    planned()
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
    batch = read_batch(session, rows)
    reminders, next_at = plan(batch.duties, batch.ledger, now)
    said = say(session, batch, reminders, now)
    done.reminders += said.notices
    done.unheard += said.unheard
    session.connection().execute(
        _LOOK_AGAIN, [{"duty": row.id, "next": next_at.get(row.id)} for row in rows]
    )
