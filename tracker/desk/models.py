"""What each reader has seen of each act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class Seen(Model):
    """The last timeline entry that was there when a person last opened the act's page."""

    __tablename__ = "seen"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True)
    n: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
