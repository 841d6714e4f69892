"""Pages of procedures, and of who may do what beside their steps."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tracker import assembly, i18n
from tracker.db import db
from tracker.errors import NotFound
from tracker.people.access import members
from tracker.procedures.reading import duty_rows, soundness, step_rows
from tracker.procedures.words import DEEDS, RULES, WITHIN
from workflows.diagram import svg
from workflows.facts import Refusal

blueprint = Blueprint("procedures", __name__)


@blueprint.get("/procedures")
@members
def procedures() -> ResponseReturnValue:
    rules = assembly.assembly()
    kinds = {
        file.procedure.procedure: [
            i18n.title(kind.titles)
            for kind in rules.kinds.values()
            if kind.procedure == file.procedure.procedure
        ]
        for file in assembly.files().procedures
    }
    stored = assembly.stored_procedures(db.session())
    return render_template("procedures/list.html", procedures=stored, kinds=kinds)


@blueprint.get("/procedures/<key>/<int(max=9999):version>")
@members
def procedure(key: str, version: int) -> ResponseReturnValue:
    try:
        found = assembly.procedure(db.session(), key, version)
    except LookupError:
        raise NotFound(Refusal("no_such_procedure")) from None
    return render_template(
        "procedures/procedure.html",
        procedure=found,
        picture=Markup(svg(found, i18n.language())),  # noqa: S704 - our own drawing, texts escaped
        steps=list(step_rows(found)),
        duties=list(duty_rows(found)),
        problems=soundness(found),
        rules=RULES,
        within=WITHIN,
    )


@blueprint.get("/permissions")
@members
def permissions() -> ResponseReturnValue:
    return render_template("procedures/permissions.html", deeds=DEEDS)
