"""The text of an edition: its provisions, Akoma Ntoso, what changed between two."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from tracker.acts.dossier import dossier
from tracker.acts.summaries import Summary
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint, a_file
from tracker.api.calls import answer_read, change
from tracker.api.given import Given
from tracker.api.text_schemas import (
    ComparisonAnswer,
    ComparisonBody,
    ComparisonQuery,
    LanguageQuery,
    TextAnswer,
)
from tracker.api.text_shapes import comparison_json, text_json
from tracker.assembly import assembly
from tracker.clock import now
from tracker.db import db
from tracker.errors import Invalid, NotFound
from tracker.texts.akn_out import MEDIA_TYPE, akoma_ntoso
from tracker.texts.comparing import Compared, ask_comparison, compare_editions
from tracker.texts.queries import adopted_edition
from tracker.texts.structures import TextState, document, text_states
from workflows.facts import Refusal

blueprint = Blueprint("texts", "The text of an edition")
EDITION = f"{ACT}/editions/<number:number>"
_AKN = a_file("The text in Akoma Ntoso 3.0.", [MEDIA_TYPE])


@blueprint.call("GET", f"{EDITION}/text", query=LanguageQuery, answers=TextAnswer)
def show_text(query: Given, reference: str, number: int) -> Response:
    """Read the structure of a text: its provisions in their order, footnotes, what was odd. While
    it is being read `state` is `waiting`.
    """
    act = _readable(db.session(), reference, number)
    state = _state(db.session(), act, number, _language(query))
    found = document(db.session(), act.id, number, state.language)
    return answer_read(text_json(reference, state, found, inside=act.inside), TextAnswer)


@blueprint.call("GET", f"{EDITION}/akn", query=LanguageQuery, responses={200: _AKN})
def show_akn(query: Given, reference: str, number: int) -> Response:
    """Read a text as Akoma Ntoso."""
    act = _readable(db.session(), reference, number)
    state = _state(db.session(), act, number, _language(query))
    answer = Response(akoma_ntoso(db.session(), act, number, state.language), mimetype=MEDIA_TYPE)
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.call("GET", f"{EDITION}/compare", query=ComparisonQuery, answers=ComparisonAnswer)
def compare(query: Given, reference: str, number: int) -> Response:
    """Compare with another edition, from the older to the newer: every provision in which
    something changed. Long texts are compared by a worker: `not_asked` says to ask by POST.
    """
    act = _readable(db.session(), reference, number)
    language = _language(query)
    values = query.checked()
    old, new = sorted((number, values["with"]))
    for each in (old, new):
        _visible(db.session(), act, each)
    found = compare_editions(db.session(), act.id, old, new, language)
    return answer_read(_comparison(reference, found), ComparisonAnswer)


@blueprint.call(
    "POST", f"{EDITION}/compare", body=ComparisonBody, answers=ComparisonAnswer, status=202
)
def ask(body: Given, reference: str, number: int) -> Response:
    """Ask for the comparison of two long texts; read it by GET when it is made."""
    moment = now()
    _readable(db.session(), reference, number)
    other = body.get("with") or number
    language = body.get("language") or assembly().authentic
    old, new = sorted((number, other))

    def asked() -> Compared:
        actor = door.actor()
        return ask_comparison(reference, old, new, language, actor=actor, now=moment)

    return change(
        asked,
        lambda _session, found: _comparison(reference, found),
        ComparisonAnswer,
        now=moment,
        status=202,
        body=body,
    )


def _comparison(reference: str, found: Compared) -> dict[str, Any]:
    if found.old is None or found.new is None:
        raise NotFound(Refusal("no_such_file"))
    return comparison_json(reference, found)


def _language(query: Given) -> str:
    """The language asked for, the authentic one when left out."""
    language = query.checked().get("language") or assembly().authentic
    if language not in assembly().languages:
        choices = ", ".join(assembly().languages)
        raise Invalid(Refusal("not_a_choice", {"choices": choices}, "language"))
    return str(language)


def _readable(session: Session, reference: str, number: int) -> Summary:
    """The act of an edition that the caller may read; raises NotFound."""
    act = dossier(session, reference, door.actor(), now()).act
    _visible(session, act, number)
    return act


def _visible(session: Session, act: Summary, number: int) -> None:
    if not act.inside and adopted_edition(session, act.id) != number:
        raise NotFound(Refusal("no_such_edition", {"number": number}))


def _state(session: Session, act: Summary, number: int, language: str) -> TextState:
    states = text_states(session, act.id, n=number)
    if not states:
        raise NotFound(Refusal("no_such_edition", {"number": number}))
    for state in states:
        if state.language == language:
            return state
    raise NotFound(Refusal("no_such_file"))
