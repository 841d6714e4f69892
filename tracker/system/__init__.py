"""The installation itself: whether it lives and works, keeping it, and starting it all together.

Health is read, never guessed: from the last run of each periodic job and from the queues as they
stand. No answer for machines names an address, a password or a person.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Health and figures for machines, a page for the secretariat, its banner on every page."""
    from tracker.system import banner, health, views, words

    health.init_app(app)
    app.jinja_env.globals["late_jobs"] = banner.late_job_titles
    app.jinja_env.filters["mail_cause"] = words.cause
    app.register_blueprint(views.blueprint)
