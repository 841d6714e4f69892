"""The board: acts under way, a column for each stage, the latest of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, union_all
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.acts import summaries
from tracker.acts.models import Act
from tracker.acts.summaries import Summary
from tracker.paging import COUNTED
from tracker.permissions import visible
from workflows.facts import Actor

MOST = 12
"""How many acts of a stage the board shows; the list has them all."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its latest acts; with `more`, it has more than `total`."""

    stage: str
    title: str
    total: int
    more: bool
    acts: Sequence[Summary]


def read_board(session: Session, actor: Actor, now: datetime) -> list[Column]:
    """The stages in the order of the files, those that hold nothing included. Four statements."""
    stages = _stages()
    latest = _latest(session, visible(assembly.assembly(), actor), stages)
    totals = {row.stage: row.total for row in latest}
    found: dict[str, list[Summary]] = {}
    for each in summaries.read_by_number(session, [row.id for row in latest], actor, now):
        found.setdefault(each.stage, []).append(each)
    columns = []
    for stage, title in stages.items():
        total = totals.get(stage, 0)
        more, acts = total > COUNTED, found.get(stage, ())
        columns.append(Column(stage, title, min(total, COUNTED), more, acts))
    return columns


def _latest(
    session: Session, seen: ColumnElement[bool], stages: Iterable[str]
) -> Sequence[Row[Any]]:
    """The latest acts of each stage by number, and how many it has, as far as is counted. They are
    found first: among the joins of a summary PostgreSQL does not know how few they are, and reads
    every act.
    """
    parts = []
    for stage in stages:
        some = (
            select(Act.stage, Act.id)
            .where(Act.stage == stage, seen)
            .order_by(Act.id.desc())
            .limit(COUNTED + 1)
            .subquery()
        )
        columns: list[Any] = [some.c.stage, some.c.id, func.count().over().label("total")]
        parts.append(select(*columns).order_by(some.c.id.desc()).limit(MOST).subquery())
    return session.execute(union_all(*(select(part) for part in parts))).all()


def _stages() -> Mapping[str, str]:
    """Every stage of the assembly's procedures, in their order, the last one last."""
    found: dict[str, str] = {}
    last: dict[str, str] = {}
    for file in assembly.files().procedures:
        finals = {state.stage for state in file.procedure.states.values() if state.final}
        for key, titles in file.procedure.stages.items():
            (last if key in finals else found).setdefault(key, i18n.title(titles))
    return {**found, **last}
