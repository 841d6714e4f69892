"""What will be sent: reminders of the days to come, as the sweep will say them, in words.

Read by the secretariat's page and by the command line. It plans as the sweep does, over the duties
that the sweep would look at until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.acts.models import Act
from tracker.acts.summaries import seat_title
from tracker.db import AnyRow
from tracker.duties.models import SILENT, Duty
from tracker.duties.planning import Batch, planned, read_batch
from tracker.duties.recipients import HOLDER, Directory
from tracker.duties.reminding import is_paused
from tracker.duties.saying import asked_at
from tracker.duties.words import no_date_words, recipient_words, when_words
from tracker.i18n import gettext as _
from tracker.people.queries import persons
from tracker.permissions import concerned
from workflows.calendars import local_date
from workflows.facts import Actor, Person
from workflows.reminders import Foreseen, forecast

MOST = 1000
"""How many duties are planned for one page; the soonest come first."""
DAYS = 14
MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty as a reminder speaks of it. Without a date, `why_no_date` says so."""

    id: int
    reference: str
    titles: Mapping[str, str]
    title: str
    holder: str
    due_on: date | None
    calendar: str
    why_no_date: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder that will be sent from the instant `at`. `recipients` are those whom the
    directory gives today, with reasons in words; where there are none, nobody will hear it.
    """

    at: datetime
    day: date
    duty: Owed
    rule: str
    occurrence: int
    when: str
    escalates: bool
    late: bool
    recipients: Sequence[tuple[Person, str]]
    folded: int
    """How many older steps it stands for."""
    approximate: bool
    """Whether it counts calendar days, as its calendar has no data for working ones."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A duty of which nothing will be said, and why."""

    duty: Owed
    why: str
    until: date | None
    paused: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will be sent. It is whole until the instant `until`; `cut` says that this is earlier
    than was asked, because there is too much.
    """

    lines: Sequence[Line]
    silent: Sequence[Silent]
    until: datetime
    cut: bool

    @property
    def days(self) -> list[tuple[date, list[Line]]]:
        found: dict[date, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.day, []).append(line)
        return list(found.items())


def read_forecast(
    session: Session,
    now: datetime,
    *,
    actor: Actor | None = None,
    days: int = DAYS,
    reference: str | None = None,
    person: int | None = None,
    duty: int | None = None,
    most: int = MOST,
) -> Forecast:
    """The reminders of the next days on the acts that the actor sees, of one act or duty, or to
    one person: a fixed number of statements. Without an actor, of all acts.
    """
    until = now + timedelta(days=days)
    where = list(_narrowed(actor, reference, duty))
    rows = session.execute(
        planned()
        .where(Duty.closed_at.is_(None), Duty.next_reminder_at <= until, *where)
        .order_by(Duty.next_reminder_at, Duty.id)
        .limit(most + 1)
    ).all()
    cut = len(rows) > most
    if cut:
        until = max(now, rows[most].next_reminder_at - timedelta(microseconds=1))
        rows = rows[:most]
    quiet = session.execute(planned().where(SILENT, *where).order_by(Duty.id).limit(most)).all()
    batch = read_batch(session, rows)
    foreseen = forecast(batch.duties, batch.ledger, now, until)
    duties = owing(session, [*rows, *quiet])
    lines = _lines(session, batch, foreseen, duties, now)
    if person is not None:
        lines = [line for line in lines if any(who.id == person for who, _why in line.recipients)]
    return Forecast(lines, list(_silent(quiet, duties, now)), until, cut)


def _narrowed(actor: Actor | None, reference: str | None, duty: int | None) -> Iterator[Any]:
    if actor is not None:
        yield concerned(assembly.assembly(), actor)
    if reference is not None:
        yield Act.reference == reference
    if duty is not None:
        yield Duty.id == duty


def _lines(
    session: Session,
    batch: Batch,
    foreseen: Sequence[Foreseen],
    duties: Mapping[int, Owed],
    now: datetime,
) -> list[Line]:
    asked = [asked_at(batch, each.reminder, each.at) for each in foreseen]
    found = Directory(session, assembly.assembly(), asked, local_date(now, assembly.zone()))
    rules = {(duty.id, rule.id): rule.unit for duty in batch.duties for rule in duty.rules}
    lines = []
    for each, one in zip(foreseen, asked, strict=True):
        reminder, row = each.reminder, one.duty
        recipients = found.recipients(one)
        lines.append(
            Line(
                at=each.at,
                day=local_date(each.at, row.zone),
                duty=duties[row.id],
                rule=reminder.rule_id,
                occurrence=reminder.occurrence,
                when=when_words((local_date(reminder.at, row.zone) - row.due_on).days),
                escalates=reminder.audience != HOLDER,
                late=one.late,
                recipients=[(each.person, recipient_words(each)) for each in recipients],
                folded=len(reminder.coalesced),
                approximate=reminder.counted_in != rules[row.id, reminder.rule_id],
            )
        )
    return lines


def _silent(rows: Iterable[AnyRow], duties: Mapping[int, Owed], now: datetime) -> Iterator[Silent]:
    for row in rows:
        duty = duties[row.id]
        if is_paused(row.paused_at, row.paused_until, now):
            yield Silent(duty, str(_("reminders are paused")), row.paused_until, paused=True)
        elif duty.why_no_date is not None and row.due_on is None:
            yield Silent(duty, duty.why_no_date, None, paused=False)


def owing(session: Session, rows: Sequence[AnyRow]) -> dict[int, Owed]:
    """Duties in words, with the names of those who owe them personally: one statement."""
    people = persons(session, {row.person_id for row in rows if row.person_id is not None})
    return {row.id: owed(session, row, people) for row in rows}


def owed(session: Session, row: AnyRow, people: Mapping[int, Person]) -> Owed:
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    person = people.get(row.person_id or 0)
    return Owed(
        id=row.id,
        reference=row.reference,
        titles=row.titles,
        title=i18n.title(procedure.definition.duties[row.kind].titles),
        holder=person.name(i18n.language()) if person else seat_title(row.body_key, row.role or ""),
        due_on=row.due_on,
        calendar=row.calendar,
        why_no_date=None if row.due_on else no_date_words(row),
    )


def duty_row(session: Session, duty_id: int) -> AnyRow | None:
    """One duty by its number, open or not."""
    return session.execute(planned().where(Duty.id == duty_id)).one_or_none()
