"""The page of an act's editions: reading, taking away, bringing in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker import assembly, clock
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Invalid, Refused, invalid
from tracker.i18n import gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.texts.files import keep, uploads
from tracker.texts.forms import NEW, UploadForm, upload_form
from tracker.texts.operations import add_file, check_uploader
from tracker.texts.queries import FileFacts
from tracker.texts.reading import PART_NAMES, EditionPart, find_file, name_of, read_editions
from tracker.texts.sending import send_kept
from tracker.texts.structures import TextState, text_states

blueprint = Blueprint("texts", __name__)


@blueprint.get("/acts/<reference>/text")
@members
def editions(reference: str) -> ResponseReturnValue:
    act, found = _read(reference)
    return _page(act, found, upload_form(found))


@blueprint.post("/acts/<reference>/text")
@members
def upload(reference: str) -> ResponseReturnValue:
    check_uploader(db.session(), reference, actor=current_actor(), now=clock.now())
    act, found = _read(reference)
    form = upload_form(found)
    if form.sent:
        try:
            number = _bring_in(reference, form)
        except (Invalid, Refused) as error:
            form.take(error)
        else:
            say(_("The file is in edition %(number)s now.", number=number))
            return redirect(url_for("texts.editions", reference=reference), 303)
    return _page(act, found, form), 422


def _bring_in(reference: str, form: UploadForm) -> int:
    if not form.file.data:
        raise invalid("file", "no_file")
    kept = keep(uploads(), form.file.data.filename or "", form.file.data.stream)
    edition = None if form.edition.data == NEW else int(form.edition.data)
    return add_file(
        reference,
        kept,
        language=form.language.data,
        part=form.part.data,
        edition=edition,
        actor=current_actor(),
        now=clock.now(),
    )


@blueprint.get("/acts/<reference>/text/<int:number>/<language>/<part>")
@members
def download(reference: str, number: int, language: str, part: str) -> Response:
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    file = find_file(db.session(), act.id, number, language, part)
    return send_text(reference, number, file, "private, no-store")


def send_text(reference: str, number: int, file: FileFacts, caching: str) -> Response:
    """A file under a name that says which text it is."""
    return send_kept(file.sha256, file.media_type, name_of(reference, number, file), caching)


def _read(reference: str) -> tuple[Summary, list[EditionPart]]:
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    return act, read_editions(db.session(), act.id, act.procedure)


def _page(act: Summary, found: list[EditionPart], form: UploadForm) -> str:
    texts: dict[int, list[TextState]] = {}
    for one in text_states(db.session(), act.id):
        texts.setdefault(one.n, []).append(one)
    uploads_here = "upload_edition" in act.procedure.state(act.state).within
    return render_template(
        "texts/editions.html",
        act=act,
        editions=found,
        texts=texts,
        parts=PART_NAMES,
        form=form,
        may_upload=may(assembly.assembly(), current_actor(), "upload_edition", act.facts),
        uploads_here=uploads_here,
    )
