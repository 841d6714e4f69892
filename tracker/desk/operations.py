"""Remembering what somebody has seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from tracker.db import unit_of_work
from tracker.desk.models import Seen


def note_seen(person_id: int, act_id: int, n: int, now: datetime) -> None:
    """Remember that a person has looked at an act up to its entry `n`."""
    with unit_of_work() as session:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(
            dialect.insert(Seen)
            .values(person_id=person_id, act_id=act_id, n=n, at=now)
            .on_conflict_do_update(
                index_elements=[Seen.person_id, Seen.act_id], set_={"n": n, "at": now}
            )
        )
