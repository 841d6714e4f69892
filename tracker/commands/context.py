"""The application around one command: what it needs, and its failures as one line each.

Exit status: 0 done, 1 refused or failed, 2 wrong usage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tracker import assembly, clock, create_app
from tracker.config import ConfigError, Settings
from tracker.db import db
from tracker.errors import TrackerError
from tracker.people.queries import actor_for, find_person
from tracker.permissions import PUBLIC
from tracker.refusals import words
from workflows.assembly_schema import Deed
from workflows.facts import Actor
from workflows.loader import BadFile

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def application() -> Iterator[Flask]:
    """The application's context for one command."""
    try:
        app = create_app(Settings.load())
    except (ConfigError, BadFile) as error:
        raise click.ClickException(str(error)) from None
    with app.app_context():
        try:
            yield app
        except TrackerError as error:
            raise click.ClickException(reasons(error)) from None
        except (assembly.SyncError, assembly.NotStored) as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            raise click.ClickException(_of_database(error)) from None
        finally:
            db.session.remove()
            db.engine.dispose()


def reasons(error: TrackerError) -> str:
    """Every reason on a line of its own, with the field it speaks of and its code."""
    lines = []
    for refusal in error.refusals:
        field = f"{refusal.field}: " if refusal.field else ""
        lines.append(f"{field}{words(refusal)} ({refusal.code})")
    return "\n".join(lines) or error.code


def _of_database(error: DBAPIError) -> str:
    said = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
    unprepared = "no such table" in said or type(error.orig).__name__ == "UndefinedTable"
    remedy = " Run `tracker db upgrade` and `tracker sync`." if unprepared else ""
    return f"the database says: {said.removesuffix('.')}.{remedy}"


def somebody(email: str | None) -> Actor:
    """The person of this address as an actor today; without one, somebody not logged in."""
    if email is None:
        return PUBLIC
    person = find_person(db.session(), email)
    if person is None:
        raise click.BadParameter(f"nobody has the address {email}", param_hint="--as")
    return actor_for(db.session(), person.id, clock.today(assembly.zone()))


def operator(deed: Deed) -> Actor:
    """Who has the machine may do a deed of the permission table, in nobody's name."""
    parties = assembly.assembly().permissions.get(deed, ())
    return Actor(None, frozenset((party.body, party.role) for party in parties))


def say_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
