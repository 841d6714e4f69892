"""Reading reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from tracker.acts.models import Act
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_of
from tracker.prepared import Prepared, any_of, asked
from tracker.reviews.models import Review
from workflows.facts import ReviewFacts

_OF_ACTS = Prepared(
    select(
        Review.id.label("review_id"),
        Review.act_id,
        Review.state,
        (Review.visit == Act.visit).label("in_visit"),
        (Review.kind == "guideline").label("advisory"),
        *PERSON,
    )
    .join(Act, Act.id == Review.act_id)
    .join(PersonRow, PersonRow.id == Review.person_id)
    .where(any_of(Review.act_id, "ids"))
    .order_by(Review.id)
)


def review_facts(
    connection: Connection, ids: Sequence[int]
) -> Callable[[], Mapping[int, tuple[ReviewFacts, ...]]]:
    """The reviews of each act, oldest first."""
    return asked(connection, _OF_ACTS, _facts_of, ids=ids)


def _facts_of(rows: Sequence[Any]) -> Mapping[int, tuple[ReviewFacts, ...]]:
    found: dict[int, list[ReviewFacts]] = {}
    for row in rows:
        found.setdefault(row.act_id, []).append(
            ReviewFacts(
                row.review_id, person_of(row), row.state, bool(row.in_visit), bool(row.advisory)
            )
        )
    return {act: tuple(reviews) for act, reviews in found.items()}
