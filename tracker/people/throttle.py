"""Slowing down who guesses: failures are counted by what was typed and by client.

What was typed is not kept: it may be a password in the wrong field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.db import unit_of_work, upsert
from tracker.people.models import LoginFailure

WINDOW = timedelta(minutes=15)
LIMITS = {"address": 10, "client": 50, "feed": 50, "link": 20}
"""Failures of each kind within the window after which nothing is looked at any more."""


def barred_until(session: Session, counted: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when these (kind → value) have failed too often; None when they may try."""
    rows = session.scalars(
        select(LoginFailure).where(
            LoginFailure.key.in_(_keys(counted)), LoginFailure.since > now - WINDOW
        )
    )
    ends = [row.since + WINDOW for row in rows if row.count >= LIMITS[row.key.partition(":")[0]]]
    return max(ends, default=None)


def note_failure(counted: Mapping[str, str], now: datetime) -> None:
    """Count one more failure of each."""
    with unit_of_work() as session:
        session.execute(delete(LoginFailure).where(LoginFailure.since <= now - WINDOW))
        more = upsert(session, LoginFailure).on_conflict_do_update(
            index_elements=[LoginFailure.key], set_={"count": LoginFailure.count + 1}
        )
        # In one order, so that two requests cannot wait for each other.
        session.execute(more, [{"key": key, "count": 1, "since": now} for key in _keys(counted)])


def forget_failures(session: Session, counted: Mapping[str, str]) -> None:
    """Begin counting anew for these; nothing is written where nothing was counted."""
    known = select(LoginFailure.key).where(LoginFailure.key.in_(_keys(counted))).limit(1)
    if session.scalar(known) is not None:
        with unit_of_work() as writing:
            writing.execute(delete(LoginFailure).where(LoginFailure.key.in_(_keys(counted))))


def _keys(counted: Mapping[str, str]) -> list[str]:
    return sorted(
        f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}" for kind, value in counted.items()
    )
