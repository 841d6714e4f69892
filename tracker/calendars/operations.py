"""Changing single days of a calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete

from tracker import assembly
from tracker.db import unit_of_work
from tracker.errors import Forbidden, NotFound, invalid
from tracker.people.models import CalendarDay
from tracker.permissions import may
from workflows import fields
from workflows.calendars import LAST_YEAR
from workflows.facts import Actor, Refusal


def set_day(calendar: str, day: date, working: bool, name: Any, *, actor: Actor) -> None:
    """Let a day be a working day or a day off, whatever the calendar says; raises Forbidden,
    NotFound or Invalid.
    """
    _require(calendar, actor)
    if day.year > LAST_YEAR:
        raise invalid("day", "date_too_late", year=LAST_YEAR)
    try:
        occasion = fields.line(name or "")
    except fields.Unfit as unfit:
        raise invalid("name", unfit.code, **unfit.params) from None
    if not occasion:
        raise invalid("name", "required", name="name")
    with unit_of_work() as session:
        session.merge(CalendarDay(calendar=calendar, day=day, working=working, name=occasion))


def clear_day(calendar: str, day: date, *, actor: Actor) -> None:
    """Let a day be again what the calendar says."""
    _require(calendar, actor)
    with unit_of_work() as session:
        session.execute(
            delete(CalendarDay).where(CalendarDay.calendar == calendar, CalendarDay.day == day)
        )


def _require(calendar: str, actor: Actor) -> None:
    rules = assembly.assembly()
    if not may(rules, actor, "manage_people"):
        raise Forbidden(Refusal("not_permitted"))
    if calendar not in rules.calendars:
        raise NotFound(Refusal("not_found"))
