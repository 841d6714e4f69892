"""Reading reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of
from tracker.reviews.models import Review
from workflows.facts import ReviewFacts


def review_facts(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[ReviewFacts, ...]]:
    """The reviews of each act, oldest first."""
    found: dict[int, list[ReviewFacts]] = {}
    for row in session.execute(
        select(
            Review.id.label("review_id"),
            Review.act_id,
            Review.state,
            (Review.visit == Act.visit).label("in_visit"),
            *PERSON,
        )
        .join(Act, Act.id == Review.act_id)
        .join(Person, Person.id == Review.person_id)
        .where(Review.act_id.in_(ids))
        .order_by(Review.id)
    ):
        found.setdefault(row.act_id, []).append(
            ReviewFacts(row.review_id, person_of(row), row.state, bool(row.in_visit))
        )
    return {act: tuple(reviews) for act, reviews in found.items()}
