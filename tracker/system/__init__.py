"""The installation itself: whether it lives and works, and starting it all together.

Health is read, never guessed: from the last run of each periodic job and from the queues as they
stand. No answer of this room names an address, a password or a person.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Health for machines."""
    from tracker.system import health, views

    health.init_app(app)
    app.register_blueprint(views.blueprint)
