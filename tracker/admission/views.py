"""Bringing acts in: a new proposal, or an act that is under way."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock, i18n
from tracker.admission.forms import AdmissionForm, admission_form, proposal_form
from tracker.admission.operations import admit_act, propose_act
from tracker.errors import Invalid
from tracker.i18n import gettext as _
from tracker.pages.words import say, today
from tracker.people.access import current_actor, permitted
from workflows.schema import Procedure

blueprint = Blueprint("admission", __name__)


@blueprint.route("/acts/propose", methods=["GET", "POST"])
@permitted("propose_act")
def propose() -> ResponseReturnValue:
    kind = _kind()
    if kind is None:
        return _kinds("admission.propose", _("Register a proposal"))
    form = proposal_form(decided_on=today().isoformat())
    status = 200
    if form.sent:
        try:
            reference = propose_act(form.proposal(kind), actor=current_actor(), now=clock.now())
        except Invalid as error:
            form.take(error)
            status = 422
        else:
            say(_("The proposal is registered as %(reference)s.", reference=reference))
            return redirect(url_for("acts.act", reference=reference), 303)
    return render_template("admission/propose.html", form=form, kind=kind), status


@blueprint.route("/acts/admit", methods=["GET", "POST"])
@permitted("admit_act")
def admit() -> ResponseReturnValue:
    kind = _kind()
    if kind is None:
        return _kinds("admission.admit", _("Admit an act under way"))
    procedure = _procedure(kind)
    form: AdmissionForm = admission_form(procedure, more="more" in request.form)
    status = 200
    if "more" not in request.form and form.sent:
        try:
            reference = admit_act(
                form.proposal(kind), form.state.data, form.past(),
                actor=current_actor(), now=clock.now(), number=form.number.data or None,
            )  # fmt: skip
        except Invalid as error:
            form.take(error)
            status = 422
        else:
            say(
                _("The act is admitted as %(reference)s.", reference=reference),
                _("Nobody was told; its duties run from today."),
            )
            return redirect(url_for("acts.act", reference=reference), 303)
    return render_template("admission/admit.html", form=form, kind=kind), status


def _kind() -> str | None:
    """The kind that the address names; 404 for one that is not there."""
    kind = request.args.get("kind")
    if kind is not None and kind not in assembly.assembly().kinds:
        abort(404)
    return kind


def _kinds(endpoint: str, title: str) -> str:
    """The question that comes first, for what is asked next depends on it."""
    kinds = [
        (i18n.title(kind.titles), url_for(endpoint, kind=key))
        for key, kind in assembly.assembly().kinds.items()
    ]
    return render_template("admission/kind.html", kinds=kinds, title=title)


def _procedure(kind: str) -> Procedure:
    key = assembly.assembly().kinds[kind].procedure
    return next(
        file.procedure for file in assembly.files().procedures if file.procedure.procedure == key
    )
