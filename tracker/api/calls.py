"""How a call changes something: one operation, its answer, and what makes a repetition harmless,
in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import marshmallow as ma
from flask import Response, request
from sqlalchemy.orm import Session

from tracker.api import door
from tracker.api.given import Given
from tracker.api.operations import claim, keep
from tracker.api.problems import json_text
from tracker.db import db, shared_unit_of_work, to_json
from tracker.errors import Invalid, Refused, Stale
from tracker.paging import Paging
from workflows.facts import Refusal

Result = TypeVar("Result")
KEY = "Idempotency-Key"
_LONGEST_KEY = 200


def change(
    operation: Callable[[], Result],
    answer: Callable[[Session, Result], Any],
    schema: type[ma.Schema],
    *,
    now: datetime,
    status: int = 200,
    body: Given | None = None,
) -> Response:
    """Run an operation and answer with what `answer` makes of its result.

    The faults of `body` are told after 404 and 403, together with the operation's, and nothing is
    changed then; its values make two calls with one key equal.
    """
    key = _key()
    with shared_unit_of_work() as session:
        if key is not None:
            kept = claim(session, door.account(), key, _hash_of(body), now)
            if kept is not None:
                replayed = Response(kept.body, kept.status, mimetype="application/json")
                replayed.headers["Idempotent-Replayed"] = "true"
                return replayed
        result = _run(operation, body.faults if body else ())
        text = json_text(schema().dump(answer(session, result)))
        if key is not None:
            keep(session, door.account(), key, status, text)
    return Response(text, status, mimetype="application/json")


def look(read: Callable[[Session], Any], schema: type[ma.Schema], body: Given) -> Response:
    """Answer a call that has a body and changes nothing; faults of its shape in their turn."""
    content = _run(lambda: read(db.session()), body.faults)
    return Response(json_text(schema().dump(content)), mimetype="application/json")


def _run(operation: Callable[[], Result], shape: tuple[Refusal, ...]) -> Result:
    try:
        result = operation()
    except Invalid as error:
        told = {fault.field for fault in shape}
        raise Invalid(
            *shape, *(fault for fault in error.refusals if fault.field not in told)
        ) from None
    except (Stale, Refused):
        if shape:
            raise Invalid(*shape) from None
        raise
    if shape:
        raise Invalid(*shape)
    return result


def _key() -> str | None:
    key = request.headers.get(KEY)
    if key is None:
        return None
    if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid(Refusal("not_a_key", {"limit": _LONGEST_KEY}, KEY))
    return key


def _hash_of(body: Given | None) -> str:
    text = f"{request.method} {request.path}\n{to_json(body.values if body else None)}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def answer_read(content: Any, schema: type[ma.Schema]) -> Response:
    """The answer to a reading call, with its ETag; 304 when the caller has it already."""
    answer = Response(json_text(schema().dump(content)), mimetype="application/json")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def paging_of(values: Any) -> Paging:
    return Paging(values["page"], values["per_page"])
