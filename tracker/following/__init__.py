"""Following: to hear of the moves of an act, or of all acts that a body leads, by one's own wish.

Who follows is told of moves alone, only while they may see the act, and can end it by one click.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The buttons that follow, and the page behind the link in a mail."""
    from tracker.following import views

    app.register_blueprint(views.blueprint)
