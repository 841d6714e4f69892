"""Acts: listing, proposing, reading one, its timeline, showing it to the public."""

from __future__ import annotations

from flask import Response

from tracker.acts.dossier import ActFilter, act_list, dossier
from tracker.acts.operations import set_visibility
from tracker.acts.summaries import find_inside
from tracker.admission.operations import Proposal, propose_act
from tracker.api import door
from tracker.api.act_schemas import (
    ActAnswer,
    ActPage,
    ActsQuery,
    EntryPage,
    ProposalBody,
    VisibilityBody,
)
from tracker.api.act_shapes import act_json, entry_json, summary_json
from tracker.api.blueprint import ACT, Blueprint, sliced
from tracker.api.calls import answer_read, change, paging_of
from tracker.api.given import Given
from tracker.api.schemas import PagingQuery
from tracker.api.shapes import page_json
from tracker.clock import now
from tracker.db import db
from tracker.errors import invalid
from tracker.timeline.history import history
from tracker.typed import line_of

blueprint = Blueprint("acts", "Drafts and adopted acts")


@blueprint.call("GET", "/acts", query=ActsQuery, answers=ActPage)
def list_acts(query: Given) -> Response:
    """List the acts you may know of."""
    values = dict(query.checked())
    narrowed = ActFilter(
        state=values.get("state"),
        stage=values.get("stage"),
        kind=values.get("kind"),
        holder=values.get("holder"),
        lead_body=values.get("lead_body"),
        q=line_of("q", values.get("q"), optional=True) or None,
        overdue=_flag("overdue", values.get("overdue")),
    )
    page = act_list(
        db.session(), door.actor(), narrowed, paging_of(values), values.get("sort"), now=now()
    )
    return answer_read(page_json(page, summary_json), ActPage)


def _flag(name: str, raw: str | None) -> bool | None:
    if not raw:
        return None
    if raw not in ("true", "false"):
        raise invalid(name, "not_a_choice", choices="true, false")
    return raw == "true"


@blueprint.call("POST", "/acts", body=ProposalBody, answers=ActAnswer, status=201)
def propose(body: Given) -> Response:
    """Register a proposal."""
    moment = now()
    return change(
        lambda: propose_act(Proposal(**_proposal(body)), actor=door.actor(), now=moment),
        lambda session, reference: act_json(dossier(session, reference, door.actor(), moment)),
        ActAnswer,
        now=moment,
        status=201,
        body=body,
    )


def _proposal(body: Given) -> dict[str, object]:
    required = dict.fromkeys(("kind", "titles", "initiator"))
    known = {name: body.values[name] for name in Proposal.__slots__ if name in body.values}
    return {**required, **known}


@blueprint.call("GET", ACT, answers=ActAnswer)
def show_act(reference: str) -> Response:
    """Read an act: where it stands, with whom, what it waits for, what you may do."""
    found = dossier(db.session(), reference, door.actor(), now())
    return answer_read(act_json(found), ActAnswer)


@blueprint.call("GET", f"{ACT}/timeline", query=PagingQuery, answers=EntryPage)
def show_timeline(query: Given, reference: str) -> Response:
    """Read what happened to an act, oldest first."""
    act = find_inside(db.session(), reference, door.actor(), now())
    entries = history(db.session(), act.facts, door.actor(), texts=True)
    return answer_read(page_json(sliced(entries, query.checked()), entry_json), EntryPage)


@blueprint.call("POST", f"{ACT}/visibility", body=VisibilityBody, answers=ActAnswer)
def show_or_hide(body: Given, reference: str) -> Response:
    """Show an act to the public, or take it back."""
    moment = now()
    return change(
        lambda: set_visibility(
            reference,
            body.get("visibility"),
            actor=door.actor(),
            now=moment,
            version=body.get("version"),
        ),
        lambda session, _: act_json(dossier(session, reference, door.actor(), moment)),
        ActAnswer,
        now=moment,
        body=body,
    )
