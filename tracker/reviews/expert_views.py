"""The expert's page: what is asked, accept or decline, the opinion, sent once and supplemented.

Each page stands behind two doors, log-in and the link of the invitation (`doors`).
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from tracker import assembly, clock
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Invalid, NotFound, Refused, TrackerError
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.words import say, today
from tracker.people.access import current_actor
from tracker.permissions import may
from tracker.refusals import words
from tracker.remarks.counts import fate
from tracker.remarks.naming import provision_names
from tracker.remarks.words import KINDS as REMARK_KINDS
from tracker.reviews.doors import Door, both
from tracker.reviews.forms import AddendumForm, DeclineForm, OpinionForm, opinion_form
from tracker.reviews.operations import (
    accept_review,
    add_addendum,
    decline_review,
    file_opinion,
    save_opinion,
)
from tracker.reviews.reading import read_addenda, read_review
from tracker.reviews.words import DECLINE_REASONS, MARKS, RECOMMENDATIONS, STATES
from tracker.structure.model import provisions
from tracker.structure.render import contents_html, document_html
from tracker.texts.queries import editions
from tracker.texts.reading import PART_NAMES, find_file
from tracker.texts.structures import document
from tracker.texts.views import send_text
from workflows.facts import Refusal

MOST_BESIDE = 600
"""Provisions of a text that is shown beside the opinion; a longer one has its own page."""
SAVING = {"saving": _("Saving…"), "saved": _("Saved at"), "lost": _("Not saved. Press “Save”.")}
"""What the page says while an opinion is saved as it is typed."""


def _own_or_theirs(review: int) -> Door | ResponseReturnValue:
    """The expert's own page; who may see reviews is led to that of the act."""
    found = read_review(db.session(), review)
    if found.expert.id == current_actor().person:
        return Door(found, current_actor())
    act = act_inside(db.session(), found.reference, current_actor(), clock.now())
    if not may(assembly.assembly(), current_actor(), "see_reviews", act.facts):
        raise NotFound(Refusal("no_such_review"))
    anchor = f"review-{found.id}"
    return redirect(url_for("reviews.act_reviews", reference=act.reference, _anchor=anchor), 303)


@both("", own=_own_or_theirs)
def review(door: Door) -> ResponseReturnValue:
    return _page(door)


@both("/accept", "POST")
def accept(door: Door) -> ResponseReturnValue:
    _at_work(door)
    accept_review(door.review.id, actor=door.actor, now=clock.now())
    say(gettext("Thank you. You have taken it on."))
    return redirect(door.url(), 303)


@both("/decline", "POST")
def decline(door: Door) -> ResponseReturnValue:
    _at_work(door)
    form = DeclineForm()
    if not form.code.data and not form.reason.data:
        form.take(Invalid(Refusal("decline_reason_missing", {}, "code")))
        return _page(door, declining=form), 422
    try:
        decline_review(
            door.review.id, form.reason.data, code=form.code.data or None, actor=door.actor,
            now=clock.now(),
        )  # fmt: skip
    except Invalid as error:
        form.take(error)
        return _page(door, declining=form), 422
    if door.token is not None:
        return render_template("reviews/over.html", declined=True)
    return redirect(door.url(), 303)


@both("/save", "POST")
def save(door: Door) -> ResponseReturnValue:
    """Keep what is written so far: by the button, or as it is typed, which wants no page."""
    form = OpinionForm()
    typing = request.accept_mimetypes.best == "application/json"
    try:
        _save(door, form)
    except TrackerError as error:
        if typing:
            said = " ".join(words(refusal) for refusal in error.refusals)
            return jsonify(message=said), error.status
        if not isinstance(error, Invalid):
            raise
        form.take(error)
        return _page(door, opinion=form), 422
    if typing:
        return jsonify(message=gettext("Saved."))
    if "add" in request.form:
        return redirect(door.url(_anchor="remarks-end"), 303)
    say(gettext("Saved. Nobody else sees it until you send it."))
    return redirect(door.url(), 303)


@both("/look", "POST")
def prepare(door: Door) -> ResponseReturnValue:
    """Keep the opinion and, where it is complete, show what will be sent."""
    form = OpinionForm()
    try:
        _save(door, form)
    except Invalid as error:
        form.take(error)
    if form.faults or not form.validate() or not _complete(form):
        return _page(door, opinion=form), 422
    return redirect(door.url("look"), 303)


@both("/look")
def look(door: Door) -> ResponseReturnValue:
    found = door.review
    if not (found.draft_recommendation and found.draft_text):
        return redirect(door.url(), 303)
    return render_template(
        "reviews/look.html",
        door=door,
        review=found,
        form=opinion_form(found),
        recommendations=RECOMMENDATIONS,
        kinds=REMARK_KINDS,
    )


@both("/opinion", "POST")
def send(door: Door) -> ResponseReturnValue:
    """Send what was looked at: the form names it, so that nothing else is sent."""
    _at_work(door)
    if door.review.draft.get("interest") is None:
        raise Invalid(Refusal("interest_missing", {}, "interest"))
    file_opinion(
        door.review.id, None, None, looked_at=request.form.get("looked_at", ""),
        actor=door.actor, now=clock.now(),
    )  # fmt: skip
    return redirect(door.url(), 303)


@both("/addendum", "POST")
def addendum(door: Door) -> ResponseReturnValue:
    form = AddendumForm()
    names = provision_names(db.session(), door.review.act_id, door.review.edition)
    if form.validate():
        try:
            add_addendum(
                door.review.id, form.text.data, remarks=form.rows(names), actor=door.actor,
                now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            form.take(error)
        else:
            say(gettext("The addendum has been sent."))
            return redirect(door.url(), 303)
    return _page(door, adding=form), 422


@both("/read")
def read(door: Door) -> ResponseReturnValue:
    """The text of the edition that is reviewed, where its structure is known."""
    found, language = door.review, assembly.assembly().authentic
    text = None
    if found.edition and found.state not in ("declined", "cancelled"):
        text = document(db.session(), found.act_id, found.edition, language)
    if text is None:
        raise NotFound(Refusal("no_such_file"))
    return render_template(
        "reviews/read.html",
        door=door,
        review=found,
        contents=contents_html(text),
        text=document_html(text),
    )


@both("/text/<int:number>/<language>/<part>")
def draft(door: Door, number: int, language: str, part: str) -> Response:
    """A file of the edition that is reviewed, and of no other."""
    found = door.review
    if number != found.edition or found.state not in ("invited", "accepted", "submitted"):
        raise NotFound(Refusal("no_such_file"))
    file = find_file(db.session(), found.act_id, number, language, part)
    return send_text(found.reference, number, file, "private, no-store")


def _complete(form: OpinionForm) -> bool:
    """Whether what is written could be sent; what is missing is said beside its field."""
    if form.declared and not (form.interest_text.data or "").strip():
        form.take(Invalid(Refusal("interest_text", {}, "interest_text")))
    rows = [row for row in form.remarks if any(cell.data for cell in row.form)]
    for number, row in enumerate(rows):
        if row.form.kind.data not in REMARK_KINDS:
            form.take(Invalid(Refusal("remark_kind", {}, f"remarks.{number}.kind")))
        if not (row.form.text.data or row.form.wording.data or "").strip():
            form.take(Invalid(Refusal("remark_text", {}, f"remarks.{number}.text")))
    return not form.faults


def _save(door: Door, form: OpinionForm) -> None:
    _at_work(door)
    names = provision_names(db.session(), door.review.act_id, door.review.edition)
    save_opinion(
        door.review.id,
        form.recommendation.data,
        form.text.data,
        interest=form.declared,
        interest_text=form.interest_text.data,
        remarks=form.rows(names),
        actor=door.actor,
        now=clock.now(),
    )


def _at_work(door: Door) -> None:
    """Say at once what became of a review that is over: its act may be out of sight by now."""
    if not door.review.open:
        raise Refused(Refusal(f"review_is_{door.review.state}"))


def _beside(act_id: int, edition: int) -> Markup | None:
    """The authentic text, to stand beside the opinion; None where it is not read or too long."""
    text = document(db.session(), act_id, edition, assembly.assembly().authentic)
    if text is None or len(list(provisions(text))) > MOST_BESIDE:
        return None
    return document_html(text)


def _page(
    door: Door,
    declining: DeclineForm | None = None,
    opinion: OpinionForm | None = None,
    adding: AddendumForm | None = None,
) -> str:
    found = read_addenda(db.session(), door.review)
    shown = found.state not in ("declined", "cancelled")
    texts = editions(db.session(), found.act_id, found.edition) if found.edition and shown else []
    names = provision_names(db.session(), found.act_id, found.edition) if shown else {}
    opinion = opinion or opinion_form(found)
    adding = adding or AddendumForm(formdata=None)
    for form in (opinion, adding):
        form.offer()
    more: dict[str, Any] = {"kinds": REMARK_KINDS, "reasons": DECLINE_REASONS, "marks": MARKS}
    became = text = None
    if found.state == "accepted" and found.edition:
        text = _beside(found.act_id, found.edition)
    if found.state == "submitted":
        became = fate(db.session(), found.expert.id, found.act_id)
    return render_template(
        "reviews/review.html",
        door=door,
        review=found,
        became=became,
        text=text,
        today=today(),
        edition=texts[0] if texts else None,
        provisions=names,
        declining=declining or DeclineForm(formdata=None),
        opinion=opinion,
        adding=adding,
        parts=PART_NAMES,
        recommendations=RECOMMENDATIONS,
        states=STATES,
        saving=SAVING,
        **more,
    )
