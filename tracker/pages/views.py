"""The choice of a language, which belongs to no room."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from tracker import assembly, i18n
from tracker.pages.links import inside
from tracker.people.access import public

blueprint = Blueprint("pages", __name__)


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """Show pages in a language from now on, until log-out. Mails keep to the person's own."""
    answer = redirect(inside(request.form.get("next")) or "/", 303)
    chosen = request.form.get("language", "")
    if chosen in assembly.assembly().languages:
        answer.set_cookie(
            i18n.COOKIE,
            chosen,
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return answer
