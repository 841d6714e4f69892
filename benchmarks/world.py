"""Databases for the benches: built by the migrations, filled by the operations."""

from __future__ import annotations

import gc
import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert

from tracker import assembly, create_app
from tracker.admission.operations import Proposal, propose_act
from tracker.config import Settings
from tracker.db import db, unit_of_work
from tracker.demo.people import SEATED, load_people
from tracker.people.models import Membership, Person
from tracker.people.queries import actor_for, find_person
from workflows.facts import Actor

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POSTGRESQL = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
PROPOSAL = Proposal(
    kind="model_law",
    titles={"ru": "О пробном деле", "en": "On a Trial Matter"},
    initiator="parliament_kz",
)
_SECONDS = (("eab", "secretary"), ("institute", "drafter"))
"""Seats given to one more person each, so that opening a concept tells five."""


def postgresql_answers() -> bool:
    """Whether the server is there."""
    try:
        psycopg.connect(f"{POSTGRESQL}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, removed in the end."""
    name = f"tracker_bench_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    with closing(psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True)) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def settle(*urls: str) -> None:
    """Let databases know what they hold, as a server finds out by itself after a while."""
    for url in urls:
        if url.startswith("postgresql"):
            with closing(psycopg.connect(url, autocommit=True)) as connection:
                connection.execute("VACUUM ANALYZE")


@contextmanager
def product(url: str, folder: Path) -> Iterator[Flask]:
    """The application on this database, with its context pushed and the sample people seated."""
    settings = {
        "TRACKER_ENV": "test",
        "TRACKER_DATA_DIR": str(folder),
        "TRACKER_DATABASE_URL": url,
        "TRACKER_MAIL_FROM": "Tracker <tracker@assembly.example>",
    }
    app = create_app(Settings.load(settings, dotenv=None))
    gc.freeze()  # as a process of the product does
    with app.app_context():
        upgrade()
        assembly.sync(NOW)
        with unit_of_work() as session:
            load_people(session, "csto_pa", NOW, "!")
            for body, role in _SECONDS:
                person = session.execute(
                    insert(Person)
                    .values(
                        names={"ru": "Второй Пример"},
                        email=f"{body}.second@demo.example.org",
                        language="ru",
                        created_at=NOW,
                    )
                    .returning(Person.id)
                ).scalar_one()
                session.execute(
                    insert(Membership).values(
                        person_id=person, body_key=body, role=role, since=SEATED
                    )
                )
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def as_(login: str) -> Actor:
    """One of the sample people as an actor."""
    person = find_person(db.session, f"{login}@demo.example.org")
    assert person is not None, login
    return actor_for(db.session, person.id, NOW.date())


def proposed_acts(count: int) -> list[str]:
    """New proposals, by reference."""
    actor = as_("secretariat")
    return [propose_act(PROPOSAL, actor=actor, now=NOW) for _ in range(count)]
