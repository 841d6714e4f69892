"""Who asks for a page, and whether they may have it at all.

Every view states its policy with one of the decorators below. A view without one is refused to
everybody, so that a forgotten line is noticed and never becomes a leak. Calls under `/api/` have
their own door.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_security import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from tracker import assembly, i18n
from tracker.errors import Forbidden
from tracker.people.queries import Member
from tracker.permissions import PUBLIC, may
from workflows.assembly_schema import Deed
from workflows.facts import Actor, Refusal

View = TypeVar("View", bound=Callable[..., Any])
OPEN, MEMBERS = "public", "members"
_ASSETS = ("static", "bootstrap.static")
_ANYONE = (*_ASSETS, "system.healthz", "system.readyz")
"""Answered without looking up who asks: the database may be away."""


def public(view: View) -> View:
    """Anybody may see this page."""
    return _with_policy(view, OPEN)


def members(view: View) -> View:
    """Whoever has logged in may see this page; what it shows depends on who they are."""
    return _with_policy(view, MEMBERS)


def permitted(deed: Deed) -> Callable[[View], View]:
    """Whoever the assembly's table permits `deed` may see this page."""
    return lambda view: _with_policy(view, deed)


def _with_policy(view: View, policy: str) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    return view


def policy_of(app: Flask, endpoint: str) -> str | None:
    """What a route asks of who comes, None when nobody has said so."""
    if endpoint in _ASSETS:
        return OPEN
    return getattr(app.view_functions[endpoint], "policy", None)


def current_member() -> Member | None:
    """Who has logged in, as they are today; read once a request, together with the account."""
    if not current_user.is_authenticated:
        return None
    found: Member | None = g.get("member")
    return found


def give_up_looking() -> None:
    """Let the page about a fault be nobody's where the database cannot say who asks."""
    try:
        current_member()
    except SQLAlchemyError:
        g.nobody = True


def current_actor() -> Actor:
    """Who acts in this request; `PUBLIC` when nobody has logged in."""
    member = current_member()
    return member.actor if member is not None else PUBLIC


def guard() -> AnyResponse | Response | None:
    """Let a request through to its view, or not. Runs before every one."""
    if request.endpoint is None or request.path.startswith("/api/"):
        return None
    policy = policy_of(current_app, request.endpoint)
    if request.endpoint in _ANYONE:
        return None
    member = current_member()
    if member is not None and request.cookies.get(i18n.COOKIE) is None:
        g.language = member.person.language
    if policy == OPEN:
        return None
    if policy is None:
        abort(403)
    if member is None:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("people.log_in", next=wanted), 303)
    if policy != MEMBERS and not may(assembly.assembly(), member.actor, policy):  # type: ignore[arg-type]
        raise Forbidden(Refusal("not_permitted"))
    return None
