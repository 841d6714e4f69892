"""What the reader finds in the bytes of a file: a document, or why there is none."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePath

import structlog

from tracker.errors import Invalid
from tracker.structure import store
from tracker.structure.model import Document, provisions
from tracker.structure.reading import FORMATS, read
from workflows.facts import Refusal

log = structlog.get_logger(__name__)
VERSION = 1
"""Of the reader. Raise it when the same bytes are read differently; a migration then puts the
texts back to waiting.
"""
SMALL_BYTES = 512 * 1024
SMALL_PART = 3 * 1024 * 1024
"""Of the main part of a DOCX, unpacked. What is small is read in a fifth of a second."""
_MAIN_PART = "word/document.xml"


@dataclass(frozen=True, slots=True)
class Reading:
    """A document, or the reason why the file cannot be read; never both."""

    sha256: str
    form: str
    document: Document | None
    fault: Refusal | None = None

    @property
    def size(self) -> int:
        """How many provisions there are."""
        return sum(1 for _ in provisions(self.document)) if self.document else 0


def form_of(filename: str) -> str:
    """What a file is read as, by its ending."""
    ending = PurePath(filename).suffix.lower()
    return FORMATS.get(ending, ending.removeprefix("."))


def read_bytes(data: bytes, sha256: str, filename: str) -> Reading:
    """Read a file, however long it takes; never raises for what it holds."""
    try:
        return Reading(sha256, form_of(filename), read(data, filename))
    except Invalid as error:
        return Reading(sha256, form_of(filename), None, error.refusals[0])
    except Exception:  # a fault of the reader must not keep the file from being delivered
        log.exception("text_not_read", sha256=sha256)
        return Reading(sha256, form_of(filename), None, Refusal("text_unreadable", {}, "file"))


def read_small(path: Path, sha256: str, filename: str) -> Reading | None:
    """Read a file that takes no time to speak of; None where it has to wait for a worker."""
    if not _is_small(path, form_of(filename)):
        return None
    return read_bytes(path.read_bytes(), sha256, filename)


def _is_small(path: Path, form: str) -> bool:
    if form != "docx":
        return form not in FORMATS.values() or path.stat().st_size <= SMALL_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.getinfo(_MAIN_PART).file_size <= SMALL_PART
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        return True


def pack(document: Document) -> bytes:
    return zlib.compress(store.dump(document).encode(), 6)


def unpack(content: bytes) -> Document:
    return store.load(zlib.decompress(content).decode())
