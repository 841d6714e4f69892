"""Procedures and rights as pages: drawn and printed from the files that the rules run on."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The pages of procedures and of the table of permissions."""
    from tracker.procedures import views, words

    app.jinja_env.filters.update(
        party=words.party_words, audience=words.audience_words, rule_of_due=words.due_words
    )
    app.jinja_env.globals["parties_words"] = words.parties_words
    app.register_blueprint(views.blueprint)
