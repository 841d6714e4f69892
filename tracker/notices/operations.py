"""Queueing notices, inside the transaction of what they tell of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.config import current_settings
from tracker.db import wake_after_commit
from tracker.notices.models import Notice
from workflows.facts import Person

_NAMESPACE = uuid.UUID("6f1c62c8-1ba9-5b7e-9d0a-3a2f6f6d9b10")
_COLUMNS = ("event", "name", "person_id", "channel")
_UNMAILED: ContextVar[str | None] = ContextVar("unmailed", default=None)


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One person to be told. `facts` are frozen here and never looked up again."""

    event: str
    name: str
    person: Person
    reasons: tuple[str, ...]
    facts: Mapping[str, Any]
    act_id: int | None = None
    mailed: bool = True
    duty: tuple[int, int] | None = None
    """For what concerns one duty: its number and generation, checked again at sending."""


@contextmanager
def unmailed(why: str) -> Iterator[None]:
    """What is told inside stands in people's inboxes only, for this reason."""
    token = _UNMAILED.set(why)
    try:
        yield
    finally:
        _UNMAILED.reset(token)


def queue(session: Session, notices: Iterable[NewNotice], now: datetime) -> int:
    """Write the outbox rows; the same event is never told twice. Returns how many were given."""
    rows = [_row(notice, now) for notice in notices]
    if not rows:
        return 0
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Notice.__table__).on_conflict_do_nothing(index_elements=_COLUMNS)
    session.execute(statement, rows)
    wake_after_commit(session)
    return len(rows)


def message_id(key: str) -> str:
    """The Message-ID of a mail, the same on every attempt."""
    sender = current_settings().mail_from
    domain = sender.rstrip(">").rpartition("@")[2] or "localhost"
    return f"<n-{uuid.uuid5(_NAMESPACE, key)}@{domain}>"


def _row(notice: NewNotice, now: datetime) -> dict[str, Any]:
    channel = "mail" if notice.mailed else "inbox"
    why = _UNMAILED.get() or (None if notice.mailed else "inbox_only")
    key = f"{notice.event}|{notice.name}|{notice.person.id}|{channel}"
    return {
        "event": notice.event,
        "name": notice.name,
        "person_id": notice.person.id,
        "channel": channel,
        "act_id": notice.act_id,
        "duty_id": notice.duty[0] if notice.duty else None,
        "duty_generation": notice.duty[1] if notice.duty else None,
        "reasons": list(notice.reasons),
        "language": notice.person.language,
        "facts": dict(notice.facts),
        "created_at": now,
        "state": "skipped" if why else "queued",
        "why": why,
        "due_at": None if why else now,
        "message_id": message_id(key),
    }
