"""Making a repeated call harmless: its answer is kept with its effect, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.api.models import Idempotency
from tracker.db import upsert
from tracker.errors import Invalid
from workflows.facts import Refusal

KEPT = timedelta(hours=24)


class KeyReused(Invalid):
    """The key belongs to another call."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given the first time."""

    status: int
    body: str


def claim(
    session: Session, account: int, key: str, request_hash: str, now: datetime
) -> Kept | None:
    """Take the key for this call, or give the answer that an equal one had.

    A second call with the same key waits here until the first has ended. Raises KeyReused when
    the key was used for something else.
    """
    session.execute(
        delete(Idempotency).where(
            Idempotency.account_id == account, Idempotency.created_at < now - KEPT
        )
    )
    claimed = session.execute(
        upsert(session, Idempotency)
        .values(
            account_id=account,
            key=key,
            request_hash=request_hash,
            status=0,
            body="",
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Idempotency.key)
    ).one_or_none()
    if claimed is not None:
        return None
    row = session.execute(
        select(Idempotency.request_hash, Idempotency.status, Idempotency.body).where(
            Idempotency.account_id == account, Idempotency.key == key
        )
    ).one()
    if row.request_hash != request_hash:
        raise KeyReused(Refusal("idempotency_key_reused", {}, "Idempotency-Key"))
    return Kept(row.status, row.body)


def keep(session: Session, account: int, key: str, status: int, body: str) -> None:
    """Keep the answer of the call that claimed the key."""
    session.execute(
        update(Idempotency)
        .where(Idempotency.account_id == account, Idempotency.key == key)
        .values(status=status, body=body)
    )
