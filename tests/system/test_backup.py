"""Backup and restore: from each database to the other and back, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import stat
import tarfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, exc, select, update

from tests.circulation.rounds import open_round, say
from tests.notices.outgoing import configure, wait_for_sending
from tests.road import bring_to, deliver, propose
from tests.system.test_celery import wait_until
from tracker.acts.operations import advance
from tracker.cli import cli
from tracker.corrections.operations import correct
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.system import archive
from tracker.system.archive import BackupError
from tracker.system.backup import back_up, restore
from tracker.system.operations import record_heartbeat
from tracker.texts.files import SCANS, keep, path_of, uploads
from tracker.texts.operations import add_file
from tracker.timeline.audit import audit
from tracker.timeline.models import TimelineEntry

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def contents(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, as values of Python."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(
                json.dumps(list(row), sort_keys=True, default=repr)
                for row in connection.execute(select(table))
            )
            for table in db.metadata.sorted_tables
        }


def kind_of(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


@pytest.fixture
def lived_in(app, as_, now) -> Flask:
    """An installation with acts on their way, a correction, texts, uploads and waiting mails."""
    folder = uploads()
    bring_to("dispatched", as_, now, folder)
    corrected = bring_to("council", as_, now, folder)
    correct(corrected, actor=as_("defence.secretary"), now=now, reason="Ошибка «в дате»\u2028\n\\")
    reference = bring_to("drafting", as_, now, folder)
    edition = deliver(reference, as_, now, folder)
    memorandum = keep(folder, "memo.md", io.BytesIO("Пояснительная записка".encode()))
    add_file(
        reference,
        memorandum,
        language="ru",
        part="memorandum",
        edition=edition,
        actor=as_("drafter"),
        now=now,
    )
    scan = keep(folder, "letter.pdf", io.BytesIO(b"%PDF-1.7 a letter"), SCANS)
    round_ = open_round(reference, as_, now, other_addressees="Институт; Минск")
    say(round_, "parliament.am", as_, now, kind="remarks", upload=scan)
    propose(as_, now, titles={"ru": "О ёжиках 🦔 и\t«кавычках»", "en": 'On \\ "quotes"'})
    record_heartbeat("system.heartbeat", now)
    db.session.remove()
    return app


def test_all_of_it_comes_back_in_the_other_database_and_from_there_again(lived_in, empty, tmp_path):
    first = back_up(lived_in, tmp_path / "first.tar.gz")
    other = empty(OTHER[kind_of(lived_in)])
    there = restore(other, first.path)
    assert contents(other) == contents(lived_in)
    assert (there.rows, there.files, there.made_at) == (first.rows, first.files, first.made_at)
    assert (there.findings, there.lost, there.held) == ((), {}, 0)
    second = back_up(other, tmp_path / "second.tar.gz")
    again = empty(kind_of(lived_in))
    restore(again, second.path)
    assert contents(again) == contents(lived_in)
    assert first.rows["timeline"] > 20
    assert first.rows["notice"] > 20


def test_work_goes_on_after_restoring(lived_in, empty, tmp_path, as_, now):
    reference = bring_to("commission", as_, now, uploads())
    summary = back_up(lived_in, tmp_path / "backup.tar.gz")
    actor, secretariat = as_("defence.secretary"), as_("secretariat")
    app = empty(OTHER[kind_of(lived_in)])
    restore(app, summary.path)
    with app.app_context():
        assert {path.name for path in uploads().glob("*/*")} == {
            path.name for path in (tmp_path / "uploads").glob("*/*")
        }
        advance(reference, "approve_in_commission", actor=actor, now=now)
        propose(lambda _login: secretariat, now)
        for change in (
            update(TimelineEntry).values(action="x"),
            delete(TimelineEntry),
        ):
            with pytest.raises(exc.DBAPIError, match="append-only"), unit_of_work() as session:
                session.execute(change.execution_options(synchronize_session=False))
        assert [found for act in audit(db.session()) for found in act.findings] == []
        db.session.close()


def test_it_is_one_moment_while_acts_move_on(lived_in, empty, tmp_path, as_, now, monkeypatch):
    """Before each table is read, another thread has taken a step."""
    references = [bring_to("drafting", as_, now, uploads()) for _ in range(2)]
    actor = as_("secretariat")
    stop, taken = threading.Event(), Counter()

    def work() -> None:
        while not stop.is_set():
            with lived_in.app_context():
                for reference in references:
                    titles = {"ru": f"О деле {taken.total()}", "en": f"On Case {taken.total()}"}
                    data = {"titles": titles, "reason": "x"}
                    advance(reference, "retitle", actor=actor, now=now, data=data)
                    taken[reference] += 1

    def add_table(writer: archive.Writer, name: str, columns: object, rows: object) -> None:
        before = taken.total()
        wait_until(lambda: taken.total() > before)
        really_add_table(writer, name, columns, rows)

    really_add_table = archive.Writer.add_table
    monkeypatch.setattr(archive.Writer, "add_table", add_table)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        summary = back_up(lived_in, tmp_path / "backup.tar.gz")
    finally:
        stop.set()
        thread.join()
    restored = restore(empty(kind_of(lived_in)), summary.path)
    assert restored.findings == ()
    assert summary.rows["timeline"] < len(contents(lived_in)["timeline"])


@only_sqlite
def test_only_an_empty_database_of_the_same_migration_is_filled(lived_in, empty, tmp_path):
    path = back_up(lived_in, tmp_path / "backup.tar.gz").path
    before = contents(lived_in)
    with pytest.raises(BackupError, match=r"not empty: .* has rows"):
        restore(lived_in, path)
    assert contents(lived_in) == before
    app = empty("sqlite")
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(BackupError, match=r"of migration .*, the database of 0000"):
        restore(app, path)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE job_run")
    with pytest.raises(BackupError, match="job_run"):
        restore(app, path)


def parts_of(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}


def pack(path: Path, parts: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def without(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda parts: {key: data for key, data in parts.items() if not key.startswith(name)}


def changed(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(parts: dict[str, bytes]) -> dict[str, bytes]:
        found = {key: data.replace(old, new) for key, data in parts.items() if key.startswith(name)}
        assert any(parts[key] != data for key, data in found.items())
        return {**parts, **found}

    return change


DAMAGES = (
    without("manifest"),
    without("tables/timeline/"),
    without("files/"),
    changed("tables/timeline/", b"submit_to_eab", b"submit_to_abc"),
    changed("tables/person/", b"\n", b"\n\n"),
    changed("files/", "Проба".encode(), "Проза".encode()),
    changed("manifest", b'"rows": ', b'"rows": 1'),
    changed("manifest", b'"head"', b'"tail"'),
    changed("manifest", b'"format": 1', b'"format": 2'),
    changed("manifest", b"{", b"["),
    lambda parts: {**parts, "../../etc/passwd": b"x"},
    lambda parts: {**parts, "tables/other/000001.jsonl": b"[]\n"},
    lambda _parts: {},
)


@only_sqlite
def test_a_changed_archive_is_refused_before_anything_is_written(lived_in, empty, tmp_path):
    whole = parts_of(back_up(lived_in, tmp_path / "whole.tar.gz").path)
    app = empty("sqlite")
    for number, damage in enumerate(DAMAGES):
        path = tmp_path / f"{number}.tar.gz"
        pack(path, damage(whole))
        with pytest.raises(BackupError) as caught:
            restore(app, path)
        assert "\n" not in str(caught.value)
    assert not any(contents(app).values())
    with app.app_context():
        assert not uploads().exists()
    pack(path, whole)
    restore(app, path)


@only_sqlite
def test_a_damaged_file_is_refused(lived_in, empty, tmp_path):
    path = back_up(lived_in, tmp_path / "backup.tar.gz").path
    whole, app = path.read_bytes(), empty("sqlite")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0x10
    crc = bytearray(whole)
    crc[-5] ^= 0x10
    for data in (whole[: len(whole) // 2], whole[:-8], flipped, crc, b"", b"no archive", whole[:1]):
        path.write_bytes(data)
        with pytest.raises(BackupError, match="damaged, cut off or no backup"):
            restore(app, path)
    path.write_bytes(gzip.compress(b"no archive"))
    with pytest.raises(BackupError, match="damaged, cut off or no backup"):
        restore(app, path)
    with pytest.raises(BackupError, match="cannot be read: No such file"):
        restore(app, tmp_path / "nothing")
    path.write_bytes(whole)
    restore(app, path)


def forge(parts: dict[str, bytes], table: str, old: bytes, new: bytes) -> dict[str, bytes]:
    """Change rows and write the hash anew, as somebody who knows the format can."""
    changed = {
        name: data.replace(old, new) if name.startswith(f"tables/{table}/") else data
        for name, data in parts.items()
    }
    manifest = json.loads(changed["manifest.json"])
    whole = b"".join(data for name, data in changed.items() if name.startswith(f"tables/{table}/"))
    manifest["tables"][table]["sha256"] = hashlib.sha256(whole).hexdigest()
    return {**changed, "manifest.json": json.dumps(manifest).encode()}


@only_sqlite
def test_a_forged_timeline_is_found(lived_in, empty, tmp_path):
    path = back_up(lived_in, tmp_path / "backup.tar.gz").path
    pack(path, forge(parts_of(path), "timeline", b'"submit_to_eab"', b'"approve_concept"'))
    findings = restore(empty("sqlite"), path).findings
    assert findings
    assert all("entry" in finding or "visits" in finding for finding in findings)


@only_sqlite
def test_what_the_database_refuses_leaves_it_empty(lived_in, empty, tmp_path):
    path = back_up(lived_in, tmp_path / "backup.tar.gz").path
    pack(path, forge(parts_of(path), "act", b'"internal"', b'"secret"'))
    app = empty("sqlite")
    with pytest.raises(BackupError, match=r"refused it .IntegrityError"):
        restore(app, path)
    assert not any(contents(app).values())


@only_sqlite
def test_an_upload_that_was_lost_before_is_named_and_stops_nothing(lived_in, empty, tmp_path):
    missing, damaged = sorted(uploads().glob("*/*"))[:2]
    missing.unlink()
    damaged.write_bytes(b"something else")
    summary = back_up(lived_in, tmp_path / "backup.tar.gz")
    assert summary.lost == {missing.name: "missing", damaged.name: "damaged"}
    app = empty("sqlite")
    assert restore(app, summary.path).lost == summary.lost
    with app.app_context():
        assert not path_of(uploads(), damaged.name).exists()


@only_sqlite
def test_the_file_appears_whole_for_its_owner_and_over_no_other_file(
    lived_in, tmp_path, monkeypatch
):
    folder = tmp_path / "backups"
    folder.mkdir()
    path = folder / "backup.tar.gz"
    back_up(lived_in, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    monkeypatch.setattr(archive.Writer, "add_manifest", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        back_up(lived_in, path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(folder.iterdir()) == [path]
    back_up(lived_in, path)
    other = folder / "letter.txt"
    other.write_text("Dear colleague")
    for name, why in (
        (other, "another file"),
        (folder, "cannot be"),
        (folder / "a/b", "cannot be"),
    ):
        with pytest.raises(BackupError, match=why):
            back_up(lived_in, name)
    assert other.read_text() == "Dear colleague"


@only_sqlite
@pytest.mark.parametrize(("policy", "state"), [("resend", "queued"), ("hold", "held")])
def test_mails_that_waited_go_out_or_wait_for_a_person(
    lived_in, empty, tmp_path, now, policy, state
):
    waited = len(wait_for_sending(2, now))
    db.session.remove()
    summary = back_up(lived_in, tmp_path / "backup.tar.gz")
    app = empty("sqlite")
    configure(app, mail_ambiguous=policy)
    with app.app_context():
        held = restore(app, summary.path).held
        found = Counter(db.session.scalars(select(Notice.state)))
    assert found[state] > waited
    assert set(found) == {state, "skipped"}
    assert held == (found["held"] if policy == "hold" else 0)


@only_sqlite
def test_the_summary_counts_what_is_there(lived_in, tmp_path):
    summary = back_up(lived_in, tmp_path / "backup.tar.gz")
    assert summary.rows == {name: len(rows) for name, rows in contents(lived_in).items()}
    assert summary.files == len(list(uploads().glob("*/*"))) > 0


@only_sqlite
def test_by_command_line(lived_in, empty, tmp_path):
    def tracker(app: Flask, *words: str) -> Result:
        settings = app.extensions["settings"]
        env = {
            "TRACKER_ENV": "test",
            "TRACKER_DATA_DIR": str(settings.data_dir),
            "TRACKER_DATABASE_URL": settings.database_url,
        }
        return CliRunner().invoke(cli, list(words), env=env)

    file = tmp_path / "backup.tar.gz"
    done = tracker(lived_in, "backup", str(file))
    assert done.exit_code == 0
    assert f"uploads in {file}" in done.stdout
    app = empty("sqlite")
    done = tracker(app, "restore", str(file), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["findings"] == []
    done = tracker(app, "restore", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "not empty" in done.stderr
    next(uploads().glob("*/*")).unlink()
    done = tracker(lived_in, "backup", str(file))
    assert done.exit_code == 1
    assert "is missing" in done.stdout
    pack(file, forge(parts_of(file), "timeline", b'"submit_to_eab"', b'"approve_concept"'))
    done = tracker(empty("sqlite"), "restore", str(file))
    assert done.exit_code == 1
    assert "does not verify" in done.stdout
