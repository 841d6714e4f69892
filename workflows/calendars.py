"""Working days, due dates and the time left.

A calendar is a country's public holidays (with their transfers and working Saturdays) overlaid
with an assembly's own days off, working days and recess. A year without data is an answer,
`CalendarUnknown`, and never a guess. Dates are the assembly's; instants are UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import holidays

Unit = Literal["calendar", "working"]
DAY = timedelta(days=1)
LONGEST = 3660  # days: ten years; a longer term is a slip of the pen
LAST_YEAR = 2200  # a later fixed date is one, too


class CalendarUnknown(LookupError):
    """A calendar has no data for a year, so its working days cannot be counted."""

    def __init__(self, key: str, year: int) -> None:
        super().__init__(f"calendar {key!r} has no data for {year}")
        self.key = key
        self.year = year


class _NationalYear(NamedTuple):
    days_off: frozenset[date]
    working: frozenset[date]


_NO_NATION = _NationalYear(frozenset(), frozenset())


@cache
def _national_year(country: str, year: int) -> _NationalYear | None:
    """Public holidays and moved working days of one year; None where the library has no data."""
    if country not in holidays.list_supported_countries(include_aliases=False):
        return None
    # A day off in January may be paid for by a working Saturday in the December before.
    national = holidays.country_holidays(country, years=(year, year + 1))
    if not national.start_year <= year <= national.end_year:
        return None
    return _NationalYear(
        days_off=frozenset(day for day in national if day.year == year),
        working=frozenset(day for day in national.weekend_workdays if day.year == year),
    )


@dataclass(frozen=True)
class Calendar:
    """The working days of an assembly or of a member state.

    `days_off` (with the occasion), `working` and `recess` (first and last day, both included) are
    its own and override the country's holidays; `working` overrides a recess. `weekend` counts
    from Monday = 0. `known_through` is the last year with data; None leaves it to the holidays
    library. A calendar without a country is known only through `known_through`, from its own days.
    """

    key: str
    country: str | None
    days_off: Mapping[date, str] = field(default_factory=dict)
    working: frozenset[date] = frozenset()
    recess: tuple[tuple[date, date], ...] = ()
    weekend: frozenset[int] = frozenset({5, 6})
    known_through: int | None = None
    _years: dict[int, tuple[date, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Refuse a calendar that contradicts itself."""
        if both := self.working & self.days_off.keys():
            raise ValueError(f"calendar {self.key!r}: {min(both)} is both working and off")
        if backwards := [first for first, last in self.recess if last < first]:
            raise ValueError(f"calendar {self.key!r}: the recess of {backwards[0]} ends before it")
        if not self.weekend < frozenset(range(7)):
            raise ValueError(f"calendar {self.key!r}: weekend days are 0 to 6, and not all of them")

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is a working day.

        Raises CalendarUnknown where there is no data for its year.
        """
        known = self.working_days(day.year)
        place = bisect_left(known, day)
        return place < len(known) and known[place] == day

    def working_days(self, year: int) -> tuple[date, ...]:
        """Give the working days of a year in their order; counted once, when first asked for.

        Raises CalendarUnknown where there is no data for it.
        """
        if year not in self._years:
            self._years[year] = self._count_out(year)
        return self._years[year]

    def _count_out(self, year: int) -> tuple[date, ...]:
        national = self._national(year)
        first, last = date(year, 1, 1), date(year, 12, 31)
        days = (first + DAY * n for n in range((last - first).days + 1))
        return tuple(day for day in days if self._works(day, national))

    def _works(self, day: date, national: _NationalYear) -> bool:
        if day in self.working:
            return True
        if day in self.days_off or any(first <= day <= last for first, last in self.recess):
            return False
        if day.weekday() in self.weekend:
            return day in national.working
        return day not in national.days_off

    def _national(self, year: int) -> _NationalYear:
        national = _national_year(self.country, year) if self.country else _NO_NATION
        nobody_says = self.country is None and self.known_through is None
        too_late = self.known_through is not None and year > self.known_through
        if national is None or nobody_says or too_late:
            raise CalendarUnknown(self.key, year)
        return national


def shift_working_days(start: date, days: int, calendar: Calendar) -> date:
    """Go `days` working days forward, or back where negative; 0 is `start` itself.

    Day 1 is the first working day after `start`. Raises CalendarUnknown.
    """
    if days == 0:
        return start
    step = 1 if days > 0 else -1
    nearest = start + step * DAY
    year, left = nearest.year, abs(days)
    known = calendar.working_days(year)
    if days > 0:
        known = known[bisect_left(known, nearest) :]
    else:
        known = known[: bisect_right(known, nearest)]
    while len(known) < left:
        left -= len(known)
        year += step
        known = calendar.working_days(year)
    return known[left - 1 if days > 0 else -left]


def count_working_days(start: date, end: date, calendar: Calendar) -> int:
    """Count the working days after `start` up to and with `end`; negative where `end` is earlier.

    Raises CalendarUnknown.
    """
    if start == end:
        return 0
    first, last = sorted((start, end))
    years = [calendar.working_days(year) for year in range((first + DAY).year, last.year + 1)]
    count = sum(bisect_right(known, last) - bisect_right(known, first) for known in years)
    return count if start <= end else -count


@dataclass(frozen=True)
class DueRule:
    """When something falls due.

    `calendar_days` and `working_days` count `days` from the start, `fixed_date` names the day `on`,
    `not_set` says why there is none (`reason`: a text a language). `calendar` is the key of the
    calendar that working days are counted in. Raises ValueError for an impossible rule.
    """

    kind: Literal["calendar_days", "working_days", "fixed_date", "not_set"]
    days: int | None = None
    on: date | None = None
    reason: Mapping[str, str] | None = None
    calendar: str = "assembly"

    def __post_init__(self) -> None:
        """Refuse a rule that gives no date, or two."""
        belongs = {"fixed_date": "on", "not_set": "reason"}.get(self.kind, "days")
        for name in ("days", "on", "reason"):
            if (getattr(self, name) is not None) != (name == belongs):
                raise ValueError(f"due rule {self.kind!r} takes {belongs!r} and nothing else")
        least = 1 if self.kind == "working_days" else 0
        if self.days is not None and not least <= self.days <= LONGEST:
            raise ValueError(f"due rule {self.kind!r}: days must be {least} to {LONGEST}")
        if self.on is not None and self.on.year > LAST_YEAR:
            raise ValueError(f"due rule 'fixed_date': {self.on} is after {LAST_YEAR}")
        if self.kind == "not_set" and not self.reason:
            raise ValueError("due rule 'not_set' needs a reason")


@dataclass(frozen=True)
class Deadline:
    """A due date with its zone and the rule it came from; the one type that everything shows.

    Without a date, `why_not` says so and `detail` gives the ground: the reason's texts by language
    (`not_set`), or the `calendar` and `year` without data (`cannot_compute`). `start` is the day
    that the rule counted from, where it counts days.
    """

    on: date | None
    zone: str
    rule: DueRule
    why_not: Literal["not_set", "cannot_compute"] | None = None
    detail: Mapping[str, str | int] = field(default_factory=dict)
    start: date | None = field(default=None, compare=False)

    @property
    def ends_at(self) -> datetime | None:
        """The UTC instant of the day's last second (23:59:59) in `zone`.

        Counted back from the next midnight, since a clock that is put forward may leave a day
        without its last hour.
        """
        if self.on is None:
            return None
        midnight = datetime.combine(self.on + DAY, time(), ZoneInfo(self.zone))
        return midnight.astimezone(UTC) - timedelta(seconds=1)


def due(rule: DueRule, start: date, calendars: Mapping[str, Calendar], zone: str) -> Deadline:
    """Apply `rule` from `start` (the day decided, else the day recorded).

    The start is not counted: working day 1 is the first working day after it. Calendar days fall
    where they fall, also on a day off: no public source has the assembly move them. A fixed date
    may lie before the start.
    """
    if rule.kind == "not_set":
        return Deadline(None, zone, rule, "not_set", rule.reason or {})
    if rule.kind == "fixed_date":
        return Deadline(rule.on, zone, rule)
    days = rule.days or 0
    if rule.kind == "calendar_days":
        return Deadline(start + DAY * days, zone, rule, start=start)
    calendar = calendars.get(rule.calendar, Calendar(rule.calendar, country=None))
    try:
        on = shift_working_days(start, days, calendar)
    except CalendarUnknown as unknown:
        detail: dict[str, str | int] = {"calendar": unknown.key, "year": unknown.year}
        return Deadline(None, zone, rule, "cannot_compute", detail, start)
    return Deadline(on, zone, rule, start=start)


@dataclass(frozen=True)
class DaysLeft:
    """What was left of a term when its clock stopped: days after that day, to the last included."""

    days: int
    unit: Unit


def days_left(due_on: date, stopped_on: date, calendar: Calendar | None) -> DaysLeft:
    """Count what is left of a term: working days of `calendar`, or calendar days without one.

    Raises ValueError where the due day has passed, and CalendarUnknown.
    """
    if due_on < stopped_on:
        raise ValueError(f"the term ended on {due_on}, before {stopped_on}")
    if calendar is None:
        return DaysLeft((due_on - stopped_on).days, "calendar")
    return DaysLeft(count_working_days(stopped_on, due_on, calendar), "working")


def run_on(
    left: DaysLeft, resumed_on: date, calendar: str, calendars: Mapping[str, Calendar], zone: str
) -> Deadline:
    """Let a stopped term run on from `resumed_on`: what was left of it counts from there.

    A term that stopped on its last day ends on the day it runs on. `calendar` is the key of the
    one that working days are counted in.
    """
    kind: Literal["working_days", "calendar_days"] = "calendar_days"
    if left.unit == "working" and left.days > 0:
        kind = "working_days"
    return due(DueRule(kind, days=left.days, calendar=calendar), resumed_on, calendars, zone)


@dataclass(frozen=True)
class TimeLeft:
    """Days until a due date: 0 on the day, negative after it.

    `working_days` is None where they cannot be computed.
    """

    calendar_days: int
    working_days: int | None
    overdue: bool


def time_left(on: date, zone: str, now: datetime, calendar: Calendar | None) -> TimeLeft:
    """Measure from the local day of `now` to the due day; overdue begins when that day has ended.

    `now` is a UTC instant.
    """
    today = local_date(now, zone)
    try:
        working = None if calendar is None else count_working_days(today, on, calendar)
    except CalendarUnknown:
        working = None
    return TimeLeft((on - today).days, working, overdue=today > on)


def local_date(now: datetime, zone: str) -> date:
    """Give the date at the instant `now` in `zone`. Raises ValueError where `now` is naive."""
    if now.tzinfo is None:
        raise ValueError("an instant needs a UTC offset")
    return now.astimezone(ZoneInfo(zone)).date()
