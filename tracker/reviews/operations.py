"""Asking experts and taking their answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.models import Act
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import check_version, facts_for_notice, locked
from tracker.db import unit_of_work
from tracker.duties.models import Duty
from tracker.duties.operations import close_duties, duty_row
from tracker.errors import Forbidden, Invalid, NotFound, Refused, invalid
from tracker.people.queries import directory, find_person, persons
from tracker.permissions import behalf, may
from tracker.reviews.models import Review
from tracker.timeline.operations import NewEntry, append
from workflows import fields
from workflows.calendars import DueRule, due, local_date
from workflows.decide import NewDuty, tell
from workflows.facts import ActFacts, Actor, Person, Refusal

RECOMMENDATIONS = ("approve", "approve_with_remarks", "revise", "reject")


def assign_review(
    reference: str,
    expert: str,
    *,
    due_on: Any = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Ask an expert (e-mail address or number) for an opinion on the current edition; returns
    the review's id. Without `due_on`, a date of the assembly, the procedure's rule gives the date.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now, "review_assigned")
        if not may(assembly.assembly(), actor, "assign_review", facts):
            raise Forbidden(Refusal("not_permitted"))
        today = local_date(now, facts.setting.assembly.zone)
        person = _expert(session, expert, today)
        day = _due_date(due_on, today)
        check_version(row, version)
        if "assign_review" not in facts.procedure.state(row.state).within:
            raise Refused(Refusal("no_reviews_now", {"state": row.state}), act_id=row.id)
        if _open_review(session, row, person.id):
            raise Refused(Refusal("already_assigned"), act_id=row.id)
        duty = _duty(facts, person, day, today)
        duty_id = session.execute(
            insert(Duty)
            .values(duty_row(row.id, row.visit, row.version + 1, duty, now))
            .returning(Duty.id)
        ).scalar_one()
        review_id = session.execute(
            insert(Review)
            .values(
                act_id=row.id,
                visit=row.visit,
                edition=row.edition,
                person_id=person.id,
                duty_id=duty_id,
                state="invited",
                assigned_at=now,
            )
            .returning(Review.id)
        ).scalar_one()
        data = {"review": review_id, "expert": person.id, "due": _iso(duty.deadline.on)}
        _record(
            session, row, facts, actor, now, "assign_review", data,
            notice="review_assigned", subject=person, opens=(duty,),
            behalf_of=behalf(assembly.assembly(), actor, "assign_review", facts),
        )  # fmt: skip
    return int(review_id)


def accept_review(review_id: int, *, actor: Actor, now: datetime) -> None:
    """The expert will give the opinion; raises NotFound, Forbidden or Refused."""
    with unit_of_work() as session:
        review, row = _mine(session, review_id, actor)
        _require(review, row, "invited")
        review.state, review.answered_at = "accepted", now
        facts = facts_for_notice(session, row, now)
        _record(session, row, facts, actor, now, "accept_review", {"review": review_id})


def decline_review(review_id: int, reason: Any, *, actor: Actor, now: datetime) -> None:
    """The expert will not give the opinion, and says why; the Board's secretary is told."""
    with unit_of_work() as session:
        review, row = _mine(session, review_id, actor)
        words = _words("reason", reason)
        _require(review, row, "invited", "accepted")
        review.state, review.answered_at, review.decline_reason = "declined", now, words
        _close_duty(session, review, row, "declined", now)
        facts = facts_for_notice(session, row, now, "review_declined")
        _record(
            session, row, facts, actor, now, "decline_review", {"review": review_id},
            texts={"reason": words}, notice="review_declined",
        )  # fmt: skip


def save_opinion(
    review_id: int, recommendation: Any, text: Any, *, actor: Actor, now: datetime
) -> None:
    """Keep an opinion as far as it is written; nobody else sees it and nothing is recorded."""
    del now
    with unit_of_work() as session:
        review, row = _mine(session, review_id, actor)
        _require(review, row, "invited", "accepted")
        review.draft_recommendation = recommendation if recommendation in RECOMMENDATIONS else None
        try:
            review.draft_text = fields.text(text or "")
        except fields.Unfit as unfit:
            raise invalid("text", unfit.code, **unfit.params) from None


def file_opinion(
    review_id: int, recommendation: Any, text: Any, *, actor: Actor, now: datetime
) -> None:
    """Give the opinion, once. An invitation that was not answered is thereby accepted."""
    with unit_of_work() as session:
        review, row = _mine(session, review_id, actor)
        faults = []
        if recommendation not in RECOMMENDATIONS:
            choices = ", ".join(RECOMMENDATIONS)
            faults.append(Refusal("not_a_choice", {"choices": choices}, "recommendation"))
        try:
            words = _words("text", text)
        except Invalid as error:
            faults += error.refusals
        if faults:
            raise Invalid(*faults)
        _require(review, row, "invited", "accepted")
        review.state, review.submitted_at = "submitted", now
        review.answered_at = review.answered_at or now
        review.recommendation, review.text = recommendation, words
        review.draft_recommendation = review.draft_text = None
        _close_duty(session, review, row, "done", now)
        facts = facts_for_notice(session, row, now, "opinion_filed")
        _record(
            session, row, facts, actor, now, "file_opinion",
            {"review": review_id, "recommendation": recommendation},
            texts={"text": words}, notice="opinion_filed",
        )  # fmt: skip


def cancel_review(review_id: int, reason: Any, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back; the expert is told."""
    with unit_of_work() as session:
        review, row = _review(session, review_id, actor)
        facts = facts_for_notice(session, row, now, "review_cancelled")
        if not may(assembly.assembly(), actor, "assign_review", facts):
            raise Forbidden(Refusal("not_permitted"))
        words = _words("reason", reason)
        _require(review, row, "invited", "accepted")
        review.state_before, review.state = review.state, "cancelled"
        review.closed_n = row.version + 1
        _close_duty(session, review, row, "cancelled", now)
        subject = persons(session, [review.person_id])[review.person_id]
        _record(
            session, row, facts, actor, now, "cancel_review", {"review": review_id},
            texts={"reason": words}, notice="review_cancelled", subject=subject,
            behalf_of=behalf(assembly.assembly(), actor, "assign_review", facts),
        )  # fmt: skip


def _words(field: str, raw: Any) -> str:
    try:
        words = fields.text(raw if raw is not None else "")
    except fields.Unfit as unfit:
        raise invalid(field, unfit.code, **unfit.params) from None
    if not words:
        raise invalid(field, "required", name=field)
    return words


def _due_date(raw: Any, today: date) -> date | None:
    if raw is None or raw == "":
        return None
    try:
        found = raw if isinstance(raw, date) else date.fromisoformat(fields.line(raw))
    except (ValueError, fields.Unfit):
        raise invalid("due", "not_a_date") from None
    if found < today:
        raise invalid("due", "in_the_past", today=today.isoformat())
    return found


def _expert(session: Session, who: str, day: date) -> Person:
    person = find_person(session, who)
    seat = (assembly.assembly().experts.body, assembly.assembly().experts.role)
    if person is None or person.id not in {
        expert.id for expert in directory(session, [seat], day).get(seat, ())
    }:
        raise invalid("expert", "not_an_expert")
    return person


def _open_review(session: Session, row: Row[Any], person: int) -> bool:
    found = session.scalar(
        select(Review.id).where(
            Review.act_id == row.id,
            Review.visit == row.visit,
            Review.person_id == person,
            Review.state.in_(("invited", "accepted", "submitted")),
        )
    )
    return found is not None


def _duty(facts: ActFacts, person: Person, due_on: date | None, today: date) -> NewDuty:
    rule = (
        DueRule("fixed_date", on=due_on)
        if due_on is not None
        else facts.procedure.definition.duties["review"].due.rule()
    )
    setting = facts.setting
    deadline = due(rule, today, setting.calendars, setting.assembly.zone)
    return NewDuty("review", person, None, None, deadline)


def _review(session: Session, review_id: int, actor: Actor) -> tuple[Review, Row[Any]]:
    """A review with its act locked; raises NotFound when the actor may not know of it."""
    reference = session.scalar(
        select(Act.reference).join(Review, Review.act_id == Act.id).where(Review.id == review_id)
    )
    if reference is None:
        raise NotFound(Refusal("no_such_review"))
    row = locked(session, reference, actor)
    return session.get_one(Review, review_id, populate_existing=True), row


def _mine(session: Session, review_id: int, actor: Actor) -> tuple[Review, Row[Any]]:
    review, row = _review(session, review_id, actor)
    if review.person_id != actor.person:
        raise Forbidden(Refusal("not_your_review"))
    return review, row


def _require(review: Review, row: Row[Any], *states: str) -> None:
    if review.state not in states:
        raise Refused(Refusal(f"review_is_{review.state}"), act_id=row.id)


def _close_duty(session: Session, review: Review, row: Row[Any], why: str, now: datetime) -> None:
    session.flush()
    close_duties(session, [(review.duty_id, row.version + 1, why)], now)


def _record(
    session: Session,
    row: Row[Any],
    facts: ActFacts,
    actor: Actor,
    now: datetime,
    action: str,
    data: dict[str, Any],
    *,
    texts: dict[str, str] | None = None,
    notice: str | None = None,
    subject: Person | None = None,
    opens: tuple[NewDuty, ...] = (),
    behalf_of: int | None = None,
) -> None:
    session.flush()
    entry = NewEntry(
        head_of(row), action, actor.person, row.state, edition=row.edition, data=data,
        texts=texts or {},
        behalf=behalf_of,
    )  # fmt: skip
    append(session, [entry], now)
    if notice is not None:
        tellings = tell(facts, notice, actor, subject=subject)
        queue_tellings(
            session, facts, tellings, actor, now, n=entry.n,
            about={
                "action": action, "edition": row.edition, "data": data,
                "reason": (texts or {}).get("reason"),
            },
            opens=opens,
        )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
