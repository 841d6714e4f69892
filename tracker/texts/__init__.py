"""Editions of a draft, their files in several languages, and the text in them.

The bytes are kept as they came. What is read in them (provisions, matches between editions,
comparisons) is derived, so it is never the only place of a fact; reading and comparing never happen
inside a transaction unless they are short. A provision keeps its `wid` through the editions.
"""

from __future__ import annotations

from flask import Flask

from tracker.texts.files import MAX_BYTES

SLACK = 1024 * 1024
"""What a form may hold beside its file."""


def register(app: Flask) -> None:
    """The pages of editions and their texts. No request is larger than one file with its form."""
    from tracker.texts import compare_views, match_views, text_views, views
    from tracker.texts.reading import size_words

    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES + SLACK
    app.jinja_env.filters["size"] = size_words
    for part in (views, text_views, compare_views, match_views):
        app.register_blueprint(part.blueprint)
