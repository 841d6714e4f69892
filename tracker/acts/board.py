"""The board: acts under way, a column for each stage, the latest of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all
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
    seen = visible(assembly.assembly(), actor)
    stages = _stages()
    counted = select(Act.stage, func.count().label("total")).where(seen).group_by(Act.stage)
    totals = {row.stage: row.total for row in session.execute(counted)}
    shown = [stage for stage in stages if totals.get(stage)]
    if not shown:
        return [Column(stage, title, 0, ()) for stage, title in stages.items()]
    latest = [
        select(Act.id).where(Act.stage == stage, seen).order_by(Act.id.desc()).limit(MOST)
        .subquery() for stage in shown
    ]  # fmt: skip
    ids = union_all(*(select(part.c.id) for part in latest)).subquery()
    rows = session.execute(
        summaries.statement(actor).where(Act.id.in_(select(ids.c.id))).order_by(Act.id.desc())
    ).all()
    found: dict[str, list[Summary]] = {}
    for each in summaries.summarise(session, rows, actor, now):
        found.setdefault(each.stage, []).append(each)
    return [
        Column(stage, title, totals.get(stage, 0), found.get(stage, ()))
        for stage, title in stages.items()
    ]


def _stages() -> Mapping[str, str]:
    """Every stage of the assembly's procedures, in their order, the last one last."""
    found: dict[str, str] = {}
    last: dict[str, str] = {}
    for file in assembly.files().procedures:
        finals = {state.stage for state in file.procedure.states.values() if state.final}
        for key, titles in file.procedure.stages.items():
            (last if key in finals else found).setdefault(key, i18n.title(titles))
    return {**found, **last}
