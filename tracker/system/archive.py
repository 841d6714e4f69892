"""The file of a backup: a `tar.gz` of uploaded files, the tables in parts, and last a manifest.

`files/<SHA-256>` are the uploads. `tables/<table>/<number>.jsonl` are rows, a JSON array each, with
the columns in the order of the manifest. `manifest.json` says what there must be, so a file that
was cut off has none. Written under a hidden name and renamed; neither side holds more than a part
in memory.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from tracker.i18n import gettext as _

FORMAT = 1
PART_BYTES = 4 * 1024 * 1024
LEVEL = 4
"""Of compression: above it the file is a few per cent smaller and takes twice as long."""
_MEMBER = re.compile(
    r"(?P<manifest>manifest\.json)"
    r"|files/(?P<file>[0-9a-f]{64})"
    r"|tables/(?P<table>[a-z_]+)/\d+\.jsonl"
)
_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, KeyError, TypeError)


class BackupError(Exception):
    """Why there is no backup, or why it cannot be restored; one line with the remedy."""


@dataclass(frozen=True, slots=True)
class TableDump:
    """What the archive has of a table."""

    columns: Sequence[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup consists of. `lost` are uploads that were missing or damaged already."""

    format: int
    made_at: str
    assembly: str
    head: str
    database: str
    files: int
    lost: Mapping[str, str]
    tables: Mapping[str, TableDump]


@dataclass
class Writer:
    """Adds to an archive that is being written."""

    tar: tarfile.TarFile
    mtime: float
    tables: dict[str, TableDump] = field(default_factory=dict)
    files: int = 0

    def add_file(self, sha256: str, path: Path) -> None:
        """Add an upload, whose bytes have this hash."""
        with path.open("rb") as content:
            self._add(f"files/{sha256}", path.stat().st_size, content)
        self.files += 1

    def add_table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add a table's rows, in as many parts as they need."""
        digest, count, parts = hashlib.sha256(), 0, 0
        part = bytearray()
        for row in rows:
            part += _line(row)
            count += 1
            if len(part) >= PART_BYTES:
                parts += 1
                digest.update(part)
                self._add_part(name, parts, part)
                part = bytearray()
        if part:
            digest.update(part)
            self._add_part(name, parts + 1, part)
        self.tables[name] = TableDump(list(columns), count, digest.hexdigest())

    def add_manifest(self, manifest: Manifest) -> None:
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        self._add("manifest.json", len(text), io.BytesIO(text))

    def _add_part(self, table: str, number: int, part: bytearray) -> None:
        self._add(f"tables/{table}/{number:06d}.jsonl", len(part), io.BytesIO(part))

    def _add(self, name: str, size: int, content: IO[bytes]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self.mtime, 0o600
        self.tar.addfile(member, content)
        _forget(self.tar)


@contextmanager
def write_archive(path: Path, mtime: float) -> Iterator[Writer]:
    """Write a file that appears whole or not at all, readable by its owner alone."""
    hidden = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with (
                gzip.GzipFile("", "wb", LEVEL, raw, mtime) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                yield Writer(tar, mtime)
            raw.flush()
            os.fsync(raw.fileno())
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)


def read_manifest(path: Path) -> Manifest:
    """Read the whole file and compare it with its manifest, hash by hash; raises BackupError."""
    try:
        return _compared(path)
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise BackupError(
            _("%(path)s cannot be read: %(why)s.", path=path, why=error.strerror)
        ) from error
    except _BROKEN as error:
        raise BackupError(
            _(
                "%(path)s is damaged, cut off or no backup (%(why)s). Use another copy.",
                path=path,
                why=type(error).__name__,
            )
        ) from error


def members(path: Path) -> Iterator[tuple[str, str, IO[bytes]]]:
    """Each member in the order of the file: `manifest`, `file` or `table`; its name; its content.

    At the end the file's own checksum has been compared too.
    """
    with gzip.open(path) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        while (member := tar.next()) is not None:
            _forget(tar)
            match = _MEMBER.fullmatch(member.name)
            content = tar.extractfile(member) if match and member.isreg() else None
            if match is None or content is None:
                raise ValueError(member.name)
            kind = str(match.lastgroup)
            yield kind, match[kind], content
        while packed.read(PART_BYTES):
            pass


def rows_of(content: IO[bytes]) -> Iterator[list[Any]]:
    """The rows of one part of a table, as they were written."""
    for line in content.read().splitlines():
        yield json.loads(line)


def _compared(path: Path) -> Manifest:
    said: dict[str, Any] = {}
    digests: dict[str, Any] = {}
    rows: Counter[str] = Counter()
    files = 0
    for kind, name, content in members(path):
        if kind == "manifest":
            said = json.load(content)
        elif kind == "file":
            files += 1
            _agree(name, hashlib.file_digest(content, "sha256").hexdigest())  # type: ignore[arg-type]
        else:
            data = content.read()
            digests.setdefault(name, hashlib.sha256()).update(data)
            rows[name] += data.count(b"\n")
    if said["format"] != FORMAT:
        raise BackupError(
            _("%(path)s has another format. Restore it with the version that made it.", path=path)
        )
    tables = {name: TableDump(**table) for name, table in said.pop("tables").items()}
    manifest = Manifest(**said, tables=tables)
    _agree(manifest.files, files)
    _agree(set(), digests.keys() - tables.keys())
    for name, table in tables.items():
        _agree(table.rows, rows[name])
        _agree(table.sha256, digests.get(name, hashlib.sha256()).hexdigest())
    return manifest


def _forget(tar: Any) -> None:
    """Else it keeps a note of every member in memory."""
    tar.members.clear()


def _agree(said: object, found: object) -> None:
    if said != found:
        raise ValueError(f"{said} was written, {found} is there")


def _written(value: Any) -> str:
    """Dates, instants and bytes as text."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    said: str = value.isoformat()
    return said


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_written)


def _line(row: Sequence[Any]) -> bytes:
    return f"{_ENCODER.encode(list(row))}\n".encode()
