"""Reading editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, exists, select

from tracker.acts.models import Act
from tracker.prepared import Prepared, any_of, read
from tracker.texts.models import Edition, EditionFile
from workflows.facts import EditionFacts

_MEMORANDUM = exists(
    select(EditionFile.n).where(
        EditionFile.act_id == Edition.act_id,
        EditionFile.n == Edition.n,
        EditionFile.part == "memorandum",
    )
)
_OF_ACTS = Prepared(
    select(
        Edition.act_id,
        Edition.n,
        (Edition.visit == Act.visit).label("in_visit"),
        _MEMORANDUM.label("memorandum"),
    )
    .join(Act, Act.id == Edition.act_id)
    .where(any_of(Edition.act_id, "ids"))
    .order_by(Edition.act_id, Edition.n)
)


def edition_facts(connection: Connection, ids: Sequence[int]) -> Mapping[int, EditionFacts]:
    """The editions of each act that has any, as the rules see them."""
    numbers: dict[int, set[int]] = {}
    current: dict[int, EditionFacts] = {}
    for row in read(connection, _OF_ACTS, ids=ids):
        mine = numbers.setdefault(row.act_id, set())
        mine.add(row.n)
        current[row.act_id] = EditionFacts(
            row.n, bool(row.in_visit), bool(row.memorandum), frozenset(mine)
        )
    return current
