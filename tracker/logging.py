"""Logging: one handler for structlog and the standard library alike.

JSON lines in production, a readable console elsewhere. Lines carry the id of the request or task
they belong to, and no personal data: people appear by id, never by name or address.
"""

import logging
import sys
import uuid

import structlog

HANDLER = "tracker"
# At INFO transitions logs every callback, which makes a move 3.5 times slower; Celery logs every
# wake-up three times, and most find nothing to do.
CHATTY = ("transitions", "celery.beat", "celery.worker.strategy", "celery.app.trace")


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
                *_rendering(env),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if other.get_name() != HANDLER]
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _rendering(env: str) -> list[structlog.typing.Processor]:
    if env == "production":
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    # Its default traceback prints local variables, which hold people's data.
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


def bind_request_id(request_id: str | None = None) -> str:
    """Start a request: forget what the last one bound, and mark every line with this id."""
    request_id = request_id or uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id
