"""Taking a step from a page: look at what would happen, confirm it, for one act or for many.

A confirmation counts only for the consequences that were shown: their digest comes back with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker import assembly, clock, i18n
from tracker.acts.consequences import Consequences, consequences
from tracker.acts.dossier import Dossier
from tracker.acts.forms import StepForm, step_form
from tracker.acts.menus import CORRECT, Action
from tracker.acts.operations import advance, preview
from tracker.acts.page import read_dossier
from tracker.circulation.reading import reply_by
from tracker.corrections.operations import Correctable, correct
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Stale, TrackerError
from tracker.following.queries import count_followers
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.pages.numbers import typed_number
from tracker.pages.words import say, today
from tracker.people.access import current_actor, members
from tracker.timeline.history import Happening, history
from tracker.timeline.words import event_title
from workflows.facts import Refusal
from workflows.outcome import Outcome
from workflows.schema import REQUEST

blueprint = Blueprint("steps", __name__)


@blueprint.route("/acts/<reference>/actions/<name>", methods=["GET", "POST"])
@members
def step(reference: str, name: str) -> ResponseReturnValue:
    """Look at a step and take it."""
    found = read_dossier(reference)
    action = _action(found, name)
    act = found.act
    due = reply_by(act.procedure, act.facts.setting.calendars, today())
    form = step_form(action.fields, act.version, today(), act.titles, due)
    try:
        outcome = _preview(db.session(), found, action, form)
        shown = consequences(outcome)
        confirmed = form.sent and "confirm" in request.form
        if confirmed and form.shown.data == shown.digest:
            outcome = advance(
                reference, name, actor=current_actor(), now=clock.now(),
                version=typed_number(form.version.data), data=form.values(),
            )  # fmt: skip
            say(*_said(outcome))
            return redirect(url_for("acts.act", reference=reference), 303)
    except TrackerError as error:
        return _not_taken(found, action, form, error)
    return _page(found, action, form, shown, differs=confirmed and bool(form.shown.data)), (
        409 if confirmed and form.shown.data else 200
    )


def _action(found: Dossier, name: str) -> Action:
    action = found.action(name)
    if action is None or name == CORRECT:
        raise NotFound(Refusal("unknown_action", {"action": name}))
    if action.forbidden:
        raise Forbidden(*action.refusals)
    return action


def _preview(session: Session, found: Dossier, action: Action, form: StepForm) -> Outcome:
    data = form.values()
    if request.method == "GET" and any(
        field.name == "reason" and field.required for field in action.fields
    ):
        data["reason"] = "…"  # whom a step tells does not depend on its reason
    version = typed_number(form.version.data) if form.sent else found.act.version
    return preview(
        session, found.act.reference, action.name,
        actor=current_actor(), now=clock.now(), version=version, data=data,
    )  # fmt: skip


def _not_taken(
    found: Dossier, action: Action, form: StepForm, error: TrackerError
) -> ResponseReturnValue:
    """The page again, with what was typed and the reasons why nothing was done."""
    if isinstance(error, Forbidden | NotFound):
        raise error
    if request.method == "GET" and isinstance(error, Invalid):
        return _page(found, action, form, None), 200
    changes: Sequence[Happening] = ()
    if isinstance(error, Stale):
        looked_at = typed_number(form.version.data) or 0
        changes = history(db.session(), found.act.facts, current_actor(), since=looked_at)
        form.version.data = str(found.act.version)
        try:
            shown: Consequences | None = consequences(_preview(db.session(), found, action, form))
        except TrackerError as second:
            if isinstance(second, Forbidden):
                error, shown = second, None
            else:
                form.take(second)
                shown = None
        return _page(found, action, form, shown, changes=changes, stale=True), 409
    if isinstance(error, Invalid):
        form.take(error)
        return _page(found, action, form, None), 422
    return _page(found, action, form, None, refusals=error.refusals), 409


def _page(
    found: Dossier,
    action: Action,
    form: StepForm,
    shown: Consequences | None,
    **more: Any,
) -> str:
    form.shown.data = shown.digest if shown else ""
    return render_template(
        "acts/step.html", dossier=found, act=found.act, action=action, form=form, shown=shown,
        followers=_followers(found, action, shown), **more,
    )  # fmt: skip


def _followers(found: Dossier, action: Action, shown: Consequences | None) -> int:
    """How many hear of the step only because they follow the act; of a request nobody does."""
    if shown is None or action.request:
        return 0
    persons = shown.persons | {current_actor().person or 0}
    return count_followers(db.session(), assembly.assembly(), found.act.id, persons, today())


def _said(outcome: Outcome) -> Sequence[str]:
    """What was done, how many are told, and what happens next."""
    facts, entry = outcome.facts, outcome.entry
    people = len({telling.person.id for telling in outcome.tellings if not telling.own})
    told = ngettext("%(num)s person is told.", "%(num)s people are told.", people)
    if entry.action == REQUEST:
        return (_("Your request is with those who may take the step."), told)
    done = event_title(facts.procedure, entry.action)
    state = facts.procedure.state(outcome.state)
    return (f"{done}.", told, i18n.title(state.explain))


@blueprint.route("/acts/<reference>/correct", methods=["GET", "POST"], endpoint="correct")
@members
def correct_step(reference: str) -> ResponseReturnValue:
    """Undo the last step, or ask a second person to."""
    found = read_dossier(reference)
    step_to_undo = found.correction
    if not isinstance(step_to_undo, Correctable):
        raise Forbidden(step_to_undo or Refusal("not_permitted"))
    action = found.action(CORRECT)
    assert action is not None
    form = step_form(action.fields, found.act.version, today())
    changes: Sequence[Happening] = ()
    status = 200
    if form.sent:
        try:
            undone = correct(
                reference, actor=current_actor(), now=clock.now(),
                reason=form.reason.data, version=typed_number(form.version.data),
            )  # fmt: skip
        except Stale as error:
            looked_at = typed_number(form.version.data) or 0
            changes = history(db.session(), found.act.facts, current_actor(), since=looked_at)
            form.version.data = str(found.act.version)
            form.take(error)
            status = 409
        except TrackerError as error:
            form.take(error)
            status = error.status
        else:
            say(
                _("The step is undone. Those who were told of it are told again.")
                if undone
                else _("The correction is asked for. A second person must confirm it.")
            )
            return redirect(url_for("acts.act", reference=reference), 303)
    return render_template(
        "acts/correct.html", dossier=found, act=found.act, undo=step_to_undo, action=action,
        form=form, changes=changes, titles=_titles(found),
    ), status  # fmt: skip


def _titles(found: Dossier) -> Mapping[str, str]:
    states = found.act.procedure.definition.states
    return {key: i18n.title(state.titles) for key, state in states.items()}
