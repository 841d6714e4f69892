"""What every operation on a review shares: the act locked, the entry written, people told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tracker.acts.effects import head_of
from tracker.acts.models import Act
from tracker.acts.notices import tellings_to_notices
from tracker.acts.operations import locked
from tracker.duties.operations import close_duties
from tracker.errors import Forbidden, NotFound, Refused
from tracker.notices.operations import NewNotice, queue
from tracker.reviews.models import Review
from tracker.timeline.operations import Head, NewEntry, append
from workflows.audience import tell
from workflows.duties import NewDuty
from workflows.facts import ActFacts, Actor, Person, Refusal

OPEN = ("invited", "accepted")


def locked_review(session: Session, review_id: int, actor: Actor) -> tuple[Review, Row[Any]]:
    """A review with its act locked; raises NotFound when the actor may not know of it."""
    reference = session.scalar(
        select(Act.reference).join(Review, Review.act_id == Act.id).where(Review.id == review_id)
    )
    if reference is None:
        raise NotFound(Refusal("no_such_review"))
    row = locked(session, reference, actor)
    return session.get_one(Review, review_id, populate_existing=True), row


def own_review(session: Session, review_id: int, actor: Actor) -> tuple[Review, Row[Any]]:
    """The same for the expert's own; raises Forbidden to everybody else."""
    review, row = locked_review(session, review_id, actor)
    if review.person_id != actor.person:
        raise Forbidden(Refusal("not_your_review"))
    return review, row


def require(review: Review, row: Row[Any], *states: str) -> None:
    """Raise Refused unless the review is in one of the states."""
    if review.state not in states:
        raise Refused(Refusal(f"review_is_{review.state}"), act_id=row.id)


def close_duty(session: Session, review: Review, row: Row[Any], why: str, now: datetime) -> None:
    session.flush()
    close_duties(session, [(review.duty_id, row.version + 1, why)], now)


def next_head(session: Session, row: Row[Any]) -> Head:
    """What the next entry of a locked act continues, after one was written in this transaction."""
    version, head = session.execute(select(Act.version, Act.head).where(Act.id == row.id)).one()
    return replace(head_of(row), version=version, head=head)


def record(
    session: Session,
    head: Head,
    actor: Actor,
    now: datetime,
    action: str,
    data: dict[str, Any],
    *,
    texts: dict[str, str] | None = None,
    behalf: int | None = None,
) -> NewEntry:
    """Write the one entry of what was done; the act stays where it stands."""
    session.flush()
    entry = NewEntry(
        head,
        action,
        actor.person,
        head.state,
        edition=head.edition,
        data=data,
        texts=texts or {},
        behalf=behalf,
    )
    append(session, [entry], now)
    return entry


def tell_of(
    session: Session,
    facts: ActFacts,
    notice: str,
    entry: NewEntry,
    actor: Actor,
    now: datetime,
    *,
    subject: Person | None = None,
    opens: Iterable[NewDuty] = (),
    more: Mapping[str, Any] | None = None,
    change: Callable[[NewNotice], NewNotice] = lambda notice: notice,
    within: Collection[int] | None = None,
) -> None:
    """Queue the notices of an entry with `more` facts; `change` gives one of them its own;
    nobody is told but persons `within` those given.
    """
    notices = tellings_to_notices(
        facts,
        [
            each
            for each in tell(facts, notice, actor, subject=subject)
            if within is None or each.person.id in within
        ],
        actor,
        now,
        n=entry.n,
        about={
            "action": entry.action,
            "edition": entry.edition,
            "data": dict(entry.data),
            "reason": entry.texts.get("reason"),
            **(more or {}),
        },
        opens=opens,
    )
    queue(session, [change(each) for each in notices], now)
