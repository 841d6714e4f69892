"""Read an uploaded text: from bytes and a file name to a document."""

from __future__ import annotations

from pathlib import PurePath

from tracker.errors import invalid
from tracker.structure.characters import has_control, has_direction_marks
from tracker.structure.compose import compose, with_oddities
from tracker.structure.encoding import decode
from tracker.structure.limits import MAX_ARCHIVE_BYTES, MAX_LINES, MAX_TEXT_BYTES
from tracker.structure.model import Document, Oddity
from tracker.structure.readers.markdown import read_markdown
from tracker.structure.readers.plain import read_plain

FORMATS = {
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".xml": "akn",
    ".akn": "akn",
}
"""What can be read, by the ending of the file."""


def read(data: bytes, filename: str) -> Document:
    """The document in a file; raises Invalid naming `file` when it cannot be read as what its
    name says, is too large, holds macros, or has no text. Nothing is fetched or executed.
    """
    ending = PurePath(filename).suffix.lower()
    form = FORMATS.get(ending)
    if form is None:
        raise invalid("file", "text_format", ending=ending or filename)
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise invalid("file", "file_empty")
    if form == "docx":
        return _docx(data)
    limit = MAX_TEXT_BYTES
    if len(data) > limit:
        raise invalid("file", "file_too_large", limit=limit // (1024 * 1024))
    _check_signature(data)
    return _text(data, form)


def _docx(data: bytes) -> Document:
    from tracker.structure.readers.docx import read_docx

    if len(data) > MAX_ARCHIVE_BYTES:
        raise invalid("file", "file_too_large", limit=MAX_ARCHIVE_BYTES // (1024 * 1024))
    return read_docx(data)


def _text(data: bytes, form: str) -> Document:
    if form == "akn":
        from tracker.structure.readers.akn import read_akn

        return read_akn(data)
    text, oddities = decode(data)
    if text.count("\n") > MAX_LINES * 2:
        raise invalid("file", "text_too_many_lines", limit=MAX_LINES)
    oddities = (*oddities, *_strange(text))
    if form == "html":
        from tracker.structure.readers.html import read_html

        return with_oddities(read_html(text), *oddities)
    if form == "markdown":
        lines, notes, title, odd = read_markdown(text)
        return compose(lines, title=title, notes=notes, oddities=(*oddities, *odd))
    lines, odd = read_plain(text)
    return compose(lines, oddities=(*oddities, *odd))


def _check_signature(data: bytes) -> None:
    """Refuse what only calls itself a text."""
    for start, name in (
        (b"PK\x03\x04", "ZIP"),
        (b"%PDF-", "PDF"),
        (b"\xd0\xcf\x11\xe0", "OLE"),
        (b"{\\rtf", "RTF"),
        (b"MZ", "EXE"),
        (b"\x7fELF", "ELF"),
    ):
        if data.startswith(start):
            raise invalid("file", "text_other_format", format=name)


def _strange(text: str) -> tuple[Oddity, ...]:
    """Characters that are taken out, once each kind with its first line."""
    found = []
    for code, test in (("direction_marks", has_direction_marks), ("control_marks", has_control)):
        if test(text.replace("\f", " ")):
            rows = enumerate(text.split("\n"), start=1)
            place = next((str(at) for at, row in rows if test(row.replace("\f", " "))), "")
            found.append(Oddity(code, place))
    return tuple(found)
