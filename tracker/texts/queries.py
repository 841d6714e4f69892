"""Reading editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.texts.models import Edition, EditionFile
from workflows.facts import EditionFacts


def edition_facts(session: Session, ids: Sequence[int]) -> Mapping[int, EditionFacts]:
    """The editions of each act that has any, as the rules see them."""
    memorandum = exists(
        select(EditionFile.n).where(
            EditionFile.act_id == Edition.act_id,
            EditionFile.n == Edition.n,
            EditionFile.part == "memorandum",
        )
    )
    numbers: dict[int, set[int]] = {}
    current: dict[int, EditionFacts] = {}
    for row in session.execute(
        select(
            Edition.act_id,
            Edition.n,
            (Edition.visit == Act.visit).label("in_visit"),
            memorandum.label("memorandum"),
        )
        .join(Act, Act.id == Edition.act_id)
        .where(Edition.act_id.in_(ids))
        .order_by(Edition.act_id, Edition.n)
    ):
        mine = numbers.setdefault(row.act_id, set())
        mine.add(row.n)
        current[row.act_id] = EditionFacts(
            row.n, bool(row.in_visit), bool(row.memorandum), frozenset(mine)
        )
    return current
