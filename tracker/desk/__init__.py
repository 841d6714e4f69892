"""What awaits a person: what they owe, what others owe them, what they did lately.

It shows stored duties and nothing inferred; "late" is computed from the date when the page is
made. Opening an act's page is remembered, so that the desk can say what changed since.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The first page after log-in."""
    from tracker.desk import views

    app.register_blueprint(views.blueprint)
