"""Rounds of circulation for tests: opened by the step, replied to by whoever may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from tracker.acts.operations import advance
from tracker.circulation.checks import Said
from tracker.circulation.models import Circulation
from tracker.circulation.operations import reply
from tracker.db import db
from workflows.facts import Actor

DUE = "2026-12-15"
ASKED = ("parliament_am", "parliament_kz", "agency")


def open_round(
    reference: str, as_: Callable[[str], Actor], now: datetime, login: str = "secretariat", **data
) -> int:
    """A round to the parliaments of Armenia and Kazakhstan and the agency; returns its id."""
    told = {"addressees": list(ASKED), "due": DUE, **data}
    advance(reference, "open_circulation", actor=as_(login), now=now, data=told)
    return db.session.scalar(select(Circulation.id).order_by(Circulation.id.desc()).limit(1))


def say(round_id: int, login: str, as_: Callable[[str], Actor], now: datetime, **said) -> int:
    addressee = said.pop("addressee", None)
    return reply(
        round_id,
        Said(**{"kind": "no_remarks", **said}),
        addressee=addressee,
        actor=as_(login),
        now=now,
    )
