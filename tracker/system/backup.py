"""Everything an installation knows, in one file, and back again.

A backup is one moment of the database, taken while the product runs, and every upload that this
moment speaks of. It is restored into an empty database of the same migration, of either kind:
whole or not at all. What is not in it: the secret key, the settings, mails written to files.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import importlib.util
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from flask import Flask
from sqlalchemy import (
    Connection,
    Date,
    LargeBinary,
    Table,
    exists,
    func,
    insert,
    inspect,
    select,
    text,
    union,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import tracker
from tracker import assembly, clock
from tracker.circulation.models import Reply
from tracker.config import current_settings
from tracker.db import UtcDateTime, db, unit_of_work
from tracker.i18n import gettext as _
from tracker.notices.models import Notice
from tracker.system.archive import (
    FORMAT,
    BackupError,
    Manifest,
    Writer,
    members,
    read_manifest,
    rows_of,
    write_archive,
)
from tracker.texts.files import path_of, uploads
from tracker.texts.models import EditionFile
from tracker.timeline.audit import audit

AT_ONCE = 1000
"""Rows in memory, when reading and when writing."""
MOST_FINDINGS = 100
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Summary:
    """What was kept or brought back. `lost` are uploads that the installation had lost before, by
    hash; `findings`, the first faults of the timeline; `held`, mails that were waiting and now
    wait for a person, as they may have been sent since.
    """

    path: Path
    made_at: datetime
    rows: Mapping[str, int]
    files: int
    lost: Mapping[str, str]
    findings: tuple[str, ...] = ()
    held: int = 0


def back_up(app: Flask, path: Path) -> Summary:
    """Write a backup to `path`, replacing one that is there; raises BackupError."""
    with app.app_context(), _snapshot() as connection:
        tables = _tables(connection)
        now = clock.now()
        with _told(path), write_archive(path, now.timestamp()) as writer:
            lost = _add_uploads(connection, writer)
            for table in tables:
                order = select(table).order_by(*table.primary_key.columns)
                result = connection.execute(order)
                writer.add_table(table.name, table.columns.keys(), result)
            manifest = Manifest(
                format=FORMAT,
                made_at=now.isoformat(),
                assembly=assembly.assembly().assembly,
                head=_head(connection),
                database=connection.dialect.name,
                files=writer.files,
                lost=lost,
                tables=writer.tables,
            )
            writer.add_manifest(manifest)
    return _summary(path, manifest)


def restore(app: Flask, path: Path) -> Summary:
    """Fill an empty, migrated database from a backup; raises BackupError, and then it is empty.

    The file is read twice: before anything is written, all of it is compared with its manifest.
    Afterwards the timeline is verified; what does not is in `findings`.
    """
    manifest = read_manifest(path)
    with app.app_context():
        try:
            with unit_of_work() as session:
                tables = {table.name: table for table in _tables(session.connection())}
                _check_fits(session, manifest, tables.values())
                _fill(session, path, manifest, tables)
                _check_counts(session, manifest, tables.values())
                _check_uploads(session, manifest)
                _set_sequences(session, tables.values())
                held = _hold(session)
        except SQLAlchemyError as error:
            raise BackupError(
                _("The database refused it (%(why)s).", why=type(error).__name__)
            ) from error
        found = tuple(islice(_faults(), MOST_FINDINGS))
        db.session.close()
    return _summary(path, manifest, found, held)


def _faults() -> Iterator[str]:
    for act in audit(db.session()):
        yield from (str(finding) for finding in act.findings if not finding.removed)


def _summary(
    path: Path, manifest: Manifest, findings: tuple[str, ...] = (), held: int = 0
) -> Summary:
    return Summary(
        path,
        datetime.fromisoformat(manifest.made_at),
        {name: table.rows for name, table in manifest.tables.items()},
        manifest.files,
        manifest.lost,
        findings,
        held,
    )


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one moment of the database, however long it reads."""
    options: dict[str, Any] = {"yield_per": AT_ONCE}
    if db.engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Refuse to write over what is no backup; say in one line what cannot be written."""
    try:
        if path.exists() and not _is_ours(path):
            raise BackupError(_("%(path)s is another file. Give a new name.", path=path))
        yield
    except OSError as error:
        raise BackupError(
            _("%(path)s cannot be written: %(why)s.", path=path, why=error.strerror)
        ) from error


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) in (b"", _GZIP)


def _tables(connection: Connection) -> Sequence[Table]:
    """Every table, those that others refer to first."""
    for room in pkgutil.iter_modules(tracker.__path__):
        if room.ispkg and importlib.util.find_spec(f"tracker.{room.name}.models"):
            importlib.import_module(f"tracker.{room.name}.models")
    tables = db.metadata.sorted_tables
    known = {table.name for table in tables} | {"alembic_version"}
    differ = known ^ set(inspect(connection).get_table_names())
    if differ:
        raise BackupError(
            _(
                "The tables are not those of this version: %(tables)s. Run tracker db upgrade.",
                tables=", ".join(sorted(differ)[:3]),
            )
        )
    return tables


def _head(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _add_uploads(connection: Connection, writer: Writer) -> dict[str, str]:
    """Add the uploads of the snapshot; returns those that cannot be, and why."""
    lost = {}
    for sha256 in connection.scalars(_hashes()):
        path = path_of(uploads(), sha256)
        if not path.is_file():
            lost[sha256] = "missing"
        elif _digest(path) != sha256:
            lost[sha256] = "damaged"
        else:
            writer.add_file(sha256, path)
    return lost


def _hashes() -> Any:
    """What every upload is kept under, each once, in order."""
    letters = select(Reply.sha256).where(Reply.sha256.is_not(None))
    return union(select(EditionFile.sha256), letters).order_by("sha256")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_fits(session: Session, manifest: Manifest, tables: Iterable[Table]) -> None:
    """The database must be empty and have the tables of the backup."""
    head = _head(session.connection())
    if manifest.head != head:
        raise BackupError(
            _(
                "The backup is of migration %(theirs)s, the database of %(ours)s. Restore it with"
                " the version that made it, then upgrade.",
                theirs=manifest.head,
                ours=head,
            )
        )
    if manifest.assembly != assembly.assembly().assembly:
        raise BackupError(
            _(
                "The backup is of the assembly %(name)s. Set TRACKER_ASSEMBLY to it.",
                name=manifest.assembly,
            )
        )
    for table in tables:
        if session.execute(select(exists(select(table)))).scalar():
            raise BackupError(
                _(
                    "The database is not empty: %(table)s has rows. Make a new one and run"
                    " tracker db upgrade, nothing else.",
                    table=table.name,
                )
            )


def _fill(session: Session, path: Path, manifest: Manifest, tables: Mapping[str, Table]) -> None:
    for kind, name, content in members(path):
        if kind == "file":
            _keep(name, content)
        elif kind == "table":
            columns = manifest.tables[name].columns
            read = _readers(tables[name], columns)
            batch: list[dict[str, Any]] = []
            statement = insert(tables[name])
            for row in rows_of(content):
                batch.append(dict(zip(columns, read(row), strict=True)))
                if len(batch) == AT_ONCE:
                    session.execute(statement, batch)
                    batch = []
            if batch:
                session.execute(statement, batch)


def _readers(table: Table, columns: Sequence[str]) -> Callable[[list[Any]], list[Any]]:
    """What makes of a row of the archive one of the table."""
    kinds: Mapping[type, Callable[[str], Any]] = {
        UtcDateTime: datetime.fromisoformat,
        Date: date.fromisoformat,
        LargeBinary: base64.b64decode,
    }
    written = [
        (place, kinds[type(table.c[name].type)])
        for place, name in enumerate(columns)
        if type(table.c[name].type) in kinds
    ]

    def read(row: list[Any]) -> list[Any]:
        for place, parse in written:
            if row[place] is not None:
                row[place] = parse(row[place])
        return row

    return read


def _keep(sha256: str, content: IO[bytes]) -> None:
    """Put an upload where it belongs; it appears whole."""
    target = path_of(uploads(), sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=uploads(), prefix="restore-")
    try:
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _check_counts(session: Session, manifest: Manifest, tables: Iterable[Table]) -> None:
    for table in tables:
        said = manifest.tables[table.name].rows if table.name in manifest.tables else 0
        found = session.execute(select(func.count()).select_from(table)).scalar_one()
        if found != said:
            raise BackupError(
                _(
                    "%(table)s has %(found)s rows after restoring, not %(said)s. Stop the product"
                    " and begin anew with an empty database.",
                    table=table.name,
                    found=found,
                    said=said,
                )
            )


def _check_uploads(session: Session, manifest: Manifest) -> None:
    for sha256 in session.scalars(_hashes()):
        if sha256 not in manifest.lost and not path_of(uploads(), sha256).is_file():
            raise BackupError(_("The upload %(sha256)s is not in the backup.", sha256=sha256))


def _set_sequences(session: Session, tables: Iterable[Table]) -> None:
    """Let PostgreSQL count on after the highest number; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        last = session.execute(select(func.max(column))).scalar()
        if last is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            session.execute(select(func.setval(sequence, last)))


def _hold(session: Session) -> int:
    """Where an ambiguous mail is a person's to decide, all that wait are: the installation that
    was backed up may have sent them.
    """
    if current_settings().mail_ambiguous != "hold":
        return 0
    held = (
        update(Notice)
        .where(Notice.state.in_(["queued", "sending"]))
        .values(state="held", why="restored", token=None, due_at=None)
    )
    result: Any = session.execute(held)
    return int(result.rowcount)
