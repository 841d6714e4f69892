"""The buttons that begin and end following, and the page behind a mail's link."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.following import operations
from tracker.following.links import PATH, read_link
from tracker.i18n import gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, members, public

blueprint = Blueprint("following", __name__)


@blueprint.post("/acts/<reference>/follow")
@members
def follow_act(reference: str) -> ResponseReturnValue:
    operations.follow_act(reference, actor=current_actor(), now=clock.now())
    say(_("You follow this act: you will be told of its moves."))
    return redirect(url_for("acts.act", reference=reference), 303)


@blueprint.post("/acts/<reference>/unfollow")
@members
def unfollow_act(reference: str) -> ResponseReturnValue:
    operations.unfollow_act(reference, actor=current_actor())
    say(_("You no longer follow this act."))
    return redirect(url_for("acts.act", reference=reference), 303)


@blueprint.post("/bodies/<key>/follow")
@members
def follow_body(key: str) -> ResponseReturnValue:
    operations.follow_body(key, actor=current_actor(), now=clock.now())
    say(_("You follow the acts that this body leads, as far as you may see them."))
    return redirect(url_for("records.body", key=key), 303)


@blueprint.post("/bodies/<key>/unfollow")
@members
def unfollow_body(key: str) -> ResponseReturnValue:
    operations.unfollow_body(key, actor=current_actor())
    say(_("You no longer follow the acts of this body."))
    return redirect(url_for("records.body", key=key), 303)


@blueprint.post("/me/settings/follows/<int(max=9999999999):follow>/end")
@members
def end(follow: int) -> ResponseReturnValue:
    operations.unfollow(follow, actor=current_actor())
    say(_("You no longer follow it."))
    return redirect(url_for("settings.settings"), 303)


@blueprint.route(f"{PATH}<token>", methods=["GET", "POST"])
@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """GET only asks; POST, by the button or by a mail program (RFC 8058), ends it. Neither needs
    a log-in, and the page names neither the act nor the reader.
    """
    ends = read_link(token)
    if ends is None:
        abort(404)
    if request.method == "POST":
        operations.end_by_link(ends)
    return render_template("following/unsubscribe.html", ends=ends, done=request.method == "POST")


unsubscribe.one_click = True  # type: ignore[attr-defined]
