"""Pages that show acts: the list, the board, one act, its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock, i18n
from tracker.acts import board as boards
from tracker.acts.dossier import SORTS, ActFilter, act_list
from tracker.acts.operations import set_visibility
from tracker.acts.page import act_page, read_dossier
from tracker.acts.wording import details, persons_in
from tracker.db import db
from tracker.errors import Forbidden, Invalid
from tracker.i18n import gettext as _
from tracker.pages.forms import Form
from tracker.pages.numbers import asked_page, typed_number
from tracker.pages.words import say
from tracker.paging import COUNTED, Page
from tracker.people.access import current_actor, members, permitted
from tracker.people.queries import persons
from tracker.refusals import words
from tracker.timeline.history import history
from workflows.facts import Refusal

blueprint = Blueprint("acts", __name__)
PER_PAGE = 50


@blueprint.get("/acts")
@members
def acts() -> ResponseReturnValue:
    """The list, narrowed and sorted by what the address says."""
    asked = {name: request.args.get(name, "").strip() or None for name in _FILTERS}
    sort = request.args.get("sort", "").strip() or None
    overdue = True if request.args.get("overdue") else None
    paging = asked_page(PER_PAGE, COUNTED)
    faults: list[str] = []
    try:
        found = act_list(
            db.session(), current_actor(), ActFilter(overdue=overdue, **asked), paging, sort,
            now=clock.now(),
        )  # fmt: skip
    except Invalid as error:
        faults = [words(refusal) for refusal in error.refusals]
        found = Page((), 0, paging)
    return render_template(
        "acts/list.html",
        page=found,
        asked=asked,
        overdue=overdue,
        sort=sort or "-recorded",
        sorts=SORTS,
        choices=_choices(),
        narrowed=overdue or any(asked.values()),
        faults=faults,
        link=_link,
        page_url=lambda number: _link(page=number),
    ), 422 if faults else 200


_FILTERS = ("q", "stage", "state", "kind", "holder", "lead_body")


def _link(**changed: Any) -> str:
    """The present list with some of its conditions changed."""
    values = {**request.args.to_dict(), **changed}
    return url_for("acts.acts", **{name: value for name, value in values.items() if value})


def _choices() -> Mapping[str, list[tuple[str, str]]]:
    """What a list can be narrowed to, in the present language, once for each name."""
    rules = assembly.assembly()
    procedures = [file.procedure for file in assembly.files().procedures]
    stages = {key: titles for each in procedures for key, titles in each.stages.items()}
    states = {key: state.titles for each in procedures for key, state in each.states.items()}
    bodies = {key: body.titles for key, body in rules.bodies.items()}
    commissions = {key: bodies[key] for key in rules.bodies_of("commission")}
    kinds = {key: kind.titles for key, kind in rules.kinds.items()}
    named = {
        "stage": stages, "state": states, "kind": kinds, "holder": bodies, "lead_body": commissions
    }  # fmt: skip
    return {
        name: [(key, i18n.title(titles)) for key, titles in found.items()]
        for name, found in named.items()
    }


@blueprint.get("/acts/board")
@members
def board() -> str:
    columns = boards.read_board(db.session(), current_actor(), clock.now())
    return render_template("acts/board.html", columns=columns, most=boards.MOST)


@blueprint.get("/acts/<reference>")
@members
def act(reference: str) -> str:
    now = clock.now()
    found = read_dossier(reference)
    page = act_page(db.session(), found, current_actor(), now)
    page.remember(now)
    return render_template("acts/act.html", dossier=found, act=found.act, page=page)


@blueprint.get("/acts/<reference>/timeline")
@members
def timeline(reference: str) -> str:
    """Everything that happened, oldest first; made to be printed."""
    found = read_dossier(reference)
    if not found.act.inside:
        raise Forbidden(Refusal("not_permitted"))
    entries = history(db.session(), found.act.facts, current_actor(), texts=True)
    people = persons(db.session(), persons_in(entries))
    said = {entry.n: details(entry, found.act.procedure, people) for entry in entries}
    return render_template(
        "acts/timeline.html", dossier=found, act=found.act, entries=entries, said=said
    )


@blueprint.route("/acts/<reference>/visibility", methods=["GET", "POST"])
@permitted("set_visibility")
def visibility(reference: str) -> ResponseReturnValue:
    found = read_dossier(reference)
    wanted = "internal" if found.act.visibility == "public" else "public"
    form = Form()
    if form.sent:
        version = typed_number(request.form.get("version"))
        set_visibility(
            reference, request.form.get("visibility", ""),
            actor=current_actor(), now=clock.now(), version=version,
        )  # fmt: skip
        say(_("The visibility of the act is changed."))
        return redirect(url_for("acts.act", reference=reference), 303)
    return render_template(
        "acts/visibility.html", form=form, act=found.act, dossier=found, wanted=wanted
    )
