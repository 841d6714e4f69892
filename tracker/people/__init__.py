"""Persons, the bodies they sit in, their absences, accounts and tokens.

Rights come from dated memberships and from assignments, never from a flag on an account.
"""

from __future__ import annotations

from flask import Flask

from tracker.config import Settings


def register(app: Flask) -> None:
    """Log-in, log-out, one's own account and settings; bodies, and the keeping of persons; the
    calendars behind secret links.
    """
    from tracker.people import accounts, feed_views, record_views, settings_views, views

    settings: Settings = app.extensions["settings"]
    accounts.init_app(app, settings)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(record_views.blueprint)
    app.register_blueprint(settings_views.blueprint)
    app.register_blueprint(feed_views.blueprint)
