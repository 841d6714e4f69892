"""The promise of reminders as a whole: random histories of duties, jobs and gaps."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.test_reminders import MOSCOW, RULES, RUSSIA
from workflows.calendars import days_left, run_on
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
