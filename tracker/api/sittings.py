"""The Council's decision: positions of members, or as taken at a sitting."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from tracker.acts.summaries import find_inside
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint, sliced
from tracker.api.calls import answer_read, change
from tracker.api.given import Given
from tracker.api.schemas import PagingQuery
from tracker.api.shapes import Json, page_json
from tracker.api.sitting_schemas import (
    BallotAnswer,
    BallotBody,
    BallotPage,
    DecisionAnswer,
    DecisionBody,
)
from tracker.api.sitting_shapes import ballot_json, decision_json
from tracker.assembly import assembly
from tracker.clock import now
from tracker.db import db
from tracker.errors import NotFound
from tracker.permissions import may
from tracker.sittings.operations import give_position, record_decision
from tracker.sittings.queries import ballots
from tracker.sittings.reading import read_decision
from workflows.facts import Refusal

blueprint = Blueprint("sittings", "The Council's decision")


@blueprint.call("GET", f"{ACT}/ballots", query=PagingQuery, answers=BallotPage)
def list_ballots(query: Given, reference: str) -> Response:
    """List the positions given on an act that you may read; your own are always among them."""
    act = find_inside(db.session(), reference, door.actor(), now())
    found = ballots(db.session(), act.id)
    if not may(assembly(), door.actor(), "see_positions", act.facts):
        found = [ballot for ballot in found if ballot.member.id == door.actor().person]
    return answer_read(page_json(sliced(found, query.checked()), ballot_json), BallotPage)


@blueprint.call("POST", f"{ACT}/ballots", body=BallotBody, answers=BallotAnswer, status=201)
def give_ballot(body: Given, reference: str) -> Response:
    """Give a position, or enter a member's from their letter. A later one replaces it."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    return change(
        lambda: give_position(
            reference,
            body.get("vote"),
            text=body.get("text"),
            on_behalf_of=body.get("on_behalf_of"),
            letter_ref=body.get("letter_ref"),
            version=body.get("version"),
            actor=door.actor(),
            now=moment,
        ),
        lambda session, n: ballot_json(ballots(session, act.id, n)[0]),
        BallotAnswer,
        now=moment,
        status=201,
        body=body,
    )


@blueprint.call("GET", f"{ACT}/decision", answers=DecisionAnswer)
def show_decision(reference: str) -> Response:
    """Read the Council's decision, as taken at a sitting or as the positions stand."""
    return answer_read(_decision(db.session(), reference), DecisionAnswer)


@blueprint.call("POST", f"{ACT}/decision", body=DecisionBody, answers=DecisionAnswer, status=201)
def record(body: Given, reference: str) -> Response:
    """Record the Council's decision as it was taken at a sitting."""
    moment = now()
    find_inside(db.session(), reference, door.actor(), moment)
    return change(
        lambda: record_decision(
            reference,
            decided_on=body.get("decided_on"),
            minutes_ref=body.get("minutes_ref"),
            present=body.get("present"),
            objections=body.get("objections") or (),
            version=body.get("version"),
            actor=door.actor(),
            now=moment,
        ),
        lambda session, _: _decision(session, reference),
        DecisionAnswer,
        now=moment,
        status=201,
        body=body,
    )


def _decision(session: Session, reference: str) -> Json:
    act = find_inside(session, reference, door.actor(), now())
    found = read_decision(session, act.facts, door.actor())
    if found is None:
        raise NotFound(Refusal("no_decision"))
    return decision_json(found)
