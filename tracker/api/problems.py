"""Errors as problem details (RFC 9457): one shape for every answer that is not what was asked for.

Only under `/api/`; pages have their own words for the same refusals.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from tracker.db import to_json
from tracker.errors import TrackerError
from tracker.i18n import gettext as _
from tracker.refusals import words
from workflows.facts import Refusal

MEDIA_TYPE = "application/problem+json"
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}
_log = logging.getLogger(__name__)


class Unauthorized(TrackerError):
    """Nobody is known to ask."""

    status, code = 401, "unauthorized"


def of_refusals(error: TrackerError, act: Any = None) -> Response:
    """The answer to a refusal of an operation; `act` is the act as it is now, where it moved on."""
    detail = " ".join(dict.fromkeys(words(refusal) for refusal in error.refusals))
    more = {"act": act} if act is not None else {}
    answer = problem(error.status, error.code, detail, error.refusals, **more)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def of_http(error: HTTPException) -> Response:
    """The answer to what never reached an operation."""
    status = error.code or 500
    code = _CODES.get(status, "bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "")
    refusals: tuple[Refusal, ...] = ()
    if isinstance(error, RequestEntityTooLarge):
        limit = (request.max_content_length or 0) // (1024 * 1024)
        refusals = (Refusal("body_too_large", {"limit": limit}, _upload()),)
    detail = " ".join(words(refusal) for refusal in refusals) or _detail(status)
    answer = problem(status, code or "internal_error", detail, refusals)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            answer.headers[name] = value
    return answer


def of_fault(error: Exception) -> Response:
    """The answer when we are at fault; the log has the trace, the answer does not."""
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "internal_error", _detail(500))


def problem(
    status: int, code: str, detail: str, refusals: tuple[Refusal, ...] = (), **more: Any
) -> Response:
    body = {
        "type": f"/api/v1/docs#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "refusals": [refusal_json(refusal) for refusal in refusals],
        **more,
    }
    return Response(json_text(body), status, mimetype=MEDIA_TYPE)


def json_text(value: Any) -> str:
    """JSON that can be sent: what came in with broken characters does not go out with them."""
    return to_json(value).encode("utf-8", "replace").decode()


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """A reason why not, with the field it speaks of where there is one."""
    found = {"code": refusal.code, "message": words(refusal)}
    return {**found, "field": refusal.field} if refusal.field else found


def _upload() -> str | None:
    return "file" if request.path.endswith(("/editions", "/replies")) else None


def _detail(status: int) -> str:
    known = {
        400: _("The body is not JSON that can be read. Look at it and send it again."),
        404: _("There is no such address. The page of the API lists those that are."),
        405: _("This address does not take that method. The header Allow says which it takes."),
        413: _("The body is too large."),
        415: _("The body is of another type than this call takes. Send application/json."),
        500: _("Something went wrong on our side. Nothing was changed. It has been noted."),
    }
    return str(known.get(status, HTTPStatus(status).phrase))
