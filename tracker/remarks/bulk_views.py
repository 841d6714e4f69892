"""What is done with several remarks at once: the same answer, a merger, an edition that carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.db import db
from tracker.errors import Invalid, Refused, Stale, invalid
from tracker.i18n import lazy_gettext as _
from tracker.i18n import ngettext
from tracker.pages.forms import Form
from tracker.pages.links import inside
from tracker.pages.numbers import typed_number
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    carry_remarks,
    confirm_answers,
)
from tracker.remarks.forms import AnswerForm, ChosenForm, assign_form, carry_form
from tracker.remarks.marks import propose_carried
from tracker.remarks.merging import answerers, assign_remarks, merge_remarks, suggest_equal
from tracker.remarks.reading import read_chosen
from tracker.remarks.views import TABLE, Room, room_of
from tracker.remarks.words import CARRYING, KINDS, RESPONSES, STATES
from workflows.assembly_schema import Deed

blueprint = Blueprint("remark_bulk", __name__)


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
        _("Answer the chosen remarks"),
        _("Propose the answer"),
        _("Each of them gets this answer; it counts once it is confirmed."),
    ),
    "confirm": Deal(
        "confirm_answer",
        _("Confirm the answers"),
        _("Confirm the answers"),
        _("The authors see them from now on."),
    ),
    "assign": Deal(
        "propose_answer",
        _("Assign the chosen remarks"),
        _("Assign"),
        _("The table shows who is to answer."),
    ),
    "merge": Deal(
        "propose_answer",
        _("Merge equal remarks"),
        _("Merge the remarks"),
        _("The earliest holds one answer for all. Each stays in the table."),
    ),
    "carry": Deal(
        "propose_answer",
        _("Say which edition carries the chosen remarks"),
        _("Note the edition"),
        _("Their authors see that the remarks entered this edition."),
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
        form.take(invalid("remarks", "no_remarks_chosen"))
        status = 422
    page = render_template(
        "remarks/chosen.html",
        act=room.act,
        room=room,
        name=name,
        deal=DEALS[name],
        form=form,
        remarks=read_chosen(db.session(), room.sight, [one.remark for one in picked], "provision"),
        picked=picked,
        back=back,
        kinds=KINDS,
        responses=RESPONSES,
        states=STATES,
    )
    return page, status


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
    parts = {one.id: one for one in read_chosen(db.session(), room.sight, ids)}
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
    parts = {one.id: one for one in read_chosen(session, room.sight, ids, "provision")}
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
