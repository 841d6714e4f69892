"""The reviews of an act, for those who may see them and those who ask experts."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock, i18n
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, Refused
from tracker.i18n import gettext as _
from tracker.pages.words import calendars, say, today
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.remarks.words import KINDS as REMARK_KINDS
from tracker.reviews.consolidated import find_opinion
from tracker.reviews.doors import REVIEW, blueprint
from tracker.reviews.forms import AssignForm, ReasonForm, assign_form, field_form
from tracker.reviews.operations import assign_review, cancel_review, end_link
from tracker.reviews.reading import ReviewPart, read_review, read_reviews
from tracker.reviews.suggestions import fields_of, suggested
from tracker.reviews.words import (
    DECLINE_REASONS,
    MARKS,
    RECOMMENDATIONS,
    STATES,
    field_names,
    reason_words,
)
from workflows.calendars import Deadline, due
from workflows.facts import Refusal


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
    form = assign_form([], ())
    kind = "guideline" if form.kind.data == "guideline" else "opinion"
    try:
        assign_review(
            reference, form.expert.data or "", due_on=form.due.data,
            reserves=form.chosen_reserves, kind=kind, despite_conflict=form.despite.data,
            actor=actor, now=now,
        )  # fmt: skip
    except (Invalid, Refused) as error:
        form.take(error)
        warned = any(refusal.code == "conflict_of_interest" for refusal in error.refusals)
        return _page(act, form=form, warned=warned), 422
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


@blueprint.post(f"{REVIEW}/link")
@members
def link(review: int) -> ResponseReturnValue:
    """End the link of an invitation, or give another, which the next reminder carries."""
    found = read_review(db.session(), review)
    act = act_inside(db.session(), found.reference, current_actor(), clock.now())
    anew = request.form.get("do") == "renew"
    end_link(review, anew=anew, actor=current_actor(), now=clock.now())
    if anew:
        say(_("The invitation has another link. The next reminder carries it."))
    else:
        say(_("The link opens nothing any more. The expert can still log in."))
    anchor = f"review-{review}"
    return redirect(url_for("reviews.act_reviews", reference=act.reference, _anchor=anchor), 303)


def _assigns(act: Summary) -> bool:
    return may(assembly.assembly(), current_actor(), "assign_review", act.facts)


def _page(act: Summary, form: AssignForm | None = None, *, warned: bool = False) -> str:
    rules = assembly.assembly()
    sees = may(rules, current_actor(), "see_reviews", act.facts)
    found = read_reviews(db.session(), act.id) if sees else []
    assigns = _assigns(act)
    takes = assigns and "assign_review" in act.procedure.state(act.state).within
    reads = may(rules, current_actor(), "see_opinion", act.facts)
    compiles = may(rules, current_actor(), "issue_opinion", act.facts)
    board = find_opinion(db.session(), act.id, act.facts.visit) if reads or compiles else None
    return render_template(
        "reviews/act.html",
        act=act,
        sees=sees,
        assigns=assigns,
        reviews=found,
        today=today(),
        board=board if board is not None and (board.issued_at or compiles) else None,
        compiles=compiles and any(_counts(review) for review in found),
        kinds=REMARK_KINDS,
        reasons=DECLINE_REASONS,
        marks=MARKS,
        recommendations=RECOMMENDATIONS,
        states=STATES,
        **(_asking(act, found, form, warned=warned) if takes else {}),
    )


def _counts(review: ReviewPart) -> bool:
    """Whether the Board's opinion can be made from it."""
    return review.state == "submitted" and review.round_goes_on and not review.advisory


def _asking(
    act: Summary, found: list[ReviewPart], form: AssignForm | None, *, warned: bool
) -> dict[str, Any]:
    """What the page needs to ask: the experts in order with their reasons, and the form."""
    rules, deadline = assembly.assembly(), _deadline(act)
    field = request.values.get("field") or None
    field = field if field in rules.expertise else None
    until = deadline.on or today()
    seats = [rules.experts, *([rules.guidelines] if rules.guidelines is not None else [])]
    offered, *others = suggested(db.session(), act.facts, seats, today(), until, field)
    advisers = others[0] if others else []
    asked = {
        review.expert.id
        for review in found
        if review.visit == act.facts.visit and review.state not in ("declined", "cancelled")
    }
    forms = {"opinion": assign_form(offered, asked)}
    if advisers:
        forms["guideline"] = assign_form(advisers, asked, kind="guideline")
    kind = "guideline" if form is not None and form.kind.data == "guideline" else "opinion"
    if form is not None and kind in forms:
        _fill(form, forms[kind])
        forms[kind] = form
    own = fields_of(act.facts)
    known = field_names(sorted(own)) if own else _("not known yet")
    names = [(key, i18n.title(each.titles)) for key, each in rules.expertise.items()]
    return {
        "form": forms["opinion"],
        "guideline_form": forms.get("guideline"),
        "faults": form.faults if form is not None else [],
        "warned": warned,
        "suggested": {str(each.person.id): each for each in offered},
        "say_reason": reason_words,
        "field_form": field_form(names, field, known),
        "deadline": deadline,
    }


def _fill(form: AssignForm, offered: AssignForm) -> None:
    """Give a form that was sent the choices that there are."""
    form.expert.choices = offered.expert.choices
    while len(form.reserves) < len(offered.reserves):
        form.reserves.append_entry()
    for mine, theirs in zip(form.reserves, offered.reserves, strict=False):
        mine.choices, mine.label = theirs.choices, theirs.label


def _deadline(act: Summary) -> Deadline:
    """When an opinion asked today falls due by the procedure."""
    rule = act.procedure.definition.duties["review"].due.rule()
    return due(rule, today(), calendars(), assembly.zone())
