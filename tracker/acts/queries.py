"""Reading acts: the rows a step needs, one query a topic for any number of acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act, ActBody, ActNumber, Heading
from tracker.permissions import visible
from workflows.facts import Actor
from workflows.schema import Assembly

_ACT = (
    Act.id,
    Act.reference,
    Act.procedure_key,
    Act.procedure_version,
    Act.state,
    Act.stage,
    Act.visibility,
    Act.version,
    Act.head,
    Act.visit,
    Act.floor,
    Act.edition,
    Heading.kind,
    Heading.titles,
)


def current_heading() -> Any:
    """How to join the heading an act has now."""
    return and_(Heading.act_id == Act.id, Heading.until_n.is_(None))


def _rows(ids: Sequence[int]) -> Select[Any]:
    return select(*_ACT).join(Heading, current_heading()).where(Act.id.in_(ids)).order_by(Act.id)


def act_rows(session: Session, ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Acts with their present heading, in the order of their numbers."""
    return session.execute(_rows(sorted(set(ids)))).all()


def lock_acts(session: Session, ids: Iterable[int]) -> Sequence[Row[Any]]:
    """The same, locked until the unit of work ends. The order of the numbers keeps two
    operations from waiting for each other; SQLite has one writer and needs no row lock.
    """
    return session.execute(_rows(sorted(set(ids))).with_for_update(of=Act)).all()


def act_id(session: Session, assembly: Assembly, actor: Actor, reference: str) -> int | None:
    """The number of an act that the actor may know of."""
    if not reference.isprintable():
        return None
    return session.scalar(
        select(Act.id).where(Act.reference == reference, visible(assembly, actor))
    )


def act_ids(
    session: Session, assembly: Assembly, actor: Actor, references: Iterable[str]
) -> Mapping[str, int]:
    """The numbers of those acts that the actor may know of, by reference."""
    rows = session.execute(
        select(Act.reference, Act.id).where(
            Act.reference.in_(sorted({each for each in references if each.isprintable()})),
            visible(assembly, actor),
        )
    )
    return {row.reference: row.id for row in rows}


def parts(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    """The bodies of each act by their part in it."""
    found: dict[int, dict[str, list[str]]] = {}
    for row in session.execute(
        select(ActBody.act_id, ActBody.part, ActBody.body_key)
        .where(ActBody.act_id.in_(ids))
        .order_by(ActBody.body_key)
    ):
        found.setdefault(row.act_id, {}).setdefault(row.part, []).append(row.body_key)
    return {
        act: {part: tuple(bodies) for part, bodies in mine.items()} for act, mine in found.items()
    }


def hold_numbers(session: Session, format_: str) -> None:
    """Let nobody else give numbers of a format until the unit of work ends; SQLite has one writer
    and needs no lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = func.hashtextextended(f"act_number {format_}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def taken_numbers(session: Session, format_: str, numbers: Iterable[str]) -> frozenset[str]:
    """Which of the numbers were given before."""
    return frozenset(
        session.scalars(
            select(ActNumber.number).where(
                ActNumber.format == format_, ActNumber.number.in_(sorted(set(numbers)))
            )
        )
    )
