"""One remark on its own page, with its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.db import db
from tracker.errors import Invalid, Refused, Stale
from tracker.i18n import gettext as _
from tracker.pages.forms import Form
from tracker.pages.numbers import typed_number
from tracker.pages.words import say
from tracker.paging import Paging
from tracker.people.access import current_actor, members
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    confirm_answers,
    reopen_answer,
)
from tracker.remarks.forms import (
    AnswerForm,
    ReopenForm,
)
from tracker.remarks.merging import (
    unmerge_remark,
)
from tracker.remarks.provisions import ProvisionText, provisions_of, read_document, resolve
from tracker.remarks.reading import (
    Filter,
    RemarkPart,
    earlier_answers,
    read_remark,
    read_remarks,
)
from tracker.remarks.views import Room, room_of_remark
from tracker.remarks.words import KINDS, RESPONSES, SOURCES, STATES
from tracker.structure.words import Op, compare

blueprint = Blueprint("remark_answers", __name__)
REMARK = "/remarks/<int(max=9999999999):remark>"
_LONGEST = 30_000
"""Of a provision that a wording is compared with on a page."""


@blueprint.get(REMARK)
@members
def remark(remark: int) -> str:
    room = room_of_remark(remark)
    return _page(room, read_remark(db.session(), room.sight, remark))


@blueprint.post(f"{REMARK}/answer")
@members
def answer(remark: int) -> ResponseReturnValue:
    room = room_of_remark(remark)
    form = AnswerForm()
    said = Answer(remark, form.response.data, form.reason.data, typed_number(form.version.data))
    return _done(
        room, remark, form,
        lambda: answer_remarks(
            room.act.reference, [said], actor=current_actor(), now=clock.now()
        ),
        _("The answer is proposed. It counts once it is confirmed."),
    )  # fmt: skip


@blueprint.post(f"{REMARK}/confirm")
@members
def confirm(remark: int) -> ResponseReturnValue:
    room = room_of_remark(remark)
    chosen = Chosen(remark, typed_number(request.form.get("version")))
    return _done(
        room, remark, AnswerForm(formdata=None),
        lambda: confirm_answers(
            room.act.reference, [chosen], actor=current_actor(), now=clock.now()
        ),
        _("The answer is confirmed."),
    )  # fmt: skip


@blueprint.post(f"{REMARK}/reopen")
@members
def reopen(remark: int) -> ResponseReturnValue:
    room = room_of_remark(remark)
    form = ReopenForm()
    return _done(
        room, remark, form,
        lambda: reopen_answer(
            room.act.reference, remark, form.reason.data, version=typed_number(form.version.data),
            actor=current_actor(), now=clock.now(),
        ),
        _("The answer is open again."),
    )  # fmt: skip


@blueprint.post(f"{REMARK}/unmerge")
@members
def unmerge(remark: int) -> ResponseReturnValue:
    room = room_of_remark(remark)
    return _done(
        room, remark, AnswerForm(formdata=None),
        lambda: unmerge_remark(
            room.act.reference, remark, actor=current_actor(), now=clock.now()
        ),
        _("The remark stands for itself again and waits for an answer."),
    )  # fmt: skip


def _done(
    room: Room, remark: int, form: Form, change: Callable[[], object], said: str
) -> ResponseReturnValue:
    try:
        change()
    except (Invalid, Stale, Refused) as error:
        form.take(error)
        found = read_remark(db.session(), room.sight, remark)
        return _page(room, found, form), error.status
    say(said)
    return redirect(url_for("remark_answers.remark", remark=remark), 303)


def _page(room: Room, found: RemarkPart, form: Form | None = None) -> str:
    session, act = db.session(), room.act
    provision = _provision(room, found)
    earlier = earlier_answers(session, found.id) if room.sight.table else []
    waiting = read_remarks(
        session, room.sight, Filter(state="unanswered"), "provision", Paging(1, 2)
    )
    return render_template(
        "remarks/remark.html",
        act=act,
        room=room,
        remark=found,
        provision=provision,
        change=_change(provision, found),
        earlier=earlier,
        answering=form
        if isinstance(form, AnswerForm)
        else AnswerForm(
            formdata=None, response=found.response, reason=found.reason or "", version=found.version
        ),
        reopening=form
        if isinstance(form, ReopenForm)
        else ReopenForm(formdata=None, version=found.version),
        faults=form.faults if form else [],
        following=next((one for one in waiting.items if one.id != found.id), None),
        redline=_redline(room, found),
        kinds=KINDS,
        responses=RESPONSES,
        sources=SOURCES,
        states=STATES,
    )


def _provision(room: Room, found: RemarkPart) -> ProvisionText | None:
    """The provision that a remark is on, as its edition has it."""
    if not (found.eid or found.place):
        return None
    document = read_document(db.session(), room.act.id, found.edition, found.language)
    provisions = provisions_of(document)
    return provisions.get(found.eid or resolve(found.place, provisions) or "")


def _change(provision: ProvisionText | None, found: RemarkPart) -> Sequence[Op]:
    """What the proposed wording changes in the provision, by word."""
    if provision is None or not found.wording or len(provision.text) > _LONGEST:
        return ()
    return compare(provision.text, found.wording)


def _redline(room: Room, found: RemarkPart) -> str | None:
    """Where the provision is compared in the two editions."""
    if found.carried_by is None:
        return None
    return url_for(
        "comparing.compare",
        reference=room.act.reference,
        old=found.edition,
        new=found.carried_by,
        language=found.language,
        _anchor=found.eid,
    )
