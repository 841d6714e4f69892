"""Asking experts and taking their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.operations import check_version, facts_for_notice, locked
from tracker.db import unit_of_work
from tracker.errors import Forbidden, Invalid, Refused, invalid
from tracker.people.queries import persons
from tracker.permissions import behalf, may
from tracker.remarks.rows import drafted_remarks, judged_remarks
from tracker.reviews import invitations
from tracker.reviews.models import Review, ReviewAddendum, ReviewLink
from tracker.reviews.opinions import (
    DECLINE_CODES,
    RECOMMENDATIONS,
    draft_digest,
    judged_interest,
)
from tracker.reviews.recording import (
    OPEN,
    close_duty,
    locked_review,
    own_review,
    record,
    require,
    tell_of,
)
from tracker.reviews.remarks import put_into_table
from tracker.reviews.rounds import (
    MOST_RESERVES,
    ask,
    asking,
    call_reserve,
    conflicts_of,
    due_date,
    experts,
    has_part,
    name_reserves,
    seat_for,
)
from tracker.typed import words_of
from workflows.calendars import local_date
from workflows.facts import Actor, Person, Refusal
from workflows.schema import Party

MOST_ADDENDA = 50
Judged = TypeVar("Judged")


def assign_review(
    reference: str,
    expert: str,
    *,
    due_on: Any = None,
    reserves: Sequence[str] = (),
    kind: str = "opinion",
    despite_conflict: bool = True,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Ask an expert (e-mail address or number) for an opinion on the current edition; returns
    the review's id. Without `due_on`, a date of the assembly, the procedure's rule gives the date.

    `reserves` are asked in their order when the expert declines. A known conflict of interest is
    refused unless `despite_conflict`, and stands in the timeline.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now, "review_assigned")
        rules = facts.setting.assembly
        if not may(rules, actor, "assign_review", facts):
            raise Forbidden(Refusal("not_permitted"))
        today = local_date(now, rules.zone)
        seat = seat_for(rules, kind)
        person, *waiting = _chosen(session, expert, reserves, seat, today)
        day = due_date(due_on, today)
        check_version(row, version)
        if "assign_review" not in facts.procedure.state(row.state).within:
            raise Refused(Refusal("no_reviews_now", {"state": row.state}), act_id=row.id)
        if has_part(session, row, person.id):
            raise Refused(Refusal("already_assigned"), act_id=row.id)
        links = conflicts_of(session, facts, seat, [person, *waiting], today)
        if links and not despite_conflict:
            raise Refused(Refusal("conflict_of_interest"), act_id=row.id)
        more: dict[str, Any] = {}
        if person.id in links:
            more["conflicts"] = [reason.code for reason in links[person.id]]
        if waiting:
            more["reserves"] = [each.id for each in waiting]
        review_id = ask(
            session, row, head_of(row), facts, asking(facts, person, kind, day, today), actor, now,
            behalf=behalf(rules, actor, "assign_review", facts), more=more,
        )  # fmt: skip
        name_reserves(session, review_id, waiting, actor.person)
    return review_id


def _chosen(
    session: Session, expert: str, reserves: Sequence[str], seat: Party, today: date
) -> list[Person]:
    """The expert, then the reserves in their order; raises Invalid."""
    named = [("expert", expert), *(("reserves", name) for name in reserves)]
    found = experts(session, named, seat, today)
    if len({person.id for person in found}) < len(found):
        raise invalid("reserves", "reserve_twice")
    if len(reserves) > MOST_RESERVES:
        raise invalid("reserves", "too_many", limit=MOST_RESERVES)
    return found


def accept_review(review_id: int, *, actor: Actor, now: datetime) -> None:
    """The expert will give the opinion; raises NotFound, Forbidden or Refused."""
    with unit_of_work() as session:
        review, row = own_review(session, review_id, actor)
        require(review, row, "invited")
        review.state, review.answered_at = "accepted", now
        record(session, head_of(row), actor, now, "accept_review", {"review": review_id})


def decline_review(
    review_id: int, reason: Any, *, code: Any = None, actor: Actor, now: datetime
) -> None:
    """The expert will not give the opinion, and says why: by a code, in words, or both. The
    Board's secretary is told, and the reserve whose turn it is is asked in the same transaction.
    """
    with unit_of_work() as session:
        review, row = own_review(session, review_id, actor)
        if code is not None and code not in DECLINE_CODES:
            raise invalid("code", "not_a_choice", choices=", ".join(DECLINE_CODES))
        words = words_of("reason", reason, optional=code not in (None, "other"))
        require(review, row, *OPEN)
        review.state, review.answered_at, review.decline_reason = "declined", now, words
        review.decline_code = code or "other"
        close_duty(session, review, row, "declined", now)
        data: dict[str, Any] = {"review": review_id}
        if code is not None:
            data["code"] = code
        texts = {"reason": words} if words else {}
        entry = record(session, head_of(row), actor, now, "decline_review", data, texts=texts)
        called = call_reserve(session, row, review, now)
        facts = facts_for_notice(session, row, now, "review_declined")
        tell_of(
            session, facts, "review_declined", entry, actor, now,
            more={"reserve": called[1]} if called else {},
        )  # fmt: skip


def save_opinion(
    review_id: int,
    recommendation: Any,
    text: Any,
    *,
    interest: Any = None,
    interest_text: Any = "",
    remarks: Any = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep an opinion as far as it is written; nobody else sees it and nothing is recorded.
    Without `remarks` those written before stay.
    """
    del now
    with unit_of_work() as session:
        review, row = own_review(session, review_id, actor)
        require(review, row, *OPEN)
        before = review.draft or {}
        review.draft_recommendation = recommendation if recommendation in RECOMMENDATIONS else None
        review.draft_text = words_of("text", text or "", optional=True)
        said = words_of("interest_text", interest_text or "", optional=True)
        review.draft = {
            "interest": interest if isinstance(interest, bool) else None,
            "interest_text": said,
            "remarks": before.get("remarks", []) if remarks is None else drafted_remarks(remarks),
        }


def file_opinion(
    review_id: int,
    recommendation: Any,
    text: Any,
    *,
    interest: Any = None,
    interest_text: Any = "",
    remarks: Any = (),
    looked_at: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give the opinion, once. An invitation that was not answered is thereby accepted.

    With `looked_at`, the digest of what was saved, that is sent, and nothing written since.
    """
    with unit_of_work() as session:
        review, row = own_review(session, review_id, actor)
        said = (recommendation, text, interest, interest_text, remarks)
        if looked_at is not None:
            said = _looked_at(review, row, looked_at)
        opinion = _judged(*said)
        require(review, row, *OPEN)
        review.state, review.submitted_at = "submitted", now
        review.answered_at = review.answered_at or now
        review.recommendation, review.text = opinion.recommendation, opinion.words
        review.interest, review.interest_text = opinion.interest, opinion.interest_words or None
        review.remarks = opinion.remarks
        review.draft_recommendation = review.draft_text = review.draft = None
        close_duty(session, review, row, "done", now)
        data = {"recommendation": opinion.recommendation}
        _send(
            session, review, row, "file_opinion", data, opinion.words, opinion.remarks, actor, now
        )


def _looked_at(review: Review, row: Row[Any], digest: str) -> tuple[Any, ...]:
    """What was saved, when it is still what was looked at."""
    require(review, row, *OPEN)
    if digest != draft_digest(review):
        raise Refused(Refusal("draft_changed"), act_id=row.id)
    draft = review.draft or {}
    return (
        review.draft_recommendation,
        review.draft_text,
        draft.get("interest"),
        draft.get("interest_text"),
        draft.get("remarks"),
    )


@dataclass(frozen=True, slots=True)
class _Opinion:
    """An opinion that can be sent."""

    recommendation: str
    words: str
    interest: bool | None
    interest_words: str
    remarks: list[dict[str, str]]


def _judged(
    recommendation: Any, text: Any, interest: Any, interest_text: Any, remarks: Any
) -> _Opinion:
    """What an expert says, judged; raises Invalid with every fault."""
    faults: list[Refusal] = []
    if recommendation not in RECOMMENDATIONS:
        choices = ", ".join(RECOMMENDATIONS)
        faults.append(Refusal("not_a_choice", {"choices": choices}, "recommendation"))
    words = _or_faults(faults, lambda: words_of("text", text), "")
    undeclared: tuple[bool | None, str] = (None, "")
    declared = _or_faults(faults, lambda: judged_interest(interest, interest_text), undeclared)
    nothing: list[dict[str, str]] = []
    sent = _or_faults(faults, lambda: judged_remarks(remarks), nothing)
    if faults:
        raise Invalid(*faults)
    return _Opinion(recommendation, words, *declared, sent)


def add_addendum(
    review_id: int, text: Any, *, remarks: Any = (), actor: Actor, now: datetime
) -> int:
    """Supplement an opinion that was sent, while its round goes on; returns its number."""
    with unit_of_work() as session:
        review, row = own_review(session, review_id, actor)
        words = words_of("text", text)
        sent = judged_remarks(remarks)
        if review.state != "submitted":
            raise Refused(Refusal("nothing_to_supplement"), act_id=row.id)
        if review.visit != row.visit:
            raise Refused(Refusal("round_is_over"), act_id=row.id)
        last = session.scalar(
            select(func.max(ReviewAddendum.n)).where(ReviewAddendum.review_id == review_id)
        )
        n = (last or 0) + 1
        if n > MOST_ADDENDA:
            raise Refused(Refusal("too_many", {"limit": MOST_ADDENDA}), act_id=row.id)
        session.execute(
            insert(ReviewAddendum).values(
                review_id=review_id, n=n, text=words, remarks=sent, added_at=now
            )
        )
        _send(session, review, row, "add_addendum", {"addendum": n}, words, sent, actor, now)
    return n


def _send(
    session: Session,
    review: Review,
    row: Row[Any],
    action: str,
    data: dict[str, Any],
    words: str,
    remarks: list[dict[str, str]],
    actor: Actor,
    now: datetime,
) -> None:
    """Enter what an expert sent, put their remarks into the comment table, tell the Board."""
    data = {"review": review.id, **data}
    if review.kind != "opinion":
        data["kind"] = review.kind
    if remarks:
        data["remarks"] = len(remarks)
    entry = record(session, head_of(row), actor, now, action, data, texts={"text": words})
    put_into_table(session, row, review, remarks, now)
    facts = facts_for_notice(session, row, now, "opinion_filed")
    tell_of(session, facts, "opinion_filed", entry, actor, now)


def cancel_review(review_id: int, reason: Any, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back; the expert is told."""
    with unit_of_work() as session:
        review, row = locked_review(session, review_id, actor)
        facts = facts_for_notice(session, row, now, "review_cancelled")
        if not may(assembly.assembly(), actor, "assign_review", facts):
            raise Forbidden(Refusal("not_permitted"))
        words = words_of("reason", reason)
        require(review, row, *OPEN)
        review.state_before, review.state = review.state, "cancelled"
        review.closed_n = row.version + 1
        close_duty(session, review, row, "cancelled", now)
        entry = record(
            session, head_of(row), actor, now, "cancel_review", {"review": review_id},
            texts={"reason": words},
            behalf=behalf(assembly.assembly(), actor, "assign_review", facts),
        )  # fmt: skip
        subject = persons(session, [review.person_id])[review.person_id]
        tell_of(session, facts, "review_cancelled", entry, actor, now, subject=subject)


def _or_faults(faults: list[Refusal], judge: Callable[[], Judged], instead: Judged) -> Judged:
    """What a judgement gives; what it finds wrong joins the other faults."""
    try:
        return judge()
    except Invalid as error:
        faults += error.refusals
        return instead


def end_link(review_id: int, *, anew: bool = False, actor: Actor, now: datetime) -> None:
    """Make the link of an invitation worth nothing. With `anew` there is another, which the next
    reminder carries. Raises NotFound, Forbidden or Refused.
    """
    with unit_of_work() as session:
        review, row = locked_review(session, review_id, actor)
        facts = facts_for_notice(session, row, now)
        if not may(assembly.assembly(), actor, "assign_review", facts):
            raise Forbidden(Refusal("not_permitted"))
        link = session.get(ReviewLink, review_id)
        if link is None or review.state not in invitations.ALIVE or review.visit != row.visit:
            raise Refused(Refusal("no_link"), act_id=row.id)
        if anew:
            invitations.renew(link)
        elif link.revoked_at is not None:
            raise Refused(Refusal("no_link"), act_id=row.id)
        else:
            invitations.revoke(link, now)
        record(
            session, head_of(row), actor, now, "renew_link" if anew else "end_link",
            {"review": review_id},
            behalf=behalf(assembly.assembly(), actor, "assign_review", facts),
        )  # fmt: skip
