"""Real databases for the tests: each finds one as migrations and sample people left it.

SQLite's file is copied; PostgreSQL's tables are filled anew, as making and dropping a database
takes a second. What the shipped files say is read once a run.
"""

from __future__ import annotations

import functools
import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine
from sqlalchemy.orm import close_all_sessions

from tracker import assembly, create_app
from tracker.config import Settings
from tracker.db import ENGINE_OPTIONS, db, unit_of_work
from tracker.demo.people import load_people
from tracker.people.queries import actor_for
from workflows.facts import Actor

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PG = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


def listening(port: int) -> bool:
    """Whether a server answers on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def need(name: str, present: bool) -> None:
    """Skip a test whose server is missing; with CI=true a missing one is a failure."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is missing")
    pytest.skip(f"{name} is not on this machine")


assembly.load_assembly = functools.cache(assembly.load_assembly)
assembly.compile_text = functools.cache(assembly.compile_text)


def settings_for(data_dir: Path, database_url: str, env: str = "test") -> Settings:
    return Settings.load(
        {
            "TRACKER_ENV": env,
            "TRACKER_DATA_DIR": str(data_dir),
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_MAIL_FROM": "Tracker <tracker@assembly.example>",
            "TRACKER_SECRET_KEY": "a key for tests, long enough to be taken",
        },
        dotenv=None,
    )


def _build(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        assembly.sync(NOW)
        with unit_of_work() as session:
            load_people(session, "csto_pa", NOW, "!")
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    _build(settings_for(folder, f"sqlite:///{path}"))
    with __import__("sqlite3").connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need("PostgreSQL", listening(5432))
    name = f"tracker_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{PG}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        _build(settings_for(tmp_path_factory.mktemp("pg"), f"{PG}/{name}"))
        with psycopg.connect(f"{PG}/{name}") as connection:
            connection.execute("CREATE SCHEMA template")
            for table in _filled(connection):
                connection.execute(f"CREATE TABLE template.{table} AS TABLE public.{table}")
        yield f"{PG}/{name}"
    finally:
        with psycopg.connect(f"{PG}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _filled(connection: psycopg.Connection) -> list[str]:
    """The tables with rows in them."""
    return [
        table.name
        for table in db.metadata.sorted_tables
        if connection.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone()
    ]


def _restore(url: str) -> None:
    """Fill the tables as they were. As a replica it fires no trigger that guards the timeline; so
    few rows are deleted in a twentieth of the time of a TRUNCATE, which makes new files.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET lock_timeout = '60s'")
        for table in _filled(connection):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")
        kept = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'template'"
        ).fetchall()
        for (table,) in kept:
            connection.execute(f"INSERT INTO public.{table} SELECT * FROM template.{table}")
            if "id" in db.metadata.tables[table].columns:
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, migrated and with nothing but the sample people in it."""
    return fresh_database(request.param, request, tmp_path)


def fresh_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "sqlite":
        path = tmp_path / "tracker.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgresql_database")
    _restore(url)
    return url


class _Kept:
    """An application that serves one test after another: making one takes a fifth of a second."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app(settings_for(folder, f"sqlite:///{folder}/unused.db"))
        self.config, self.extensions = dict(self.app.config), dict(self.app.extensions)

    @contextmanager
    def on(self, settings: Settings) -> Iterator[Flask]:
        """As made anew with these settings."""
        app, engines = self.app, db._app_engines[self.app]
        app.config.clear()
        app.config.update(self.config)
        app.extensions.clear()
        app.extensions.update(self.extensions, settings=settings, procedures={})
        app.extensions["calendars"].cache_clear()
        engines[None] = create_engine(settings.database_url, **ENGINE_OPTIONS)
        with _standing(app):
            yield app


@pytest.fixture(scope="session")
def kept_app(tmp_path_factory: pytest.TempPathFactory) -> _Kept:
    return _Kept(tmp_path_factory.mktemp("app"))


@pytest.fixture
def app(kept_app: _Kept, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, with its context pushed."""
    with kept_app.on(settings_for(tmp_path, database_url)) as app:
        yield app


@pytest.fixture
def own_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application of the test's own, which it may change: its Celery, routes and all."""
    with _standing(create_app(settings_for(tmp_path, database_url))) as app:
        yield app


@contextmanager
def _standing(app: Flask) -> Iterator[Flask]:
    """Inside an application. In the end every transaction does, also of a session that a test kept:
    one left open would hold up the next test for ever.
    """
    app.extensions["wake"] = lambda *_: None  # nobody listens; the tests of waking make their own
    with app.app_context():
        yield app
        close_all_sessions()
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Cast:
    """The sample people as actors, by their log-in name."""

    now: datetime

    def __call__(self, login: str) -> Actor:
        from tracker.people.queries import find_person

        person = find_person(db.session, f"{login}@demo.example.org")
        assert person is not None, login
        return actor_for(db.session, person.id, self.now.date())


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def as_(app: Flask, now: datetime) -> Cast:
    """`as_("eab.secretary")` is that sample person as an actor."""
    return Cast(now)
