"""Delivery of notices, for those who look after it."""

from __future__ import annotations

from flask import Response

from tracker import assembly
from tracker.acts.queries import act_id
from tracker.api import door
from tracker.api.blueprint import Blueprint
from tracker.api.calls import answer_read, change, paging_of
from tracker.api.given import Given
from tracker.api.notice_schemas import DeliveryAnswer, DeliveryPage, NoticesQuery
from tracker.api.notice_shapes import delivery_json
from tracker.api.schemas import Nothing
from tracker.api.shapes import page_json
from tracker.clock import now
from tracker.db import db
from tracker.errors import Forbidden, invalid
from tracker.notices.operations import resend
from tracker.notices.reading import STATES, deliveries
from tracker.paging import Paging
from tracker.permissions import may
from workflows.facts import Refusal

blueprint = Blueprint("notices", "Delivery of notices")


@blueprint.call("GET", "/notices", query=NoticesQuery, answers=DeliveryPage)
def list_deliveries(query: Given) -> Response:
    """List notices and what became of their mails, the newest first."""
    if not may(assembly.assembly(), door.actor(), "see_deliveries"):
        raise Forbidden(Refusal("not_permitted"))
    values = query.checked()
    state, reference = values.get("state"), values.get("act")
    if state and state not in STATES:
        raise invalid("state", "not_a_choice", choices=", ".join(STATES))
    session, act = db.session(), None
    if reference:
        act = act_id(session, assembly.assembly(), door.actor(), reference)
        if act is None:
            raise invalid("act", "no_such_act")
    page = deliveries(session, paging_of(values), act_id=act, states=[state] if state else [])
    return answer_read(page_json(page, delivery_json), DeliveryPage)


@blueprint.call("POST", "/notices/<id:notice>/resend", body=Nothing, answers=DeliveryAnswer)
def resend_mail(body: Given, notice: int) -> Response:
    """Send again a notice whose mail failed or is held."""
    moment = now()
    return change(
        lambda: resend(notice, actor=door.actor(), now=moment),
        lambda session, _: delivery_json(
            deliveries(session, Paging(1, 1), notice_id=notice).items[0]
        ),
        DeliveryAnswer,
        now=moment,
        body=body,
    )
