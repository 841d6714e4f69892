"""Reading the text of an edition: contents, search, two languages, what was odd, Akoma Ntoso."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import localedata
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tracker import assembly, clock, i18n
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import NotFound
from tracker.i18n import gettext as _
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.remarks.marks import RemarkMark, by_eid
from tracker.remarks.words import RESPONSES, STATES
from tracker.structure.model import Document
from tracker.structure.render import Look, contents_html, document_html
from tracker.texts.akn_out import MEDIA_TYPE, akoma_ntoso
from tracker.texts.oddities import CHANGES
from tracker.texts.oddities import words as oddity_words
from tracker.texts.reader import beside, note_read, place_of, read_before, search
from tracker.texts.structures import TextState, document, lines, text_states
from workflows.facts import Refusal

blueprint = Blueprint("reading", __name__)
NUMBER = "<int(max=99999):number>"
AGAIN = "5"
"""Seconds until a page looks again whether the text was read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text on its page. `other` is the language beside it."""

    number: int
    language: str
    states: Mapping[str, TextState]
    document: Document | None
    other: str | None

    @property
    def state(self) -> TextState:
        return self.states[self.language]


@blueprint.get(f"/acts/<reference>/text/{NUMBER}")
@members
def edition(reference: str, number: int) -> ResponseReturnValue:
    """The text of an edition in the reader's language where there is one."""
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    language = best_language(_states(act.id, number))
    return redirect(
        url_for("reading.text", reference=reference, number=number, language=language), 303
    )


@blueprint.get(f"/acts/<reference>/text/{NUMBER}/<language>")
@members
def text(reference: str, number: int, language: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    act = act_inside(db.session(), reference, actor, now)
    reading = read_text(act.id, number, language, request.args.get("beside"))
    known = read_before(db.session(), actor.person, act.id)
    page = render_template(
        "texts/text.html",
        act=act,
        since=known.since(number),
        oddities=_oddities(reading),
        changes=reading.document.changes if reading.document else (),
        change_words=CHANGES,
        may_correct=may(assembly.assembly(), actor, "upload_edition", act.facts),
        **shown(reading, by_eid(db.session(), act.id, number, actor)),
        **side_by_side(act.id, reading),
    )
    if reading.document and actor.person is not None and (known.n is None or known.n < number):
        note_read(actor.person, act.id, number, now)
    return answer_text(page, reading)


def read_text(act_id: int, number: int, language: str, other: str | None) -> Reading:
    """A text and the language beside it, as asked for; raises NotFound."""
    states = _states(act_id, number)
    if language not in states:
        raise NotFound(Refusal("no_such_file"))
    if other is None or other not in states or other == language or states[other].state != "ready":
        other = None
    found = document(db.session(), act_id, number, language)
    return Reading(number, language, states, found, other)


def shown(reading: Reading, remarks: Mapping[str, Sequence[RemarkMark]]) -> dict[str, Any]:
    """What the pages of a text are made of, for members and for the public. `remarks` stand in the
    margin, by the id of their provision; those on the whole text have none.
    """
    found = search(reading.document, request.args.get("q", "")) if reading.document else None
    margin = {
        eid: render_template(
            "texts/_margin.html",
            remarks=each,
            number=reading.number,
            states=STATES,
            responses=RESPONSES,
        )
        for eid, each in remarks.items()
    }
    text = reading.document
    return {
        "reading": reading,
        "tongues": _in_order(reading.states),
        "found": found,
        "on_whole": Markup(margin.pop("", "")),  # noqa: S704 - a template of ours
        "contents": contents_html(text) if text else Markup(),
        "html": document_html(text, Look(margin, found.pattern if found else None))
        if text and reading.other is None
        else Markup(),
    }


def side_by_side(act_id: int, reading: Reading) -> dict[str, Any]:
    """Both languages beside each other, the authentic one first."""
    if reading.other is None or reading.document is None:
        return {"rows": None}
    second = document(db.session(), act_id, reading.number, reading.other)
    assert second is not None
    pair = [(reading.language, reading.document), (reading.other, second)]
    pair.sort(key=lambda one: one[0] != assembly.assembly().authentic)
    rows = beside(pair[0][1], pair[1][1])
    return {
        "rows": rows,
        "heads": [one[0] for one in pair],
        "missing": [row for row in rows if row.other is None],
        "extra": [row for row in rows if row.authentic is None],
    }


@blueprint.get(f"/acts/<reference>/text/{NUMBER}/<language>/akoma-ntoso")
@members
def akn(reference: str, number: int, language: str) -> Response:
    """The text in Akoma Ntoso, to be saved."""
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    return send_akn(act, number, language)


def send_akn(act: Summary, number: int, language: str) -> Response:
    """The answer with a text in Akoma Ntoso."""
    made = akoma_ntoso(db.session(), act, number, language)
    name = f"{act.reference}-edition-{number}-{language}.akn.xml"
    return Response(
        made,
        mimetype=MEDIA_TYPE,
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def best_language(states: Mapping[str, TextState]) -> str:
    """The language to begin with: the page's, else the authentic one, else any."""
    for language in (i18n.language(), assembly.assembly().authentic):
        if language in states and states[language].state == "ready":
            return language
    return _in_order(states)[0]


def _states(act_id: int, number: int) -> Mapping[str, TextState]:
    found = {one.language: one for one in text_states(db.session(), act_id, n=number)}
    if not found:
        raise NotFound(Refusal("no_such_edition", {"number": number}))
    return found


def _in_order(states: Mapping[str, TextState]) -> list[str]:
    return sorted(states, key=assembly.by_tongue)


def _oddities(reading: Reading) -> list[tuple[str, str, str]]:
    """What was odd: where in words, the provision to go to, what."""
    if reading.document is None:
        return []
    labels = {one.eid: one.label for one in lines(reading.document)}
    return [
        *_another_language(reading.document, reading.language),
        *(
            (
                place_of(one.place, labels),
                one.place if one.place in labels else "",
                oddity_words(one),
            )
            for one in reading.document.oddities
        ),
    ]


def _another_language(document: Document, declared: str) -> list[tuple[str, str, str]]:
    """What there is to say where the letters are those of another language than was declared."""
    if declared in document.languages or not localedata.exists(document.language):
        return []
    said = _(
        "By its letters this text is in another language: %(language)s.",
        language=i18n.own_name(document.language),
    )
    return [("", "", said)]


def answer_text(page: str, reading: Reading) -> Response:
    """The page of a text, which looks again by itself while the text is being read."""
    answer = Response(page, mimetype="text/html")
    if reading.state.state == "waiting":
        answer.headers["Refresh"] = AGAIN
    return answer
