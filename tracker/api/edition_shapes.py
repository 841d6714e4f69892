"""Editions as JSON."""

from __future__ import annotations

from flask import url_for

from tracker.api.shapes import Json, iso
from tracker.texts.queries import EditionText


def edition_json(reference: str, edition: EditionText) -> Json:
    return {
        "id": f"{reference}.e{edition.n}",
        "act": reference,
        "edition": edition.n,
        "frozen": edition.frozen,
        "created_at": iso(edition.created_at),
        "files": [
            {
                "language": file.language,
                "part": file.part,
                "filename": file.filename,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "url": url_for(
                    "api-editions.download",
                    reference=reference,
                    number=edition.n,
                    language=file.language,
                    part=None if file.part == "text" else file.part,
                ),
            }
            for file in edition.files
        ],
    }
