"""Expert reviews: assigned, accepted or declined, and answered with an opinion."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The expert's page, and the reviews of an act for those who may see them."""
    from tracker.reviews.expert_views import blueprint

    app.register_blueprint(blueprint)
