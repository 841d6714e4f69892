"""Pages for what cannot be shown or done: each says what happened and what to do now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from tracker import clock
from tracker.acts.dossier import dossier
from tracker.acts.models import Act
from tracker.db import db, give_up_reading
from tracker.errors import Stale, TrackerError
from tracker.i18n import gettext as _
from tracker.pages.numbers import typed_number
from tracker.people.access import current_actor, give_up_looking, guard
from tracker.refusals import words
from tracker.timeline.history import Happening, history

_NOT_SHOWN = ("csrf_token", "version", "password", "old", "next")


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Guard every page, check its forms, and answer errors in words."""
    app.before_request(guard)

    @app.before_request
    def check_csrf() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if not request.path.startswith("/api/") and not getattr(view, "one_click", False):
            csrf.protect()

    app.register_error_handler(TrackerError, _tracker_error)
    for code in (400, 403, 404, 405, 413, 500):
        app.register_error_handler(code, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)


def typed(status: int) -> list[str]:
    """Words typed into the form that could not be taken, so that they are not lost. A form that is
    too large is not read.
    """
    if status == RequestEntityTooLarge.code:
        return []
    return [
        value
        for name, value in request.form.items(multi=True)
        if name not in _NOT_SHOWN and " " in value.strip()
    ]


def _tracker_error(error: TrackerError) -> ResponseReturnValue:
    reasons = [words(refusal) for refusal in error.refusals]
    reference, changes = _changes(error)
    page = _page(error.status, error.code, reasons, reference=reference, changes=changes)
    return page, error.status


def _changes(error: TrackerError) -> tuple[str | None, Sequence[Happening]]:
    """Of an act that has changed meanwhile: its reference, and what happened since."""
    looked_at = typed_number(request.form.get("version"))
    if not isinstance(error, Stale) or error.act_id is None or looked_at is None:
        return None, ()
    session = db.session()
    reference = session.scalar(select(Act.reference).where(Act.id == error.act_id))
    act = dossier(session, reference or "", current_actor(), clock.now()).act
    if not act.inside:
        return reference, ()
    return reference, history(session, act.facts, current_actor(), since=looked_at)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if request.path.startswith("/api/"):
        return error.get_response()
    if isinstance(error, InternalServerError):
        give_up_reading()
        give_up_looking()
    return _page(code, "", []), code


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, "expired", []), 400


def _page(status: int, code: str, reasons: list[str], **more: Any) -> str:
    return render_template(
        "errors/page.html",
        status=status,
        heading=_headings().get(code) or _headings().get(status) or _headings()[400],
        reasons=reasons or [_remedies().get(code) or _remedies().get(status, "")],
        typed=typed(status),
        **more,
    )


def _headings() -> dict[int | str, str]:
    return {
        400: _("This could not be understood"),
        403: _("You may not do this"),
        404: _("There is no such page"),
        405: _("This address does not take that"),
        409: _("This cannot be done now"),
        413: _("The file is too large"),
        422: _("Something needs mending"),
        500: _("Something went wrong on our side"),
        "expired": _("The page was open for too long"),
        "not_found": _("There is no such thing"),
        "stale": _("It has changed since you looked"),
    }


def _remedies() -> dict[int | str, str]:
    return {
        400: _("Go back, look at what you entered, and send it again."),
        403: _("Your roles do not include it. If they should, ask the Secretariat."),
        404: _("Check the address, or look for the act in the list."),
        405: _("Open the page from the menu and use its buttons."),
        413: _("Choose a smaller file. Nothing was kept of this one."),
        500: _("It has been noted. Look whether what you did is there before you try again."),
        "expired": _("Log in again if asked, then send once more. Nothing was changed."),
    }
