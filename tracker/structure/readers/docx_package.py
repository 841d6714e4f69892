"""The ZIP around a DOCX: what is opened, and what is refused before it is opened."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from tracker.errors import invalid
from tracker.structure.limits import MAX_MEMBERS, MAX_PART_BYTES, MAX_RATIO
from tracker.structure.xml import local, parse

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_NAME = W[1:-1].encode()
_STRICT = (
    b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_R_NAME = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    OSError,
    NotImplementedError,
    EOFError,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Package:
    """The parts of a DOCX, read one at a time and never beyond the limits."""

    def __init__(self, data: bytes) -> None:
        """Open and check; raises Invalid naming `file`."""
        try:
            self.archive = zipfile.ZipFile(BytesIO(data))
            infos = self.archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise _no_archive(data) from error
        if len(infos) > MAX_MEMBERS:
            raise invalid("file", "text_archive", limit=MAX_MEMBERS)
        self.infos = {info.filename: info for info in infos}
        self._check()

    def _check(self) -> None:
        names = self.infos
        if "word/document.xml" not in names:
            form = "ODT" if "content.xml" in names else "ZIP"
            raise invalid("file", "text_other_format", format=form)
        types = self.read("[Content_Types].xml") or b""
        macros = any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names)
        if macros or b"macroEnabled" in types:
            raise invalid("file", "text_macros")

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, or None when there is none; raises Invalid when it is too large,
        packed suspiciously well, encrypted or damaged.
        """
        info = self.infos.get(name)
        if info is None:
            return None
        packed = max(info.compress_size, 1)
        if info.file_size > MAX_PART_BYTES:
            raise invalid("file", "text_too_large_inside", format="DOCX")
        if info.file_size > 1 << 20 and info.file_size / packed > MAX_RATIO:
            raise invalid("file", "text_bomb")
        try:
            with self.archive.open(info) as part:
                data = part.read(MAX_PART_BYTES + 1)
        except _DAMAGED as error:
            raise invalid("file", "text_broken", format="DOCX") from error
        if len(data) > MAX_PART_BYTES:
            raise invalid("file", "text_too_large_inside", format="DOCX")
        return data.replace(_STRICT[0], _W_NAME).replace(_STRICT[1], _R_NAME)

    def links(self) -> Mapping[str, str]:
        """Where the links of the text lead, by relation id."""
        data = self.read("word/_rels/document.xml.rels")
        if data is None:
            return {}
        return {
            relation.get("Id", ""): relation.get("Target", "")
            for relation in parse(data, "DOCX")
            if local(relation) == "Relationship" and relation.get("TargetMode") == "External"
        }

    def named(self, start: str) -> list[str]:
        return sorted(name for name in self.infos if name.startswith(start))


def _no_archive(data: bytes) -> Exception:
    if data.startswith(_OLE):
        return invalid("file", "text_other_format", format="OLE")
    if data.lstrip().startswith(b"{\\rtf"):
        return invalid("file", "text_other_format", format="RTF")
    if b"%PDF-" in data[:1024]:
        return invalid("file", "text_other_format", format="PDF")
    return invalid("file", "text_broken", format="DOCX")
