"""Notices that wait to be sent, for tests of what becomes of them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select

from tests.notices.samples import COMMON, GIVEN
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.notices.operations import NewNotice, queue
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_of

_EVENTS = count()


def wait_for_sending(
    number: int, now: datetime, name: str = "draft_referred", **given: Any
) -> list[int]:
    """Queue `number` notices, each to another of the sample people while there are enough;
    returns their ids in the order in which they go out.
    """
    with unit_of_work() as session:
        rows = session.execute(select(*PERSON).order_by(PersonRow.id)).all()
        people = [person_of(row) for row in rows]
        facts = {**COMMON, **GIVEN[name], **given.pop("facts", {})}
        notices = [
            NewNotice(
                event=f"test:{os.getpid()}:{next(_EVENTS)}",
                name=name,
                person=people[place % len(people)],
                reasons=("told",),
                facts=facts,
                **given,
            )
            for place in range(number)
        ]
        queue(session, notices, now)
    return list(db.session.scalars(select(Notice.id).order_by(Notice.id)))[-number:]


def notice(number: int) -> Notice:
    """A notice as it is now."""
    return db.session.get_one(Notice, number, populate_existing=True)


def states() -> dict[str, int]:
    """How many notices are in each state."""
    found: dict[str, int] = {}
    db.session.close()  # what other threads wrote since
    for state in db.session.scalars(select(Notice.state)):
        found[state] = found.get(state, 0) + 1
    return found


def configure(app: Flask, **changes: Any) -> None:
    """Change settings of a running application."""
    app.extensions["settings"] = replace(app.extensions["settings"], **changes)


def use_sink(url: str, ambiguous: str = "resend") -> None:
    configure(current_app, smtp_url=url, mail_ambiguous=ambiguous)
