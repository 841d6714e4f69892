"""Editions of a draft and their files."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, request
from sqlalchemy.orm import Session

from tracker.acts.dossier import dossier
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint, a_file, sliced
from tracker.api.calls import answer_read, change
from tracker.api.edition_schemas import EditionAnswer, EditionForm, EditionPage, FileQuery
from tracker.api.edition_shapes import edition_json
from tracker.api.given import Given, given
from tracker.api.schemas import PagingQuery
from tracker.api.shapes import page_json
from tracker.clock import now
from tracker.db import db
from tracker.errors import Invalid, NotFound
from tracker.texts.files import TYPES, Upload, keep, uploads
from tracker.texts.operations import add_file, check_uploader
from tracker.texts.queries import EditionText, adopted_edition, editions
from tracker.texts.sending import send_kept
from workflows.facts import Refusal

blueprint = Blueprint("editions", "Editions of a draft")
_MULTIPART = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/EditionForm"}}},
}
_FILE = a_file("The file as it came.", TYPES.values())


@blueprint.call(
    "POST", f"{ACT}/editions", answers=EditionAnswer, status=201, requestBody=_MULTIPART
)
def deliver(reference: str) -> Response:
    """Deliver a new edition, or add or replace a language of one that no decision has frozen."""
    moment = now()
    check_uploader(db.session(), reference, actor=door.actor(), now=moment)
    form = given(request.form.to_dict(), EditionForm())
    upload, fault = _upload()
    faults = [*form.faults, *fault]
    if upload is None or faults:
        raise Invalid(*faults)

    def bring_in() -> int:
        return add_file(
            reference,
            upload,
            language=form.get("language"),
            part=form.get("part") or "text",
            edition=form.get("edition"),
            version=form.get("version"),
            actor=door.actor(),
            now=moment,
        )

    return change(
        bring_in,
        lambda session, number: edition_json(reference, _one(session, reference, number)),
        EditionAnswer,
        now=moment,
        status=201,
        body=form.beside(sha256=upload.sha256, filename=upload.filename),
    )


def _upload() -> tuple[Upload | None, tuple[Refusal, ...]]:
    """The file that came, kept; or what is wrong with it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None, (Refusal("required", {"name": "file"}, "file"),)
    try:
        return keep(uploads(), file.filename, cast("BinaryIO", file.stream)), ()
    except Invalid as error:
        return None, error.refusals


@blueprint.call("GET", f"{ACT}/editions", query=PagingQuery, answers=EditionPage)
def list_editions(query: Given, reference: str) -> Response:
    """List the editions of an act; of an adopted act that is public, the one adopted."""
    found = _readable(db.session(), reference)
    page = page_json(sliced(found, query.checked()), lambda each: edition_json(reference, each))
    return answer_read(page, EditionPage)


@blueprint.call("GET", f"{ACT}/editions/<number:number>", answers=EditionAnswer)
def show_edition(reference: str, number: int) -> Response:
    """Read what an edition consists of."""
    return answer_read(
        edition_json(reference, _one(db.session(), reference, number)), EditionAnswer
    )


@blueprint.call(
    "GET",
    f"{ACT}/editions/<number:number>/files/<language>",
    query=FileQuery,
    responses={200: _FILE},
)
def download(query: Given, reference: str, number: int, language: str) -> Response:
    """Download a file of an edition."""
    edition = _one(db.session(), reference, number)
    part = query.checked().get("part") or "text"
    for file in edition.files:
        if (file.language, file.part) == (language, part):
            return send_kept(file.sha256, file.media_type, file.filename)
    raise NotFound(Refusal("no_such_file"))


def _readable(session: Session, reference: str) -> list[EditionText]:
    """The editions that the caller may read; raises NotFound."""
    act = dossier(session, reference, door.actor(), now()).act
    if act.inside:
        return editions(session, act.id)
    adopted = adopted_edition(session, act.id)
    return editions(session, act.id, only=adopted) if adopted is not None else []


def _one(session: Session, reference: str, number: int) -> EditionText:
    for edition in _readable(session, reference):
        if edition.n == number:
            return edition
    raise NotFound(Refusal("no_such_edition", {"number": number}))
