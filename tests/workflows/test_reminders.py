"""What is to be reminded: tables for each rule, and random histories for the promise as a whole."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendars import Calendar, days_left, run_on
from workflows.reminders import (
    LedgerKey,
    OpenDuty,
    ReminderRule,
    forecast,
    next_reminder_at,
    plan,
    said_early,
    steps_left,
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


# Random histories -------------------------------------------------------------------------------

rule_sets = st.lists(
    st.sampled_from(
        [
            *RULES,
            ReminderRule("three_working_days", -3, "working", "holder"),
            ReminderRule("late_working", 1, "working", "secretariat", 2, 3),
            ReminderRule("countdown", -6, "calendar", "holder", 2, 3),
        ]
    ),
    unique=True,
    min_size=1,
    max_size=6,
).map(tuple)
zones = st.sampled_from([MOSCOW, "Asia/Almaty", "Europe/Berlin"])
waits = st.one_of(
    st.integers(0, 30), st.integers(0, 240), st.integers(0, 10).map(lambda n: 24 * n)
).map(lambda n: timedelta(hours=n))
openings = st.tuples(
    st.just("open"), st.integers(-10, 25), st.sampled_from([0, 0, 3]), rule_sets, zones
)
events = st.one_of(
    openings,
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(-3, 25), st.booleans()),
    st.tuples(st.just("hand_over"), st.integers(0, 9)),
    st.tuples(st.just("close"), st.integers(0, 9)),
    st.tuples(st.just("stop"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("go_on"), st.integers(0, 9)),
    st.tuples(st.just("pause"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 20))),
    st.tuples(st.just("wake"), st.integers(0, 9)),
    st.tuples(st.just("skip"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("send_now"), st.integers(0, 9), st.integers(0, 9)),
    *[st.tuples(st.just("run"))] * 4,
)
histories = st.builds(
    lambda opening, rest: [(timedelta(), opening), *rest],
    openings,
    st.lists(st.tuples(waits, events), max_size=30),
)


@dataclass
class World:
    """Duties, a ledger and a clock; `next_at` is the column that the sweep selects by."""

    now: datetime = datetime(2026, 3, 20, 6, tzinfo=UTC)
    duties: dict[int, OpenDuty] = field(default_factory=dict)
    next_at: dict[int, datetime | None] = field(default_factory=dict)
    ledger: set[LedgerKey] = field(default_factory=set)
    left: dict[int, object] = field(default_factory=dict)

    def change(self, duty):
        self.duties[duty.id] = duty
        self.next_at[duty.id] = next_reminder_at(duty, self.ledger, self.now)

    def pick(self, number):
        still_open = [duty for duty in self.duties.values() if duty.closed_at is None]
        return still_open[number % len(still_open)] if still_open else None

    def open(self, due_in, recorded_after, rules, zone):
        today = self.now.astimezone(ZoneInfo(zone)).date()
        self.change(
            OpenDuty(
                id=len(self.duties) + 1,
                generation=1,
                kind="opinion",
                opened_at=self.now - timedelta(days=recorded_after),
                invited_at=self.now,
                due_on=today + timedelta(days=due_in),
                zone=zone,
                calendar=RUSSIA,
                recorded_on=today,
                rules=rules,
            )
        )

    def move(self, number, due_in, told):
        """Extend a duty, or a step moves it; a clock that stood still runs again by that."""
        if duty := self.pick(number):
            self.left.pop(duty.id, None)
            moved = replace(
                duty,
                due_on=self.now.date() + timedelta(days=due_in),
                generation=duty.generation + 1,
                invited_at=self.now if told else duty.invited_at,
            )
            self.change(moved)

    def today(self, duty):
        return self.now.astimezone(ZoneInfo(duty.zone)).date()

    def stop(self, number, working):
        duty = self.pick(number)
        if duty and duty.due_on is not None and duty.due_on >= self.today(duty):
            calendar = RUSSIA if working else None
            self.left[duty.id] = days_left(duty.due_on, self.today(duty), calendar)
            self.change(replace(duty, due_on=None, generation=duty.generation + 1))

    def go_on(self, number):
        duty = self.pick(number)
        if duty and duty.id in self.left:
            left = self.left.pop(duty.id)
            key = RUSSIA.key
            ends = run_on(left, self.today(duty), key, {key: RUSSIA}, duty.zone)
            moved = {"generation": duty.generation + 1, "invited_at": self.now}
            self.change(replace(duty, due_on=ends.on, **moved))

    def pause(self, number, days):
        if duty := self.pick(number):
            until = None if days is None else self.now + timedelta(days=days)
            self.change(replace(duty, paused=days is None, quiet_until=until))

    def wake(self, number):
        if duty := self.pick(number):
            self.change(replace(duty, paused=False, quiet_until=None))

    def step(self, number, which):
        """One of the steps that are still to come, whether reminders are paused or not."""
        duty = self.pick(number)
        awake = duty and replace(duty, paused=False, quiet_until=None)
        steps = list(steps_left(awake, self.ledger, self.now)) if awake else []
        return duty, steps[which % len(steps)] if steps else None

    def skip(self, number, which):
        duty, step = self.step(number, which)
        if step:
            self.ledger.add(LedgerKey(duty.id, duty.generation, step.rule.id, step.occurrence))
            self.change(duty)

    def send_now(self, number, which):
        duty, step = self.step(number, which)
        if step:
            early = said_early(duty, self.ledger, self.now, step.rule.id, step.occurrence)
            assert not self.ledger.intersection(early.keys)
            self.ledger.update(early.keys)
            self.change(duty)

    def hand_over(self, number):
        if duty := self.pick(number):
            self.change(replace(duty, invited_at=self.now))

    def close(self, number):
        if duty := self.pick(number):
            self.change(replace(duty, closed_at=self.now))

    def run(self):
        """Run the job over all duties, and check that the selected ones would have sufficed."""
        reminders, next_at = plan(self.duties.values(), self.ledger, self.now)
        chosen = [
            duty
            for duty in self.duties.values()
            if (at := self.next_at[duty.id]) is not None and at <= self.now
        ]
        assert plan(chosen, self.ledger, self.now)[0] == reminders
        for reminder in reminders:
            self.check(reminder)
        assert len({(r.duty_id, r.audience) for r in reminders}) == len(reminders)
        self.next_at |= next_at
        assert plan(self.duties.values(), self.ledger, self.now) == ([], next_at)
        for duty in self.duties.values():
            self.check_nothing_is_forgotten(duty)
        return reminders

    def check(self, reminder):
        """Check one reminder against the duty and enter it in the ledger."""
        duty = self.duties[reminder.duty_id]
        today = self.now.astimezone(ZoneInfo(duty.zone)).date()
        day = reminder.at.astimezone(ZoneInfo(duty.zone)).date()
        assert duty.closed_at is None
        assert not duty.paused
        assert duty.id not in self.left
        assert duty.quiet_until is None or duty.quiet_until <= self.now
        assert reminder.generation == duty.generation
        assert duty.opened_at <= reminder.at <= self.now
        assert duty.recorded_on <= day
        if day < duty.due_on:
            assert today <= duty.due_on
            assert self.now - duty.invited_at >= timedelta(hours=24)
        if day == duty.due_on:
            assert duty.invited_at.astimezone(ZoneInfo(duty.zone)).date() != day
        for step in reminder.keys:
            assert step not in self.ledger
            self.ledger.add(step)
        audiences = {rule.id: rule.audience for rule in duty.rules}
        for rule_id, occurrence in reminder.coalesced:
            assert audiences[rule_id] == reminder.audience
            assert instant(duty, rule_id, occurrence) <= reminder.at

    def check_nothing_is_forgotten(self, duty):
        """Check that each step whose time has come is in the ledger or has an excuse."""
        if duty.closed_at is not None or duty.paused or duty.due_on is None:
            return
        if duty.quiet_until is not None and duty.quiet_until > self.now:
            return
        zone = ZoneInfo(duty.zone)
        today = self.now.astimezone(zone).date()
        for rule in duty.rules:
            for occurrence in range(rule.max_times):
                at = instant(duty, rule.id, occurrence)
                day = at.astimezone(zone).date()
                excuses = [
                    at > self.now,
                    at < duty.opened_at or day < duty.recorded_on,
                    day < duty.due_on and at < duty.invited_at + timedelta(hours=24),
                    day < duty.due_on < today,
                    day == duty.due_on == duty.invited_at.astimezone(zone).date(),
                ]
                known = LedgerKey(duty.id, duty.generation, rule.id, occurrence) in self.ledger
                assert known or any(excuses), (duty, rule, occurrence)


def instant(duty, rule_id, occurrence):
    """Count a step's instant afresh: day by day, at nine o'clock."""
    rule = next(rule for rule in duty.rules if rule.id == rule_id)
    offset = rule.offset_days + occurrence * (rule.repeat_every_days or 0)
    day, step = duty.due_on, timedelta(days=1 if offset > 0 else -1)
    while offset:
        day += step
        if rule.unit == "calendar" or RUSSIA.is_working(day):
            offset += 1 if offset < 0 else -1
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(duty.zone)).astimezone(UTC)


def play(history):
    world = World()
    for wait, (event, *arguments) in history:
        world.now += wait
        getattr(world, event)(*arguments)
    return world


@given(history=histories)
@settings(max_examples=300, deadline=None)
def test_random_histories(history):
    """Each owed reminder once, none twice, none after closing, and a gap collapses."""
    world = play([*history, (timedelta(days=1), ("run",))])
    for duty in world.duties.values():  # whoever paused or stopped something lets it go on
        world.change(replace(duty, paused=False))
    world.now += timedelta(days=90)
    world.run()
    assert set(world.next_at.values()) == {None}
    world.now += timedelta(days=900)
    assert world.run() == []


@given(history=histories)
@settings(max_examples=60, deadline=None)
def test_nothing_comes_before_the_instant_to_look_again(history):
    world = play(history)
    world.run()
    for number, at in world.next_at.items():
        if at is not None:
            duty = [world.duties[number]]
            assert plan(duty, world.ledger, at - timedelta(seconds=1))[0] == []
            assert plan(duty, world.ledger, at)[0]


@given(due_in=st.integers(-10, 25), rules=rule_sets, zone=zones)
@settings(max_examples=40, deadline=None)
def test_without_gaps_every_step_goes_out_at_its_instant(due_in, rules, zone):
    world = World()
    world.open(due_in, 0, rules, zone)
    (duty,) = world.duties.values()
    runs = []
    while (at := world.next_at[1]) is not None:
        world.now = at
        runs += world.run()
    assert [r.at for r in runs] == sorted(r.at for r in runs)
    for reminder in runs:
        assert all(instant(duty, *step) == reminder.at for step in reminder.coalesced)


@given(history=histories)
@settings(max_examples=60, deadline=None)
def test_a_crowd_is_planned_as_each_alone(history):
    world = play(history)
    together = plan(world.duties.values(), world.ledger, world.now)
    alone = [plan([duty], world.ledger, world.now) for duty in world.duties.values()]
    assert together[0] == [reminder for reminders, _ in alone for reminder in reminders]
    assert together[1] == {number: at for _, next_at in alone for number, at in next_at.items()}


@given(history=histories)
@settings(max_examples=60, deadline=None)
def test_a_forecast_is_what_sweeps_at_each_hour_then_say(history):
    world = play(history)
    begin, days = world.now, 14
    until = begin + timedelta(days=days)
    seen = forecast(world.duties.values(), world.ledger, begin, until)
    said = []
    hours = (begin.replace(minute=0) + timedelta(hours=n) for n in range(1, days * 24 + 1))
    instants = sorted({begin, until, *(hour for hour in hours if 3 <= hour.hour <= 8)})
    instants += [each.quiet_until for each in world.duties.values() if each.quiet_until]
    for world.now in sorted(at for at in instants if begin <= at <= until):
        said += [(world.now, reminder) for reminder in world.run()]
    assert said == [(each.at, each.reminder) for each in seen]
