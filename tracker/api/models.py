"""What makes a repeated call harmless."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class Idempotency(Model):
    """The answer to a call with an `Idempotency-Key`, kept for a day in its transaction."""

    __tablename__ = "idempotency"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ix_idempotency_created_at", "created_at"),)
