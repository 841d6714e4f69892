"""What all pages share: layout, the look, languages, safety headers, forms, pages for errors.

Pages work without JavaScript; scripts only add comfort. A GET changes nothing.
"""

from __future__ import annotations

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from tracker.config import Settings


def register(app: Flask) -> None:
    """Headers and cookies, the style's files, CSRF, error pages, words for templates."""
    from tracker.pages import errors, headers, views, words

    settings: Settings = app.extensions["settings"]
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=24 * 3600,
        WTF_CSRF_CHECK_DEFAULT=False,  # `errors.init_app` checks pages; the API has its own door
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    Bootstrap5(app)
    headers.init_app(app, settings)
    errors.init_app(app, CSRFProtect(app))
    words.init_app(app, settings)
    app.register_blueprint(views.blueprint)
