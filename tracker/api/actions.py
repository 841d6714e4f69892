"""Steps: taking one, seeing what one would do, taking one on many acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from tracker.acts.dossier import dossier
from tracker.acts.menus import CORRECT
from tracker.acts.operations import Step, Stepped, advance, advance_many
from tracker.acts.previews import foresee, told_by
from tracker.acts.summaries import Summary, find_visible
from tracker.api import door
from tracker.api.act_schemas import (
    ActAnswer,
    ActionBody,
    BulkAnswer,
    BulkBody,
    PreviewAnswer,
    PreviewBody,
)
from tracker.api.act_shapes import act_json, preview_json, summary_json
from tracker.api.blueprint import ACT, Blueprint
from tracker.api.calls import change, look
from tracker.api.given import Given
from tracker.api.problems import refusal_json
from tracker.clock import now
from tracker.corrections.operations import correct
from workflows.facts import Refusal
from workflows.outcome import Outcome

blueprint = Blueprint("actions", "Steps of an act")


def _fields(values: Mapping[str, Any], *beside: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in ("version", *beside)}


def _judged(name: str, body: Given) -> Given:
    """A correction is no step of the procedure: here it is said which fields it does not take."""
    if name != CORRECT:
        return body
    unknown = (
        Refusal("unknown_field", {"name": field}, field)
        for field in body.values
        if field not in ("version", "reason")
    )
    return Given(body.values, (*body.faults, *unknown))


@blueprint.call("POST", f"{ACT}/actions/<name>", body=ActionBody, answers=ActAnswer)
def take_step(body: Given, reference: str, name: str) -> Response:
    """Take a step, or ask for it where you may only ask."""
    moment, version = now(), body.get("version")

    def step() -> Outcome | None:
        if name == CORRECT:
            reason = body.get("reason")
            correct(reference, actor=door.actor(), now=moment, reason=reason, version=version)
            return None
        return advance(
            reference,
            name,
            actor=door.actor(),
            now=moment,
            version=version,
            data=_fields(body.values),
        )

    def answer(session: Session, outcome: Outcome | None) -> Any:
        told = told_by(outcome) if outcome is not None else ()
        return act_json(dossier(session, reference, door.actor(), moment), told)

    return change(step, answer, ActAnswer, now=moment, body=_judged(name, body))


@blueprint.call("POST", f"{ACT}/actions/<name>/preview", body=PreviewBody, answers=PreviewAnswer)
def preview_step(body: Given, reference: str, name: str) -> Response:
    """See what a step would do: the new state, duties, and whom it tells. Nothing is changed."""
    moment = now()
    return look(
        lambda session: preview_json(
            foresee(
                session,
                reference,
                name,
                actor=door.actor(),
                now=moment,
                version=body.get("version"),
                data=_fields(body.values),
            )
        ),
        PreviewAnswer,
        _judged(name, body),
    )


@blueprint.call("POST", "/acts/bulk", body=BulkBody, answers=BulkAnswer)
def take_steps(body: Given) -> Response:
    """Take one step on many acts in one batch: those that can take it do, each of the others
    keeps its reason.
    """
    values = body.checked()
    steps = [Step(act["ref"], act["version"], _fields(act, "ref")) for act in values["acts"]]
    moment = now()
    return change(
        lambda: advance_many(
            steps,
            values["action"],
            actor=door.actor(),
            now=moment,
            data=_fields(values, "action", "acts"),
        ),
        lambda session, stepped: _bulk_json(session, values["action"], stepped, moment),
        BulkAnswer,
        now=moment,
        body=body,
    )


def _bulk_json(session: Session, action: str, stepped: Sequence[Stepped], moment: datetime) -> Any:
    acts = find_visible(session, [each.reference for each in stepped], door.actor(), moment)
    return {
        "batch": next((each.batch for each in stepped), None),
        "items": [_outcome_json(action, each, acts.get(each.reference)) for each in stepped],
    }


def _outcome_json(action: str, stepped: Stepped, act: Summary | None) -> dict[str, Any]:
    error = stepped.error
    code = "done"
    if error is not None:
        code = error.code
    elif stepped.outcome is not None and stepped.outcome.entry.action != action:
        code = "requested"
    return {
        "ref": stepped.reference,
        "status": error.status if error is not None else 200,
        "code": code,
        "refusals": [refusal_json(refusal) for refusal in error.refusals] if error else [],
        "act": summary_json(act) if act is not None else None,
    }
