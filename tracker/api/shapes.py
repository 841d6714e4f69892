"""What the rooms read, as JSON. Ids are opaque strings; instants are UTC; dates the assembly's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask import url_for

from tracker import i18n
from tracker.acts.dossier import Dossier, why_no_date
from tracker.acts.menus import Action
from tracker.acts.previews import Opened, Preview, Told
from tracker.acts.summaries import Event, Holder, Summary, Waiting
from tracker.api.problems import refusal_json
from tracker.circulation.reading import AskedText, ReplyText, RoundText
from tracker.duties.models import Duty
from tracker.duties.queries import left_of
from tracker.notices.reading import Delivery, InboxItem
from tracker.paging import Page
from tracker.remarks.reading import RemarkPart
from tracker.reviews.models import BoardOpinion
from tracker.reviews.reading import ReviewPart
from tracker.reviews.suggestions import Suggested
from tracker.reviews.words import reason_words
from tracker.sittings.queries import Ballot
from tracker.sittings.reading import DecisionText
from tracker.texts.queries import EditionText
from tracker.timeline.history import Happening
from workflows.facts import Person

Json = dict[str, Any]


def page_json(page: Page[Any], shape: Callable[[Any], Json]) -> Json:
    return {
        "items": [shape(item) for item in page.items],
        "total": page.total,
        "page": page.paging.page,
        "per_page": page.paging.per_page,
    }


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
        "since": _iso(act.since),
        "due": _iso(act.due),
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
        "n": entry.n,
        "action": entry.action,
        "title": entry.title,
        "from_": entry.before,
        "to": entry.after,
        "actor": _maybe_person(entry.actor),
        "on_behalf_of": _maybe_person(entry.behalf),
        "body": entry.body,
        "decided_on": str(entry.decided) if entry.decided else None,
        "recorded_at": _iso(entry.recorded_at),
        "basis": entry.basis,
        "edition": entry.edition,
        "reason": entry.texts.get("reason"),
        "texts": entry.texts,
        "data": entry.data,
        "corrected_by": entry.corrected_by,
        "withheld": not entry.readable,
        "hash": entry.hash,
    }


def edition_json(reference: str, edition: EditionText) -> Json:
    return {
        "id": f"{reference}.e{edition.n}",
        "act": reference,
        "edition": edition.n,
        "frozen": edition.frozen,
        "created_at": _iso(edition.created_at),
        "files": [
            {
                "language": file.language,
                "part": file.part,
                "filename": file.filename,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "url": url_for(
                    "api-editions.download",
                    reference=reference,
                    number=edition.n,
                    language=file.language,
                    part=None if file.part == "text" else file.part,
                ),
            }
            for file in edition.files
        ],
    }


def review_json(review: ReviewPart, today: date, *, own: bool = False) -> Json:
    """A review as whoever sees reviews reads it, or in its expert's own form."""
    waiting = [each.person for each in review.reserves if not each.called]
    marks = [mark for mark in review.marks(today) if not (own and mark == "reserve")]
    return {
        "id": str(review.id),
        "act": review.reference,
        "expert": person_json(review.expert),
        "edition": review.edition,
        "state": review.state,
        "due": _iso(review.due_on),
        "assigned_at": _iso(review.assigned_at),
        "recommendation": review.recommendation,
        "text": review.text,
        "decline_reason": review.decline_reason,
        "decline_code": review.decline_code,
        "kind": "guideline" if review.advisory else "opinion",
        "standing": review.standing,
        "marks": marks,
        "interest": review.interest,
        "interest_text": review.interest_text,
        "remarks": list(review.remarks),
        "addenda": [
            {
                "n": each.n,
                "text": each.text,
                "remarks": list(each.remarks),
                "added_at": _iso(each.added_at),
            }
            for each in review.addenda
        ],
        "stands_for": None if own else _maybe_person(review.stands_for),
        "reserves": [] if own else [person_json(person) for person in waiting],
    }


def reviewer_json(found: Suggested, asked: bool) -> Json:
    """An expert who can be asked, with the reasons for and against."""
    reasons = [
        (reason.tone, {"code": reason.code, "message": reason_words(reason)})
        for reason in found.suggestion.reasons
    ]
    return {
        "person": person_json(found.person),
        "institution": found.candidate.institution,
        "member": found.candidate.member,
        "fields_": sorted(found.candidate.fields),
        "load": found.candidate.load,
        "last_asked": _iso(found.candidate.last_assigned),
        "away": found.suggestion.away,
        "asked": asked,
        "conflicts": [reason for tone, reason in reasons if tone == "conflict"],
        "reasons": [reason for tone, reason in reasons if tone != "conflict"],
    }


def board_opinion_json(reference: str, opinion: BoardOpinion) -> Json:
    return {
        "act": reference,
        "edition": opinion.edition,
        "language": opinion.language,
        "recommendation": opinion.recommendation,
        "counts": opinion.counts,
        "experts": opinion.experts,
        "sections": opinion.sections,
        "issued_at": _iso(opinion.issued_at),
        "sha256": opinion.sha256,
    }


def circulation_json(found: RoundText) -> Json:
    return {
        "id": str(found.id),
        "act": found.reference,
        "round": found.n,
        "edition": found.edition,
        "state": found.state,
        "opened_at": _iso(found.opened_at),
        "opened_by": _maybe_person(found.opened_by),
        "due": _iso(found.due_on),
        "until": _iso(found.until_on),
        "closed_at": _iso(found.closed_at),
        "addressees": [_asked(found, asked) for asked in found.asked],
        "counts": found.counts,
    }


def _asked(found: RoundText, asked: AskedText) -> Json:
    return {
        "id": str(asked.id),
        "body": asked.body,
        "name": asked.title,
        "address": asked.address,
        "due": _iso(asked.due_on),
        "standing": asked.code,
        "late": asked.late,
        "replies": [reply_json(found, asked, reply) for reply in asked.replies],
        "extensions": [
            {
                "former_due": _iso(moved.former_on),
                "due": _iso(moved.due_on),
                "reason": moved.reason,
                "granted_at": _iso(moved.granted_at),
            }
            for moved in asked.extensions
        ],
    }


def reply_json(found: RoundText, asked: AskedText, reply: ReplyText) -> Json:
    return {
        "id": str(reply.id),
        "circulation": str(found.id),
        "addressee": str(asked.id),
        "kind": reply.kind,
        "chamber": reply.chamber,
        "text": reply.text,
        "until": _iso(reply.asks_until),
        "letter_ref": reply.letter_ref,
        "letter_date": _iso(reply.letter_on),
        "file": {
            "filename": reply.filename,
            "media_type": reply.media_type,
            "size": reply.size,
            "sha256": reply.sha256,
            "url": url_for("api-circulations.letter", circulation=found.id, reply=reply.id),
        }
        if reply.sha256 is not None
        else None,
        "counts_on": _iso(reply.counts_on),
        "given_at": _iso(reply.given_at),
        "given_by": _maybe_person(reply.given_by),
        "recorded": reply.recorded,
        "late": reply.late,
    }


def remark_json(reference: str, remark: RemarkPart) -> Json:
    author = remark.author
    return {
        "id": str(remark.id),
        "act": reference,
        "n": remark.n,
        "edition": remark.edition,
        "language": remark.language,
        "eid": remark.eid,
        "place": remark.place,
        "kind": remark.kind,
        "text": remark.text,
        "wording": remark.wording,
        "author": {
            "person": _maybe_person(author.person),
            "body": author.body,
            "name": author.name,
            "expert": author.expert,
        },
        "source": remark.source,
        "letter_ref": remark.letter_ref,
        "recorded_at": _iso(remark.recorded_at),
        "state": remark.state,
        "response": remark.response,
        "reason": remark.reason,
        "proposed_by": _maybe_person(remark.proposed_by),
        "proposed_at": _iso(remark.proposed_at),
        "confirmed_by": _maybe_person(remark.confirmed_by),
        "confirmed_at": _iso(remark.confirmed_at) if remark.state == "confirmed" else None,
        "carried_by": remark.carried_by,
        "assigned_to": _maybe_person(remark.assigned_to),
        "merged_into": str(remark.merged_into) if remark.merged_into is not None else None,
        "void": remark.void,
        "version": remark.version,
    }


def ballot_json(ballot: Ballot) -> Json:
    return {
        "id": f"{ballot.reference}.{ballot.n}",
        "act": ballot.reference,
        "n": ballot.n,
        "member": person_json(ballot.member),
        "entered_by": person_json(ballot.entered_by),
        "vote": ballot.vote,
        "text": ballot.text,
        "letter_ref": ballot.letter_ref,
        "given_at": _iso(ballot.given_at),
        "replaced": ballot.replaced,
    }


def decision_json(decision: DecisionText) -> Json:
    return {
        "id": f"{decision.reference}.{decision.n}",
        "act": decision.reference,
        "body": decision.body,
        "source": "sitting" if decision.at_sitting else "positions",
        "adopted": decision.adopted,
        "decided_on": str(decision.decided) if decision.decided else None,
        "minutes_ref": decision.minutes_ref,
        "result": decision.result,
        "present": None
        if decision.present is None
        else [person_json(person) for person in decision.present],
        "objections": None
        if decision.objections is None
        else [
            {"member": person_json(person), "text": text} for person, text in decision.objections
        ],
    }


def duty_json(row: Any, kind: Any, today: date) -> Json:
    """A duty of the reader. `kind` is what the procedure says of its kind."""
    duty: Duty = row.Duty
    return {
        "id": str(duty.id),
        "act": {"reference": row.reference, "titles": row.titles},
        "kind": duty.kind,
        "title": i18n.title(kind.titles),
        "action": duty.action,
        "review": str(row.review) if row.review is not None else None,
        "due": _iso(duty.due_on),
        "why_no_date": None
        if duty.due_on
        else why_no_date(kind.due.not_set, duty.stopped_on, left_of(duty)),
        "overdue": duty.due_on is not None and duty.due_on < today,
        "opened_at": _iso(duty.opened_at),
    }


def notice_json(item: InboxItem) -> Json:
    return {
        "id": str(item.id),
        "name": item.name,
        "act": item.reference,
        "subject": item.subject,
        "because": list(item.because),
        "created_at": _iso(item.created_at),
        "read_at": _iso(item.read_at),
    }


def delivery_json(delivery: Delivery) -> Json:
    return {
        "id": str(delivery.id),
        "name": delivery.name,
        "act": delivery.reference,
        "subject": delivery.subject,
        "because": list(delivery.because),
        "person": person_json(delivery.person),
        "state": delivery.state,
        "why": delivery.why,
        "error": delivery.error,
        "attempts": delivery.attempts,
        "created_at": _iso(delivery.created_at),
        "sent_at": _iso(delivery.sent_at),
        "next_at": _iso(delivery.due_at),
    }


def person_json(person: Person) -> Json:
    return {"id": str(person.id), "names": person.names, "email": person.email}


def _maybe_person(person: Person | None) -> Json | None:
    return person_json(person) if person is not None else None


def _holder(holder: Holder) -> Json:
    return {
        "body": holder.body,
        "role": holder.role,
        "title": holder.title,
        "persons": [person_json(person) for person in holder.persons],
    }


def _waiting(waiting: Waiting) -> Json:
    return {"code": waiting.code, "message": waiting.message}


def _event(event: Event, *, inside: bool) -> Json:
    return {
        "n": event.n if inside else None,
        "action": event.action,
        "title": event.title,
        "from_": event.before,
        "to": event.after,
        "body": event.body,
        "decided_on": str(event.decided) if event.decided else None,
        "basis": event.basis,
        "recorded_at": _iso(event.recorded_at),
        "actor": _maybe_person(event.actor),
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
        "due": _iso(duty.due_on),
        "why_no_date": duty.why_no_date,
    }


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
