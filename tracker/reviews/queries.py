"""Reading reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.duties.models import Duty
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_of
from tracker.prepared import Prepared, any_of, read
from tracker.reviews.models import Review
from workflows.facts import Person, ReviewFacts

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
) -> Mapping[int, tuple[ReviewFacts, ...]]:
    """The reviews of each act, oldest first."""
    found: dict[int, list[ReviewFacts]] = {}
    for row in read(connection, _OF_ACTS, ids=ids):
        found.setdefault(row.act_id, []).append(
            ReviewFacts(
                row.review_id, person_of(row), row.state, bool(row.in_visit), bool(row.advisory)
            )
        )
    return {act: tuple(reviews) for act, reviews in found.items()}


@dataclass(frozen=True, slots=True)
class ReviewText:
    """One expert's part with the opinion, where it was given."""

    id: int
    reference: str
    expert: Person
    edition: int | None
    state: str
    due_on: date | None
    assigned_at: datetime
    recommendation: str | None
    text: str | None
    decline_reason: str | None


def reviews(
    session: Session, *, act_id: int | None = None, review_id: int | None = None
) -> list[ReviewText]:
    """The reviews of an act, oldest first, or one review."""
    wanted = (
        select(Review, Act.reference, Duty.due_on, *PERSON)
        .join(Act, Act.id == Review.act_id)
        .join(Duty, Duty.id == Review.duty_id)
        .join(PersonRow, PersonRow.id == Review.person_id)
        .order_by(Review.id)
    )
    if act_id is not None:
        wanted = wanted.where(Review.act_id == act_id)
    if review_id is not None:
        wanted = wanted.where(Review.id == review_id)
    return [
        ReviewText(
            id=row.Review.id,
            reference=row.reference,
            expert=person_of(row),
            edition=row.Review.edition,
            state=row.Review.state,
            due_on=row.due_on,
            assigned_at=row.Review.assigned_at,
            recommendation=row.Review.recommendation,
            text=row.Review.text,
            decline_reason=row.Review.decline_reason,
        )
        for row in session.execute(wanted)
    ]
