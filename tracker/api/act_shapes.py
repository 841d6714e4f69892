"""Acts, their steps and their timelines as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.acts.dossier import Dossier
from tracker.acts.menus import Action
from tracker.acts.previews import Opened, Preview, Told
from tracker.acts.summaries import Event, Holder, Summary, Waiting
from tracker.api.problems import refusal_json
from tracker.api.shapes import Json, iso, maybe_person, person_json
from tracker.timeline.history import Happening


def act_json(found: Dossier, told: Iterable[Told] | None = None) -> Json:
    """The act as one reader sees it; after a step, with who is told of it."""
    shape = {
        **summary_json(found.act),
        "waiting_for": [_waiting(waiting) for waiting in found.waiting_for],
        "actions": [_action(action) for action in found.actions],
    }
    return shape if told is None else {**shape, "told": [_told(each) for each in told]}


def summary_json(act: Summary) -> Json:
    return {
        "id": act.reference,
        "reference": act.reference,
        "kind": act.kind,
        "titles": act.titles,
        "procedure": {"key": act.procedure.key, "version": act.procedure.version},
        "state": act.state,
        "stage": act.stage,
        "holder": _holder(act.holder) if act.holder else None,
        "since": iso(act.since),
        "due": iso(act.due),
        "version": act.version,
        "visibility": act.visibility,
        "last_event": _event(act.last_event, inside=act.inside) if act.last_event else None,
        "waiting_for": [_waiting(act.waits)] if act.waits else [],
        "number": act.number,
        "initiator": act.initiator,
        "lead_body": act.lead_body,
    }


def preview_json(found: Preview) -> Json:
    return {
        "action": found.action,
        "state": found.state,
        "stage": found.stage,
        "request": found.request,
        "number": found.number,
        "duties": [_opened(duty) for duty in found.duties],
        "told": [_told(each) for each in found.told],
        "followers": found.followers,
        "warnings": [refusal_json(warning) for warning in found.warnings],
    }


def entry_json(entry: Happening) -> Json:
    return {
        **_event(entry, inside=True),
        "on_behalf_of": maybe_person(entry.behalf),
        "edition": entry.edition,
        "reason": entry.texts.get("reason"),
        "texts": entry.texts,
        "data": entry.data,
        "corrected_by": entry.corrected_by,
        "withheld": not entry.readable,
        "hash": entry.hash,
    }


def _holder(holder: Holder) -> Json:
    return {
        "body": holder.body,
        "role": holder.role,
        "title": holder.title,
        "persons": [person_json(person) for person in holder.persons],
    }


def _waiting(waiting: Waiting) -> Json:
    return {"code": waiting.code, "message": waiting.message}


def _event(event: Event | Happening, *, inside: bool) -> Json:
    return {
        "n": event.n if inside else None,
        "action": event.action,
        "title": event.title,
        "from_": event.before,
        "to": event.after,
        "body": event.body,
        "decided_on": str(event.decided) if event.decided else None,
        "basis": event.basis,
        "recorded_at": iso(event.recorded_at),
        "actor": maybe_person(event.actor),
    }


def _action(action: Action) -> Json:
    shape: Json = {
        "name": action.name,
        "title": action.title,
        "allowed": action.allowed,
        "refusals": [refusal_json(refusal) for refusal in action.refusals],
        "warnings": [refusal_json(warning) for warning in action.warnings],
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "required": field.required,
                "choices": list(field.choices),
            }
            for field in action.fields
        ],
    }
    return {**shape, "request": True} if action.request else shape


def _told(told: Told) -> Json:
    return {
        "person": person_json(told.person),
        "notices": list(told.notices),
        "reasons": [{"code": reason.code, "message": reason.message} for reason in told.reasons],
    }


def _opened(duty: Opened) -> Json:
    persons = [person_json(duty.person)] if duty.person else []
    return {
        "kind": duty.kind,
        "title": duty.title,
        "holder": {
            "body": duty.body,
            "role": duty.role,
            "title": duty.holder,
            "persons": persons,
        },
        "due": iso(duty.due_on),
        "why_no_date": duty.why_no_date,
    }
