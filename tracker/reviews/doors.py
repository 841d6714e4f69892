"""The two doors to an expert's page: log-in, and the link of the invitation.

Both lead to the same pages of the same one review. Who comes by the link acts as the expert, with
no seats, and is nobody on every other page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, abort, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock, i18n
from tracker.db import db
from tracker.errors import Forbidden, NotFound
from tracker.people import throttle
from tracker.people.access import current_actor, members, public
from tracker.reviews.invitations import find_invitation
from tracker.reviews.reading import ReviewPart, read_review
from workflows.facts import Actor, Refusal

REVIEW = "/reviews/<int(max=9999999999):review>"
LINK = "/invitation/<token>"
blueprint = Blueprint("reviews", __name__)
by_link = Blueprint("invitations", __name__)
OVER = 410


@dataclass(frozen=True, slots=True)
class Door:
    """A review of whoever came, and how its pages are reached from where they came."""

    review: ReviewPart
    actor: Actor
    token: str | None = None

    def url(self, page: str = "review", **values: Any) -> str:
        """A page of this review behind the same door."""
        if self.token is not None:
            return url_for(f"invitations.{page}", token=self.token, **values)
        return url_for(f"reviews.{page}", review=self.review.id, **values)


View = TypeVar("View", bound=Callable[..., Any])


def both(
    rule: str, method: str = "GET", own: Callable[[int], Any] | None = None
) -> Callable[[View], View]:
    """Serve a page of a review by both doors. The view is given a `Door`; `own` may find it, or
    an answer instead, for who has logged in.
    """
    enter = own or by_log_in

    def serve(view: View) -> View:
        @wraps(view)
        def inside(review: int, **given: Any) -> Any:
            door = enter(review)
            return view(door, **given) if isinstance(door, Door) else door

        @wraps(view)
        def linked(token: str, **given: Any) -> Any:
            return view(_by_link(token), **given)

        name = view.__name__
        blueprint.add_url_rule(f"{REVIEW}{rule}", name, members(inside), methods=[method])
        by_link.add_url_rule(f"{LINK}{rule}", name, public(linked), methods=[method])
        return view

    return serve


def by_log_in(review: int) -> Door:
    """A review of the reader's own; raises NotFound."""
    found = read_review(db.session(), review)
    if found.expert.id != current_actor().person:
        raise NotFound(Refusal("no_such_review"))
    return Door(found, current_actor())


def _by_link(token: str) -> Door:
    """The review that a link opens. Guesses are counted per client, as failed log-ins are."""
    counted, now = {"link": request.remote_addr or ""}, clock.now()
    until = throttle.barred_until(db.session(), counted, now)
    if until is not None:
        raise Forbidden(Refusal("too_many_log_ins", {"until": until}))
    invitation = find_invitation(db.session(), token)
    if invitation is None:
        throttle.note_failure(counted, now)
        raise NotFound(Refusal("no_such_link"))
    if not invitation.in_force:
        abort(make_response(render_template("reviews/over.html"), OVER))
    found = read_review(db.session(), invitation.review)
    if request.cookies.get(i18n.COOKIE) is None:
        g.language = found.expert.language
    return Door(found, Actor(invitation.person), token)


@by_link.after_request
def keep_the_link_quiet(response: Response) -> Response:
    """What is loaded or opened from such a page is told no more than the host."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
