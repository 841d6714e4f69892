"""Rounds of circulation, replies, and more time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Response, request
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.operations import advance
from tracker.acts.summaries import Summary, find_inside
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint, a_file, sliced
from tracker.api.calls import answer_read, change
from tracker.api.circulation_schemas import (
    CirculationAnswer,
    CirculationBody,
    CirculationPage,
    ExtensionBody,
    ReplyAnswer,
    ReplyBody,
    ReplyForm,
)
from tracker.api.circulation_shapes import circulation_json, reply_json
from tracker.api.given import Given, given, json_body
from tracker.api.schemas import PagingQuery
from tracker.api.shapes import Json, page_json
from tracker.circulation.checks import Said
from tracker.circulation.operations import check_replier, grant_extension, reply
from tracker.circulation.reading import (
    RoundText,
    act_of,
    find_scan,
    read_round,
    read_rounds,
    reply_by,
)
from tracker.clock import now, today
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.texts.files import SCANS, Upload, keep, uploads
from tracker.texts.sending import send_kept
from workflows.facts import Refusal
from workflows.outcome import Outcome

blueprint = Blueprint("circulations", "Circulation for comments")
ROUND = "/circulations/<id:circulation>"
_REPLY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/ReplyBody"}},
        "multipart/form-data": {"schema": {"$ref": "#/components/schemas/ReplyForm"}},
    },
}
_FILE = a_file("The file as it came.", SCANS.values())


@blueprint.call("GET", f"{ACT}/circulations", query=PagingQuery, answers=CirculationPage)
def list_circulations(query: Given, reference: str) -> Response:
    """List the rounds of an act, the newest first."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    found = read_rounds(db.session(), act.facts, door.actor(), moment)
    return answer_read(page_json(sliced(found, query.checked()), circulation_json), CirculationPage)


@blueprint.call(
    "POST", f"{ACT}/circulations", body=CirculationBody, answers=CirculationAnswer, status=201
)
def begin(body: Given, reference: str) -> Response:
    """Begin a round: the same step as among the act's actions."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    action = _opening(act)
    told = {key: value for key, value in body.values.items() if key != "version"}
    if told.get("due") in (None, ""):
        calendars = assembly.calendars(db.session())
        told["due"] = reply_by(act.procedure, calendars, today(assembly.zone()))
    return change(
        lambda: advance(
            reference,
            action,
            actor=door.actor(),
            now=moment,
            version=body.get("version"),
            data=told,
        ),
        lambda session, outcome: _begun(session, reference, outcome),
        CirculationAnswer,
        now=moment,
        status=201,
        body=body,
    )


def _opening(act: Summary) -> str:
    """The step of the act's procedure that begins a round; raises NotFound."""
    for name, action in act.procedure.definition.actions.items():
        if action.circulation == "open":
            return name
    raise NotFound(Refusal("unknown_action", {"action": "open_circulation"}))


def _begun(session: Session, reference: str, outcome: Outcome) -> Json:
    """The round that was begun. Who may only ask for the step asks by the action itself."""
    begun = outcome.circulates
    if begun is None:
        raise Forbidden(Refusal("not_your_step"))
    act = find_inside(session, reference, door.actor(), now())
    found = read_rounds(session, act.facts, door.actor(), now())
    return circulation_json(next(each for each in found if each.n == begun.n))


@blueprint.call("GET", ROUND, answers=CirculationAnswer)
def show_circulation(circulation: int) -> Response:
    """Read a round with those of its addressees and replies that are yours to see."""
    found = _round(db.session(), circulation)
    return answer_read(circulation_json(found), CirculationAnswer)


@blueprint.call("POST", f"{ROUND}/replies", answers=ReplyAnswer, status=201, requestBody=_REPLY)
def give_reply(circulation: int) -> Response:
    """Reply for your own body, or record an addressee's letter; a form carries its scan."""
    moment = now()
    check_replier(db.session(), circulation, actor=door.actor(), now=moment)
    body, upload = _reply_body()
    said = Said(
        kind=body.get("kind"),
        chamber=body.get("chamber"),
        text=body.get("text"),
        letter_ref=body.get("letter_ref"),
        letter_on=body.get("letter_date"),
        asks_until=body.get("until"),
        upload=upload,
        remarks=body.get("remarks"),
    )
    return change(
        lambda: reply(
            circulation,
            said,
            addressee=body.get("addressee"),
            version=body.get("version"),
            actor=door.actor(),
            now=moment,
        ),
        lambda session, number: _reply(session, circulation, number),
        ReplyAnswer,
        now=moment,
        status=201,
        body=body.beside(sha256=upload.sha256 if upload else None),
    )


def _reply_body() -> tuple[Given, Upload | None]:
    """What came, as JSON or as a form with a file; raises Invalid where the file is at fault."""
    if request.mimetype != "multipart/form-data":
        return given(json_body(request), ReplyBody()), None
    body = given(request.form.to_dict(), ReplyForm())
    file = request.files.get("file")
    if file is None or not file.filename:
        return body, None
    try:
        return body, keep(uploads(), file.filename, cast("Any", file.stream), SCANS)
    except Invalid as error:
        raise Invalid(*body.faults, *error.refusals) from None


@blueprint.call(
    "POST", f"{ROUND}/extensions", body=ExtensionBody, answers=CirculationAnswer, status=201
)
def extend(body: Given, circulation: int) -> Response:
    """Give an addressee of an open round a later date."""
    moment = now()
    operation: Callable[[], None] = lambda: grant_extension(  # noqa: E731
        circulation,
        body.get("addressee"),
        due_on=body.get("due"),
        reason=body.get("reason"),
        version=body.get("version"),
        actor=door.actor(),
        now=moment,
    )
    return change(
        operation,
        lambda session, _: circulation_json(_round(session, circulation)),
        CirculationAnswer,
        now=moment,
        status=201,
        body=body,
    )


@blueprint.call("GET", f"{ROUND}/replies/<id:reply>/file", responses={200: _FILE})
def letter(circulation: int, reply: int) -> Response:
    """Download the letter that came with a reply."""
    found = find_scan(_round(db.session(), circulation), reply)
    return send_kept(found.sha256 or "", found.media_type, found.filename)


def _round(session: Session, circulation: int) -> RoundText:
    """A round of which something is the caller's to see; raises NotFound."""
    moment = now()
    try:
        act = find_inside(session, act_of(session, circulation), door.actor(), moment)
    except NotFound:
        raise NotFound(Refusal("no_such_circulation")) from None
    found = read_round(session, act.facts, circulation, door.actor(), moment)
    if not found.sees and not found.mine:
        raise NotFound(Refusal("no_such_circulation"))
    return found


def _reply(session: Session, circulation: int, number: int) -> Json:
    """One reply, as whoever gave or recorded it reads it."""
    found = _round(session, circulation)
    return next(
        reply_json(found, asked, each)
        for asked in found.asked
        for each in asked.replies
        if each.id == number
    )
