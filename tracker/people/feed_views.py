"""The calendar of somebody's deadlines, for whoever has its secret link."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from tracker import assembly, clock, i18n
from tracker.db import db
from tracker.duties.queries import duties_of
from tracker.people import throttle
from tracker.people.access import public
from tracker.people.feed import MOST, calendar
from tracker.people.operations import token_hash
from tracker.people.queries import find_feed_owner

blueprint = Blueprint("feeds", __name__)
_KEPT = "private, max-age=900"
_TOO_MANY = 429


@blueprint.get("/feeds/<secret>.ics")
@public
def deadlines(secret: str) -> ResponseReturnValue:
    """What the owner of the link owes, as all-day events. A link that was revoked, or never was,
    is answered alike; after many of those nothing is looked up for a while.
    """
    client, now = request.remote_addr or "", clock.now()
    if throttle.barred_until(db.session(), {"feed": client}, now) is not None:
        abort(_TOO_MANY)
    session = db.session()
    owner = find_feed_owner(session, token_hash(secret), clock.today(assembly.zone()))
    if owner is None:
        throttle.note_failure({"feed": client}, now)
        abort(404)
    _total, rows = duties_of(session, owner.actor, 0, MOST)
    with i18n.speaking(owner.person.language):
        text = calendar(session, rows)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Cache-Control"] = _KEPT
    answer.add_etag()
    return answer.make_conditional(request)
