"""Expert reviews."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from sqlalchemy.orm import Session

from tracker.acts.summaries import find_inside
from tracker.api import door
from tracker.api.answers import ReviewAnswer, ReviewPage
from tracker.api.blueprint import ACT, Blueprint, sliced
from tracker.api.calls import answer_read, change
from tracker.api.given import Given
from tracker.api.schemas import Nothing, OpinionBody, PagingQuery, ReasonBody, ReviewBody
from tracker.api.shapes import Json, page_json, review_json
from tracker.assembly import assembly
from tracker.clock import now
from tracker.db import db
from tracker.permissions import may
from tracker.reviews.operations import (
    accept_review,
    assign_review,
    decline_review,
    file_opinion,
)
from tracker.reviews.queries import reviews

blueprint = Blueprint("reviews", "Expert reviews")


@blueprint.call("GET", f"{ACT}/reviews", query=PagingQuery, answers=ReviewPage)
def list_reviews(query: Given, reference: str) -> Response:
    """List the reviews of an act that you may read; your own are always among them."""
    act = find_inside(db.session(), reference, door.actor(), now())
    found = reviews(db.session(), act_id=act.id)
    if not may(assembly(), door.actor(), "see_reviews", act.facts):
        found = [review for review in found if review.expert.id == door.actor().person]
    return answer_read(page_json(sliced(found, query.checked()), review_json), ReviewPage)


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
            version=body.get("version"),
            actor=door.actor(),
            now=moment,
        ),
        _review,
        ReviewAnswer,
        now=moment,
        status=201,
        faults=body.faults,
        body=body.values,
    )


@blueprint.call("POST", "/reviews/<id:review>/accept", body=Nothing, answers=ReviewAnswer)
def accept(body: Given, review: int) -> Response:
    """Agree to give the opinion."""
    moment = now()
    return _answered(review, body, lambda: accept_review(review, actor=door.actor(), now=moment))


@blueprint.call("POST", "/reviews/<id:review>/decline", body=ReasonBody, answers=ReviewAnswer)
def decline(body: Given, review: int) -> Response:
    """Decline to give the opinion."""
    moment = now()
    return _answered(
        review,
        body,
        lambda: decline_review(review, body.get("reason"), actor=door.actor(), now=moment),
    )


@blueprint.call("POST", "/reviews/<id:review>/opinion", body=OpinionBody, answers=ReviewAnswer)
def give_opinion(body: Given, review: int) -> Response:
    """Give the opinion, once."""
    moment = now()
    return _answered(
        review,
        body,
        lambda: file_opinion(
            review, body.get("recommendation"), body.get("text"), actor=door.actor(), now=moment
        ),
    )


def _answered(review: int, body: Given, operation: Callable[[], None]) -> Response:
    return change(
        operation,
        lambda session, _: _review(session, review),
        ReviewAnswer,
        now=now(),
        faults=body.faults,
        body=body.values,
    )


def _review(session: Session, number: int) -> Json:
    return review_json(reviews(session, review_id=number)[0])
