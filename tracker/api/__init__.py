"""REST: the same operations and the same refusals as the pages, as JSON under `/api/v1`.

Every call asks for a token and answers in this order: 401, 404, 403, 422, 409 stale, 409 refused.
Errors are problem details, and only here: pages keep their own.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_smorest import Api as SmorestApi
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from tracker.api import door, problems
from tracker.errors import TrackerError
from tracker.texts.files import MAX_BYTES

_ROOM = "/api/"
_LARGEST_JSON = 1024 * 1024
_LARGEST_FORM = MAX_BYTES + 64 * 1024
_OPEN = ("api-docs.openapi", "api-docs.page")


class Api(SmorestApi):  # type: ignore[misc]
    """Collects the documentation; errors are the blueprints' own business."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave the application's handlers alone: pages have theirs."""


def register(app: Flask) -> None:
    """The calls, their documentation, and the door in front of them."""
    from tracker.api import documentation
    from tracker.api.blueprint import Number, OpaqueId, Reference

    app.config.update(
        API_TITLE="Model act tracker",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": (__doc__ or "").strip()}},
    )
    for name, converter in (("reference", Reference), ("id", OpaqueId), ("number", Number)):
        app.url_map.converters[name] = converter
    app.before_request(_at_the_door)
    app.after_request(_finish)
    api = Api(app)
    for converter in (Reference, OpaqueId, Number):
        pattern = {"type": "string", "pattern": f"^{converter.regex}$"}
        api.register_converter(converter, lambda _, found=pattern: found)
    _add_calls(api)
    app.register_blueprint(documentation.blueprint)
    app.extensions["openapi"] = documentation.complete(api.spec.to_dict())


def _add_calls(api: Api) -> None:
    """Every topic's calls, in the order of the documentation; and what only it names."""
    from tracker.api import (
        actions,
        acts,
        circulation_schemas,
        circulations,
        documentation,
        edition_schemas,
        editions,
        me,
        notices,
        remarks,
        reviews,
        sittings,
        texts,
    )

    for topic in (
        acts,
        actions,
        editions,
        texts,
        reviews,
        circulations,
        remarks,
        sittings,
        me,
        notices,
    ):
        api.register_blueprint(topic.blueprint)
    for schema in (
        edition_schemas.EditionForm,
        circulation_schemas.ReplyBody,
        circulation_schemas.ReplyForm,
        documentation.ProblemAnswer,
    ):
        api.spec.components.schema(documentation.name_of(schema), schema=schema)


def _at_the_door() -> Response | None:
    """Let a call through, or answer it: who asks, how much they send, whether there is such an
    address. Runs before every request and leaves those of pages alone.
    """
    if not request.path.startswith(_ROOM) or request.endpoint in _OPEN:
        return None
    try:
        door.authenticate()
    except TrackerError as error:
        return problems.of_refusals(error)
    form = (request.endpoint or "").endswith(("editions.deliver", "circulations.give_reply"))
    request.max_content_length = _LARGEST_FORM if form else _LARGEST_JSON
    fault = request.routing_exception
    if isinstance(fault, RequestRedirect):
        return problems.of_http(NotFound())
    return problems.of_http(fault) if fault is not None else None


def _finish(response: Response) -> Response:
    if request.path.startswith(_ROOM):
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(("Authorization", "Accept-Language"))
    return response
