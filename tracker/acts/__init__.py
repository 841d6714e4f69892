"""The act itself: its road from proposal to adoption.

Every change of state goes through `operations.advance_many`: one transaction in which the rows are
locked, the facts gathered, the step decided by `workflows.decide`, and all its effects written.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The pages of acts: list, board, one act, its steps and timeline."""
    from tracker.acts import bulk_views, page, step_views, views, wording

    wording.init_app(app)
    app.jinja_env.globals.update(act_tabs=page.tabs, mended_on=page.mended_on)
    for room in (views, step_views, bulk_views):
        app.register_blueprint(room.blueprint)
