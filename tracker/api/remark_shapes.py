"""Remarks as JSON."""

from __future__ import annotations

from tracker.api.shapes import Json, iso, maybe_person
from tracker.remarks.reading import RemarkPart


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
            "person": maybe_person(author.person),
            "body": author.body,
            "name": author.name,
            "expert": author.expert,
        },
        "source": remark.source,
        "letter_ref": remark.letter_ref,
        "recorded_at": iso(remark.recorded_at),
        "state": remark.state,
        "response": remark.response,
        "reason": remark.reason,
        "proposed_by": maybe_person(remark.proposed_by),
        "proposed_at": iso(remark.proposed_at),
        "confirmed_by": maybe_person(remark.confirmed_by),
        "confirmed_at": iso(remark.confirmed_at) if remark.state == "confirmed" else None,
        "carried_by": remark.carried_by,
        "assigned_to": maybe_person(remark.assigned_to),
        "merged_into": str(remark.merged_into) if remark.merged_into is not None else None,
        "void": remark.void,
        "version": remark.version,
    }
