"""What awaits the caller, and what they were told."""

from __future__ import annotations

from typing import Any

from flask import Response

from tracker import assembly
from tracker.api import door
from tracker.api.answers import DutyPage, NoticePage
from tracker.api.blueprint import Blueprint
from tracker.api.calls import answer_read, paging_of
from tracker.api.given import Given
from tracker.api.schemas import PagingQuery
from tracker.api.shapes import Json, duty_json, notice_json, page_json
from tracker.clock import now
from tracker.db import db
from tracker.duties.queries import duties_of
from tracker.notices.reading import inbox
from tracker.paging import Page
from workflows.calendars import local_date

blueprint = Blueprint("me", "What awaits you, what you were told")


@blueprint.call("GET", "/me/duties", query=PagingQuery, answers=DutyPage)
def my_duties(query: Given) -> Response:
    """List what awaits you, the soonest first."""
    session, paging = db.session(), paging_of(query.checked())
    total, rows = duties_of(session, door.actor(), paging.offset, paging.per_page)
    today = local_date(now(), assembly.zone())

    def shape(row: Any) -> Json:
        procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
        return duty_json(row, procedure.definition.duties[row.Duty.kind], today)

    return answer_read(page_json(Page(rows, total, paging), shape), DutyPage)


@blueprint.call("GET", "/me/notices", query=PagingQuery, answers=NoticePage)
def my_notices(query: Given) -> Response:
    """List what you were told, the newest first."""
    page = inbox(db.session(), door.member().person.id, paging_of(query.checked()))
    return answer_read(page_json(page, notice_json), NoticePage)
