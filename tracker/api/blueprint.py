"""What the blueprints of the API share: how arguments are read and how errors are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeVar, cast

import marshmallow as ma
from flask import Response, request
from flask_smorest import Blueprint as SmorestBlueprint
from werkzeug.exceptions import default_exceptions
from werkzeug.routing import BaseConverter

from tracker import clock
from tracker.acts.dossier import dossier
from tracker.acts.queries import act_rows
from tracker.api import door, problems
from tracker.api.act_schemas import ActAnswer
from tracker.api.act_shapes import act_json
from tracker.api.given import Parser
from tracker.api.schemas import Nothing
from tracker.db import db, give_up_reading
from tracker.errors import Stale, TrackerError
from tracker.paging import Page, Paging

PREFIX = "/api/v1"
ACT = "/acts/<reference:reference>"
NAMES = "api-"
"""Before the names of blueprints, which pages have too."""
Item = TypeVar("Item")
View = TypeVar("View", bound=Callable[..., Response])


class Reference(BaseConverter):
    """The public reference of an act."""

    regex = r"[A-Za-z0-9-]+"


class OpaqueId(BaseConverter):
    """An id as callers see it: a string that says nothing."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Number(OpaqueId):
    """The number of an edition."""

    regex = r"[1-9][0-9]{0,6}"


class Blueprint(SmorestBlueprint):  # type: ignore[misc]  # the library has no types
    """Calls on one kind of thing; their errors are problem details."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(NAMES + name, __name__, url_prefix=PREFIX, description=description)
        self.register_error_handler(TrackerError, _refused)
        for code in default_exceptions:  # by code, or the handlers of the pages would win
            self.register_error_handler(code, problems.of_http)
        self.register_error_handler(Exception, _at_fault)

    def call(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        rule: str,
        *,
        query: type[ma.Schema] | None = None,
        body: type[ma.Schema] | None = None,
        answers: type[ma.Schema] | None = None,
        status: int = 200,
        **documented: Any,
    ) -> Callable[[View], View]:
        """Serve a call and document it. The view is given what `query` or `body` read of it."""

        def serve(view: View) -> View:
            wrapped: Any = self.doc(**documented)(view)
            if answers is not None:
                wrapped = self.response(status, answers)(wrapped)
            if body is not None:
                wrapped = self.arguments(body, required=body is not Nothing)(wrapped)
            if query is not None:
                wrapped = self.arguments(query, location="query")(wrapped)
            return cast("View", self.route(rule, methods=[method])(wrapped))

        return serve


def a_file(description: str, media_types: Iterable[str]) -> dict[str, Any]:
    """An answer that is a file, for the documentation."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    kinds = sorted({media_type.partition(";")[0] for media_type in media_types})
    return {"description": description, "content": dict.fromkeys(kinds, binary)}


def _refused(error: TrackerError) -> Response:
    act = None
    if isinstance(error, Stale):
        reference = (request.view_args or {}).get("reference") or _reference_of(error)
        found = dossier(db.session(), reference, door.actor(), clock.now())
        act = ActAnswer().dump(act_json(found))
    return problems.of_refusals(error, act)


def _reference_of(error: Stale) -> str:
    """The act of a call that names something on it."""
    assert error.act_id is not None
    return str(act_rows(db.session(), [error.act_id])[0].reference)


def _at_fault(error: Exception) -> Response:
    give_up_reading()
    return problems.of_fault(error)


def sliced(items: Sequence[Item], values: Any) -> Page[Item]:
    """A page of a list that is short enough to be read whole."""
    paging = Paging(values["page"], values["per_page"])
    start = paging.offset
    return Page(items[start : start + paging.per_page], len(items), paging)
