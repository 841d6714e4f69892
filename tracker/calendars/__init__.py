"""The calendars in which working days are counted: public holidays, an assembly's own days, and
what the secretariat has changed. Due dates that were given before a change stay as they are.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The pages of calendars."""
    from tracker.calendars import views

    app.register_blueprint(views.blueprint)
