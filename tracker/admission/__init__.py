"""How an act comes in: proposed anew, or admitted under way with the history it had before."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The two forms by which the secretariat brings acts in."""
    from tracker.admission import views

    app.register_blueprint(views.blueprint)
