"""Rounds of circulation and replies as JSON."""

from __future__ import annotations

from flask import url_for

from tracker.api.shapes import Json, iso, maybe_person
from tracker.circulation.reading import AskedText, ReplyText, RoundText


def circulation_json(found: RoundText) -> Json:
    return {
        "id": str(found.id),
        "act": found.reference,
        "round": found.n,
        "edition": found.edition,
        "state": found.state,
        "opened_at": iso(found.opened_at),
        "opened_by": maybe_person(found.opened_by),
        "due": iso(found.due_on),
        "until": iso(found.until_on),
        "closed_at": iso(found.closed_at),
        "addressees": [_asked(found, asked) for asked in found.asked],
        "counts": found.counts,
    }


def _asked(found: RoundText, asked: AskedText) -> Json:
    return {
        "id": str(asked.id),
        "body": asked.body,
        "name": asked.title,
        "address": asked.address,
        "due": iso(asked.due_on),
        "standing": asked.code,
        "late": asked.late,
        "replies": [reply_json(found, asked, reply) for reply in asked.replies],
        "extensions": [
            {
                "former_due": iso(moved.former_on),
                "due": iso(moved.due_on),
                "reason": moved.reason,
                "granted_at": iso(moved.granted_at),
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
        "until": iso(reply.asks_until),
        "letter_ref": reply.letter_ref,
        "letter_date": iso(reply.letter_on),
        "file": {
            "filename": reply.filename,
            "media_type": reply.media_type,
            "size": reply.size,
            "sha256": reply.sha256,
            "url": url_for("api-circulations.letter", circulation=found.id, reply=reply.id),
        }
        if reply.sha256 is not None
        else None,
        "counts_on": iso(reply.counts_on),
        "given_at": iso(reply.given_at),
        "given_by": maybe_person(reply.given_by),
        "recorded": reply.recorded,
        "late": reply.late,
    }
