"""Ending the rounds whose last date has passed. Pages and steps know it from the date; the job
makes it last: it records the end and tells the addressees.

What is owed ends a little later: when the reminders have said what they are to say after the date.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, or_, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import facts_for_notice
from tracker.acts.queries import lock_act
from tracker.circulation.models import Circulation
from tracker.circulation.queries import round_facts
from tracker.db import connection_of, unit_of_work
from tracker.duties.models import Duty
from tracker.duties.operations import close_duties
from tracker.timeline.operations import NewEntry, append
from workflows.audience import tell
from workflows.calendars import local_date
from workflows.facts import Actor, RoundFacts
from workflows.schema import REPLY

NOBODY = Actor(None)
_SAID = (
    Duty.act_id == Circulation.act_id,
    Duty.opened_n == Circulation.opened_n,
    Duty.kind == REPLY,
    Duty.closed_at.is_(None),
    Duty.next_reminder_at.is_(None),
)
"""What is owed to a round and will not be reminded of any more."""


def close_by_date(now: datetime, most: int = 200) -> int:
    """End the rounds that are over at the instant `now`, each act in one transaction; returns how
    many rounds ended. A run that is repeated, or comes late, does nothing twice.
    """
    today = local_date(now, assembly.zone())
    with unit_of_work() as session:
        acts = session.scalars(
            select(Circulation.act_id)
            .where(or_(_is_over(today), _has_leftovers()))
            .group_by(Circulation.act_id)
            .order_by(Circulation.act_id)
            .limit(most)
        ).all()
    return sum(_close(act, today, now) for act in acts)


def _is_over(today: date) -> Any:
    return Circulation.closed_n.is_(None) & (Circulation.until_on < today)


def _has_leftovers() -> Any:
    return (Circulation.closed_why == "by_date") & exists(select(Duty.id).where(*_SAID))


def _close(act: int, today: date, now: datetime) -> int:
    with unit_of_work() as session:
        row = lock_act(session, act)
        over = session.scalars(
            select(Circulation.n)
            .where(Circulation.act_id == act, _is_over(today))
            .order_by(Circulation.n)
        ).all()
        if over:
            _end(session, row, list(over), today, now)
        done = session.execute(
            select(Duty.id, Circulation.closed_n)
            .join(Circulation, Circulation.act_id == Duty.act_id)
            .where(Duty.act_id == act, Circulation.closed_why == "by_date", *_SAID)
        ).all()
        close_duties(session, [(duty.id, duty.closed_n, "over") for duty in done], now)
    return len(over)


def _end(session: Session, row: Row[Any], over: list[int], today: date, now: datetime) -> None:
    n = row.version + 1
    session.execute(
        update(Circulation)
        .where(Circulation.act_id == row.id, Circulation.n.in_(over))
        .values(closed_n=n, closed_at=now, closed_why="by_date")
    )
    known = round_facts(connection_of(session), [row.id], today)()[row.id]
    ended = [each for each in known if each.n in over]
    data = {
        "rounds": over,
        "asked": sum(each.asked for each in ended),
        "answered": sum(each.answered for each in ended),
    }
    append(session, [NewEntry(head_of(row), "circulation_over", None, row.state, data=data)], now)
    _tell(session, row, ended, n, data, now)


def _tell(
    session: Session,
    row: Row[Any],
    ended: list[RoundFacts],
    n: int,
    data: dict[str, Any],
    now: datetime,
) -> None:
    facts = facts_for_notice(session, row, now, "circulation_closed")
    bodies = {body for each in ended for body in each.bodies}
    tellings = tell(facts, "circulation_closed", NOBODY, addressees=bodies)
    about = {"action": "circulation_over", "data": data}
    queue_tellings(session, facts, tellings, NOBODY, now, n=n, about=about)
