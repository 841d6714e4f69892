"""Remembering what somebody has seen."""

from __future__ import annotations

from datetime import datetime

from tracker.db import unit_of_work, upsert
from tracker.desk.models import Seen


def note_seen(person_id: int, act_id: int, n: int, now: datetime) -> None:
    """Remember that a person has looked at an act up to its entry `n`."""
    with unit_of_work() as session:
        session.execute(
            upsert(session, Seen)
            .values(person_id=person_id, act_id=act_id, n=n, at=now)
            .on_conflict_do_update(
                index_elements=[Seen.person_id, Seen.act_id], set_={"n": n, "at": now}
            )
        )
