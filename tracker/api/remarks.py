"""The comment table: remarks on the editions of an act, and the answers to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from tracker.acts.summaries import Summary, find_inside
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint, a_file
from tracker.api.calls import answer_read, change, paging_of
from tracker.api.given import Given
from tracker.api.remark_schemas import (
    RemarkAnswer,
    RemarkAnswerBody,
    RemarkAnswersBody,
    RemarkBody,
    RemarkPage,
    RemarkReopenBody,
    RemarksAnswer,
    RemarksQuery,
    RemarkVersionBody,
)
from tracker.api.remark_shapes import remark_json
from tracker.api.shapes import Json, page_json
from tracker.clock import now
from tracker.db import db
from tracker.errors import NotFound, invalid
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    confirm_answers,
    reopen_answer,
)
from tracker.remarks.files import TYPES, table_file
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.remarks.queries import reference_of
from tracker.remarks.reading import (
    NOBODY,
    VOID,
    Filter,
    read_chosen,
    read_remark,
    read_remarks,
    sight_of,
)
from tracker.remarks.words import KINDS, NARROWER, RESPONSES, SORTS, STATES
from workflows.facts import Refusal

blueprint = Blueprint("remarks", "Remarks on editions and their answers")
_TABLE = a_file("A page of the table, or all of it as a file.", TYPES.values())
_CHOICES = {
    "kind": tuple(KINDS),
    "state": (*STATES, *RESPONSES, *NARROWER, VOID),
    "sort": tuple(SORTS),
    "format": ("json", *TYPES),
}
_LONGEST_ID = 15


@blueprint.call(
    "GET", f"{ACT}/remarks", query=RemarksQuery, answers=RemarkPage, responses={200: _TABLE}
)
def list_remarks(query: Given, reference: str) -> Response:
    """List the remarks on an act that you may read; your own and your body's are among them.
    With `format`, all of them as a file.
    """
    act = find_inside(db.session(), reference, door.actor(), now())
    values = query.checked()
    for name, known in _CHOICES.items():
        if values.get(name) and values[name] not in known:
            raise invalid(name, "not_a_choice", choices=", ".join(known))
    sight = sight_of(door.actor(), act.facts)
    wanted = Filter(
        edition=_number("edition", values.get("edition")),
        author=values.get("author"),
        kind=values.get("kind"),
        provision=values.get("provision"),
        state=values.get("state"),
        assigned=_assigned(values.get("assigned")),
    )
    sort, form = values.get("sort") or "number", values.get("format") or "json"
    if form != "json":
        made = table_file(db.session(), sight, wanted, sort, form, now())
        answer = Response(made.data, content_type=made.media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{made.filename}"'
        answer.add_etag()
        return answer
    page = read_remarks(db.session(), sight, wanted, sort, paging_of(values))
    return answer_read(page_json(page, lambda one: remark_json(reference, one)), RemarkPage)


def _number(name: str, raw: str | None) -> int | None:
    if not raw:
        return None
    if not raw.isdecimal() or len(raw) > _LONGEST_ID:
        raise invalid(name, "not_a_number")
    return int(raw)


def _assigned(raw: str | None) -> str | None:
    return raw if raw == NOBODY else str(_number("assigned", raw) or "") or None


@blueprint.call("POST", f"{ACT}/remarks", body=RemarkBody, answers=RemarkAnswer, status=201)
def enter(body: Given, reference: str) -> Response:
    """Enter a remark, as from a letter."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    values = {name: value for name, value in body.values.items() if name != "edition"}
    return change(
        lambda: enter_remark(
            reference,
            GivenRemark(**values),
            edition=body.get("edition"),
            actor=door.actor(),
            now=moment,
        ),
        lambda session, number: _remark(session, act, number),
        RemarkAnswer,
        now=moment,
        status=201,
        body=body,
    )


@blueprint.call("POST", f"{ACT}/remarks/answers", body=RemarkAnswersBody, answers=RemarksAnswer)
def answer_many(body: Given, reference: str) -> Response:
    """Propose answers to several remarks, all or none."""
    moment = now()
    act = find_inside(db.session(), reference, door.actor(), moment)
    given = [
        Answer(_id(one.get("remark")), one.get("response"), one.get("reason"), one.get("version"))
        for one in body.get("answers") or ()
    ]
    return change(
        lambda: answer_remarks(reference, given, actor=door.actor(), now=moment),
        lambda session, _: {"items": _remarks(session, act, [one.remark for one in given])},
        RemarksAnswer,
        now=moment,
        body=body,
    )


def _id(raw: Any) -> int:
    """A remark by its id; what cannot be one is one that is not there."""
    text = str(raw)
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_ID else 0


@blueprint.call("POST", "/remarks/<id:remark>/answer", body=RemarkAnswerBody, answers=RemarkAnswer)
def answer(body: Given, remark: int) -> Response:
    """Propose an answer to a remark."""
    given = Answer(remark, body.get("response"), body.get("reason"), body.get("version"))
    return _changed(
        remark,
        body,
        lambda reference, by: answer_remarks(reference, [given], **by),
    )


@blueprint.call(
    "POST", "/remarks/<id:remark>/confirm", body=RemarkVersionBody, answers=RemarkAnswer
)
def confirm(body: Given, remark: int) -> Response:
    """Confirm the proposed answer."""
    given = Chosen(remark, body.get("version"))
    return _changed(remark, body, lambda reference, by: confirm_answers(reference, [given], **by))


@blueprint.call("POST", "/remarks/<id:remark>/reopen", body=RemarkReopenBody, answers=RemarkAnswer)
def reopen(body: Given, remark: int) -> Response:
    """Make a confirmed answer a proposal again."""
    return _changed(
        remark,
        body,
        lambda reference, by: reopen_answer(
            reference, remark, body.get("reason"), version=body.get("version"), **by
        ),
    )


def _changed(remark: int, body: Given, operation: Callable[[str, Any], object]) -> Response:
    """Change the answer to a remark that the caller sees."""
    moment = now()
    session = db.session()
    reference = reference_of(session, remark)
    if reference is None:
        raise NotFound(Refusal("no_such_remark"))
    act = find_inside(session, reference, door.actor(), moment)
    read_remark(session, sight_of(door.actor(), act.facts), remark)
    by = {"actor": door.actor(), "now": moment}
    return change(
        lambda: operation(reference, by),
        lambda session, _: _remark(session, act, remark),
        RemarkAnswer,
        now=moment,
        body=body,
    )


def _remark(session: Session, act: Summary, number: int) -> Json:
    return _remarks(session, act, [number])[0]


def _remarks(session: Session, act: Summary, ids: Sequence[int]) -> list[Json]:
    found = read_chosen(session, sight_of(door.actor(), act.facts), ids)
    return [remark_json(act.reference, one) for one in found]
