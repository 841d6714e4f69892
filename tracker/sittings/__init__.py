"""The Council's decision on a draft: positions of members, or the decision of a sitting."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The member's page, the decision's page, and the secretariat's two forms."""
    from tracker.sittings import words
    from tracker.sittings.ballot_views import blueprint

    app.jinja_env.filters.update(
        quorum_words=words.quorum_words,
        checks_words=lambda arithmetic: list(words.checks_words(arithmetic)),
        result_words=words.result_words,
    )
    app.register_blueprint(blueprint)
