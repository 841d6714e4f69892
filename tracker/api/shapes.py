"""What is read, as JSON: the parts that every topic has.

Ids are opaque strings; instants are UTC; dates the assembly's. Each topic has its shapes in a file
of its own, beside its calls.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from tracker.paging import Page
from workflows.facts import Person

Json = dict[str, Any]


def page_json(page: Page[Any], shape: Callable[[Any], Json]) -> Json:
    return {
        "items": [shape(item) for item in page.items],
        "total": page.total,
        "page": page.paging.page,
        "per_page": page.paging.per_page,
    }


def person_json(person: Person) -> Json:
    return {"id": str(person.id), "names": person.names, "email": person.email}


def maybe_person(person: Person | None) -> Json | None:
    return person_json(person) if person is not None else None


def iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
