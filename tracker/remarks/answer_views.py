"""One remark on its own page, and what is done with several at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.db import db
from tracker.errors import Invalid, Refused, Stale, TrackerError, invalid
from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext as _later
from tracker.i18n import ngettext
from tracker.pages.forms import Form
from tracker.pages.links import inside
from tracker.pages.numbers import typed_number
from tracker.pages.words import say
from tracker.paging import Paging
from tracker.people.access import current_actor, members
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    carry_remarks,
    confirm_answers,
    reopen_answer,
)
from tracker.remarks.forms import (
    AnswerForm,
    ChosenForm,
    ReopenForm,
    assign_form,
    carry_form,
)
from tracker.remarks.marks import propose_carried
from tracker.remarks.merging import (
    answerers,
    assign_remarks,
    merge_remarks,
    suggest_equal,
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
from tracker.remarks.views import TABLE, Room, room_of, room_of_remark
from tracker.remarks.words import CARRYING, KINDS, RESPONSES, SOURCES, STATES
from tracker.structure.words import Op, compare
from workflows.assembly_schema import Deed

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
    """Where the provision is compared in the two editions, once there is such a page."""
    if found.carried_by is None or "comparing.compare" not in current_app.view_functions:
        return None
    return url_for(
        "comparing.compare",
        reference=room.act.reference,
        old=found.edition,
        new=found.carried_by,
        language=found.language,
        _anchor=found.eid,
    )


@dataclass(frozen=True, slots=True)
class Deal:
    """Something done with several remarks: who may, its title, its button, what follows."""

    deed: Deed
    title: Any
    button: Any
    consequence: Any


DEALS: Mapping[str, Deal] = {
    "answer": Deal(
        "propose_answer",
        _later("Answer the chosen remarks"),
        _later("Propose the answer"),
        _later("Each of them gets this answer; it counts once it is confirmed."),
    ),
    "confirm": Deal(
        "confirm_answer",
        _later("Confirm the answers"),
        _later("Confirm the answers"),
        _later("The authors see them from now on."),
    ),
    "assign": Deal(
        "propose_answer",
        _later("Assign the chosen remarks"),
        _later("Assign"),
        _later("The table shows who is to answer."),
    ),
    "merge": Deal(
        "propose_answer",
        _later("Merge equal remarks"),
        _later("Merge the remarks"),
        _later("The earliest holds one answer for all. Each stays in the table."),
    ),
    "carry": Deal(
        "propose_answer",
        _later("Say which edition carries the chosen remarks"),
        _later("Note the edition"),
        _later("Their authors see that the remarks entered this edition."),
    ),
}


@blueprint.route(f"{TABLE}/chosen", methods=["GET", "POST"])
@members
def chosen(reference: str) -> ResponseReturnValue:
    """Look at the chosen remarks and say what is to be done with all of them."""
    room = room_of(reference)
    values = request.values
    name = values.get("do", "")
    if name not in DEALS:
        name = "answer"
    room.require(DEALS[name].deed)
    picked = _picked(values.getlist("remark"))
    back = inside(values.get("back")) or url_for("remarks.table", reference=reference)
    form = _form(room, name)
    status = 200
    if form.sent:
        try:
            _deal(room, name, picked, form)
        except (Invalid, Stale, Refused) as error:
            form.take(error)
            status = error.status
        else:
            count = len(picked)
            say(ngettext("Done for %(num)s remark.", "Done for %(num)s remarks.", count))
            return redirect(back, 303)
    elif not picked:
        form.take(_nothing())
        status = 422
    ids = [one.remark for one in picked]
    found = read_remarks(
        db.session(), room.sight, Filter(ids=ids), "provision", Paging(1, len(ids) or 1)
    )
    page = render_template(
        "remarks/chosen.html",
        act=room.act,
        room=room,
        name=name,
        deal=DEALS[name],
        form=form,
        remarks=found.items,
        picked=picked,
        back=back,
        kinds=KINDS,
        responses=RESPONSES,
        states=STATES,
    )
    return page, status


def _nothing() -> TrackerError:
    return invalid("remarks", "no_remarks_chosen")


def _picked(raw: Sequence[str]) -> list[Chosen]:
    """Remarks as the boxes name them: `17:3` is number 17 at its version 3."""
    found = {}
    for one in raw[:500]:
        number, _colon, version = one.partition(":")
        remark = typed_number(number)
        if remark is not None:
            found[remark] = Chosen(remark, typed_number(version))
    return list(found.values())


def _form(room: Room, name: str) -> Form:
    if name == "answer":
        return AnswerForm()
    if name == "assign":
        return assign_form(answerers(db.session(), room.act.facts, clock.now()))
    if name == "carry":
        return carry_form(room.editions)
    return ChosenForm()


def _deal(room: Room, name: str, picked: Sequence[Chosen], form: Any) -> None:
    reference = room.act.reference
    by: Any = {"actor": current_actor(), "now": clock.now()}
    if name == "answer":
        answers = [
            Answer(one.remark, form.response.data, form.reason.data, one.version) for one in picked
        ]
        _answer_all(reference, answers, by)
    elif name == "confirm":
        confirm_answers(reference, picked, **by)
    elif name == "assign":
        assign_remarks(reference, [one.remark for one in picked], form.person.data, **by)
    elif name == "merge":
        merge_remarks(reference, picked, **by)
    else:
        carry_remarks(reference, form.edition.data, picked, **by)


def _answer_all(reference: str, answers: Sequence[Answer], by: Any) -> None:
    """The same answer for all: a fault of it is told once."""
    try:
        answer_remarks(reference, answers, **by)
    except Invalid as error:
        told = {
            (fault.code, (fault.field or "").rpartition(".")[2]): fault for fault in error.refusals
        }
        raise Invalid(
            *(
                type(fault)(fault.code, fault.params, field)
                for (_code, field), fault in told.items()
            )
        ) from None


@blueprint.get(f"{TABLE}/equal")
@members
def equal(reference: str) -> str:
    """Remarks that seem to say the same, to be merged."""
    room = room_of(reference)
    room.require("propose_answer")
    groups = suggest_equal(db.session(), room.act.id)
    ids = [one for group in groups for one in group]
    found = read_remarks(
        db.session(), room.sight, Filter(ids=ids), "number", Paging(1, len(ids) or 1)
    )
    parts = {one.id: one for one in found.items}
    return render_template(
        "remarks/equal.html",
        act=room.act,
        room=room,
        groups=[[parts[one] for one in group if one in parts] for group in groups],
        kinds=KINDS,
    )


@blueprint.get(f"{TABLE}/carried")
@members
def carried(reference: str) -> str:
    """Which accepted remarks the current edition seems to carry."""
    room = room_of(reference)
    room.require("propose_answer")
    session = db.session()
    proposals = propose_carried(session, room.act.id, room.editions)
    ids = [one.remark for one in proposals]
    found = read_remarks(
        session, room.sight, Filter(ids=ids), "provision", Paging(1, len(ids) or 1)
    )
    parts = {one.id: one for one in found.items}
    return render_template(
        "remarks/carried.html",
        act=room.act,
        room=room,
        proposals=[(parts[one.remark], one) for one in proposals if one.remark in parts],
        carrying=CARRYING,
        kinds=KINDS,
        responses=RESPONSES,
        states=STATES,
    )
