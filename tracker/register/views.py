"""The public register: the first page of whoever has not logged in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker import clock
from tracker.acts.summaries import Summary
from tracker.db import db
from tracker.errors import NotFound
from tracker.pages.numbers import asked_page
from tracker.paging import COUNTED
from tracker.people.access import current_member, public
from tracker.register.reading import (
    LISTS,
    STANDINGS,
    read_life,
    read_public,
    read_register,
    standing,
    where_it_stands,
)
from tracker.texts.queries import EditionText, adopted_edition, editions
from tracker.texts.reading import PART_NAMES
from tracker.texts.structures import text_states
from tracker.texts.text_views import answer_text, read_text, send_akn, shown, side_by_side
from tracker.texts.views import send_text
from workflows.facts import Refusal

blueprint = Blueprint("register", __name__)
PER_PAGE = 25


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    """The register; who has logged in goes to their desk."""
    if current_member() is not None:
        return redirect(url_for("desk.desk"), 303)
    return register()


@blueprint.get("/public")
@public
def register() -> ResponseReturnValue:
    q, which = request.args.get("q", "").strip(), request.args.get("show", "all")
    which = which if which in LISTS else "all"
    found = read_register(db.session(), q, which, asked_page(PER_PAGE, COUNTED), clock.now())
    return render_template(
        "register/list.html",
        page=found,
        q=q,
        which=which,
        lists=LISTS,
        standings=STANDINGS,
        standing=standing,
        where_it_stands=where_it_stands,
    )


@blueprint.get("/public/<reference>")
@public
def act(reference: str) -> ResponseReturnValue:
    found = read_public(db.session(), reference, clock.now())
    said, tone = STANDINGS[standing(found)]
    edition = _text(found.id)
    return render_template(
        "register/act.html",
        act=found,
        edition=edition,
        texts=text_states(db.session(), found.id, n=edition.n) if edition else (),
        life=read_life(db.session(), found),
        parts=PART_NAMES,
        sentence=where_it_stands(found),
        adopted=standing(found) == "adopted",
        said=said,
        tone=tone,
    )


TEXT = "/public/<reference>/text/<int(max=99999):number>/<language>"


@blueprint.get(TEXT)
@public
def text(reference: str, number: int, language: str) -> Response:
    """The text that was adopted, to be read. Nothing is said of who wrote, changed or read it."""
    found = _adopted(reference, number)
    reading = read_text(found.id, number, language, request.args.get("beside"))
    page = render_template(
        "register/text.html",
        act=found,
        said=STANDINGS[standing(found)],
        **shown(reading, {}),
        **side_by_side(found.id, reading),
    )
    return answer_text(page, reading)


@blueprint.get(f"{TEXT}/akoma-ntoso")
@public
def akn(reference: str, number: int, language: str) -> Response:
    """The text that was adopted in Akoma Ntoso."""
    return send_akn(_adopted(reference, number), number, language)


def _adopted(reference: str, number: int) -> Summary:
    """A public act whose adopted edition this is; raises NotFound."""
    found = read_public(db.session(), reference, clock.now())
    if adopted_edition(db.session(), found.id) != number:
        raise NotFound(Refusal("no_such_edition", {"number": number}))
    return found


@blueprint.get(f"{TEXT}/<part>")
@public
def download(reference: str, number: int, language: str, part: str) -> Response:
    """A file of the edition that was adopted."""
    found = read_public(db.session(), reference, clock.now())
    text = _text(found.id)
    for file in text.files if text is not None and text.n == number else ():
        if (file.language, file.part) == (language, part):
            return send_text(reference, number, file, "public, max-age=3600")
    raise NotFound(Refusal("no_such_file"))


def _text(act_id: int) -> EditionText | None:
    """The edition that was adopted: drafts are not for the public."""
    number = adopted_edition(db.session(), act_id)
    return editions(db.session(), act_id, number)[0] if number is not None else None
