"""The decision of a body on an act, and what the secretariat enters for it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, Refused, Stale
from tracker.i18n import gettext as _
from tracker.pages.numbers import typed_number
from tracker.pages.words import say, today
from tracker.people.access import current_actor, members
from tracker.sittings.forms import SittingForm, enter_form, sitting_form
from tracker.sittings.operations import give_position, record_decision
from tracker.sittings.page import DecisionPage, delegations, read_decision_page
from tracker.sittings.words import ANSWERS, OUTCOMES, RULES
from workflows.facts import Refusal

blueprint = Blueprint("sittings", __name__)


@blueprint.get("/acts/<reference>/decision")
@members
def decision(reference: str) -> ResponseReturnValue:
    act, page = _read(reference)
    return render_template(
        "sittings/decision.html",
        act=act,
        page=page,
        answers=ANSWERS,
        outcomes=OUTCOMES,
        rules=RULES,
    )


@blueprint.route("/acts/<reference>/decision/position", methods=["GET", "POST"])
@members
def enter(reference: str) -> ResponseReturnValue:
    """Enter a member's position from their letter."""
    act, page = _read(reference)
    if not page.enters:
        raise Forbidden(Refusal("not_permitted"))
    form = enter_form(standing.member for standing in page.standings)
    if request.method == "POST":
        try:
            give_position(
                reference,
                form.vote.data,
                text=form.text.data,
                on_behalf_of=form.on_behalf_of.data or "0",
                letter_ref=form.letter_ref.data,
                actor=current_actor(),
                now=clock.now(),
            )
        except (Invalid, Refused) as error:
            form.take(error)
        else:
            say(_("The position is recorded."))
            return redirect(url_for("sittings.decision", reference=reference), 303)
    html = render_template("sittings/enter.html", act=act, page=page, form=form)
    return html, 422 if form.faults else 200


@blueprint.route("/acts/<reference>/decision/sitting", methods=["GET", "POST"])
@members
def sitting(reference: str) -> ResponseReturnValue:
    """Record the decision as it was taken at a sitting."""
    act, page = _read(reference)
    if not page.records:
        raise Forbidden(Refusal("not_permitted"))
    form = sitting_form((standing.member for standing in page.standings), act.version, _today())
    status = 200
    if request.method == "POST":
        try:
            _record(reference, form)
        except (Invalid, Refused, Stale) as error:
            form.take(error)
            form.version.data = str(act.version)
            status = error.status
        else:
            say(_("The decision is recorded."))
            return redirect(url_for("sittings.decision", reference=reference), 303)
    return _sitting_page(act, page, form), status


def _record(reference: str, form: SittingForm) -> None:
    record_decision(
        reference,
        decided_on=form.decided_on.data,
        minutes_ref=form.minutes_ref.data,
        present=form.present.data or [],
        objections=form.objections(),
        version=typed_number(form.version.data),
        actor=current_actor(),
        now=clock.now(),
    )


def _sitting_page(act: Summary, page: DecisionPage, form: SittingForm) -> str:
    people = [standing.member for standing in page.standings]
    states = delegations(db.session(), people)
    groups: dict[str | None, list[int]] = {}
    for person in people:
        groups.setdefault(states.get(person.id), []).append(person.id)
    names = {person.id: person for person in people}
    return render_template(
        "sittings/sitting.html", act=act, page=page, form=form, groups=groups, names=names
    )


def _today() -> str:
    return today().isoformat()


def _read(reference: str) -> tuple[Summary, DecisionPage]:
    now = clock.now()
    act = act_inside(db.session(), reference, current_actor(), now)
    return act, read_decision_page(db.session(), act, current_actor(), now)
