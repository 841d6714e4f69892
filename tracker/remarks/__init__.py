"""The comment table: every remark on an edition, the answer to it, and the edition that carries it.

A remark is recorded once and its words never change. The answer is proposed, then confirmed; what
was answered before is kept. Equal remarks are merged into the earliest: it holds the one answer for
all, and each stays visible. Who may not see the table sees their own remarks and those of their own
body.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The tab of an act with its remarks, answering them, and their tables as files."""
    from tracker.remarks import answer_views, bulk_views, file_views, views
    from tracker.remarks.words import author_words, place_words

    app.jinja_env.filters["remark_author"] = author_words
    app.jinja_env.filters["remark_place"] = place_words
    for room in (views, answer_views, bulk_views, file_views):
        app.register_blueprint(room.blueprint)
