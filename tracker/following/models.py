"""What people have chosen to hear of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Id, Model, UtcDateTime


class Follow(Model):
    """A person follows one act, or the acts that one body leads. Deleted when they no longer do."""

    __tablename__ = "follow"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    body_key: Mapped[str | None] = mapped_column(ForeignKey("body.key"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        CheckConstraint("(act_id IS NULL) <> (body_key IS NULL)", name="one"),
        UniqueConstraint("act_id", "person_id"),
        UniqueConstraint("body_key", "person_id"),
    )
