"""Queueing notices inside the transaction of what they tell of; what people do with them later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import CursorResult, select, update

from tracker import assembly
from tracker.config import current_settings
from tracker.db import Executor, unit_of_work, wake_after_commit
from tracker.errors import Forbidden, NotFound, Refused
from tracker.notices.folding import DIGEST, GATHER, REMINDERS, bundle_of, next_digest
from tracker.notices.models import Notice
from tracker.notices.purposes import informs
from tracker.notices.suppression import allow
from tracker.permissions import may
from tracker.prepared import Prepared, by_dialect, write
from workflows.facts import Actor, Person, Refusal

log = structlog.get_logger(__name__)

_UNMAILED: ContextVar[str | None] = ContextVar("unmailed", default=None)
_ONCE = ("event", "name", "person_id", "channel")
_INSERT = Prepared(
    by_dialect(lambda insert: insert(Notice).inline().on_conflict_do_nothing(index_elements=_ONCE))
)


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
    unmailed: str = "inbox_only"
    """Why not, where it is not mailed."""
    duty: tuple[int, int] | None = None
    """For what concerns one duty: its number and generation, checked again at sending."""

    @property
    def informs(self) -> bool:
        """Whether it asks nothing of the person, so that they may choose how it comes."""
        return informs(self.duty[0] if self.duty else None, self.reasons, self.facts)


def standing_in(principal: Person | None) -> dict[str, Any]:
    """What a deputy's notice says of who is away."""
    if principal is None or principal.away is None:
        return {}
    return {"principal": principal.id, "away_until": principal.away.until.isoformat()}


@contextmanager
def unmailed(why: str) -> Iterator[None]:
    """What is told inside stands in people's inboxes only, for this reason."""
    token = _UNMAILED.set(why)
    try:
        yield
    finally:
        _UNMAILED.reset(token)


def queue(on: Executor, notices: Iterable[NewNotice], now: datetime) -> int:
    """Write the outbox rows; the same event is never told twice. Returns how many were given."""
    domain = mail_domain()
    rows = [_row(notice, now, domain) for notice in notices]
    if not rows:
        return 0
    write(on, _INSERT, rows)
    wake_after_commit()
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
    """Queue a mail anew that failed, or that was held because it may have been sent, with all the
    notices in it. Whoever does that wants it tried, even if the address was refused before.

    What may have been sent goes out the same to the byte; what surely was not is rendered again,
    for the address of its recipient may have been mended. Raises Forbidden, NotFound or Refused.
    """
    if not may(assembly.assembly(), actor, "see_deliveries"):
        raise Forbidden(Refusal("not_permitted"))
    with unit_of_work() as session:
        led = select(Notice.leader_id).where(Notice.id == notice_id)
        number = session.scalar(led) or notice_id
        row = session.execute(
            select(Notice.state, Notice.started_at, Notice.person_id)
            .where(Notice.id == number)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFound(Refusal("no_such_notice"))
        if row.state not in ("failed", "held"):
            raise Refused(Refusal("not_stuck"))
        again = {"state": "queued", "why": None, "due_at": now, "started_at": None, "attempts": 0}
        anew = {} if row.started_at else {"message": None, "subject": None}
        session.execute(update(Notice).where(Notice.id == number).values(**again, **anew))
        beside = (Notice.leader_id == number, Notice.state.in_(["failed", "held"]))
        session.execute(update(Notice).where(*beside).values(**again))
        allow(session, row.person_id)
        wake_after_commit()
    log.info("notice_resent", notice=number, by=actor.person)


def digest(key: str) -> str:
    """A short name for a notice in its Message-ID."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def unmailed_now() -> str | None:
    """Why nothing that is told now is mailed, where that is so."""
    return _UNMAILED.get()


def mail_domain() -> str:
    """Where our mails come from."""
    return current_settings().mail_from.rstrip(">").rpartition("@")[2] or "localhost"


def _unmailed_because(notice: NewNotice) -> str | None:
    if not notice.mailed:
        return notice.unmailed
    chosen = notice.person.information == "inbox_only" and notice.informs
    return "chosen" if chosen else None


def _bundle(notice: NewNotice, now: datetime) -> tuple[str, datetime]:
    """What the notice may go together with, and when it may go."""
    cadence = notice.person.information
    if cadence in ("daily", "weekly") and notice.informs:
        return DIGEST, next_digest(now, assembly.zone(), weekly=cadence == "weekly")
    bundle = bundle_of(notice.name, notice.facts, now)
    return bundle, now + GATHER if bundle == REMINDERS else now


def _row(notice: NewNotice, now: datetime, domain: str) -> dict[str, Any]:
    channel = "mail" if notice.mailed else "inbox"
    why = unmailed_now() or _unmailed_because(notice)
    bundle, due_at = _bundle(notice, now)
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
        "facts": notice.facts,
        "created_at": now,
        "state": "skipped" if why else "queued",
        "why": why,
        "due_at": None if why else due_at,
        "bundle": bundle,
        "message_id": f"<n-{digest(key)}@{domain}>",  # the same on every attempt
    }
