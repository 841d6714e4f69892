"""What is to be reminded now, as a pure function of open duties, the ledger and the time.

A rule gives one or more steps of a duty, each at an hour of a local day before, on or after the
due day. A step is owed once: when its instant has come (a window, so that a missed run loses
nothing) and the ledger does not know it. Several owed steps of one audience collapse to the newest.
A moved date raises the duty's generation, under which every step counts anew. Steps that come due
while reminders are paused wait for its end; nothing is owed without a date.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workflows.calendars import (
    DAY,
    LONGEST,
    Calendar,
    CalendarUnknown,
    Unit,
    local_date,
    shift_working_days,
)

MOST_TIMES = 100
SENDING_HOUR = 9
BY_HAND = "by_hand"
"""The ledger's name for what a person sends outside the plan."""
QUIET_AFTER_INVITATION = timedelta(hours=24)


@dataclass(frozen=True)
class ReminderRule:
    """When to remind whom: `offset_days` from the due day, negative before it, 0 on it.

    `unit` says how the offset and `repeat_every_days` are counted. Without a repetition there is
    one step; with it there are `max_times`. Ids are unique within a duty's rules. Raises
    ValueError for an impossible rule.
    """

    id: str
    offset_days: int
    unit: Unit
    audience: str
    repeat_every_days: int | None = None
    max_times: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that are out of range or do not fit each other."""
        if abs(self.offset_days) > LONGEST:
            raise ValueError(f"reminder {self.id!r}: offset_days is at most {LONGEST} either way")
        if not 1 <= self.max_times <= MOST_TIMES:
            raise ValueError(f"reminder {self.id!r}: max_times must be 1 to {MOST_TIMES}")
        if self.repeat_every_days is None and self.max_times > 1:
            raise ValueError(f"reminder {self.id!r}: max_times above 1 needs repeat_every_days")
        if self.repeat_every_days is not None and not 1 <= self.repeat_every_days <= LONGEST:
            raise ValueError(f"reminder {self.id!r}: repeat_every_days must be 1 to {LONGEST}")


@dataclass(frozen=True)
class OpenDuty:
    """What planning needs to know of a duty.

    `opened_at` and `invited_at` are UTC instants; `invited_at` is the last time that the present
    holder was told of the duty or of its present date. `due_on` and `recorded_on` (the day the
    duty was recorded, which may be later than its start) are the assembly's dates, in `zone`.
    `due_on` is None where there is no date, or the clock stands still. `calendar` counts the rules
    in working days. Nothing is said before `quiet_until`, a UTC instant, nor at all while `paused`.
    """

    id: int
    generation: int
    kind: str
    opened_at: datetime
    invited_at: datetime
    due_on: date | None
    zone: str
    calendar: Calendar | None
    recorded_on: date
    rules: tuple[ReminderRule, ...]
    closed_at: datetime | None = None
    quiet_until: datetime | None = None
    paused: bool = False


class LedgerKey(NamedTuple):
    """One step in the ledger, whoever received it and whether it went out by itself or not."""

    duty_id: int
    generation: int
    rule_id: str
    occurrence: int


@dataclass(frozen=True)
class Reminder:
    """One reminder to send now. The whole of `keys` belongs in the ledger, also if nobody gets it.

    `occurrence` counts a rule's steps from 0. `at` is the UTC instant it was planned for.
    `counted_in` is "calendar" also for a rule in working days whose calendar has no data: the
    reminder then goes by calendar days rather than not at all. `coalesced` are the older steps
    (rule, occurrence) of this audience that this one stands for; they are not sent separately.
    """

    duty_id: int
    generation: int
    rule_id: str
    occurrence: int
    audience: str
    at: datetime
    counted_in: Unit
    coalesced: tuple[tuple[str, int], ...] = ()

    @property
    def keys(self) -> tuple[LedgerKey, ...]:
        """The ledger's keys of this step and of the older ones that it stands for."""
        steps = ((self.rule_id, self.occurrence), *self.coalesced)
        return tuple(LedgerKey(self.duty_id, self.generation, *step) for step in steps)


class Step(NamedTuple):
    """A step of a duty; steps sort by time, those of one instant in the order of the rules.

    `at` is the UTC instant it was planned for, `day` that day in the duty's zone, `opens` the
    instant from which it is owed: later than `at` only where reminders were paused.
    """

    at: datetime
    rank: int
    occurrence: int
    day: date
    counted_in: Unit
    rule: ReminderRule
    opens: datetime


class Foreseen(NamedTuple):
    """A reminder that will be owed, and the UTC instant from which the sweep will send it."""

    at: datetime
    reminder: Reminder


def plan(
    duties: Iterable[OpenDuty],
    ledger: AbstractSet[LedgerKey],
    now: datetime,
    *,
    hour: int = SENDING_HOUR,
) -> tuple[list[Reminder], dict[int, datetime | None]]:
    """Give what to send now and, by duty, the UTC instant to look again once that is recorded.

    `ledger` holds the steps already recorded for these duties, `now` is a UTC instant, `hour` is
    local to the duty. The instant to look again is None where nothing is left; it must be computed
    anew when a duty's date, holder, rules, zone, calendar or pause change. Linear in the duties.
    """
    reminders: list[Reminder] = []
    next_at: dict[int, datetime | None] = {}
    for duty in duties:
        owed: dict[str, list[Step]] = {}
        later: list[datetime] = []
        for step in steps_left(duty, ledger, now, hour=hour):
            if step.opens <= now:
                owed.setdefault(step.rule.audience, []).append(step)
            else:
                later.append(step.opens)
        reminders.extend(_collapse(duty, steps) for steps in owed.values())
        next_at[duty.id] = min(later, default=None)
    return reminders, next_at


def forecast(
    duties: Iterable[OpenDuty],
    ledger: AbstractSet[LedgerKey],
    now: datetime,
    until: datetime,
    *,
    hour: int = SENDING_HOUR,
) -> list[Foreseen]:
    """Give what `plan` will say from `now` to `until` (UTC instants) if nothing else changes.

    It is `plan` itself at each instant to look again, so the two cannot differ. In order of time.
    """
    known = set(ledger)
    found: list[Foreseen] = []
    for duty in duties:
        at: datetime | None = now
        while at is not None and at <= until:
            reminders, next_at = plan([duty], known, at, hour=hour)
            found.extend(Foreseen(at, reminder) for reminder in reminders)
            known.update(key for reminder in reminders for key in reminder.keys)
            at = next_at[duty.id]
    return sorted(found, key=lambda each: (each.at, each.reminder.duty_id))


def said_early(
    duty: OpenDuty,
    ledger: AbstractSet[LedgerKey],
    now: datetime,
    rule_id: str,
    occurrence: int,
    *,
    hour: int = SENDING_HOUR,
) -> Reminder | None:
    """Give one step as a reminder to send at once, with the older ones of its audience folded in.

    None where that step is not to come. A pause does not hold back what a person sends.
    """
    awake = replace(duty, paused=False, quiet_until=None)
    steps = list(steps_left(awake, ledger, now, hour=hour))
    for chosen in steps:
        if (chosen.rule.id, chosen.occurrence) == (rule_id, occurrence):
            audience = chosen.rule.audience
            same = [step for step in steps if step.rule.audience == audience]
            return _collapse(duty, [step for step in same if step[:3] <= chosen[:3]])
    return None


def next_reminder_at(
    duty: OpenDuty, ledger: AbstractSet[LedgerKey], now: datetime, *, hour: int = SENDING_HOUR
) -> datetime | None:
    """Give the UTC instant of the duty's next step, past where one is owed; None if none is left.

    For a duty just opened, moved or handed over; after planning, take the instant from `plan`.
    """
    return min((step.opens for step in steps_left(duty, ledger, now, hour=hour)), default=None)


def steps_left(
    duty: OpenDuty, ledger: AbstractSet[LedgerKey], now: datetime, *, hour: int = SENDING_HOUR
) -> Iterator[Step]:
    """Give the steps that are, or will be, owed and are not in the ledger, rule by rule."""
    if duty.closed_at is not None or duty.due_on is None or duty.paused:
        return
    told_at = max(duty.opened_at, duty.invited_at)
    told_on = local_date(told_at, duty.zone)
    for step in _steps(duty, duty.due_on, hour):
        if LedgerKey(duty.id, duty.generation, step.rule.id, step.occurrence) in ledger:
            continue
        if step.day < duty.recorded_on or step.at < duty.opened_at:
            continue
        if step.day < duty.due_on:
            said_on = local_date(max(now, step.opens), duty.zone)
            if said_on > duty.due_on:  # "due in 3 days" is not said after the day
                continue
            if step.at < told_at + QUIET_AFTER_INVITATION:
                continue
        if step.day == duty.due_on == told_on:  # the invitation of today said "today"
            continue
        yield step


def sending_instant(day: date, zone: str, *, hour: int = SENDING_HOUR) -> datetime:
    """Give the UTC instant at which reminders of a local day go out.

    A skipped hour counts on from the old offset; of a doubled one it is the first.
    """
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def _steps(duty: OpenDuty, due_on: date, hour: int) -> Iterator[Step]:
    for rank, rule in enumerate(duty.rules):
        for occurrence in range(rule.max_times):
            offset = rule.offset_days + occurrence * (rule.repeat_every_days or 0)
            day, counted_in = _shift(due_on, offset, rule.unit, duty.calendar)
            at = sending_instant(day, duty.zone, hour=hour)
            opens = at if duty.quiet_until is None else max(at, duty.quiet_until)
            yield Step(at, rank, occurrence, day, counted_in, rule, opens)


def _shift(due_on: date, offset: int, unit: Unit, calendar: Calendar | None) -> tuple[date, Unit]:
    """Give the day `offset` days from the due day and the unit it could be counted in."""
    if unit == "working" and calendar is not None:
        try:
            return shift_working_days(due_on, offset, calendar), "working"
        except CalendarUnknown:
            pass
    return due_on + DAY * offset, "calendar"


def _collapse(duty: OpenDuty, steps: list[Step]) -> Reminder:
    *older, newest = sorted(steps, key=lambda step: step[:3])
    return Reminder(
        duty_id=duty.id,
        generation=duty.generation,
        rule_id=newest.rule.id,
        occurrence=newest.occurrence,
        audience=newest.rule.audience,
        at=newest.at,
        counted_in=newest.counted_in,
        coalesced=tuple((step.rule.id, step.occurrence) for step in older),
    )
