"""What is to be reminded: tables for each rule."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from workflows.calendars import Calendar
from workflows.reminders import (
    LedgerKey,
    OpenDuty,
    ReminderRule,
    forecast,
    next_reminder_at,
    plan,
    said_early,
)

MOSCOW = "Europe/Moscow"
RUSSIA = Calendar("assembly", "RU")
WEEK_BEFORE = ReminderRule("week_before", -7, "calendar", "holder")
DAY_BEFORE = ReminderRule("day_before", -1, "calendar", "holder")
ON_THE_DAY = ReminderRule("on_the_day", 0, "calendar", "holder")
AFTER = ReminderRule("after", 2, "calendar", "holder", repeat_every_days=3, max_times=3)
ESCALATION = ReminderRule("escalation", 5, "calendar", "secretariat")
RULES = (WEEK_BEFORE, DAY_BEFORE, ON_THE_DAY, AFTER, ESCALATION)
OPENED = datetime(2026, 11, 2, 12, tzinfo=UTC)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def open_duty(**changes):
    """Make a duty opened on 2 November and due on Friday, 4 December 2026."""
    fields = {
        "id": 1,
        "generation": 1,
        "kind": "opinion",
        "opened_at": OPENED,
        "invited_at": OPENED,
        "due_on": date(2026, 12, 4),
        "zone": MOSCOW,
        "calendar": RUSSIA,
        "recorded_on": date(2026, 11, 2),
        "rules": RULES,
    }
    return OpenDuty(**fields | changes)


def key(rule_id, occurrence=0, generation=1):
    return LedgerKey(1, generation, rule_id, occurrence)


def sent(duty, now, ledger=frozenset()):
    """Give what is sent at `now` as (rule, occurrence, audience, coalesced)."""
    reminders, _ = plan([duty], ledger, utc(now))
    return [(r.rule_id, r.occurrence, r.audience, list(r.coalesced)) for r in reminders]


HOLDER_DONE = frozenset(key(rule) for rule in ("week_before", "day_before", "on_the_day"))
EVERYTHING = HOLDER_DONE | {key("after", n) for n in range(3)} | {key("escalation")}


@pytest.mark.parametrize(
    ("now", "ledger", "expected"),
    [
        ("2026-11-27T05:59:59", set(), []),
        ("2026-11-27T06:00", set(), [("week_before", 0, "holder", [])]),  # 09:00 in Moscow
        ("2026-11-27T06:01", {key("week_before")}, []),
        ("2026-11-30T20:00", set(), [("week_before", 0, "holder", [])]),  # a late run
        ("2026-12-04T05:00", set(), [("day_before", 0, "holder", [("week_before", 0)])]),
        (
            "2026-12-04T06:00",
            {key("week_before")},
            [("on_the_day", 0, "holder", [("day_before", 0)])],
        ),
        # After the day, "in a week" is not said, and "today" gives way to the newest.
        ("2026-12-05T06:00", set(), [("on_the_day", 0, "holder", [])]),
        ("2026-12-06T06:00", set(), [("after", 0, "holder", [("on_the_day", 0)])]),
        ("2026-12-06T06:00", HOLDER_DONE, [("after", 0, "holder", [])]),
        (
            "2026-12-09T06:00",
            HOLDER_DONE,
            [("after", 1, "holder", [("after", 0)]), ("escalation", 0, "secretariat", [])],
        ),
        (
            "2027-03-01T00:00",  # a long gap
            HOLDER_DONE,
            [
                ("after", 2, "holder", [("after", 0), ("after", 1)]),
                ("escalation", 0, "secretariat", []),
            ],
        ),
        ("2027-03-01T00:00", EVERYTHING, []),
    ],
)
def test_what_is_sent(now, ledger, expected):
    assert sent(open_duty(), now, ledger) == expected


@pytest.mark.parametrize(
    ("invited", "now", "expected"),
    [
        ("2026-12-02T06:00", "2026-12-03T06:00", ["day_before"]),  # 24 h to the minute
        ("2026-12-02T06:01", "2026-12-03T06:01", []),
        ("2026-12-02T06:01", "2026-12-04T06:00", ["on_the_day"]),
        ("2026-12-03T20:00", "2026-12-04T06:00", ["on_the_day"]),  # invited the evening before
        ("2026-12-03T21:00", "2026-12-04T06:00", []),  # the 4th in Moscow
        ("2026-12-04T10:00", "2026-12-04T10:52", []),
        ("2026-12-04T10:00", "2026-12-06T06:00", ["after"]),
        ("2026-12-06T05:00", "2026-12-06T06:00", ["after"]),  # a new holder of a late duty
    ],
)
def test_no_reminder_follows_at_the_heels_of_the_invitation(invited, now, expected):
    """Both for a duty opened then, and for one handed over then."""
    at = utc(invited)
    opened = open_duty(opened_at=at, invited_at=at, recorded_on=date(2026, 11, 30))
    assert [step[0] for step in sent(opened, now)] == expected
    assert [step[0] for step in sent(open_duty(invited_at=at), now)] == expected


@pytest.mark.parametrize(
    ("recorded", "now", "expected"),
    [
        ("2026-12-03T10:00", "2026-12-04T07:00", ["on_the_day"]),
        ("2026-12-07T10:00", "2026-12-07T10:01", []),  # on the day, and 2 days after, lie before
        ("2026-12-07T10:00", "2026-12-09T06:00", ["after", "escalation"]),
        ("2026-12-09T10:00", "2026-12-09T11:00", []),  # 09:00 of the day of recording, too
        ("2026-12-30T10:00", "2026-12-30T11:00", []),
    ],
)
def test_steps_before_the_recording_are_not_sent(recorded, now, expected):
    """A decision of 2 November, entered weeks later."""
    at = utc(recorded)
    duty = open_duty(opened_at=at, invited_at=at, recorded_on=at.date())
    assert [step[0] for step in sent(duty, now)] == expected


def test_a_recording_date_alone_holds_steps_back():
    duty = open_duty(recorded_on=date(2026, 12, 7))
    assert sent(duty, "2026-12-07T06:00") == []


def test_a_moved_date_counts_anew():
    moved = open_duty(generation=2, due_on=date(2026, 12, 18))
    assert sent(moved, "2026-12-10T12:00", EVERYTHING) == []
    assert sent(moved, "2026-12-11T06:00", EVERYTHING) == [("week_before", 0, "holder", [])]


def test_a_closed_duty_is_left_alone():
    closed = open_duty(closed_at=utc("2026-11-20T08:00"))
    assert plan([closed], set(), utc("2026-12-09T06:00")) == ([], {1: None})
    assert next_reminder_at(closed, set(), utc("2026-11-20T08:00")) is None


@pytest.mark.parametrize(
    ("now", "ledger", "planned", "at_once"),
    [
        ("2026-11-02T12:00", set(), "2026-11-27T06:00", "2026-11-27T06:00"),
        ("2026-11-28T12:00", set(), "2026-12-03T06:00", "2026-11-27T06:00"),
        ("2026-12-04T12:00", HOLDER_DONE, "2026-12-06T06:00", "2026-12-06T06:00"),
        ("2026-12-12T06:00", HOLDER_DONE, None, "2026-12-06T06:00"),
        ("2026-12-12T06:00", EVERYTHING, None, None),
    ],
)
def test_when_to_look_again(now, ledger, planned, at_once):
    duty, at = open_duty(), utc(now)
    assert plan([duty], ledger, at)[1] == {1: planned and utc(planned)}
    assert next_reminder_at(duty, ledger, at) == (at_once and utc(at_once))


@pytest.mark.parametrize(
    ("offset", "calendar", "at", "counted_in"),
    [
        (-3, RUSSIA, "2026-12-30T06:00", "working"),  # over New Year and Christmas
        (-3, Calendar("none", None), "2027-01-10T06:00", "calendar"),
        (-3, None, "2027-01-10T06:00", "calendar"),
        (0, RUSSIA, "2027-01-13T06:00", "working"),
        (3, RUSSIA, "2027-01-18T06:00", "working"),
        (3, Calendar("by", "BY", known_through=2026), "2027-01-16T06:00", "calendar"),
    ],
)
def test_rules_in_working_days(offset, calendar, at, counted_in):
    rule = ReminderRule("rule", offset, "working", "holder")
    duty = open_duty(due_on=date(2027, 1, 13), calendar=calendar, rules=(rule,))
    assert next_reminder_at(duty, set(), OPENED) == utc(at)
    ((reminder,), _) = plan([duty], set(), utc(at))
    assert (reminder.at, reminder.counted_in) == (utc(at), counted_in)


@pytest.mark.parametrize(
    ("zone", "due_on", "hour", "at"),
    [
        ("Asia/Almaty", "2026-12-04", 9, "2026-12-04T04:00"),
        ("Europe/Berlin", "2026-03-28", 9, "2026-03-28T08:00"),
        ("Europe/Berlin", "2026-03-29", 9, "2026-03-29T07:00"),
        ("Europe/Berlin", "2026-10-25", 9, "2026-10-25T08:00"),
        ("Europe/Berlin", "2026-03-29", 2, "2026-03-29T01:00"),  # there is no 02:00: at 03:00
        ("Europe/Berlin", "2026-10-25", 2, "2026-10-25T00:00"),  # there are two: the first
    ],
)
def test_the_hour_is_local(zone, due_on, hour, at):
    opened = utc("2026-01-01T12:00")
    duty = open_duty(
        zone=zone,
        due_on=date.fromisoformat(due_on),
        opened_at=opened,
        invited_at=opened,
        recorded_on=opened.date(),
        rules=(ON_THE_DAY,),
    )
    assert next_reminder_at(duty, set(), opened, hour=hour) == utc(at)


def test_rules_of_one_instant_go_by_their_order():
    twin = replace(ON_THE_DAY, id="twin")
    duty = open_duty(rules=(twin, ON_THE_DAY))
    assert sent(duty, "2026-12-04T06:00") == [("on_the_day", 0, "holder", [("twin", 0)])]


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({"paused": True}, "2026-12-06T06:00", []),
        ({"due_on": None}, "2026-12-06T06:00", []),
        ({"quiet_until": utc("2026-11-30T06:00")}, "2026-11-30T05:59", []),
        ({"quiet_until": utc("2026-11-30T06:00")}, "2026-11-30T06:00", ["week_before"]),
        # The end of a pause says the newest of what came due meanwhile; "in a day" is over.
        ({"quiet_until": utc("2026-12-07T06:00")}, "2026-12-07T06:00", ["after"]),
    ],
)
def test_a_pause_holds_back_and_its_end_says_the_newest(changes, now, expected):
    assert [step[0] for step in sent(open_duty(**changes), now)] == expected


@pytest.mark.parametrize(
    ("changes", "looks"),
    [
        ({"paused": True}, None),
        ({"due_on": None}, None),
        ({"quiet_until": utc("2026-12-01T06:00")}, "2026-12-01T06:00"),
        ({"quiet_until": utc("2026-11-20T06:00")}, "2026-11-27T06:00"),
    ],
)
def test_when_to_look_at_a_paused_duty(changes, looks):
    assert next_reminder_at(open_duty(**changes), set(), OPENED) == (looks and utc(looks))


def test_a_forecast_says_each_step_at_its_instant_with_its_audience():
    seen = forecast([open_duty()], set(), OPENED, utc("2026-12-09T06:00"))
    assert [(each.at, each.reminder.rule_id, each.reminder.audience) for each in seen] == [
        (utc("2026-11-27T06:00"), "week_before", "holder"),
        (utc("2026-12-03T06:00"), "day_before", "holder"),
        (utc("2026-12-04T06:00"), "on_the_day", "holder"),
        (utc("2026-12-06T06:00"), "after", "holder"),
        (utc("2026-12-09T06:00"), "after", "holder"),
        (utc("2026-12-09T06:00"), "escalation", "secretariat"),
    ]
    assert forecast([open_duty()], set(), OPENED, utc("2026-11-27T05:59")) == []


def test_a_step_sent_early_folds_the_older_ones_of_its_audience():
    now = utc("2026-11-25T08:00")
    early = said_early(open_duty(), set(), now, "on_the_day", 0)
    assert early is not None
    assert [key.rule_id for key in early.keys] == ["on_the_day", "week_before", "day_before"]
    left = forecast([open_duty()], set(early.keys), now, utc("2026-12-06T06:00"))
    assert [each.reminder.rule_id for each in left] == ["after"]
    assert said_early(open_duty(), set(early.keys), now, "on_the_day", 0) is None
    assert said_early(open_duty(), set(), now, "unheard_of", 0) is None
    assert said_early(open_duty(paused=True), set(), now, "week_before", 0) is not None


def test_one_duty_does_not_hide_another():
    duties = [open_duty(), open_duty(id=2), open_duty(id=3, due_on=date(2026, 12, 9))]
    reminders, next_at = plan(duties, {key("week_before")}, utc("2026-11-27T06:00"))
    assert [reminder.duty_id for reminder in reminders] == [2]
    assert next_at == {
        1: utc("2026-12-03T06:00"),
        2: utc("2026-12-03T06:00"),
        3: utc("2026-12-02T06:00"),
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"offset_days": 4000},
        {"max_times": 0},
        {"max_times": 2},
        {"max_times": 101, "repeat_every_days": 1},
        {"max_times": 2, "repeat_every_days": 0},
    ],
)
def test_impossible_rules_are_refused(fields):
    with pytest.raises(ValueError, match="reminder 'x'"):
        ReminderRule(**{"id": "x", "offset_days": 0, "unit": "calendar", "audience": "y"} | fields)
