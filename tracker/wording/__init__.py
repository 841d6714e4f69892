"""The words of notices, as the secretariat writes them in place of those that are shipped.

What is written is plain text with `{placeholders}`, never a template: mail and HTML are made from
the same source, and everything that is filled in is escaped. Where an act stands, what is asked
until when, the link and the reason stay around it whatever is written. A change counts for mails
that are put into words from then on; it never touches one that was. Words that cannot be filled in
are not used: the shipped ones go out instead.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The pages of the words of notices."""
    from tracker.wording import views

    app.register_blueprint(views.blueprint)
