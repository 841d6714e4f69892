"""Reading acts: the rows a step needs, one query a topic for any number of acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import True_
from sqlalchemy.sql.functions import FunctionElement

from tracker.acts.models import Act, ActBody, ActNumber, Heading
from tracker.db import AnyRow, Executor, connection_of
from tracker.following.models import Follow
from tracker.paging import Page, Paging
from tracker.people.models import CalendarDay, CalendarPeriod
from tracker.permissions import VISIBLE, sight
from tracker.prepared import Prepared, any_of, read, read_locked
from tracker.texts.models import Edition
from workflows.assembly_schema import Assembly
from workflows.facts import Actor

_SPACE: Any = literal_column("' '")
_PARTS = (
    select(func.aggregate_strings(ActBody.part + ":" + ActBody.body_key, _SPACE))
    .where(ActBody.act_id == Act.id)
    .scalar_subquery()
    .label("parts")
)
ACT = (
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
    _PARTS,
    exists(
        select(Edition.n).where(
            Edition.act_id == Act.id, Edition.n == Act.edition, Edition.frozen_n.is_(None)
        )
    ).label("edition_open"),
    or_(exists(select(CalendarDay.day)), exists(select(CalendarPeriod.id))).label(
        "calendar_changed"
    ),
    or_(
        exists(select(Follow.id).where(Follow.act_id == Act.id)),
        exists(
            select(Follow.id)
            .join(ActBody, and_(ActBody.body_key == Follow.body_key, ActBody.part == "lead"))
            .where(ActBody.act_id == Act.id)
        ),
    ).label("followed"),
)
"""What a step reads of an act first: its row, its present heading, the bodies that have a part in
it (`bodies_of`), whether no decision has frozen its current edition, whether any day of a calendar
was changed, and whether anybody follows it."""


class _Holds(FunctionElement[bool]):
    """Whether a text has another in it, to the letter: a third of the time that LIKE takes."""

    type = Boolean()
    inherit_cache = True


@compiles(_Holds, "sqlite")
def _instr(element: _Holds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kwargs)}) > 0"


@compiles(_Holds, "postgresql")
def _strpos(element: _Holds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kwargs)}) > 0"


def mentions(word: str) -> ColumnElement[bool]:
    """Whether an act's present titles or its reference have a folded word in them."""
    return _Holds(Heading.search, word)


def find_acts(
    session: Session,
    paging: Paging,
    *,
    of_act: Iterable[ColumnElement[bool]],
    of_heading: Sequence[ColumnElement[bool]] = (),
    order: Sequence[Any] = (),
) -> Page[int]:
    """The numbers of a page of the acts for which these conditions hold, in this order, else the
    newest first. One statement where it has the last of them, else two.

    An act's summary is read by its number afterwards: among the joins of one PostgreSQL does not
    know how few are wanted. A table of which nothing is asked is not read.
    """
    of_act = [condition for condition in of_act if not isinstance(condition, True_)]
    number: Any = Act.id
    if order or (of_act and of_heading):
        found = select(number).join(Heading, current_heading())
    elif of_heading:
        number = Heading.act_id
        found = select(number).where(Heading.until_n.is_(None))
    else:
        found = select(number)
    found = found.where(*of_act, *of_heading)
    page = found.order_by(*order, number.desc()).limit(paging.per_page).offset(paging.offset)
    ids = session.scalars(page).all()
    if len(ids) < paging.per_page and (ids or not paging.offset):
        return Page(ids, paging.offset + len(ids), paging)
    if paging.counted is None:
        counted = found.with_only_columns(func.count(), maintain_column_froms=True)
        return Page(ids, session.scalar(counted) or 0, paging)
    most = paging.offset + paging.counted
    some = found.order_by(number.desc()).limit(most + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    return Page(ids, min(total, most), paging, more=total > most)


def current_heading() -> Any:
    """How to join the heading an act has now."""
    return and_(Heading.act_id == Act.id, Heading.until_n.is_(None))


_ACTS = select(*ACT).join(Heading, current_heading()).order_by(Act.id)
_BY_NUMBER = Prepared(_ACTS.where(any_of(Act.id, "ids")))
_SEEN = Prepared(_ACTS.where(any_of(Act.reference, "references"), VISIBLE))
_LOCK = Prepared(
    select(Act.id)
    .where(any_of(Act.reference, "references"))
    .order_by(Act.id)
    .with_for_update(of=Act)
)
_LOCK_ONE = Prepared(select(Act.id).where(Act.id == bindparam("act")).with_for_update(of=Act))
_PARTS_OF = Prepared(select(Act.id, _PARTS).where(any_of(Act.id, "ids")))
_HOLD_NUMBERS = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key"), 0)).label("held"))
)
_TAKEN = Prepared(
    select(ActNumber.number).where(
        ActNumber.format == bindparam("format"), any_of(ActNumber.number, "numbers")
    )
)


def seen_acts(
    on: Executor,
    assembly: Assembly,
    actor: Actor,
    references: Iterable[str],
    *,
    lock: bool = False,
) -> Sequence[AnyRow]:
    """Those acts (`ACT`) that the actor may know of, in the order of their numbers.

    `lock` holds them until the unit of work ends. The order keeps two operations from waiting for
    each other; SQLite has one writer and needs no row lock. The lock is a statement of its own:
    one that reads too would give whoever waited for it what other tables held before.
    """
    asked = sorted({each for each in references if each.isprintable()})
    who = sight(assembly, actor)
    if lock and connection_of(on).dialect.name == "postgresql":
        return read_locked(on, _LOCK, _SEEN, which="references", references=asked, **who)
    return read(on, _SEEN, references=asked, **who)


def lock_act(on: Executor, act: int) -> AnyRow:
    """An act (`ACT`) for a job, which sees all; it is held until the unit of work ends."""
    if connection_of(on).dialect.name == "postgresql":
        read(on, _LOCK_ONE, act=act)
    return act_rows(on, [act])[0]


def act_id(on: Executor, assembly: Assembly, actor: Actor, reference: str) -> int | None:
    """The number of an act that the actor may know of."""
    found = seen_acts(on, assembly, actor, [reference])
    return found[0].id if found else None


def act_rows(on: Executor, ids: Iterable[int]) -> Sequence[AnyRow]:
    """Acts (`ACT`), in the order of their numbers."""
    return read(on, _BY_NUMBER, ids=sorted(set(ids)))


def bodies_of(row: AnyRow) -> Mapping[str, tuple[str, ...]]:
    """The bodies of an act by their part in it, in the order of their keys."""
    found: dict[str, tuple[str, ...]] = {}
    for item in sorted((row.parts or "").split()):
        part, body = item.split(":")
        found[part] = (*found.get(part, ()), body)
    return found


def parts(on: Executor, ids: Iterable[int]) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    """The same for acts that are not read otherwise, by their number."""
    return {row.id: bodies_of(row) for row in read(on, _PARTS_OF, ids=sorted(set(ids)))}


def hold_numbers(on: Executor, format_: str) -> None:
    """Let nobody else give numbers of a format until the unit of work ends; SQLite has one writer
    and needs no lock.
    """
    if connection_of(on).dialect.name == "postgresql":
        read(on, _HOLD_NUMBERS, key=f"act_number {format_}")


def taken_numbers(on: Executor, format_: str, numbers: Iterable[str]) -> frozenset[str]:
    """Which of the numbers were given before."""
    found = read(on, _TAKEN, format=format_, numbers=sorted(set(numbers)))
    return frozenset(row.number for row in found)
