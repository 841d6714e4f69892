"""A kept file on its way out: to be saved, never shown by the browser as a page of ours."""

from __future__ import annotations

from flask import Response, current_app, send_file

from tracker.errors import NotFound
from tracker.texts.files import path_of, uploads
from workflows.facts import Refusal


def send_kept(
    sha256: str, media_type: str | None, filename: str | None, caching: str = "private, no-store"
) -> Response:
    """The bytes with this hash; raises NotFound where they are lost, and the log says so."""
    path = path_of(uploads(), sha256)
    if not path.is_file():
        current_app.logger.error("file_missing", extra={"sha256": sha256})
        raise NotFound(Refusal("no_such_file"))
    answer = send_file(
        path, mimetype=media_type, as_attachment=True, download_name=filename, etag=sha256
    )
    answer.headers["Cache-Control"] = caching
    return answer
