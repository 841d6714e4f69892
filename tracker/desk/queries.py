"""Reading a desk: three statements, whatever is on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    literal,
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
from tracker.reviews.models import Review
from tracker.sittings.models import Position
from tracker.texts.models import Edition
from tracker.timeline.models import TimelineEntry
from workflows.facts import Actor
from workflows.machine import Compiled
from workflows.schema import Party

MOST = 100
"""How many rows of a group are read; a desk is for today, the list of acts has them all."""
_LATELY = 8
_FEW_STAGES = 2


def my_duties(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """The open duties of the actor, their own and their seats', the soonest first."""
    mine = _first_of_each(owed_by(actor))
    return session.execute(
        _duties(actor).where(Duty.id.in_(mine)).order_by(Duty.due_on.nulls_last(), Duty.id)
    ).all()


def awaited(session: Session, actor: Actor, procedures: Iterable[Compiled]) -> Sequence[Row[Any]]:
    """Open duties of others on acts that the actor answers for, the soonest first."""
    answered: dict[str, list[ColumnElement[bool]]] = {}
    for each in procedures:
        for scope, condition in _answers_for(each, actor.roles):
            answered.setdefault(scope, []).append(condition)
    if not answered:
        return []
    own = or_(
        false(), *(and_(Duty.body_key == body, Duty.role == role) for body, role in actor.roles)
    )
    others = and_(
        Duty.closed_at.is_(None),
        or_(Duty.person_id.is_(None), Duty.person_id != actor.person),
        or_(Duty.body_key.is_(None), not_(own)),
    )
    ids = _first_of_each([and_(or_(*each), others) for each in answered.values()], of_acts=True)
    return session.execute(
        _duties(actor)
        .where(Duty.id.in_(ids))
        .order_by(Duty.due_on.nulls_last(), Duty.id)
        .limit(MOST)
    ).all()


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


def _first_of_each(
    conditions: Sequence[ColumnElement[bool]], *, of_acts: bool = False
) -> Select[Any]:
    """Ids of the soonest duties under each condition; each part can follow one index."""
    duties = select(Duty.id)
    if of_acts:
        duties = duties.join(Act, Act.id == Duty.act_id)
    parts = [
        duties.where(condition).order_by(Duty.due_on.nulls_last()).limit(MOST).subquery()
        for condition in conditions
    ]
    return select(union_all(*(select(part.c.id) for part in parts)).subquery().c.id)


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


def _answers_for(
    procedure: Compiled, roles: Iterable[tuple[str, str]]
) -> list[tuple[str, ColumnElement[bool]]]:
    """Acts of a procedure whose present state has one of these seats as its secretary, and others
    who owe something; with the scope in which the secretary is named.
    """
    states: dict[Party, list[str]] = {}
    for key, state in procedure.definition.states.items():
        if state.secretary is not None and _others_owe(procedure, key):
            states.setdefault(state.secretary, []).append(key)
    found: list[tuple[str, ColumnElement[bool]]] = []
    for party, keys in states.items():
        bodies = [body for body, role in roles if role == party.role]
        if party.scope == "body" and party.body not in bodies:
            continue
        stages = sorted({procedure.state(key).stage for key in keys})
        part: ColumnElement[bool] = true()
        if party.scope == "act" or len(stages) <= _FEW_STAGES:
            # Few acts are meant: find them by their stage. Elsewhere the soonest duties lead.
            part = Act.stage.in_(stages)
        if party.scope == "act":
            part = and_(
                part,
                exists(
                    select(literal(1)).where(
                        ActBody.act_id == Act.id,
                        ActBody.part == party.body,
                        ActBody.body_key.in_(bodies),
                    )
                ),
            )
        if bodies:
            of_procedure = and_(
                Act.procedure_key == procedure.key,
                Act.procedure_version == procedure.version,
                Act.state.in_(keys),
            )
            found.append((party.scope, and_(of_procedure, part)))
    return found


def _others_owe(procedure: Compiled, key: str) -> bool:
    """Whether anybody but its secretary owes something in a state."""
    kinds, state = procedure.definition.duties, procedure.state(key)
    asks = "assign_review" in state.within or procedure.circulates(key)
    return asks or any(kinds[duty].holder != state.secretary for duty in state.duties)
