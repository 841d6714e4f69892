"""The expert's page: what is asked, accept or decline, the opinion, sent once."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Invalid, NotFound, Refused, TrackerError
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.refusals import words
from tracker.reviews.forms import OpinionForm, ReasonForm, opinion_form
from tracker.reviews.operations import (
    accept_review,
    decline_review,
    file_opinion,
    save_opinion,
)
from tracker.reviews.reading import ReviewPart, read_review
from tracker.reviews.views import REVIEW, blueprint
from tracker.reviews.words import RECOMMENDATIONS, STATES
from tracker.texts.queries import editions
from tracker.texts.reading import PART_NAMES
from workflows.facts import Refusal

__all__ = ["blueprint"]
"""The room's one blueprint, begun in `views` and completed here."""
SAVING = {"saving": _("Saving…"), "saved": _("Saved at"), "lost": _("Not saved. Press “Save”.")}
"""What the page says while an opinion is saved as it is typed."""


@blueprint.get(REVIEW)
@members
def review(review: int) -> ResponseReturnValue:
    found = read_review(db.session(), review)
    if found.expert.id == current_actor().person:
        return _page(found)
    act = act_inside(db.session(), found.reference, current_actor(), clock.now())
    if not may(assembly.assembly(), current_actor(), "see_reviews", act.facts):
        raise NotFound(Refusal("no_such_review"))
    anchor = f"review-{found.id}"
    return redirect(url_for("reviews.act_reviews", reference=act.reference, _anchor=anchor), 303)


@blueprint.post(f"{REVIEW}/accept")
@members
def accept(review: int) -> ResponseReturnValue:
    _at_work(review)
    accept_review(review, actor=current_actor(), now=clock.now())
    say(gettext("Thank you. You have taken it on."))
    return redirect(url_for("reviews.review", review=review), 303)


@blueprint.post(f"{REVIEW}/decline")
@members
def decline(review: int) -> ResponseReturnValue:
    _at_work(review)
    form = ReasonForm()
    try:
        decline_review(review, form.reason.data, actor=current_actor(), now=clock.now())
    except Invalid as error:
        form.take(error)
        return _page(_mine(review), declining=form), 422
    return redirect(url_for("reviews.review", review=review), 303)


@blueprint.post(f"{REVIEW}/save")
@members
def save(review: int) -> ResponseReturnValue:
    """Keep what is written so far: by the button, or as it is typed, which wants no page."""
    form = OpinionForm()
    typing = request.accept_mimetypes.best == "application/json"
    try:
        _save(review, form)
    except TrackerError as error:
        if not typing:
            raise
        return jsonify(message=" ".join(words(refusal) for refusal in error.refusals)), error.status
    if typing:
        return jsonify(message=gettext("Saved."))
    say(gettext("Saved. Nobody else sees it until you send it."))
    return redirect(url_for("reviews.review", review=review), 303)


@blueprint.post(f"{REVIEW}/look")
@members
def prepare(review: int) -> ResponseReturnValue:
    """Keep the opinion and, where it is complete, show what will be sent."""
    form = OpinionForm()
    try:
        _save(review, form)
    except Invalid as error:
        form.take(error)
    if form.faults or not form.validate():
        return _page(_mine(review), opinion=form), 422
    return redirect(url_for("reviews.look", review=review), 303)


@blueprint.get(f"{REVIEW}/look")
@members
def look(review: int) -> ResponseReturnValue:
    found = _mine(review)
    if not (found.draft_recommendation and found.draft_text):
        return redirect(url_for("reviews.review", review=review), 303)
    return render_template(
        "reviews/look.html",
        review=found,
        form=opinion_form(found),
        recommendations=RECOMMENDATIONS,
    )


@blueprint.post(f"{REVIEW}/opinion")
@members
def send(review: int) -> ResponseReturnValue:
    """Send what was looked at: the form carries it, so that nothing else is sent."""
    _at_work(review)
    form = OpinionForm()
    file_opinion(
        review, form.recommendation.data, form.text.data, actor=current_actor(), now=clock.now()
    )
    return redirect(url_for("reviews.review", review=review), 303)


def _save(review: int, form: OpinionForm) -> None:
    _at_work(review)
    save_opinion(
        review, form.recommendation.data, form.text.data, actor=current_actor(), now=clock.now()
    )


def _mine(review: int) -> ReviewPart:
    """A review of the reader's own; raises NotFound."""
    found = read_review(db.session(), review)
    if found.expert.id != current_actor().person:
        raise NotFound(Refusal("no_such_review"))
    return found


def _at_work(review: int) -> None:
    """Say at once what became of a review that is over: its act may be out of sight by now."""
    found = _mine(review)
    if not found.open:
        raise Refused(Refusal(f"review_is_{found.state}"))


def _page(
    review: ReviewPart, declining: ReasonForm | None = None, opinion: OpinionForm | None = None
) -> str:
    texts = editions(db.session(), review.act_id, review.edition) if review.edition else []
    return render_template(
        "reviews/review.html",
        review=review,
        edition=texts[0] if texts and review.state not in ("declined", "cancelled") else None,
        declining=declining or ReasonForm(formdata=None),
        opinion=opinion or opinion_form(review),
        parts=PART_NAMES,
        recommendations=RECOMMENDATIONS,
        states=STATES,
        saving=SAVING,
    )
