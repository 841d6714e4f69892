"""Reviews as pages show them: one expert's part, and the round it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from tracker.acts.models import Act, Heading
from tracker.acts.queries import current_heading
from tracker.db import AnySelect
from tracker.duties.models import Duty
from tracker.errors import NotFound
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_as, person_at, person_of
from tracker.reviews.models import Review, ReviewAddendum, ReviewLink, ReviewReserve
from tracker.reviews.opinions import digest_of
from tracker.timeline.models import TimelineEntry
from workflows.calendars import local_date
from workflows.facts import Person, Refusal

OPEN = ("invited", "accepted")


@dataclass(frozen=True, slots=True)
class Addendum:
    """What was added to an opinion after it was sent."""

    n: int
    text: str
    remarks: Sequence[Mapping[str, str]]
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Reserve:
    """Somebody who is asked when the expert declines; `called` when their turn has come."""

    n: int
    person: Person
    called: bool


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """One expert's part in an act. The drafts of an opinion are the expert's own."""

    id: int
    act_id: int
    reference: str
    kind: str
    titles: Mapping[str, str]
    visit: int
    act_visit: int
    act_edition: int | None
    expert: Person
    institution: str
    asked_by: Person | None
    edition: int | None
    advisory: bool
    """Whether it is a guideline, which never stands for the Board's opinion."""
    state: str
    withdrawn: bool
    assigned_at: datetime
    due_on: date | None
    zone: str
    calendar: str
    duty: int
    answered_at: datetime | None
    decline_reason: str | None
    decline_code: str | None
    recommendation: str | None
    text: str | None
    interest: bool | None
    interest_text: str | None
    remarks: Sequence[Mapping[str, str]]
    draft_recommendation: str | None
    draft_text: str | None
    draft: Mapping[str, Any]
    submitted_at: datetime | None
    link: str | None
    """Of the invitation's link: in force, ended, or None where there is none."""
    stands_for: Person | None = None
    reserves: Sequence[Reserve] = ()
    addenda: Sequence[Addendum] = ()

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def standing(self) -> str:
        """The state, with what was taken back told from what the act's own way ended."""
        return "withdrawn" if self.withdrawn else self.state

    @property
    def round_goes_on(self) -> bool:
        """Whether the act still stands in the examination that this belongs to."""
        return self.visit == self.act_visit

    @property
    def drafted_remarks(self) -> Sequence[Mapping[str, str]]:
        return self.draft.get("remarks") or ()

    @property
    def digest(self) -> str:
        """What is written so far in one short word."""
        return digest_of(self.draft_recommendation, self.draft_text, self.draft or None)

    def marks(self, today: date) -> list[str]:
        """What stands beside the state on a date of the assembly: computed, never kept."""
        found = []
        if self.advisory:
            found.append("guideline")
        if self.stands_for is not None:
            found.append("reserve")
        if self.due_on is not None:
            if self.open and self.due_on < today:
                found.append("late")
            if self.submitted_at and local_date(self.submitted_at, self.zone) > self.due_on:
                found.append("given_late")
        if self.state in (*OPEN, "submitted") and (self.act_edition or 0) > (self.edition or 0):
            found.append("overtaken")
        return found


def read_review(session: Session, review: int) -> ReviewPart:
    """One review, whoever asks; raises NotFound. One statement."""
    row = session.execute(_parts().where(Review.id == review)).one_or_none()
    if row is None:
        raise NotFound(Refusal("no_such_review"))
    return _part(row)


def read_addenda(session: Session, review: ReviewPart) -> ReviewPart:
    """The same review with what was added to it. One statement."""
    if review.state != "submitted":
        return review
    return replace(review, addenda=_addenda(session, [review.id]).get(review.id, ()))


def read_whole(session: Session, review: int) -> ReviewPart:
    """One review with its reserves and addenda; raises NotFound. Three statements."""
    found = read_review(session, review)
    ids = [review]
    addenda, reserves = _addenda(session, ids), _reserves(session, ids)
    return replace(found, addenda=addenda.get(review, ()), reserves=reserves.get(review, ()))


def read_reviews(session: Session, act_id: int) -> list[ReviewPart]:
    """The reviews of an act, the latest examination first, in it the oldest first, with reserves
    and addenda: three statements.
    """
    rows = session.execute(
        _parts().where(Review.act_id == act_id).order_by(Review.visit.desc(), Review.id)
    )
    found = [_part(row) for row in rows]
    ids = [review.id for review in found]
    addenda, reserves = _addenda(session, ids), _reserves(session, ids)
    return [
        replace(review, addenda=addenda.get(review.id, ()), reserves=reserves.get(review.id, ()))
        for review in found
    ]


def _addenda(session: Session, reviews: Sequence[int]) -> dict[int, list[Addendum]]:
    found: dict[int, list[Addendum]] = {}
    for row in session.scalars(
        select(ReviewAddendum)
        .where(ReviewAddendum.review_id.in_(reviews))
        .order_by(ReviewAddendum.review_id, ReviewAddendum.n)
    ):
        addendum = Addendum(row.n, row.text, row.remarks, row.added_at)
        found.setdefault(row.review_id, []).append(addendum)
    return found


def _reserves(session: Session, reviews: Sequence[int]) -> dict[int, list[Reserve]]:
    found: dict[int, list[Reserve]] = {}
    for row in session.execute(
        select(ReviewReserve.review_id, ReviewReserve.n, ReviewReserve.became, *PERSON)
        .join(PersonRow, PersonRow.id == ReviewReserve.person_id)
        .where(ReviewReserve.review_id.in_(reviews))
        .order_by(ReviewReserve.review_id, ReviewReserve.n)
    ):
        reserve = Reserve(row.n, person_of(row), row.became is not None)
        found.setdefault(row.review_id, []).append(reserve)
    return found


def _parts() -> AnySelect:
    asking, asker = aliased(TimelineEntry), aliased(PersonRow)
    ending, before, replaced = aliased(TimelineEntry), aliased(Review), aliased(PersonRow)
    return (
        select(
            Review,
            Act.reference,
            Act.visit.label("act_visit"),
            Act.edition.label("act_edition"),
            (ending.action == "cancel_review").label("withdrawn"),
            ReviewLink.review_id.label("linked"),
            ReviewLink.revoked_at,
            *person_as("replaced", replaced),
            Heading.kind,
            Heading.titles,
            Duty.due_on,
            Duty.zone,
            Duty.calendar,
            PersonRow.institution,
            *person_as("asker", asker),
            *PERSON,
        )
        .join(Act, Act.id == Review.act_id)
        .join(Heading, current_heading())
        .join(Duty, Duty.id == Review.duty_id)
        .join(PersonRow, PersonRow.id == Review.person_id)
        .outerjoin(asking, and_(asking.act_id == Review.act_id, asking.n == Duty.opened_n))
        .outerjoin(asker, asker.id == func.coalesce(asking.actor_id, asking.behalf_id))
        .outerjoin(ending, and_(ending.act_id == Review.act_id, ending.n == Review.closed_n))
        .outerjoin(ReviewLink, ReviewLink.review_id == Review.id)
        .outerjoin(ReviewReserve, ReviewReserve.became == Review.id)
        .outerjoin(before, before.id == ReviewReserve.review_id)
        .outerjoin(replaced, replaced.id == before.person_id)
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
        act_visit=row.act_visit,
        act_edition=row.act_edition,
        expert=person_of(row),
        institution=row.institution,
        asked_by=person_at(row, "asker"),
        edition=review.edition,
        advisory=review.kind == "guideline",
        state=review.state,
        withdrawn=review.state == "cancelled" and bool(row.withdrawn),
        assigned_at=review.assigned_at,
        due_on=row.due_on,
        zone=row.zone,
        calendar=row.calendar,
        duty=review.duty_id,
        answered_at=review.answered_at,
        decline_reason=review.decline_reason,
        decline_code=review.decline_code,
        recommendation=review.recommendation,
        text=review.text,
        interest=review.interest,
        interest_text=review.interest_text,
        remarks=review.remarks or (),
        draft_recommendation=review.draft_recommendation,
        draft_text=review.draft_text,
        draft=review.draft or {},
        submitted_at=review.submitted_at,
        link=None if row.linked is None else "ended" if row.revoked_at else "in_force",
        stands_for=person_at(row, "replaced"),
    )
