"""What awaits the caller and how they hear of it, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tracker import i18n
from tracker.acts.dossier import why_no_date
from tracker.api.shapes import Json, iso
from tracker.duties.models import Duty
from tracker.duties.queries import left_of
from tracker.following.queries import Following
from workflows.facts import Person


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
        "due": iso(duty.due_on),
        "why_no_date": None
        if duty.due_on
        else why_no_date(kind.due.not_set, duty.stopped_on, left_of(duty)),
        "overdue": duty.due_on is not None and duty.due_on < today,
        "opened_at": iso(duty.opened_at),
    }


def follow_json(reference: str, *, follows: bool) -> Json:
    return {"id": reference, "reference": reference, "follows": follows}


def settings_json(person: Person, followed: Iterable[Following]) -> Json:
    return {
        "language": person.language,
        "information": person.information,
        "office": person.office.email if person.office else None,
        "follows": [{"reference": one.reference, "body": one.body} for one in followed if one.seen],
    }
