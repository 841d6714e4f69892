"""Documents to be taken away, PDF and DOCX: the same bytes each time, naming nobody who made them.

A PDF comes from a page description in Typst, with its own fonts and nothing read from the machine.
What people wrote travels as data and is never part of the source, so that no sign in it means
anything to Typst.
"""

from __future__ import annotations

import io
import json
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import typst
from docx.document import Document

_compile: Any = typst.compile  # its stub does not know that no timestamp is one
_PRELUDE = '#let data = json(bytes(sys.inputs.at("data")))\n'


def pdf(source: str, data: Any, made_at: datetime | None = None) -> bytes:
    """A PDF of `source`, where `data` (anything JSON can hold) is the variable `data`.

    The embedded fonts have Latin and Cyrillic; fonts of the system are not used, so that a page
    looks the same everywhere. The same input gives the same bytes where `made_at` is given.
    """
    with TemporaryDirectory() as empty:
        made = _compile(
            (_PRELUDE + source).encode(),
            root=empty,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=made_at,
        )
    return bytes(made)


def docx(document: Document, *, title: str, language: str, made_at: datetime) -> bytes:
    """The document as a word processor opens it.

    `made_at`, of which the format keeps no zone, stands also for each part of the package, where
    python-docx writes the hour of the machine: the same document would differ every two seconds.
    """
    about = document.core_properties
    about.title, about.language = title[:255], language
    about.author = about.last_modified_by = ""
    about.created = about.modified = made_at.replace(tzinfo=None)
    written, kept = io.BytesIO(), io.BytesIO()
    document.save(written)
    with ZipFile(written) as parts, ZipFile(kept, "w", ZIP_DEFLATED) as package:
        for part in parts.infolist():
            package.writestr(_dated(part.filename, made_at), parts.read(part))
    return kept.getvalue()


def _dated(name: str, made_at: datetime) -> ZipInfo:
    part = ZipInfo(name, made_at.timetuple()[:6])
    part.compress_type = ZIP_DEFLATED
    return part
