"""What is owed, by whom, until when.

A duty belongs to one visit of a state and is stored, never inferred. Whoever holds it is reminded
as the procedure's file says, each step once. What will be said can be read before it is, and
paused, skipped or sent by hand. Another date raises the duty's generation, under which reminders
begin anew; a date never moves because a calendar did, unless somebody says so.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The pages of what will be reminded, and of one duty."""
    from tracker.duties import views
    from tracker.duties.words import term_words

    app.jinja_env.filters["term"] = term_words
    app.register_blueprint(views.blueprint)
