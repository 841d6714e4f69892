"""The reviews of an act, for those who may see them and those who ask experts."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, Refused
from tracker.i18n import gettext as _
from tracker.pages.words import calendars, say, today
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.reviews.forms import AssignForm, ReasonForm, assign_form
from tracker.reviews.operations import assign_review, cancel_review
from tracker.reviews.reading import ReviewPart, read_experts, read_review, read_reviews
from tracker.reviews.words import RECOMMENDATIONS, STATES
from workflows.calendars import Deadline, due
from workflows.facts import Refusal

blueprint = Blueprint("reviews", __name__)
REVIEW = "/reviews/<int(max=9999999999):review>"


@blueprint.get("/acts/<reference>/reviews")
@members
def act_reviews(reference: str) -> ResponseReturnValue:
    return _page(act_inside(db.session(), reference, current_actor(), clock.now()))


@blueprint.post("/acts/<reference>/reviews")
@members
def assign(reference: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    act = act_inside(db.session(), reference, actor, now)
    if not _assigns(act):
        raise Forbidden(Refusal("not_permitted"))
    form = assign_form(read_experts(db.session(), today()), ())
    try:
        assign_review(reference, form.expert.data or "", due_on=form.due.data, actor=actor, now=now)
    except (Invalid, Refused) as error:
        form.take(error)
        return _page(act, form=form), 422
    say(_("The expert has been asked. The invitation is on its way."))
    return redirect(url_for("reviews.act_reviews", reference=reference), 303)


@blueprint.route(f"{REVIEW}/cancel", methods=["GET", "POST"])
@members
def cancel(review: int) -> ResponseReturnValue:
    """Take an invitation back, with a reason that the expert reads."""
    found = read_review(db.session(), review)
    act = act_inside(db.session(), found.reference, current_actor(), clock.now())
    if not _assigns(act):
        raise Forbidden(Refusal("not_permitted"))
    form = ReasonForm()
    if form.sent:
        try:
            cancel_review(review, form.reason.data, actor=current_actor(), now=clock.now())
        except Invalid as error:
            form.take(error)
        else:
            say(_("The invitation is taken back. The expert will be told."))
            return redirect(url_for("reviews.act_reviews", reference=act.reference), 303)
    page = render_template("reviews/cancel.html", act=act, review=found, form=form)
    return page, 422 if form.faults else 200


def _assigns(act: Summary) -> bool:
    return may(assembly.assembly(), current_actor(), "assign_review", act.facts)


def _page(act: Summary, form: AssignForm | None = None) -> str:
    sees = may(assembly.assembly(), current_actor(), "see_reviews", act.facts)
    found = read_reviews(db.session(), act.id) if sees else []
    assigns = _assigns(act)
    takes = assigns and "assign_review" in act.procedure.state(act.state).within
    if takes:
        form = _with_experts(act, found, form)
    return render_template(
        "reviews/act.html",
        act=act,
        sees=sees,
        assigns=assigns,
        reviews=found,
        form=form if takes else None,
        deadline=_deadline(act) if takes else None,
        recommendations=RECOMMENDATIONS,
        states=STATES,
    )


def _with_experts(act: Summary, found: list[ReviewPart], form: AssignForm | None) -> AssignForm:
    asked = {
        review.expert.id
        for review in found
        if review.visit == act.facts.visit and review.state not in ("declined", "cancelled")
    }
    offered = assign_form(read_experts(db.session(), today()), asked)
    if form is None:
        return offered
    form.expert.choices = offered.expert.choices
    return form


def _deadline(act: Summary) -> Deadline:
    """When an opinion asked today falls due by the procedure."""
    rule = act.procedure.definition.duties["review"].due.rule()
    return due(rule, today(), calendars(), assembly.zone())
