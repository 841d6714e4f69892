"""Keeping a lease: a short one, made longer while its sender lives.

What a dead sender had is another's within half a minute, and yet nobody takes a mail from a sender
that waits long for a slow server.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from tracker.db import db, unit_of_work
from tracker.notices.models import WAITING, Notice
from tracker.system.pulse import SKEW

log = structlog.get_logger(__name__)

TIMES = 4
"""How often a lease is made longer before it would end."""
STRETCH = timedelta(seconds=30)


@contextmanager
def kept(
    token: str,
    rows: Sequence[int],
    length: timedelta,
    longest: timedelta,
    now: Callable[[], datetime],
) -> Iterator[None]:
    """Let these rows be the sender's while this lasts, from a thread, for `longest` at most."""
    done = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def keep() -> None:
        every = length.total_seconds() / TIMES
        for _ in range(int(longest.total_seconds() / every)):
            if done.wait(every):
                return
            try:
                with app.app_context():
                    _extend(token, rows, now() + length)
            except (OperationalError, InterfaceError) as error:
                # While the database is away, nobody else gets at the rows either.
                log.warning("lease_not_extended", error=type(error).__name__)

    threading.Thread(target=keep, name="lease", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _extend(token: str, rows: Sequence[int], until: datetime) -> None:
    # A row that is locked is being settled or begun at this moment; the next time serves.
    mine = (
        select(Notice.id)
        .where(Notice.id.in_(rows), Notice.token == token)
        .order_by(Notice.id)
        .with_for_update(skip_locked=True)
    )
    with unit_of_work() as session:
        ids = session.scalars(mine).all()
        session.execute(update(Notice).where(Notice.id.in_(ids)).values(due_at=until))


def bring_back(now: datetime) -> None:
    """Let go at once what was written, or claimed, when the clock showed a later time than `now`:
    it would wait until the clock shows that time again.
    """
    soon = now + SKEW
    of_later = or_(
        Notice.created_at > soon, and_(Notice.state == "sending", Notice.due_at > soon + STRETCH)
    )
    waiting = (WAITING, Notice.due_at > soon, of_later)
    if db.session.scalar(select(Notice.id).where(*waiting).limit(1)) is None:
        return  # as nearly always: nobody has to wait for the lock of SQLite
    with unit_of_work() as session:
        session.execute(
            update(Notice)
            .where(*waiting)
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )
