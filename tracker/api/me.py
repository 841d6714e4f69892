"""What awaits the caller, what they were told and follow, and how they want to hear of it."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.api import door
from tracker.api.blueprint import ACT, Blueprint
from tracker.api.calls import answer_read, change, paging_of
from tracker.api.given import Given
from tracker.api.me_schemas import DutyPage, FollowAnswer, SettingsAnswer, SettingsBody
from tracker.api.me_shapes import duty_json, follow_json, settings_json
from tracker.api.notice_schemas import NoticePage
from tracker.api.notice_shapes import notice_json
from tracker.api.schemas import Nothing, PagingQuery
from tracker.api.shapes import Json, page_json
from tracker.clock import now
from tracker.db import db
from tracker.duties.queries import duties_of
from tracker.following.operations import follow_act, unfollow_act
from tracker.following.queries import followed_by
from tracker.notices.reading import inbox
from tracker.paging import Page
from tracker.people.choices import choose_mail
from tracker.people.queries import persons
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


@blueprint.call("GET", "/me/settings", answers=SettingsAnswer)
def my_settings() -> Response:
    """Read how mail comes to you, and what you follow."""
    return answer_read(_settings(db.session()), SettingsAnswer)


@blueprint.call("PATCH", "/me/settings", body=SettingsBody, answers=SettingsAnswer)
def change_settings(body: Given) -> Response:
    """Choose how mail comes to you. What is asked of you always comes at once."""
    return change(
        lambda: choose_mail(
            door.member().person.id,
            language=body.get("language"),
            information=body.get("information"),
        ),
        lambda session, _: _settings(session),
        SettingsAnswer,
        now=now(),
        body=body,
    )


@blueprint.call("POST", f"{ACT}/follow", body=Nothing, answers=FollowAnswer)
def follow(body: Given, reference: str) -> Response:
    """Be told of the moves of an act; doing it again changes nothing."""
    moment = now()
    return change(
        lambda: follow_act(reference, actor=door.actor(), now=moment),
        lambda _session, _: follow_json(reference, follows=True),
        FollowAnswer,
        now=moment,
        body=body,
    )


@blueprint.call("DELETE", f"{ACT}/follow", answers=FollowAnswer)
def unfollow(reference: str) -> Response:
    """Hear no more of an act that you follow."""
    return change(
        lambda: unfollow_act(reference, actor=door.actor()),
        lambda _session, _: follow_json(reference, follows=False),
        FollowAnswer,
        now=now(),
    )


def _settings(session: Session) -> Json:
    """As they are now: a change may have come after the caller was read."""
    me = door.member().person.id
    return settings_json(
        persons(session, [me])[me], followed_by(session, assembly.assembly(), door.actor())
    )
