"""Who is told. A notice is a row of the transaction that it tells of; sending it comes after.

It stands in its recipient's inbox at once. Its mail is never lost, is rendered once, and goes out
once, but for a sender that dies between the server's answer and its own commit: then it may be
sent again, the same to the byte, or held for a person to decide (`TRACKER_MAIL_AMBIGUOUS`).
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The inbox, and the pages of what became of mails."""
    from tracker.notices import views
    from tracker.notices.reading import outcome
    from tracker.notices.rendering import quoted

    app.jinja_env.filters.update(quoted=quoted, outcome=lambda each: outcome(each.state, each.why))
    app.register_blueprint(views.blueprint)
