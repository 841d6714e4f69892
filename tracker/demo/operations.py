"""Filling an empty installation with samples."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.models import Act
from tracker.config import current_settings
from tracker.db import shared_unit_of_work
from tracker.demo.acts import load_acts
from tracker.demo.people import load_people, sample
from tracker.errors import Refused
from tracker.notices.models import Notice
from tracker.people.accounts import hashed
from tracker.people.models import Person
from tracker.texts.files import uploads
from workflows.facts import Refusal

READ_AFTER = timedelta(days=20)
"""After how long the sample people are taken to have read what they were told."""


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing has been entered yet."""
    return not session.scalar(select(or_(exists(select(Person.id)), exists(select(Act.id)))))


def load_demo(now: datetime) -> int:
    """Bring in the sample people with their accounts, and the sample acts, all or none; returns how
    many acts.

    Raises Refused outside a demo, or when the database holds anything.
    """
    if current_settings().env == "production":
        raise Refused(Refusal("no_samples_here"))
    name = assembly.assembly().assembly
    with shared_unit_of_work() as session:
        if not is_empty(session):
            raise Refused(Refusal("not_empty"))
        load_people(session, name, now, hashed(sample(name)["password"]))
        acts = load_acts(name, uploads(), now)
        session.execute(
            update(Notice)
            .where(Notice.created_at < now - READ_AFTER)
            .values(read_at=Notice.created_at)
        )
    return acts
