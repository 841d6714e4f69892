"""Logging: one handler for structlog and the standard library alike.

JSON lines in production, a readable console elsewhere. Lines carry the id of the request they
belong to, also those of the tasks that it woke, and no personal data: people appear by number,
values given to the database are left out, and whatever looks like an address, or like the link of
an invitation, is struck out.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError

HANDLER = "tracker"
# At INFO transitions logs every callback, which makes a move 3.5 times slower; Celery logs every
# wake-up three times, and most find nothing to do.
CHATTY = ("transitions", "celery.beat", "celery.worker.strategy", "celery.app.trace")
REQUEST_ID = "X-Request-ID"

_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRET_PATH = re.compile(r"(/invitation/)[A-Za-z0-9_-]+")
_ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_READING = ("GET", "HEAD", "OPTIONS")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

log = structlog.get_logger(__name__)


def configure_logging(env: str) -> None:
    """Send everything at INFO and above to stderr; safe to call again, as each new app does."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.set_name(HANDLER)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_told),
                _rendering(env),
                _without_addresses,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if other.get_name() != HANDLER]
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _rendering(env: str) -> structlog.typing.Processor:
    if env == "production":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _told(exc_info: ExcInfo) -> str:
    """A traceback without local variables, and without what the database says of values."""
    return "".join(_causes(exc_info[1])).rstrip("\n")


def _causes(error: BaseException) -> Iterator[str]:
    """The text of an exception after those of what led to it."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _causes(before)
        yield "\nwhich led to:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_named(error)}\n"


def _named(error: BaseException) -> str:
    name = type(error).__qualname__
    if isinstance(error, DBAPIError):
        return f"{name}: {error.statement}"
    if isinstance(error, psycopg.Error) and error.sqlstate:
        # What the server says of a row quotes it.
        return f"{name}: {error.sqlstate} {error.diag.constraint_name or ''}"
    return f"{name}: {error}"


def _without_addresses(_logger: object, _method: str, line: Any) -> str:
    return _SECRET_PATH.sub(r"\1[token]", _ADDRESS.sub("[address]", line))


def init_app(app: Flask) -> None:
    """Mark the lines of each request with its id, and tell of those that change something.

    An id that comes with the request is kept when it looks like one; the answer carries it.
    """

    @app.before_request
    def begin() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = bind_request_id(given if _GOOD_ID.fullmatch(given) else None)
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID] = g.request_id
        if request.method not in _READING or response.status_code == 500:  # noqa: PLR2004
            member = g.get("member")
            log.info(
                "request",
                method=request.method,
                rule=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                ms=round((time.perf_counter() - g.began) * 1000),
                person=member.person.id if member else None,
            )
        return response


def bind_request_id(request_id: str | None = None) -> str:
    """Start a request: forget what the last one bound, and mark every line with this id."""
    request_id = request_id or uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def current_request_id() -> str | None:
    """The id of the request that this is done for, None when there is none."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found
