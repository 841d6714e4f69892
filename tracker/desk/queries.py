"""Reading a desk: three statements, whatever is on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from tracker.acts.models import Act, ActBody, Heading
from tracker.acts.queries import current_heading
from tracker.desk.models import Seen
from tracker.duties.models import Duty
from tracker.duties.queries import owed_by
from tracker.permissions import has_body
from tracker.reviews.models import Review
from tracker.sittings.models import Position
from tracker.texts.models import Edition
from tracker.timeline.models import TimelineEntry
from workflows.facts import Actor
from workflows.machine import Compiled
from workflows.schema import Party

MOST = 50
"""How many duties of the actor are read, and of others; a desk is for today."""
_LATELY = 8


@dataclass(frozen=True, slots=True)
class Found:
    """The soonest of some duties; `more` says that there are others."""

    rows: Sequence[Row[Any]]
    more: bool


def duties(session: Session, actor: Actor, procedures: Iterable[Compiled]) -> tuple[Found, Found]:
    """Open duties, the soonest first: the actor's own and their seats', and those of others on acts
    that the actor answers for. Their ids are found first: among the joins of what a desk says of a
    duty, PostgreSQL does not know how few they are.
    """
    owed = select(Duty.id, Duty.due_on, true().label("own"))
    awaited = select(Duty.id, Duty.due_on, false().label("own")).join(Act, Act.id == Duty.act_id)
    parts = [owed.where(condition) for condition in owed_by(actor)]
    parts += [awaited.where(condition) for condition in _awaited(actor, procedures)]
    soonest = [part.order_by(Duty.due_on.nulls_last()).limit(MOST + 1).subquery() for part in parts]
    found = union_all(*(select(part) for part in soonest)).subquery()
    ids = session.execute(
        select(found.c.id, found.c.own).order_by(found.c.due_on.nulls_last(), found.c.id)
    ).all()
    mine, others = ([row.id for row in ids if row.own == own] for own in (True, False))
    shown = {*mine[:MOST], *others[:MOST]}
    rows = {row.id: row for row in session.execute(_duties(actor).where(Duty.id.in_(shown))).all()}

    def first(numbers: Sequence[int]) -> Found:
        return Found([rows[number] for number in numbers[:MOST]], len(numbers) > MOST)

    return first(mine), first(others)


def _awaited(actor: Actor, procedures: Iterable[Compiled]) -> Iterator[ColumnElement[bool]]:
    """Open duties of others on acts that the actor answers for: a condition a kind of duty, as an
    index has the soonest of each.
    """
    of_kind: dict[str, list[ColumnElement[bool]]] = {}
    for procedure in procedures:
        for key, state in procedure.definition.states.items():
            answers = _answers(actor, state.secretary) if state.secretary else None
            if answers is None:
                continue
            stands = and_(
                Act.procedure_key == procedure.key,
                Act.procedure_version == procedure.version,
                Act.state == key,
                answers,
            )
            for kind in _owed_by_others(procedure, key):
                of_kind.setdefault(kind, []).append(stands)
    own = or_(
        false(), *(and_(Duty.body_key == body, Duty.role == role) for body, role in actor.roles)
    )
    for kind, acts in of_kind.items():
        yield and_(
            Duty.closed_at.is_(None),
            Duty.kind == kind,
            or_(Duty.person_id.is_(None), Duty.person_id != actor.person),
            or_(Duty.body_key.is_(None), not_(own)),
            or_(*acts),
        )


def _answers(actor: Actor, secretary: Party) -> ColumnElement[bool] | None:
    """The acts of a state for which the actor answers, by a seat of theirs; None: by no seat."""
    bodies = [body for body, role in sorted(actor.roles) if role == secretary.role]
    if secretary.scope == "body":
        return true() if secretary.body in bodies else None
    if not bodies:
        return None
    return has_body(ActBody.part == secretary.body, ActBody.body_key.in_(bodies))


def _owed_by_others(procedure: Compiled, key: str) -> Iterator[str]:
    """The kinds of duties that others than its secretary may owe in a state. What another state
    opens has ended; what no state opens, such as an opinion or a reply, may be owed in any.
    """
    states, state = procedure.definition.states, procedure.state(key)
    elsewhere = {duty for each in states.values() for duty in each.duties}.difference(state.duties)
    for name, kind in procedure.definition.duties.items():
        if name not in elsewhere and kind.holder != state.secretary:
            yield name


def done_lately(session: Session, actor: Actor, since: datetime) -> Sequence[Row[Any]]:
    """What the actor recorded since an instant, the newest first."""
    columns: list[Any] = [
        Act.reference,
        Act.procedure_key,
        Act.procedure_version,
        Heading.titles,
        TimelineEntry.n,
        TimelineEntry.action,
        TimelineEntry.recorded_at,
    ]
    newest = (
        select(TimelineEntry.act_id, TimelineEntry.n)
        .where(TimelineEntry.actor_id == actor.person, TimelineEntry.recorded_at >= since)
        .order_by(TimelineEntry.recorded_at.desc())
        .limit(_LATELY)
        .subquery()
    )
    return session.execute(
        select(*columns)
        .join(
            newest,
            and_(newest.c.act_id == TimelineEntry.act_id, newest.c.n == TimelineEntry.n),
        )
        .join(Act, Act.id == TimelineEntry.act_id)
        .join(Heading, current_heading())
        .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.n.desc())
    ).all()


def _duties(actor: Actor) -> Select[Any]:
    """Duties with what the desk says of each: its act, the step it came from, how far it is."""
    in_visit = and_(Review.act_id == Act.id, Review.visit == Act.visit)
    entry, own = TimelineEntry, aliased(Review)
    columns: list[Any] = [
        Duty.id, Duty.kind, Duty.person_id, Duty.body_key, Duty.role, Duty.action,
        Duty.due_on, Duty.calendar, Duty.opened_at, Duty.opened_n,
        Duty.stopped_on, Duty.days_left, Duty.left_in,
        Act.id.label("act_id"), Act.reference, Act.state, Act.version, Act.edition,
        Act.procedure_key, Act.procedure_version, Heading.titles,
        entry.action.label("by_action"), entry.decided_on, entry.decided_precision,
        Seen.n.label("seen_n"),
        exists(
            select(Edition.n).where(
                Edition.act_id == Act.id, Edition.n == Act.edition, Edition.visit == Act.visit
            )
        ).label("edition_in"),
        _count(Review, in_visit, Review.state.in_(("invited", "accepted"))).label("asked"),
        _count(Review, in_visit, Review.state == "submitted").label("opinions"),
        _count(
            Position, Position.act_id == Act.id, Position.visit == Act.visit,
            Position.replaced_n.is_(None),
        ).label("positions"),
        own.id.label("review"), own.state.label("review_state"),
        own.edition.label("review_edition"),
    ]  # fmt: skip
    return (
        select(*columns)
        .join(Act, Act.id == Duty.act_id)
        .join(Heading, current_heading())
        .join(entry, and_(entry.act_id == Duty.act_id, entry.n == Duty.opened_n))
        .outerjoin(own, own.duty_id == Duty.id)
        .outerjoin(Seen, and_(Seen.act_id == Act.id, Seen.person_id == actor.person))
    )


def _count(model: Any, *conditions: ColumnElement[bool]) -> Any:
    return (
        select(func.count()).select_from(model).where(*conditions).correlate(Act).scalar_subquery()
    )
