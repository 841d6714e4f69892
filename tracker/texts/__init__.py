"""Editions of a draft and their files in several languages. The bytes are kept as they came."""

from __future__ import annotations

from flask import Flask

from tracker.texts.files import MAX_BYTES

SLACK = 1024 * 1024
"""What a form may hold beside its file."""


def register(app: Flask) -> None:
    """The page of an act's editions. No request is larger than one file with its form."""
    from tracker.texts import views
    from tracker.texts.reading import size_words

    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES + SLACK
    app.jinja_env.filters["size"] = size_words
    app.register_blueprint(views.blueprint)
