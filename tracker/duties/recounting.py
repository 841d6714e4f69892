"""Dates that were counted in working days, asked again once a calendar has changed.

A changed calendar moves nothing by itself. What it would move is listed, and moved only when
somebody says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import head_of
from tracker.acts.models import Act
from tracker.db import AnyRow, unit_of_work
from tracker.duties.dates import Moved, tell_moved
from tracker.duties.models import Duty
from tracker.duties.operations import move_due
from tracker.duties.planning import planned
from tracker.errors import Forbidden, Refused
from tracker.permissions import behalf, concerned, may
from tracker.timeline.operations import NewEntry, append
from workflows.calendars import Calendar, Deadline, DueRule, due
from workflows.facts import Actor, Refusal

MOST = 200
"""How many duties are listed and moved at once."""


@dataclass(frozen=True, slots=True)
class Recounted:
    """A duty that would have another date now."""

    row: AnyRow
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Recount:
    """What a calendar would move: the soonest `MOST`, and how many there are in all."""

    total: int
    items: Sequence[Recounted]


_TERM = (Duty.counted_from, Duty.counted_days, Duty.due_on)
_Term = tuple[date | None, int | None, date | None]


def recount(session: Session, calendar: str, actor: Actor) -> Recount:
    """Ask of every open duty whose date was counted in this calendar what it gives now: four
    statements at most. Those of one beginning and length are asked together.
    """
    sight = concerned(assembly.assembly(), actor)
    differing, total = _differing(session, calendar, sight)
    if not differing:
        return Recount(0, ())
    rows = session.execute(
        planned()
        .where(_open(calendar), sight, or_(false(), *(_of(term) for term in differing)))
        .order_by(Duty.due_on, Duty.id)
        .limit(MOST)
    ).all()
    calendars = assembly.calendars(session)
    return Recount(total, [_recounted(row, calendars) for row in rows])


def move_recounted(calendar: str, duties: Collection[int], *, actor: Actor, now: datetime) -> int:
    """Give those of the duties whose date would be another the one that their rule gives now; one
    entry an act, and their holders are told. Returns how many moved; raises Forbidden or Refused.
    """
    rules = assembly.assembly()
    if not may(rules, actor, "extend_duty"):
        raise Forbidden(Refusal("not_permitted"))
    with unit_of_work() as session:
        references = session.scalars(
            select(Act.reference)
            .join(Duty, Duty.act_id == Act.id)
            .where(Duty.id.in_(sorted(duties)[:MOST]))
            .distinct()
        ).all()
        seen = queries.seen_acts(session, rules, actor, references, lock=True)
        acts = {row.id: row for row in seen}
        rows = session.execute(
            planned()
            .where(_open(calendar), Duty.id.in_(sorted(duties)[:MOST]), Duty.act_id.in_(acts))
            .order_by(Duty.id)
        ).all()
        calendars = assembly.calendars(session)
        moved = [each for each in (_recounted(row, calendars) for row in rows) if _differs(each)]
        if not moved:
            raise Refused(Refusal("nothing_to_move"))
        move_due(session, {each.row.id: each.deadline for each in moved}, now)
        entries = {
            act: NewEntry(
                head_of(acts[act]),
                "recount_duties",
                actor.person,
                acts[act].state,
                behalf=behalf(rules, actor, "extend_duty"),
                data={"calendar": calendar, "moves": [_said(each) for each in group]},
            )
            for act, group in _by_act(moved).items()
        }
        append(session, list(entries.values()), now)
        told = {each.row.id: Moved(each.row.due_on, entries[each.row.act_id].n) for each in moved}
        tell_moved(session, told, None, actor, now)
    return len(moved)


def _differing(
    session: Session, calendar: str, sight: ColumnElement[bool]
) -> tuple[list[_Term], int]:
    """The beginnings and lengths whose date is another now, and of how many duties."""
    calendars = assembly.calendars(session)
    zone = assembly.zone()
    found: list[_Term] = []
    total = 0
    for start, days, on, count in session.execute(
        select(*_TERM, func.count(Duty.id))
        .join(Act, Act.id == Duty.act_id)
        .where(_open(calendar), sight)
        .group_by(*_TERM)
    ):
        assert start is not None  # `_open` asks for it
        rule = DueRule("working_days", days=days, calendar=calendar)
        now_on = due(rule, start, calendars, zone).on
        if now_on is not None and now_on != on:
            found.append((start, days, on))
            total += count
    return found[:MOST], total


def _open(calendar: str) -> ColumnElement[bool]:
    return and_(Duty.closed_at.is_(None), Duty.counted_from.is_not(None), Duty.calendar == calendar)


def _of(term: _Term) -> ColumnElement[bool]:
    start, days, on = term
    same = Duty.due_on.is_(None) if on is None else Duty.due_on == on
    return and_(Duty.counted_from == start, Duty.counted_days == days, same)


def _recounted(row: AnyRow, calendars: Mapping[str, Calendar]) -> Recounted:
    rule = DueRule("working_days", days=row.counted_days, calendar=row.calendar)
    return Recounted(row, due(rule, row.counted_from, calendars, row.zone))


def _differs(each: Recounted) -> bool:
    return each.deadline.on is not None and each.deadline.on != each.row.due_on


def _said(each: Recounted) -> dict[str, object]:
    was, on = each.row.due_on, each.deadline.on
    return {
        "duty": each.row.id,
        "owed": each.row.kind,
        "from": was.isoformat() if was else None,
        "to": on.isoformat() if on else None,
    }


def _by_act(moved: Iterable[Recounted]) -> dict[int, list[Recounted]]:
    found: dict[int, list[Recounted]] = {}
    for each in moved:
        found.setdefault(each.row.act_id, []).append(each)
    return found
