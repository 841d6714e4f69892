"""The public register: what was adopted, and what is on its way, for everybody.

An act stands here only after it was made public. Nothing is said of persons, of what is owed or
late, of experts, positions or objections; a step that no source shows is never the last word.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The first page for whoever has not logged in, and the page of each public act."""
    from tracker.register import views

    app.register_blueprint(views.blueprint)
