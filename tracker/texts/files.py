"""The bytes of uploaded files: read whole before anything is written, kept under their SHA-256."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tracker.config import current_settings
from tracker.errors import invalid
from tracker.texts.readings import Reading, read_small

MAX_BYTES = 50 * 1024 * 1024

TYPES: Mapping[str, str] = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".rtf": "application/rtf",
    ".html": "text/html",
    ".htm": "text/html",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".xml": "application/xml",
}
"""What an edition's file may be, by its ending. The content must agree with it."""


SCANS: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    **{ending: TYPES[ending] for ending in (".docx", ".odt", ".rtf")},
}
"""What a letter's file may be: a scan, or the letter as it was written."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was read, checked and kept. `reading` is its text where that is short: a long
    one is read by a worker.
    """

    filename: str
    media_type: str
    size: int
    sha256: str
    reading: Reading | None = None


def uploads() -> Path:
    """Where this installation keeps them."""
    return current_settings().data_dir / "uploads"


def keep(folder: Path, filename: str, stream: BinaryIO, types: Mapping[str, str] = TYPES) -> Upload:
    """Read an upload whole, check it, and keep its bytes; raises Invalid naming `file`."""
    name = "".join(char for char in Path(filename.replace("\\", "/")).name if char.isprintable())
    ending = Path(name).suffix.lower()
    if ending not in types:
        raise invalid("file", "file_type", types=", ".join(sorted(types)))
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="upload-")
    path = Path(temporary)
    try:
        size, digest = _copy(stream, handle)
        _check_content(path, ending)
        target = path_of(folder, digest)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)
    reading = read_small(target, digest, name) if types is TYPES else None
    return Upload(name[-200:], types[ending], size, digest, reading)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the bytes with this hash are kept."""
    return folder / sha256[:2] / sha256


def _copy(stream: BinaryIO, handle: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as out:
        while chunk := stream.read(1 << 20):
            size += len(chunk)
            if size > MAX_BYTES:
                raise invalid("file", "file_too_large", limit=MAX_BYTES // (1024 * 1024))
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise invalid("file", "file_empty")
    return size, digest.hexdigest()


def _check_content(path: Path, ending: str) -> None:
    """Raise Invalid when the content is not what the ending says."""
    with path.open("rb") as file:
        start = file.read(4096)
    plain = b"\0" not in start and not start.startswith((b"MZ", b"\x7fELF"))
    checks: Mapping[str, Callable[[], bool]] = {
        ".docx": lambda: _zip_has(path, "word/document.xml"),
        ".odt": lambda: _zip_has(path, "content.xml"),
        ".pdf": lambda: b"%PDF-" in start[:1024],
        ".rtf": lambda: start.lstrip().startswith(b"{\\rtf"),
        ".jpg": lambda: start.startswith(b"\xff\xd8\xff"),
        ".jpeg": lambda: start.startswith(b"\xff\xd8\xff"),
        ".png": lambda: start.startswith(b"\x89PNG\r\n\x1a\n"),
        ".tif": lambda: start.startswith((b"II*\0", b"MM\0*")),
        ".tiff": lambda: start.startswith((b"II*\0", b"MM\0*")),
    }
    if not (checks[ending]() if ending in checks else plain):
        raise invalid("file", "file_content", ending=ending)


def _zip_has(path: Path, member: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return member in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
