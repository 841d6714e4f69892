"""Queueing notices inside the transaction of what they tell of; what people do with them later."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.config import current_settings
from tracker.db import unit_of_work, wake_after_commit
from tracker.errors import Forbidden, NotFound, Refused
from tracker.notices.models import Notice
from tracker.permissions import may
from workflows.facts import Actor, Person, Refusal

log = structlog.get_logger(__name__)

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


def mark_read(actor: Actor, now: datetime, ids: Iterable[int] | None = None) -> int:
    """Note that somebody has read notices of theirs, all of them by default; returns how many
    were new to them.
    """
    unread = (Notice.person_id == actor.person, Notice.read_at.is_(None))
    chosen = () if ids is None else (Notice.id.in_(sorted(set(ids))),)
    with unit_of_work() as session:
        result = session.execute(update(Notice).where(*unread, *chosen).values(read_at=now))
        return cast("CursorResult[Any]", result).rowcount


def resend(notice_id: int, *, actor: Actor, now: datetime) -> None:
    """Queue a mail anew that failed, or that was held because it may have been sent.

    What may have been sent goes out the same to the byte; what surely was not is rendered again,
    for the address of its recipient may have been mended. Raises Forbidden, NotFound or Refused.
    """
    if not may(assembly.assembly(), actor, "see_deliveries"):
        raise Forbidden(Refusal("not_permitted"))
    with unit_of_work() as session:
        row = session.execute(
            select(Notice.state, Notice.started_at).where(Notice.id == notice_id).with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFound(Refusal("no_such_notice"))
        if row.state not in ("failed", "held"):
            raise Refused(Refusal("not_stuck"))
        again = {"state": "queued", "why": None, "due_at": now, "started_at": None, "attempts": 0}
        anew = {} if row.started_at else {"message": None, "subject": None}
        session.execute(update(Notice).where(Notice.id == notice_id).values(**again, **anew))
        wake_after_commit(session)
    log.info("notice_resent", notice=notice_id, by=actor.person)


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
