"""Circulation of a draft for comments: rounds, whom each asks, and what they reply.

A round begins and ends by steps of the act's procedure, through `acts.operations.advance`, or ends
when its last date has passed. A reply is never refused for being late and never replaced: a later
one supplements. Who is late is for those who answer for the act; no public page says it.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The rounds of an act, the page of a reply, and letters recorded for an addressee."""
    from tracker.circulation.reply_views import blueprint

    app.register_blueprint(blueprint)
