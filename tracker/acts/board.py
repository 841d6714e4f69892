"""The board: acts under way, a column for each stage, the latest of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, select, true, union_all
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.acts import summaries
from tracker.acts.models import Act
from tracker.acts.summaries import Summary
from tracker.permissions import visible
from workflows.facts import Actor

MOST = 12
"""How many acts of a stage the board shows; the list has them all."""


@dataclass(frozen=True, slots=True)
class Column:
    stage: str
    title: str
    total: int
    acts: Sequence[Summary]


def read_board(session: Session, actor: Actor, now: datetime) -> list[Column]:
    """The stages in the order of the files, those that hold nothing included. Four statements."""
    stages = _stages()
    totals, ids = _overview(session, visible(assembly.assembly(), actor), stages)
    found: dict[str, list[Summary]] = {}
    for each in summaries.read_by_number(session, ids, actor, now):
        found.setdefault(each.stage, []).append(each)
    return [
        Column(stage, title, totals.get(stage, 0), found.get(stage, ()))
        for stage, title in stages.items()
    ]


def _overview(
    session: Session, seen: ColumnElement[bool], stages: Iterable[str]
) -> tuple[dict[str, int], list[int]]:
    """How many acts each stage has, and the ids of the latest. They are found first: among the
    joins of a summary PostgreSQL does not know how few they are, and reads every act.
    """
    counted = (
        select(Act.stage, func.count().label("number"), true().label("total"))
        .where(seen)
        .group_by(Act.stage)
    )
    latest = [
        select(Act.stage, Act.id.label("number"), false().label("total"))
        .where(Act.stage == stage, seen)
        .order_by(Act.id.desc())
        .limit(MOST)
        .subquery()
        for stage in stages
    ]
    found = session.execute(union_all(counted, *(select(part) for part in latest))).all()
    totals = {row.stage: row.number for row in found if row.total}
    return totals, [row.number for row in found if not row.total]


def _stages() -> Mapping[str, str]:
    """Every stage of the assembly's procedures, in their order, the last one last."""
    found: dict[str, str] = {}
    last: dict[str, str] = {}
    for file in assembly.files().procedures:
        finals = {state.stage for state in file.procedure.states.values() if state.final}
        for key, titles in file.procedure.stages.items():
            (last if key in finals else found).setdefault(key, i18n.title(titles))
    return {**found, **last}
