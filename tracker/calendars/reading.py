"""A year of a calendar: the days that differ from the week's own rhythm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.db import AnyRow
from tracker.errors import NotFound
from tracker.i18n import gettext as _
from tracker.people.models import CalendarDay, CalendarPeriod
from workflows.calendars import Calendar, CalendarUnknown
from workflows.facts import Refusal


@dataclass(frozen=True, slots=True)
class Day:
    """A day off within the working week, or a working day outside it. `changed`: the secretariat
    has said so.
    """

    on: date
    working: bool
    name: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year; `known` is False where nothing is known of it."""

    known: bool
    days: Sequence[Day]
    working_days: int
    periods: Sequence[AnyRow] = ()
    """Periods of days off that reach into the year: id, first, last, name. A day within one is
    listed by itself only where it differs from it.
    """


def calendar_title(key: str) -> str:
    """A calendar by whose it is."""
    rules = assembly.assembly()
    if key not in rules.calendars:
        raise NotFound(Refusal("not_found"))
    owners = [i18n.title(state.titles) for state in rules.members.values() if state.calendar == key]
    return ", ".join(owners) or i18n.title(rules.short)


def read_year(session: Session, key: str, year: int) -> Year:
    """A calendar's year as it counts now: three statements."""
    calendar = assembly.calendars(session)[key]
    changed = {
        row.day: row.name
        for row in session.execute(
            select(CalendarDay.day, CalendarDay.name).where(CalendarDay.calendar == key)
        )
    }
    first = date(year, 1, 1)
    periods = session.execute(
        select(CalendarPeriod.id, CalendarPeriod.first, CalendarPeriod.last, CalendarPeriod.name)
        .where(
            CalendarPeriod.calendar == key,
            CalendarPeriod.first <= date(year, 12, 31),
            CalendarPeriod.last >= first,
        )
        .order_by(CalendarPeriod.first, CalendarPeriod.id)
    ).all()
    span = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    try:
        working = {day: calendar.is_working(day) for day in span}
    except CalendarUnknown:
        days = [
            Day(day, day in calendar.working, changed[day], changed=True)
            for day in span
            if day in changed
        ]
        return Year(known=False, days=days, working_days=0, periods=periods)
    days = [
        Day(day, works, changed.get(day) or _name(calendar, day), day in changed)
        for day, works in working.items()
        if day in changed
        or (
            works == (day.weekday() in calendar.weekend)
            and (works or not any(each.first <= day <= each.last for each in periods))
        )
    ]
    return Year(known=True, days=days, working_days=sum(working.values()), periods=periods)


def _name(calendar: Calendar, day: date) -> str:
    if day in calendar.days_off:
        return calendar.days_off[day]
    if any(first <= day <= last for first, last in calendar.recess):
        return str(_("recess"))
    return str(_("a working day moved here") if calendar.is_working(day) else _("public holiday"))
