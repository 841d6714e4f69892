"""Who follows an act, and what somebody follows: one rule for queueing, sending and foreseeing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act, ActBody, Heading
from tracker.acts.queries import current_heading
from tracker.db import AnyRow
from tracker.following.models import Follow
from tracker.notices.models import Notice
from tracker.people.models import Person
from tracker.permissions import sight_on, visible, visible_to
from tracker.prepared import Prepared, any_of, read
from workflows.assembly_schema import Assembly
from workflows.facts import Actor


def _leads() -> ColumnElement[bool]:
    """Whether the followed body leads the act."""
    led = select(ActBody.body_key).where(ActBody.act_id == Act.id, ActBody.part == "lead")
    return Follow.body_key.in_(led)


_STILL = Prepared(
    select(Notice.id)
    .join(Act, Act.id == Notice.act_id)
    .join(
        Follow, and_(Follow.person_id == Notice.person_id, or_(Follow.act_id == Act.id, _leads()))
    )
    .where(any_of(Notice.id, "ids"), visible_to(Notice.person_id))
)
_COUNT = Prepared(
    select(func.count(func.distinct(Follow.person_id)).label("followers"))
    .join(Person, and_(Person.id == Follow.person_id, Person.active))
    .join(Act, or_(Follow.act_id == Act.id, _leads()))
    .where(
        Act.id == bindparam("act"),
        not_(any_of(Follow.person_id, "told")),
        visible_to(Follow.person_id),
    )
)


def still_followed(
    session: Session, assembly: Assembly, ids: Iterable[int], day: date
) -> frozenset[int]:
    """Those of some notices whose reader follows the act still, and may see it. One statement."""
    rows = read(session, _STILL, ids=sorted(ids), **sight_on(assembly, day))
    return frozenset(row.id for row in rows)


def count_followers(
    session: Session, assembly: Assembly, act_id: int, told: Iterable[int], day: date
) -> int:
    """How many hear of a move of the act only because they follow it. One statement."""
    values = {"act": act_id, "told": sorted(set(told)), **sight_on(assembly, day)}
    (row,) = read(session, _COUNT, **values)
    return int(row.followers)


@dataclass(frozen=True, slots=True)
class Following:
    """What somebody follows: an act with its titles, or a body. `seen`: whether they may see the
    act still; one that they may not is not named.
    """

    id: int
    reference: str | None
    titles: Any
    body: str | None
    seen: bool


def followed_by(session: Session, assembly: Assembly, actor: Actor) -> list[Following]:
    """All that a person follows, bodies first, then acts, the latest first. One statement."""
    rows = session.execute(
        select(
            Follow.id,
            Follow.body_key,
            Follow.act_id,
            Act.reference,
            Heading.titles,
            visible(assembly, actor).label("seen"),
        )
        .outerjoin(Act, Act.id == Follow.act_id)
        .outerjoin(Heading, and_(Heading.act_id == Act.id, current_heading()))
        .where(Follow.person_id == actor.person)
        .order_by(Follow.act_id.is_not(None), Follow.id.desc())
    )
    return [_following(row) for row in rows]


def _following(row: AnyRow) -> Following:
    seen = row.act_id is None or bool(row.seen)
    reference, titles = (row.reference, row.titles) if seen else (None, None)
    return Following(row.id, reference, titles, row.body_key, seen)


def follows(
    session: Session, person: int | None, *, act_id: int | None = None, body: str | None = None
) -> bool:
    """Whether somebody follows one act, or one body."""
    this = Follow.act_id == act_id if body is None else Follow.body_key == body
    found = session.scalar(select(Follow.id).where(Follow.person_id == person, this))
    return found is not None
