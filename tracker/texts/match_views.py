"""Which provision of an edition became which, and saying so where the match is wrong."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.i18n import gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.structure.model import Document
from tracker.texts.compare_words import WHY
from tracker.texts.forms import MatchForm, match_form
from tracker.texts.operations import correct_match
from tracker.texts.reader import pair_rows
from tracker.texts.structures import TextState, document, text_states
from workflows.facts import Refusal

blueprint = Blueprint("matching", __name__)
MATCH = "/acts/<reference>/text/<int(max=99999):number>/<language>/match"


@blueprint.get(MATCH)
@members
def match(reference: str, number: int, language: str) -> ResponseReturnValue:
    act, state, pair = _read(reference, number, language)
    return _page(act, state, pair, match_form(*pair))


@blueprint.post(MATCH)
@members
def correct(reference: str, number: int, language: str) -> ResponseReturnValue:
    act, state, pair = _read(reference, number, language)
    if not may(assembly.assembly(), current_actor(), "upload_edition", act.facts):
        raise Forbidden(Refusal("not_permitted"))
    form = match_form(*pair)
    if not form.sent:
        return _page(act, state, pair, form), 422
    try:
        correct_match(
            reference,
            number,
            language,
            form.old.data,
            form.new.data,
            same=form.said.data == "same",
            actor=current_actor(),
            now=clock.now(),
        )
    except (Invalid, Refused) as error:
        form.take(error)
        return _page(act, state, pair, form), 422
    say(_("The match is corrected."), _("Provisions take their names by it from here on."))
    return redirect(
        url_for("matching.match", reference=reference, number=number, language=language), 303
    )


Pair = tuple[Document, Document]


def _read(reference: str, number: int, language: str) -> tuple[Summary, TextState, Pair]:
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    states = text_states(db.session(), act.id, n=number, matches=True)
    state = next((one for one in states if one.language == language), None)
    if state is None or state.previous_n is None:
        raise NotFound(Refusal("no_match_here"))
    old = document(db.session(), act.id, state.previous_n, language)
    new = document(db.session(), act.id, number, language)
    if old is None or new is None:
        raise NotFound(Refusal("no_match_here"))
    return act, state, (old, new)


def _page(act: Summary, state: TextState, pair: Pair, form: MatchForm) -> str:
    rows, gone = pair_rows(*pair, state)
    whole = request.args.get("whole") == "1"
    return render_template(
        "texts/match.html",
        act=act,
        state=state,
        rows=rows if whole else [row for row in rows if row.changed],
        total=len(rows),
        gone=gone,
        whole=whole,
        why=WHY,
        form=form,
        may_correct=may(assembly.assembly(), current_actor(), "upload_edition", act.facts),
    )
