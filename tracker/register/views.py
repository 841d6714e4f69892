"""The public register: the first page of whoever has not logged in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import db
from tracker.errors import NotFound
from tracker.paging import Paging
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
    number = request.args.get("page", "")
    page = int(number) if number.isdecimal() and 0 < int(number) < 10**6 else 1
    found = read_register(db.session(), q, which, Paging(page, PER_PAGE), clock.now())
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
    return render_template(
        "register/act.html",
        act=found,
        edition=_text(found.id),
        life=read_life(db.session(), found),
        parts=PART_NAMES,
        sentence=where_it_stands(found),
        adopted=standing(found) == "adopted",
        said=said,
        tone=tone,
    )


@blueprint.get("/public/<reference>/text/<int(max=99999):number>/<language>/<part>")
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
