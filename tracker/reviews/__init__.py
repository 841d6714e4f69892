"""Expert reviews: whom to ask, asked with reserves, accepted or declined, answered with an opinion
and remarks on provisions, supplemented; and the Board's opinion compiled from them.

An opinion is sent once and stays as it is. The link of an invitation opens its review and nothing
else. Late, withdrawn and overtaken are computed from dates and editions, never kept. A guideline
has the same form and never counts as the Board's opinion; that opinion is frozen when it is issued.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The expert's page behind its two doors, the reviews of an act, the Board's opinion."""
    from tracker.reviews import consolidated_views, expert_views, views
    from tracker.reviews.doors import blueprint, by_link

    assert all((consolidated_views, expert_views, views))  # each adds its pages to the blueprints
    app.register_blueprint(blueprint)
    app.register_blueprint(by_link)
