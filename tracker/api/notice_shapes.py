"""Notices and their delivery as JSON."""

from __future__ import annotations

from tracker.api.shapes import Json, iso, person_json
from tracker.notices.reading import Delivery, InboxItem


def notice_json(item: InboxItem) -> Json:
    return {
        "id": str(item.id),
        "name": item.name,
        "act": item.reference,
        "subject": item.subject,
        "because": list(item.because),
        "created_at": iso(item.created_at),
        "read_at": iso(item.read_at),
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
        "created_at": iso(delivery.created_at),
        "sent_at": iso(delivery.sent_at),
        "next_at": iso(delivery.due_at),
    }
