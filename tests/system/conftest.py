"""Browsers and a mail server, as the tests of pages and of notices have them; new installations."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.conftest import PG, listening, need, settings_for
from tests.notices.conftest import sink
from tests.pages.conftest import browser, enter, with_password
from tracker import create_app
from tracker.db import db

__all__ = ["browser", "enter", "sink", "with_password"]


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """These tests change what hangs on an application."""
    return own_app


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a database that was migrated, with nothing in it."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(settings_for(folder, f"sqlite:///{folder}/empty.db"))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder / "empty.db"


@pytest.fixture
def empty(empty_sqlite: Path, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """`empty("postgresql")` is another installation, migrated and not used yet."""
    databases: list[str] = []
    apps: list[Flask] = []

    def make(kind: str) -> Flask:
        folder = tmp_path / f"installation-{len(apps)}"
        folder.mkdir()
        url = f"sqlite:///{folder}/tracker.db"
        if kind == "sqlite":
            shutil.copy(empty_sqlite, folder / "tracker.db")
        else:
            need("PostgreSQL", listening(5432))
            databases.append(f"tracker_test_{uuid.uuid4().hex[:12]}")
            _command(f'CREATE DATABASE "{databases[-1]}"')
            url = f"{PG}/{databases[-1]}"
        apps.append(create_app(settings_for(folder, url)))
        apps[-1].extensions["wake"] = lambda *_: None
        if kind == "postgresql":
            with apps[-1].app_context():
                upgrade()
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    for name in databases:
        _command(f'DROP DATABASE "{name}" WITH (FORCE)')


def _command(statement: str) -> None:
    with psycopg.connect(f"{PG}/postgres", autocommit=True) as connection:
        connection.execute(statement)
