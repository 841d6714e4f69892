"""The same step on several acts: choose it, look at it act by act, confirm it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock, i18n
from tracker.acts.consequences import told
from tracker.acts.forms import StepForm, step_form
from tracker.acts.operations import (
    Step,
    Stepped,
    advance_many,
    available_actions,
    preview_many,
)
from tracker.acts.page import read_dossier
from tracker.db import db
from tracker.errors import Invalid
from tracker.i18n import gettext as _
from tracker.pages.numbers import typed_number
from tracker.pages.words import say, today
from tracker.people.access import current_actor, members
from workflows.facts import Refusal

blueprint = Blueprint("bulk", __name__)
MOST = 200
OF_EACH = ("serial",)
"""Fields that cannot be the same for all."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that some of the chosen acts can take."""

    name: str
    title: str
    can: int


@blueprint.post("/acts/bulk")
@members
def bulk() -> ResponseReturnValue:
    """Each press shows the next page: the steps, the fields and reasons, the outcomes."""
    chosen = _chosen(request.form.getlist("act"))
    if not chosen:
        say(_("Choose some acts first: tick their boxes."), tone="stopped")
        return redirect(url_for("acts.acts"), 303)
    name = request.form.get("action", "")
    if not name:
        return render_template("acts/bulk_choose.html", chosen=chosen, offers=_offers(chosen))
    cannot, form = _form(chosen, name)
    steps = [Step(ref, version, _own(ref)) for ref, version in chosen.items()]
    actor, now, data = current_actor(), clock.now(), form.values()
    if "confirm" in request.form and form.sent:
        answers = advance_many(steps, name, actor=actor, now=now, data=data)
        if any(answer.outcome for answer in answers):
            return render_template("acts/bulk_done.html", answers=answers)
        _take_faults(form, answers)
    else:
        answers = preview_many(db.session(), steps, name, actor=actor, now=now, data=data)
    return render_template(
        "acts/bulk.html", form=form, name=name, chosen=chosen, answers=answers, own=_own,
        of_each=[field for field in form.asked_fields if field.name in OF_EACH], cannot=cannot,
        people=_people(answers), title=_title(name),
    )  # fmt: skip


def _chosen(values: Iterable[str]) -> dict[str, int | None]:
    """References with the version that was looked at, as the list's boxes carry them."""
    found: dict[str, int | None] = {}
    for value in list(values)[:MOST]:
        reference, _colon, version = value.partition(":")
        found[reference] = typed_number(version)
    return found


def _offers(chosen: Mapping[str, int | None]) -> list[Offer]:
    menus = available_actions(db.session(), chosen, actor=current_actor(), now=clock.now())
    able: dict[str, int] = {}
    for chances in menus.values():
        for chance in chances:
            if chance.allowed and not _is_of_one(chance.name):
                able[chance.name] = able.get(chance.name, 0) + 1
    return [Offer(name, _title(name), count) for name, count in able.items()]


def _is_of_one(name: str) -> bool:
    """Whether a step asks for what no two acts share: their titles."""
    return any(
        "titles" in file.procedure.actions[name].fields
        for file in assembly.files().procedures
        if name in file.procedure.actions
    )


def _title(name: str) -> str:
    for file in assembly.files().procedures:
        action = file.procedure.actions.get(name)
        if action is not None:
            return i18n.title(action.titles)
    return name


def _own(reference: str) -> dict[str, str]:
    """What was typed for one act alone."""
    found = {name: request.form.get(f"{name}:{reference}", "").strip() for name in OF_EACH}
    return {name: value for name, value in found.items() if value}


def _form(
    chosen: Mapping[str, int | None], name: str
) -> tuple[dict[str, Sequence[Refusal]], StepForm]:
    """Which acts cannot take the step and why, and the form for those that can."""
    menus = available_actions(db.session(), chosen, actor=current_actor(), now=clock.now())
    found = {
        reference: chance
        for reference, chances in menus.items()
        for chance in chances
        if chance.name == name
    }
    able = next((reference for reference, chance in found.items() if chance.allowed), None)
    action = read_dossier(able).action(name) if able is not None else None
    asked = action.fields if action is not None else ()
    common = [field for field in asked if field.name not in (*OF_EACH, "edition", "titles")]
    form = step_form(common, None, today())
    form.asked_fields = asked
    return {ref: chance.refusals for ref, chance in found.items() if not chance.allowed}, form


def _take_faults(form: StepForm, answers: Sequence[Stepped]) -> None:
    """Faults of the common fields go to their fields, once; each act keeps its own."""
    seen = set()
    for answer in answers:
        if isinstance(answer.error, Invalid):
            for refusal in answer.error.refusals:
                if refusal.field not in OF_EACH and (refusal.field, refusal.code) not in seen:
                    seen.add((refusal.field, refusal.code))
                    form.take(Invalid(refusal))


def _people(answers: Sequence[Stepped]) -> list[tuple[str, str]]:
    """Everybody who will be told of any of them."""
    found: dict[str, str] = {}
    for answer in answers:
        if answer.outcome is not None:
            found.update(told(answer.outcome))
    return list(found.items())
