"""Expert reviews."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from sqlalchemy.orm import Session

from tracker.acts.summaries import find_inside
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint, sliced
from tracker.api.calls import answer_read, change
from tracker.api.given import Given
from tracker.api.review_schemas import (
    AddendumBody,
    BoardOpinionAnswer,
    BoardOpinionBody,
    DeclineBody,
    OpinionBody,
    ReviewAnswer,
    ReviewBody,
    ReviewerPage,
    ReviewersQuery,
    ReviewPage,
)
from tracker.api.review_shapes import board_opinion_json, review_json, reviewer_json
from tracker.api.schemas import Nothing, PagingQuery
from tracker.api.shapes import Json, page_json
from tracker.assembly import assembly, calendars
from tracker.clock import now
from tracker.db import db
from tracker.errors import Forbidden, NotFound, invalid
from tracker.permissions import may
from tracker.reviews.consolidated import find_opinion, issue_board_opinion
from tracker.reviews.models import BoardOpinion
from tracker.reviews.operations import (
    accept_review,
    add_addendum,
    assign_review,
    decline_review,
    file_opinion,
)
from tracker.reviews.reading import ReviewPart, read_reviews, read_whole
from tracker.reviews.rounds import seat_for
from tracker.reviews.suggestions import suggested
from workflows.calendars import due, local_date
from workflows.facts import Refusal

blueprint = Blueprint("reviews", "Expert reviews")


@blueprint.call("GET", f"{ACT}/reviews", query=PagingQuery, answers=ReviewPage)
def list_reviews(query: Given, reference: str) -> Response:
    """List the reviews of an act that you may read; your own are always among them."""
    act = find_inside(db.session(), reference, door.actor(), now())
    found = sorted(read_reviews(db.session(), act.id), key=lambda review: review.id)
    mine = door.actor().person
    sees = may(assembly(), door.actor(), "see_reviews", act.facts)
    if not sees:
        found = [review for review in found if review.expert.id == mine]
    page = sliced(found, query.checked())
    return answer_read(page_json(page, lambda each: _json(each, sees=sees)), ReviewPage)


@blueprint.call("GET", f"{ACT}/reviewers", query=ReviewersQuery, answers=ReviewerPage)
def list_reviewers(query: Given, reference: str) -> Response:
    """List who can be asked, in the order suggested, with the reasons."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    rules = assembly()
    if not may(rules, door.actor(), "assign_review", act.facts):
        raise Forbidden(Refusal("not_permitted"))
    values = query.checked()
    field = values.get("field")
    if field is not None and field not in rules.expertise:
        raise invalid("field", "not_a_choice", choices=", ".join(rules.expertise))
    today = local_date(moment, rules.zone)
    rule = act.procedure.definition.duties["review"].due.rule()
    on = due(rule, today, calendars(db.session()), rules.zone).on
    seat = seat_for(rules, values.get("kind") or "opinion")
    (found,) = suggested(db.session(), act.facts, [seat], today, on or today, field)
    asked = {
        review.expert.id
        for review in read_reviews(db.session(), act.id)
        if review.round_goes_on and review.state not in ("declined", "cancelled")
    }
    page = sliced(found, values)
    shape = lambda each: reviewer_json(each, each.person.id in asked)  # noqa: E731
    return answer_read(page_json(page, shape), ReviewerPage)


@blueprint.call("POST", f"{ACT}/reviews", body=ReviewBody, answers=ReviewAnswer, status=201)
def assign(body: Given, reference: str) -> Response:
    """Ask an expert for an opinion on the current edition."""
    moment = now()
    find_inside(db.session(), reference, door.actor(), moment)
    return change(
        lambda: assign_review(
            reference,
            body.get("expert") or "",
            due_on=body.get("due"),
            reserves=body.get("reserves") or (),
            kind=body.get("kind") or "opinion",
            despite_conflict=body.get("despite_conflict", True),
            version=body.get("version"),
            actor=door.actor(),
            now=moment,
        ),
        _review,
        ReviewAnswer,
        now=moment,
        status=201,
        body=body,
    )


@blueprint.call("POST", "/reviews/<id:review>/accept", body=Nothing, answers=ReviewAnswer)
def accept(body: Given, review: int) -> Response:
    """Agree to give the opinion."""
    moment = now()
    return _answered(review, body, lambda: accept_review(review, actor=door.actor(), now=moment))


@blueprint.call("POST", "/reviews/<id:review>/decline", body=DeclineBody, answers=ReviewAnswer)
def decline(body: Given, review: int) -> Response:
    """Decline to give the opinion. A reserve, where one was named, is asked at once."""
    moment = now()
    return _answered(
        review,
        body,
        lambda: decline_review(
            review, body.get("reason"), code=body.get("code"), actor=door.actor(), now=moment
        ),
    )


@blueprint.call("POST", "/reviews/<id:review>/opinion", body=OpinionBody, answers=ReviewAnswer)
def give_opinion(body: Given, review: int) -> Response:
    """Give the opinion, once."""
    moment = now()
    return _answered(
        review,
        body,
        lambda: file_opinion(
            review,
            body.get("recommendation"),
            body.get("text"),
            interest=body.get("interest"),
            interest_text=body.get("interest_text"),
            remarks=body.get("remarks"),
            actor=door.actor(),
            now=moment,
        ),
    )


@blueprint.call("POST", "/reviews/<id:review>/addenda", body=AddendumBody, answers=ReviewAnswer)
def supplement(body: Given, review: int) -> Response:
    """Supplement an opinion that was sent, while its round goes on."""
    moment = now()
    return _answered(
        review,
        body,
        lambda: add_addendum(
            review, body.get("text"), remarks=body.get("remarks"), actor=door.actor(), now=moment
        ),
    )


@blueprint.call("GET", f"{ACT}/opinion", answers=BoardOpinionAnswer)
def read_opinion(reference: str) -> Response:
    """Read the opinion of the Board that was issued last."""
    act = find_inside(db.session(), reference, door.actor(), now())
    if not may(assembly(), door.actor(), "see_opinion", act.facts):
        raise Forbidden(Refusal("not_permitted"))
    found = find_opinion(db.session(), act.id)
    if found is None:
        raise NotFound(Refusal("no_board_opinion"))
    return answer_read(board_opinion_json(act.reference, found), BoardOpinionAnswer)


@blueprint.call(
    "POST", f"{ACT}/opinion", body=BoardOpinionBody, answers=BoardOpinionAnswer, status=201
)
def issue(body: Given, reference: str) -> Response:
    """Issue the opinion of the Board, once an examination; it stays as it is from then on."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    return change(
        lambda: issue_board_opinion(
            reference,
            body.get("recommendation"),
            body.get("sections"),
            version=body.get("version"),
            actor=door.actor(),
            now=moment,
        ),
        lambda session, _: board_opinion_json(reference, _issued(session, act.id)),
        BoardOpinionAnswer,
        now=moment,
        status=201,
        body=body,
    )


def _issued(session: Session, act_id: int) -> BoardOpinion:
    found = find_opinion(session, act_id)
    assert found is not None
    return found


def _answered(review: int, body: Given, operation: Callable[[], object]) -> Response:
    return change(
        operation,
        lambda session, _: _review(session, review),
        ReviewAnswer,
        now=now(),
        body=body,
    )


def _review(session: Session, number: int) -> Json:
    found = read_whole(session, number)
    return _json(found, sees=found.expert.id != door.actor().person)


def _json(review: ReviewPart, *, sees: bool) -> Json:
    return review_json(review, local_date(now(), assembly().zone), own=not sees)
