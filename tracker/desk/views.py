"""The desk: the first page after log-in."""

from __future__ import annotations

from flask import Blueprint, render_template

from tracker import clock
from tracker.db import db
from tracker.desk.rows import WEEK, read_desk
from tracker.pages.words import today
from tracker.people.access import current_member, members

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@members
def desk() -> str:
    member = current_member()
    assert member is not None
    found = read_desk(db.session(), member, clock.now())
    return render_template("desk/desk.html", desk=found, week_ends=today() + WEEK)
