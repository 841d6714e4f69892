"""How many remarks there are, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, null, or_, select
from sqlalchemy.orm import Session

from tracker.circulation.models import Addressee, Reply
from tracker.db import AnySelect
from tracker.remarks.models import Remark
from tracker.remarks.queries import OF_VOID_ROUND
from tracker.remarks.reading import MAIN, Sight


@dataclass(frozen=True, slots=True)
class Counts:
    """How many remarks there are and what became of them: a response counts once it is confirmed.
    `entered`: an edition carries them.
    """

    total: int = 0
    unanswered: int = 0
    proposed: int = 0
    confirmed: int = 0
    accepted: int = 0
    partly: int = 0
    not_accepted: int = 0
    noted: int = 0
    entered: int = 0
    void: int = 0
    """Of void rounds; they are in none of the other figures."""


def count_remarks(session: Session, sight: Sight, edition: int | None = None) -> Counts:
    """The figures of a table, merged remarks counted each. One statement."""
    rule = sight.rule if edition is None else and_(sight.rule, Remark.edition == edition)
    void = select(func.count(Remark.id)).where(rule, OF_VOID_ROUND).scalar_subquery()
    counted = _count(sight.response, sight.told(MAIN.carried_by)).where(rule).add_columns(void)
    return _counts(session.execute(counted).one())


def fate(session: Session, person: int, act_id: int, bodies: Sequence[str] = ()) -> Counts:
    """What became of the remarks that a person, or any of these bodies, made on an act: an answer
    counts once it is confirmed. One statement.
    """
    confirmed = MAIN.confirmed_at.is_not(None)
    response = case((confirmed, MAIN.response), else_=null())
    carried = case((confirmed, MAIN.carried_by), else_=null())
    own = or_(Remark.author_person == person, Remark.author_body.in_(bodies))
    counted = _count(response, carried).where(Remark.act_id == act_id, own)
    return _counts(session.execute(counted).one())


def fates_of_replies(
    session: Session, sight: Sight, addressees: Sequence[int]
) -> Mapping[int, Counts]:
    """What became of the remarks that addressees of circulations replied with, by addressee; of
    those that the actor sees. One statement.
    """
    counted = (
        _count(sight.response, sight.told(MAIN.carried_by))
        .add_columns(Reply.addressee_id)
        .join(Reply, Reply.id == Remark.reply_id)
        .where(sight.rule, Reply.addressee_id.in_(addressees))
        .group_by(Reply.addressee_id)
    )
    return {row.addressee_id: _counts(row[:-1]) for row in session.execute(counted)}


def rounds_with_remarks(session: Session, sight: Sight) -> Sequence[int]:
    """The rounds of circulation that brought remarks which the actor sees. One statement."""
    return session.scalars(
        select(Addressee.round)
        .join(Reply, Reply.addressee_id == Addressee.id)
        .join(Remark, Remark.reply_id == Reply.id)
        .where(sight.rule, Addressee.act_id == sight.facts.id)
        .distinct()
        .order_by(Addressee.round)
    ).all()


def _count(response: ColumnElement[Any], carried: ColumnElement[Any]) -> AnySelect:
    def those(clause: ColumnElement[bool], name: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((clause, 1), else_=0)), literal(0)).label(name)

    confirmed = MAIN.confirmed_at.is_not(None)
    return (
        select(
            func.count(Remark.id).label("total"),
            those(response.is_(None), "unanswered"),
            those(and_(response.is_not(None), MAIN.confirmed_at.is_(None)), "proposed"),
            those(confirmed, "confirmed"),
            *(
                those(and_(confirmed, response == key), key)
                for key in ("accepted", "partly", "not_accepted", "noted")
            ),
            those(carried.is_not(None), "entered"),
        )
        .join(MAIN, MAIN.id == func.coalesce(Remark.merged_into, Remark.id))
        .where(not_(OF_VOID_ROUND))
    )


def _counts(row: Any) -> Counts:
    return Counts(*(int(value) for value in row))


def author_bodies(session: Session, sight: Sight) -> Sequence[str]:
    """The bodies whose remarks the actor sees. One statement."""
    found = session.scalars(
        select(Remark.author_body)
        .where(sight.rule, Remark.author_body.is_not(None))
        .distinct()
        .order_by(Remark.author_body)
    )
    return [body for body in found if body is not None]
