"""One duty as its page shows it, and those of one kind that are waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import AnyRow
from tracker.duties.changing import permitted
from tracker.duties.forecast import Line, Owed, duty_row, owing, read_forecast
from tracker.duties.models import Duty
from tracker.duties.planning import planned
from tracker.duties.queries import left_of
from tracker.duties.recipients import HOLDER, Asked, Directory
from tracker.duties.reminding import BREATH, is_paused, last_reminded, reminded_by_hand
from tracker.duties.words import recipient_words
from tracker.errors import NotFound
from tracker.permissions import may, may_of_duty
from workflows.calendars import Deadline, DueRule, due, local_date, run_on
from workflows.facts import Actor, Person, Refusal

YEAR = 366
WORKING_OFFERS = (5, 10, 20)
CALENDAR_OFFERS = (7, 14, 30)


@dataclass(frozen=True, slots=True)
class DutyPage:
    """A duty for whoever may do something about its reminders or its date."""

    act: Summary
    row: AnyRow
    duty: Owed
    closed: bool
    lines: Sequence[Line]
    paused: bool
    manages: bool
    extends: bool
    stops: bool
    runs_on: Deadline | None
    """The date that a stopped clock gives when it is let run on today."""


def read_duty(session: Session, duty_id: int, actor: Actor, now: datetime) -> DutyPage:
    """One duty; raises NotFound, or Forbidden to whoever may change nothing about it."""
    row = duty_row(session, duty_id)
    if row is None:
        raise NotFound(Refusal("no_such_duty"))
    act = act_inside(session, row.reference, actor, now)
    rules = assembly.assembly()
    manages = may(rules, actor, "manage_reminders", act.facts)
    extends = may_of_duty(rules, actor, "extend_duty", act.facts, row.kind)
    if extends is None:
        permitted(act.facts, row.kind, row.person_id, "manage_reminders", actor, asking=False)
    found = read_forecast(session, now, duty=duty_id, days=YEAR)
    return DutyPage(
        act=act,
        row=row,
        duty=owing(session, [row])[duty_id],
        closed=row.closed_at is not None,
        lines=found.lines,
        paused=is_paused(row.paused_at, row.paused_until, now),
        manages=manages,
        extends=extends is not None,
        stops=act.procedure.definition.duties[row.kind].stops,
        runs_on=_runs_on(session, row, now),
    )


def _runs_on(session: Session, row: AnyRow, now: datetime) -> Deadline | None:
    left = left_of(row)
    if left is None:
        return None
    today = local_date(now, row.zone)
    return run_on(left, today, row.calendar, assembly.calendars(session), row.zone)


def offers(session: Session, page: DutyPage, now: datetime) -> Iterator[Deadline]:
    """Days that a duty may be given: so many after its present one, or after today where that has
    passed, counted as its own rule counts.
    """
    row, today = page.row, local_date(now, page.row.zone)
    start = max(row.due_on or today, today)
    working = page.act.procedure.definition.duties[row.kind].due.working_days is not None
    calendars = assembly.calendars(session)
    for days in WORKING_OFFERS if working else CALENDAR_OFFERS:
        kind = "working_days" if working else "calendar_days"
        rule = DueRule(kind, days=days, calendar=row.calendar)  # type: ignore[arg-type]
        yield due(rule, start, calendars, row.zone)


@dataclass(frozen=True, slots=True)
class Waited:
    """Somebody who has not answered. `reaches` are those who would get the reminder; `in_peace`
    says since when they were reminded by hand, while that is too lately.
    """

    duty: int
    holder: str
    due_on: date | None
    overdue: bool
    reaches: Sequence[tuple[Person, str]]
    last: datetime | None
    in_peace: datetime | None
    stopped: bool
    paused: bool

    @property
    def open(self) -> bool:
        """Whether a reminder by hand would reach somebody now."""
        return bool(self.reaches) and self.in_peace is None and not self.stopped


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who owes the same on one act, and what that is."""

    act: Summary
    kind: str
    title: str
    people: Sequence[Waited]


def read_waiting(
    session: Session, reference: str, kind: str, actor: Actor, now: datetime
) -> Waiting:
    """Those who have not answered; raises NotFound or Forbidden. A fixed number of statements."""
    act = act_inside(session, reference, actor, now)
    defined = act.procedure.definition.duties.get(kind)
    if defined is None:
        raise NotFound(Refusal("no_such_duty"))
    permitted(act.facts, kind, None, "manage_reminders", actor, asking=True)
    rows = session.execute(
        planned()
        .where(Duty.act_id == act.id, Duty.kind == kind, Duty.closed_at.is_(None))
        .order_by(Duty.id)
    ).all()
    today = local_date(now, assembly.zone())
    asked = [
        Asked(row, act.procedure, HOLDER, late=row.due_on is not None and row.due_on < today)
        for row in rows
    ]
    found = Directory(session, assembly.assembly(), asked, today)
    ids = [row.id for row in rows]
    lately = reminded_by_hand(session, ids, now - BREATH)
    last = last_reminded(session, ids)
    owed = owing(session, rows)
    people = []
    for row, one in zip(rows, asked, strict=True):
        recipients = found.recipients(one)
        people.append(
            Waited(
                duty=row.id,
                holder=owed[row.id].holder,
                due_on=row.due_on,
                overdue=one.late,
                reaches=[(each.person, recipient_words(each)) for each in recipients],
                last=last.get(row.id),
                in_peace=lately.get(row.id),
                stopped=row.stopped_on is not None,
                paused=is_paused(row.paused_at, row.paused_until, now),
            )
        )
    return Waiting(act, kind, i18n.title(defined.titles), people)
