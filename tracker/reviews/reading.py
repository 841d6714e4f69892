"""Reviews as pages show them, and the experts who can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from tracker import assembly
from tracker.acts.models import Act, Heading
from tracker.acts.queries import current_heading
from tracker.db import AnySelect
from tracker.duties.models import Duty
from tracker.errors import NotFound
from tracker.people.models import Absence, Membership
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, holds_on, person_of
from tracker.reviews.models import Review
from tracker.timeline.models import TimelineEntry
from workflows.facts import Person, Refusal

OPEN = ("invited", "accepted")


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """One expert's part in an act. The drafts of an opinion are the expert's own."""

    id: int
    act_id: int
    reference: str
    kind: str
    titles: Mapping[str, str]
    visit: int
    expert: Person
    institution: str
    asked_by: Person | None
    edition: int | None
    state: str
    assigned_at: datetime
    due_on: date | None
    calendar: str
    duty: int
    answered_at: datetime | None
    decline_reason: str | None
    recommendation: str | None
    text: str | None
    draft_recommendation: str | None
    draft_text: str | None
    submitted_at: datetime | None

    @property
    def open(self) -> bool:
        return self.state in OPEN


def read_review(session: Session, review: int) -> ReviewPart:
    """One review, whoever asks; raises NotFound. One statement."""
    row = session.execute(_parts().where(Review.id == review)).one_or_none()
    if row is None:
        raise NotFound(Refusal("no_such_review"))
    return _part(row)


def read_reviews(session: Session, act_id: int) -> list[ReviewPart]:
    """The reviews of an act, the latest examination first, in it the oldest first."""
    rows = session.execute(
        _parts().where(Review.act_id == act_id).order_by(Review.visit.desc(), Review.id)
    )
    return [_part(row) for row in rows]


def _parts() -> AnySelect:
    asking, asker = aliased(TimelineEntry), aliased(PersonRow)
    return (
        select(
            Review,
            Act.reference,
            Heading.kind,
            Heading.titles,
            Duty.due_on,
            Duty.calendar,
            PersonRow.institution,
            asker.id.label("asker_id"),
            asker.names.label("asker_names"),
            asker.language.label("asker_language"),
            asker.email.label("asker_email"),
            *PERSON,
        )
        .join(Act, Act.id == Review.act_id)
        .join(Heading, current_heading())
        .join(Duty, Duty.id == Review.duty_id)
        .join(PersonRow, PersonRow.id == Review.person_id)
        .outerjoin(asking, and_(asking.act_id == Review.act_id, asking.n == Duty.opened_n))
        .outerjoin(asker, asker.id == asking.actor_id)
    )


def _part(row: Any) -> ReviewPart:
    review: Review = row.Review
    return ReviewPart(
        id=review.id,
        act_id=review.act_id,
        reference=row.reference,
        kind=row.kind,
        titles=row.titles,
        visit=review.visit,
        expert=person_of(row),
        institution=row.institution,
        asked_by=Person(row.asker_id, row.asker_names, row.asker_language, row.asker_email)
        if row.asker_id is not None
        else None,
        edition=review.edition,
        state=review.state,
        assigned_at=review.assigned_at,
        due_on=row.due_on,
        calendar=row.calendar,
        duty=review.duty_id,
        answered_at=review.answered_at,
        decline_reason=review.decline_reason,
        recommendation=review.recommendation,
        text=review.text,
        draft_recommendation=review.draft_recommendation,
        draft_text=review.draft_text,
        submitted_at=review.submitted_at,
    )


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who can be asked: what they owe already, and until when they are away."""

    person: Person
    institution: str
    member: str | None
    owed: int
    away_until: date | None


def read_experts(session: Session, day: date) -> list[Expert]:
    """The experts of a date, those who owe least first. One statement."""
    seat = assembly.assembly().experts
    owed = (
        select(func.count(Review.id))
        .where(Review.person_id == PersonRow.id, Review.state.in_(OPEN))
        .correlate(PersonRow)
        .scalar_subquery()
    )
    away = (
        select(func.max(Absence.until))
        .where(Absence.person_id == PersonRow.id, Absence.since <= day, Absence.until >= day)
        .correlate(PersonRow)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            PersonRow.institution,
            PersonRow.member,
            owed.label("owed"),
            away.label("away_until"),
            *PERSON,
        )
        .join(Membership, Membership.person_id == PersonRow.id)
        .where(
            Membership.body_key == seat.body,
            Membership.role == seat.role,
            holds_on(day),
            PersonRow.active,
        )
        .order_by(owed, PersonRow.id)
    )
    return [
        Expert(person_of(row), row.institution, row.member, row.owed, row.away_until)
        for row in rows
    ]
