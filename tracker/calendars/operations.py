"""Changing single days of a calendar, and the periods in which nobody works."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from tracker import assembly
from tracker.db import unit_of_work, upsert
from tracker.errors import Forbidden, NotFound, invalid
from tracker.people.models import CalendarDay, CalendarPeriod
from tracker.permissions import may
from tracker.typed import line_of
from workflows.calendars import LAST_YEAR
from workflows.facts import Actor, Refusal

LONGEST_PERIOD = timedelta(days=366)


def set_day(calendar: str, day: date, working: bool, name: Any, *, actor: Actor) -> None:
    """Let a day be a working day or a day off, whatever the calendar says; raises Forbidden,
    NotFound or Invalid.
    """
    _require(calendar, actor)
    if day.year > LAST_YEAR:
        raise invalid("day", "date_too_late", year=LAST_YEAR)
    occasion = line_of("name", name)
    with unit_of_work() as session:
        session.merge(CalendarDay(calendar=calendar, day=day, working=working, name=occasion))


def clear_day(calendar: str, day: date, *, actor: Actor) -> None:
    """Let a day be again what the calendar says."""
    _require(calendar, actor)
    with unit_of_work() as session:
        session.execute(
            delete(CalendarDay).where(CalendarDay.calendar == calendar, CalendarDay.day == day)
        )


def add_period(calendar: str, first: date, last: date, name: Any, *, actor: Actor) -> None:
    """Let every day from the first to the last be a day off, but for those that were made working
    days; raises Forbidden, NotFound or Invalid.
    """
    _require(calendar, actor)
    if last < first:
        raise invalid("last", "ends_before", since=first.isoformat())
    if last.year > LAST_YEAR:
        raise invalid("last", "date_too_late", year=LAST_YEAR)
    if last - first > LONGEST_PERIOD:
        raise invalid("last", "period_too_long", days=LONGEST_PERIOD.days)
    occasion = line_of("name", name)
    with unit_of_work() as session:
        same = {"calendar": calendar, "first": first, "last": last}
        session.execute(
            upsert(session, CalendarPeriod.__table__)
            .values(**same, name=occasion)
            .on_conflict_do_update(index_elements=list(same), set_={"name": occasion})
        )


def remove_period(calendar: str, period: int, *, actor: Actor) -> None:
    """Take a period back; its days are again what the calendar says."""
    _require(calendar, actor)
    with unit_of_work() as session:
        session.execute(
            delete(CalendarPeriod).where(
                CalendarPeriod.calendar == calendar, CalendarPeriod.id == period
            )
        )


def _require(calendar: str, actor: Actor) -> None:
    rules = assembly.assembly()
    if not may(rules, actor, "manage_people"):
        raise Forbidden(Refusal("not_permitted"))
    if calendar not in rules.calendars:
        raise NotFound(Refusal("not_found"))
