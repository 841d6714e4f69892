"""Working days, due dates and the time left."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendars import (
    Calendar,
    CalendarUnknown,
    DaysLeft,
    Deadline,
    DueRule,
    count_working_days,
    days_left,
    due,
    local_date,
    run_on,
    shift_working_days,
    time_left,
)

MOSCOW = "Europe/Moscow"
RUSSIA = Calendar("assembly", "RU")
OWN = Calendar(
    "assembly",
    "RU",
    days_off={date(2026, 11, 25): "Anniversary of the Assembly"},
    working=frozenset({date(2026, 11, 28), date(2026, 7, 15)}),
    recess=((date(2026, 7, 1), date(2026, 8, 31)),),
)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("country", "day", "working"),
    [
        ("RU", "2026-11-24", True),  # a Tuesday
        ("RU", "2026-11-22", False),  # a Sunday
        ("RU", "2026-11-04", False),  # Unity Day
        ("RU", "2026-05-11", False),  # Victory Day fell on a Saturday
        ("RU", "2026-01-09", False),  # paid for by Saturday 3 January
        ("RU", "2025-11-01", True),  # a working Saturday
        ("BY", "2026-04-25", True),  # a working Saturday
        ("BY", "2026-04-20", False),  # the Monday it pays for
        ("BY", "2026-07-03", False),
        ("KZ", "2025-01-05", True),  # a working Sunday
        ("KZ", "2026-03-24", False),  # observed Nowruz
        ("KG", "2025-01-11", True),  # a working Saturday
        ("KG", "2026-08-31", False),
        ("AM", "2014-12-27", True),  # pays for 2 January of the next year
        ("AM", "2026-05-28", False),
        ("TJ", "2026-09-09", False),
        ("TJ", "2026-09-10", True),
    ],
)
def test_national_working_days(country, day, working):
    assert Calendar(country.lower(), country).is_working(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-11-25", False),  # own day off
        ("2026-11-28", True),  # own working Saturday
        ("2026-07-01", False),  # first day of the recess
        ("2026-07-15", True),  # called in during the recess
        ("2026-08-31", False),  # last day of the recess
        ("2026-09-01", True),
        ("2026-11-04", False),  # the country's holiday still counts
    ],
)
def test_own_days_override_the_country(day, working):
    assert OWN.is_working(date.fromisoformat(day)) is working


def test_another_weekend():
    calendar = Calendar("other", None, weekend=frozenset({4, 5}), known_through=2026)
    week = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    assert [calendar.is_working(day) for day in week] == [True] * 4 + [False] * 2 + [True]


@pytest.mark.parametrize(
    ("calendar", "year"),
    [
        (Calendar("nowhere", "XX"), 2026),
        (Calendar("nobody", None), 2026),
        (Calendar("by", "BY", known_through=2026), 2027),
        (Calendar("own", None, known_through=2026), 2027),
        (Calendar("ru", "RU"), 1985),
        (Calendar("ru", "RU"), 2101),
    ],
)
def test_a_year_without_data_is_unknown(calendar, year):
    with pytest.raises(CalendarUnknown, match=str(year)) as caught:
        calendar.is_working(date(year, 3, 3))
    assert (caught.value.key, caught.value.year) == (calendar.key, year)


@pytest.mark.parametrize(
    "fields",
    [
        {"days_off": {date(2026, 1, 2): "x"}, "working": frozenset({date(2026, 1, 2)})},
        {"recess": ((date(2026, 2, 2), date(2026, 2, 1)),)},
        {"weekend": frozenset(range(7))},
        {"weekend": frozenset({7})},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(fields):
    with pytest.raises(ValueError, match="calendar 'x'"):
        Calendar("x", "RU", **fields)


@pytest.mark.parametrize(
    ("rule", "start", "on"),
    [
        (DueRule("calendar_days", days=30), "2026-11-24", "2026-12-24"),
        (DueRule("calendar_days", days=4), "2026-11-24", "2026-11-28"),  # a Saturday stays
        (DueRule("calendar_days", days=0), "2026-11-24", "2026-11-24"),
        (DueRule("working_days", days=1), "2026-11-24", "2026-11-25"),
        (DueRule("working_days", days=1), "2026-11-27", "2026-11-30"),  # from a Friday
        (DueRule("working_days", days=1), "2026-11-28", "2026-11-30"),  # from a Saturday
        (DueRule("working_days", days=7), "2026-11-25", "2026-12-04"),
        (DueRule("working_days", days=1), "2026-12-30", "2027-01-11"),  # over the New Year
        (DueRule("fixed_date", on=date(2026, 12, 4)), "2026-11-24", "2026-12-04"),
        (DueRule("fixed_date", on=date(2026, 11, 1)), "2026-11-24", "2026-11-01"),
    ],
)
def test_due_dates(rule, start, on):
    deadline = due(rule, date.fromisoformat(start), {"assembly": RUSSIA}, MOSCOW)
    assert deadline == Deadline(date.fromisoformat(on), MOSCOW, rule)


def test_not_set_says_why():
    reason = {"en": "The programme sets the term.", "ru": "Срок определяет программа."}
    deadline = due(DueRule("not_set", reason=reason), date(2026, 11, 24), {}, MOSCOW)
    assert (deadline.on, deadline.ends_at, deadline.why_not) == (None, None, "not_set")
    assert deadline.detail == reason


@pytest.mark.parametrize(
    ("calendars", "detail"),
    [
        ({}, {"calendar": "parliament", "year": 2026}),
        (
            {"parliament": Calendar("parliament", "BY", known_through=2026)},
            {"calendar": "parliament", "year": 2027},
        ),
    ],
)
def test_what_cannot_be_computed_says_what_is_missing(calendars, detail):
    rule = DueRule("working_days", days=20, calendar="parliament")
    deadline = due(rule, date(2026, 12, 20), calendars, MOSCOW)
    assert (deadline.on, deadline.why_not) == (None, "cannot_compute")
    assert deadline.detail == detail


def test_an_unknown_calendar_does_not_matter_to_calendar_days():
    rule = DueRule("calendar_days", days=20, calendar="parliament")
    assert due(rule, date(2026, 12, 20), {}, MOSCOW).on == date(2027, 1, 9)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "calendar_days"},
        {"kind": "calendar_days", "days": -1},
        {"kind": "calendar_days", "days": 4000},
        {"kind": "working_days", "days": 0},
        {"kind": "working_days", "days": 5, "on": date(2026, 1, 1)},
        {"kind": "fixed_date"},
        {"kind": "fixed_date", "on": date(2026, 1, 1), "days": 5},
        {"kind": "fixed_date", "on": date(9999, 12, 31)},
        {"kind": "not_set"},
        {"kind": "not_set", "reason": {}},
        {"kind": "not_set", "reason": {"en": "x"}, "days": 5},
    ],
)
def test_impossible_due_rules_are_refused(fields):
    with pytest.raises(ValueError, match="due rule"):
        DueRule(**fields)


@pytest.mark.parametrize(
    ("on", "zone", "instant"),
    [
        ("2026-12-04", MOSCOW, "2026-12-04T20:59:59"),
        ("2026-12-04", "Asia/Almaty", "2026-12-04T18:59:59"),
        ("2026-12-04", "UTC", "2026-12-04T23:59:59"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59"),  # a day of 23 hours
        ("2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59"),  # a day of 25 hours
        ("2024-03-30", "America/Nuuk", "2024-03-31T00:59:59"),  # 22:59:59, its last second
        ("2024-11-02", "America/Havana", "2024-11-03T03:59:59"),
    ],
)
def test_the_due_day_ends_with_its_last_second(on, zone, instant):
    deadline = Deadline(date.fromisoformat(on), zone, DueRule("calendar_days", days=1))
    assert deadline.ends_at == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "calendar_days", "working_days", "overdue"),
    [
        ("2026-11-24T12:00", 10, 8, False),
        ("2026-11-23T21:00", 10, 8, False),  # already the 24th in Moscow
        ("2026-12-04T20:59:59", 0, 0, False),
        ("2026-12-04T21:00", -1, 0, True),  # Saturday begins
        ("2026-12-07T06:00", -3, -1, True),
    ],
)
def test_time_left(now, calendar_days, working_days, overdue):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    left = time_left(date(2026, 12, 4), MOSCOW, at, RUSSIA)
    assert (left.calendar_days, left.working_days, left.overdue) == (
        calendar_days,
        working_days,
        overdue,
    )


@pytest.mark.parametrize("calendar", [None, Calendar("by", "BY", known_through=2026)])
def test_time_left_without_a_calendar(calendar):
    left = time_left(date(2027, 1, 4), MOSCOW, datetime(2026, 12, 30, tzinfo=UTC), calendar)
    assert (left.calendar_days, left.working_days, left.overdue) == (5, None, False)


def test_an_instant_without_offset_is_refused():
    with pytest.raises(ValueError, match="UTC offset"):
        local_date(datetime(2026, 11, 24), MOSCOW)


@given(start=days, number=st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_working_days_count_back_to_what_was_asked(start, number):
    on = due(DueRule("working_days", days=number), start, {"assembly": OWN}, MOSCOW).on
    assert on is not None
    assert OWN.is_working(on)
    assert count_working_days(start, on, OWN) == number
    assert count_working_days(on, start, OWN) == -number


@given(start=days, number=st.integers(-40, 40))
@settings(max_examples=60, deadline=None)
def test_shifting_goes_the_way_it_is_told(start, number):
    day = shift_working_days(start, number, OWN)
    assert (day > start) == (number > 0)
    assert (day == start) == (number == 0)
    assert number == 0 or OWN.is_working(day)


@given(
    on=days,
    zone=st.sampled_from([MOSCOW, "Asia/Almaty", "Europe/Berlin", "America/Nuuk", "Asia/Beirut"]),
    seconds=st.integers(-200_000, 200_000),
)
@settings(max_examples=150, deadline=None)
def test_overdue_begins_when_the_deadline_has_ended(on, zone, seconds):
    ends_at = Deadline(on, zone, DueRule("calendar_days", days=1)).ends_at
    assert ends_at is not None
    assert ends_at.astimezone(ZoneInfo(zone)).date() == on
    left = time_left(on, zone, ends_at + timedelta(seconds=seconds), None)
    assert left.overdue == (seconds > 0)
    assert (left.calendar_days < 0) == left.overdue


@pytest.mark.parametrize(
    ("due_on", "stopped_on", "resumed_on", "calendar", "left", "ends"),
    [
        ("2026-12-04", "2026-11-30", "2026-12-14", RUSSIA, (4, "working"), "2026-12-18"),
        ("2026-12-04", "2026-11-30", "2026-12-29", RUSSIA, (4, "working"), "2027-01-13"),
        ("2026-12-04", "2026-11-30", "2026-12-14", None, (4, "calendar"), "2026-12-18"),
        ("2026-12-04", "2026-12-04", "2026-12-14", RUSSIA, (0, "working"), "2026-12-14"),
        ("2026-12-04", "2026-12-04", "2026-12-13", None, (0, "calendar"), "2026-12-13"),
        ("2026-12-04", "2026-11-24", "2026-11-24", OWN, (8, "working"), "2026-12-04"),
    ],
)
def test_a_stopped_term_runs_on(due_on, stopped_on, resumed_on, calendar, left, ends):
    stopped = days_left(date.fromisoformat(due_on), date.fromisoformat(stopped_on), calendar)
    assert stopped == DaysLeft(*left)
    calendars = {"assembly": calendar or RUSSIA}
    after = run_on(stopped, date.fromisoformat(resumed_on), "assembly", calendars, MOSCOW)
    assert after.on == date.fromisoformat(ends)


def test_a_term_that_ended_cannot_be_stopped():
    with pytest.raises(ValueError, match="ended on 2026-12-03"):
        days_left(date(2026, 12, 3), date(2026, 12, 4), None)


def test_what_cannot_be_counted_is_said_and_not_guessed():
    short = Calendar("by", "BY", known_through=2026)
    with pytest.raises(CalendarUnknown):
        days_left(date(2027, 2, 1), date(2026, 12, 1), short)
    after = run_on(DaysLeft(30, "working"), date(2026, 12, 1), "by", {"by": short}, MOSCOW)
    assert (after.on, after.why_not) == (None, "cannot_compute")
    assert after.detail == {"calendar": "by", "year": 2027}
    gone = run_on(DaysLeft(3, "working"), date(2026, 12, 1), "moon", {}, MOSCOW)
    assert gone.why_not == "cannot_compute"


@given(start=days, number=st.integers(1, 40), used=st.integers(0, 40), rest=st.integers(0, 90))
@settings(max_examples=80, deadline=None)
def test_a_stop_takes_nothing_from_a_term_and_adds_nothing(start, number, used, rest):
    calendars = {"assembly": OWN}
    whole = due(DueRule("working_days", days=number), start, calendars, MOSCOW)
    assert whole.on is not None
    assert whole.start == start
    stopped_on = min(whole.on, start + timedelta(days=used))
    left = days_left(whole.on, stopped_on, OWN)
    assert count_working_days(start, stopped_on, OWN) + left.days == number
    at_once = run_on(left, stopped_on, "assembly", calendars, MOSCOW).on
    assert at_once == (whole.on if left.days else stopped_on)
    resumed_on = stopped_on + timedelta(days=rest)
    later = run_on(left, resumed_on, "assembly", calendars, MOSCOW).on
    assert later is not None
    assert count_working_days(resumed_on, later, OWN) == left.days
