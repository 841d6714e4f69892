"""An act in its first line: where it stands, with whom, since when, until when, what was last.

One statement reads any number of acts. Who sees an act only because it is public gets its public
form: bodies and steps, never persons, dates owed, opinions or positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from tracker import assembly, i18n
from tracker.acts.models import Act, ActBody, ActNumber, Heading, Visit
from tracker.acts.queries import ACT, bodies_of, current_heading
from tracker.duties.models import Duty
from tracker.errors import NotFound
from tracker.people.models import Person as PersonRow
from tracker.people.queries import directory, person_as, person_at
from tracker.permissions import concerned, has_body, may_read, visible
from tracker.timeline.models import TimelineEntry
from tracker.timeline.queries import undone
from tracker.timeline.words import event_title
from workflows.calendars import local_date
from workflows.decided import Decided
from workflows.facts import ActFacts, Actor, EditionFacts, Person, Refusal, Setting
from workflows.machine import Compiled
from workflows.schema import Party

ENTERED, LAST, STEP = (aliased(TimelineEntry) for _ in range(3))
LAST_ACTOR, STEP_ACTOR = aliased(PersonRow), aliased(PersonRow)
_ENTRY = (
    "n", "action", "before", "after", "body", "decided_on", "decided_precision", "basis",
    "recorded_at", "actor_id", "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Its actor and recording are for people inside."""

    n: int
    action: str
    title: str
    before: str | None
    after: str
    body: str | None
    decided: Decided | None
    basis: str | None
    recorded_at: datetime | None
    actor: Person | None


@dataclass(frozen=True, slots=True)
class Holder:
    """With whom an act is: a role in a body, or in each of several bodies (`body` is None)."""

    body: str | None
    role: str
    title: str
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an act waits for; the code is stable, the message in the present language."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Summary:
    """An act in its first line. `inside` says whether the actor sees it from inside; the public
    form has no `due`, no persons and only public events.
    """

    id: int
    reference: str
    kind: str
    titles: Mapping[str, str]
    procedure: Compiled
    state: str
    stage: str
    state_title: str
    holder: Holder | None
    since: date
    due: date | None
    overdue: bool
    version: int
    visibility: str
    inside: bool
    last_event: Event | None
    last_step: Event | None
    """The last step that stands: what the status line says."""
    waits: Waiting | None
    number: str | None
    initiator: str | None
    lead_body: str | None
    facts: ActFacts
    """Enough for asking `permissions.may`; a dossier has all of them."""


def own_duty_due() -> ColumnElement[date | None]:
    """When what the present state asks falls due: the earliest date among the open duties that
    entering it opened. Opinions and requests have dates of their own.
    """
    return (
        select(func.min(Duty.due_on))
        .where(Duty.act_id == Act.id, Duty.closed_at.is_(None), Duty.opened_n == Act.visit)
        .correlate(Act)
        .scalar_subquery()
    )


def entered_on() -> ColumnElement[date]:
    """Since when an act stands in its state, as a column to order by."""
    return (
        select(func.coalesce(Visit.entered_on, func.date(TimelineEntry.recorded_at)))
        .join(TimelineEntry, and_(TimelineEntry.act_id == Visit.act_id, TimelineEntry.n == Visit.n))
        .where(Visit.act_id == Act.id, Visit.n == Act.visit)
        .correlate(Act)
        .scalar_subquery()
    )


def is_late(today: date) -> ColumnElement[bool]:
    """Whether what the present state asks was due before today. The few that are late are found
    by their duties.
    """
    duty = aliased(Duty)
    return Act.id.in_(
        select(duty.act_id)
        .join(standing := aliased(Act), standing.id == duty.act_id)
        .where(duty.closed_at.is_(None), duty.due_on < today, duty.opened_n == standing.visit)
    )


def visible_due(inside: ColumnElement[bool]) -> ColumnElement[date | None]:
    """The same for people inside, None for others."""
    return case((inside, own_duty_due()), else_=null())


def _standing_step(inside: ColumnElement[bool]) -> ColumnElement[int | None]:
    """The number of the last step that stands; one without a source only for people inside.
    Steps alone have a date of decision, known or not.
    """
    entry = aliased(TimelineEntry)
    return (
        select(func.max(entry.n))
        .where(
            entry.act_id == Act.id,
            entry.decided_precision.is_not(None),
            entry.action != "request",
            entry.n.not_in(undone(Act.id).correlate(Act)),
            or_(inside, entry.basis.is_(None), entry.basis != "assumed"),
        )
        .correlate(Act)
        .scalar_subquery()
    )


def _event_columns(name: str, entry: Any, person: Any) -> list[Any]:
    return [
        *(getattr(entry, column).label(f"{name}_{column}") for column in _ENTRY),
        *person_as(f"{name}_doer", person),
    ]


def statement(actor: Actor) -> Select[Any]:
    """What `summarise` reads; the caller adds which acts, in which order."""
    inside = concerned(assembly.assembly(), actor)
    number = (
        select(ActNumber.number)
        .where(ActNumber.act_id == Act.id, ActNumber.given_n.not_in(undone(Act.id).correlate(Act)))
        .correlate(Act)
        .limit(1)
        .scalar_subquery()
    )
    columns: list[Any] = [
        *ACT,
        Act.initiator,
        Visit.entered_on,
        ENTERED.recorded_at.label("entered_at"),
        inside.label("inside"),
        visible_due(inside).label("due"),
        number.label("number"),
        *_event_columns("last", LAST, LAST_ACTOR),
        *_event_columns("step", STEP, STEP_ACTOR),
    ]
    return (
        select(*columns)
        .join(Heading, current_heading())
        .join(Visit, and_(Visit.act_id == Act.id, Visit.n == Act.visit))
        .join(ENTERED, and_(ENTERED.act_id == Act.id, ENTERED.n == Visit.n))
        .join(LAST, and_(LAST.act_id == Act.id, LAST.n == Act.version))
        .outerjoin(LAST_ACTOR, LAST_ACTOR.id == LAST.actor_id)
        .outerjoin(STEP, and_(STEP.act_id == Act.id, STEP.n == _standing_step(inside)))
        .outerjoin(STEP_ACTOR, STEP_ACTOR.id == STEP.actor_id)
    )


def summarise(
    session: Session, rows: Sequence[Row[Any]], actor: Actor, now: datetime
) -> list[Summary]:
    """Acts from rows of `statement`, with the people who hold them: one statement."""
    setting = Setting(assembly.assembly(), {})
    found = [light_facts(session, row, setting, bodies_of(row)) for row in rows]
    holders = [_holder_party(facts) for facts in found]
    seats = {
        seat
        for row, facts, party in zip(rows, found, holders, strict=True)
        if party is not None and row.inside
        for seat in facts.seats(party)
    }
    people = directory(session, seats, local_date(now, setting.assembly.zone))
    known = replace(setting, people=people)
    return [
        summary(row, replace(facts, setting=known), actor, now)
        for row, facts in zip(rows, found, strict=True)
    ]


def read_by_number(
    session: Session, ids: Sequence[int], actor: Actor, now: datetime
) -> list[Summary]:
    """Acts of these numbers, in their order: two statements. Whether the actor may know of them
    is asked where they are found.
    """
    rows = session.execute(statement(actor).where(Act.id.in_(ids))).all() if ids else []
    place = {number: at for at, number in enumerate(ids)}
    return summarise(session, sorted(rows, key=lambda row: place[row.id]), actor, now)


def visible_row(session: Session, reference: str, actor: Actor) -> Row[Any]:
    """The row of an act that the actor may know of; raises NotFound."""
    row = session.execute(
        statement(actor).where(Act.reference == reference, visible(assembly.assembly(), actor))
    ).one_or_none()
    if row is None:
        raise NotFound(Refusal("no_such_act"))
    return row


def find_inside(session: Session, reference: str, actor: Actor, now: datetime) -> Summary:
    """An act that the actor sees from inside; raises NotFound, also where it is only public."""
    row = session.execute(
        statement(actor).where(Act.reference == reference, concerned(assembly.assembly(), actor))
    ).one_or_none()
    if row is None:
        raise NotFound(Refusal("no_such_act"))
    return summarise(session, [row], actor, now)[0]


def find_visible(
    session: Session, references: Iterable[str], actor: Actor, now: datetime
) -> Mapping[str, Summary]:
    """Those of the acts that the actor may know of, by reference."""
    rows = session.execute(
        statement(actor).where(
            Act.reference.in_(sorted({each for each in references if each.isprintable()})),
            visible(assembly.assembly(), actor),
        )
    ).all()
    return {act.reference: act for act in summarise(session, rows, actor, now)}


def light_facts(
    session: Session, row: Row[Any], setting: Setting, bodies: Mapping[str, tuple[str, ...]]
) -> ActFacts:
    """Facts about an act without what its steps need."""
    return ActFacts(
        setting=setting,
        procedure=assembly.procedure(session, row.procedure_key, row.procedure_version),
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        titles=row.titles,
        state=row.state,
        version=row.version,
        visit=row.visit,
        bodies=bodies,
        floor=row.floor,
        edition=EditionFacts(row.edition),
    )


def _holder_party(facts: ActFacts) -> Party | None:
    return facts.procedure.state(facts.state).holder


def summary(
    row: Row[Any],
    facts: ActFacts,
    actor: Actor,
    now: datetime,
) -> Summary:
    """One act, in the form that is the actor's to see."""
    rules = facts.setting.assembly
    inside = bool(row.inside)
    state = facts.procedure.state(row.state)
    step = _event(row, "step", facts, inside=inside)
    readable = inside and may_read(
        rules, actor, facts, row.last_action, row.last_actor_id, row.last_data
    )
    waits = (
        Waiting(next(iter(state.duties), row.state), i18n.title(state.waits))
        if state.waits
        else None
    )
    initiator = row.initiator if inside or row.initiator in rules.bodies else None
    return Summary(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        titles=row.titles,
        procedure=facts.procedure,
        state=row.state,
        stage=row.stage,
        state_title=i18n.title(state.titles),
        holder=holder_of(facts, facts.setting.people if inside else {}),
        since=row.entered_on or local_date(row.entered_at, rules.zone),
        due=row.due,
        overdue=row.due is not None and row.due < local_date(now, rules.zone),
        version=row.version,
        visibility=row.visibility,
        inside=inside,
        last_event=_event(row, "last", facts, inside=True) if readable else step,
        last_step=step,
        waits=waits,
        number=row.number,
        initiator=initiator,
        lead_body=next(iter(facts.bodies.get("lead", ())), None),
        facts=facts,
    )


def holder_of(
    facts: ActFacts, people: Mapping[tuple[str, str], tuple[Person, ...]]
) -> Holder | None:
    """With whom the act is now; None in a final state."""
    party = _holder_party(facts)
    if party is None:
        return None
    seats = facts.seats(party)
    body = seats[0][0] if len(seats) == 1 else None
    persons = {person.id: person for seat in seats for person in people.get(seat, ())}
    return Holder(body, party.role, seat_title(body, party.role), tuple(persons.values()))


def seat_title(body: str | None, role: str) -> str:
    """A role in a body, in the present language: as one phrase where the language has the body's
    name for it, else the body first. A body that is called like its role is not said twice.
    """
    rules = assembly.assembly()
    title = i18n.title(rules.roles[role]) if role in rules.roles else role
    if body not in rules.bodies:
        return title
    if declined := i18n.declined(rules.bodies[body]):
        return f"{title} {declined}"
    name = i18n.title(rules.bodies[body].titles)
    return title if name == title else f"{name}, {title}"


def _event(row: Row[Any], name: str, facts: ActFacts, *, inside: bool) -> Event | None:
    found = {column: getattr(row, f"{name}_{column}") for column in _ENTRY}
    if found["n"] is None:
        return None
    precision = found["decided_precision"]
    return Event(
        n=found["n"],
        action=found["action"],
        title=event_title(facts.procedure, found["action"]),
        before=found["before"],
        after=found["after"],
        body=found["body"],
        decided=Decided(found["decided_on"], precision) if precision else None,
        basis=found["basis"],
        recorded_at=found["recorded_at"] if inside else None,
        actor=person_at(row, f"{name}_doer") if inside else None,
    )


def part_is(body: str, part: str) -> ColumnElement[bool]:
    """Whether a body has this part in the act."""
    return has_body(ActBody.body_key == body, ActBody.part == part)
