"""The application: `create_app` puts the rooms together and touches no database."""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from tracker.config import Settings

ROOMS: tuple[str, ...] = (
    "api",
    "pages",
    "people",
    "following",
    "desk",
    "acts",
    "admission",
    "texts",
    "reviews",
    "circulation",
    "remarks",
    "sittings",
    "duties",
    "calendars",
    "procedures",
    "register",
    "notices",
    "wording",
    "system",
)
"""Rooms that plug something into the application; each says what in its `register(app)`. The API
comes first: its door limits a body before anything else reads it.
"""
_HERE = Path(__file__).parent


def shipped(name: str) -> Path:
    """A folder that a wheel carries inside the package and a checkout beside it."""
    inside = _HERE / f"_{name}"
    return inside if inside.is_dir() else _HERE.parent / name


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application; raises `BadFile` when it cannot be put together.

    Without settings it is a process's entry and reads the environment: a bad one ends the process
    with its one line.
    """
    # Imported here, as `tracker --help` begins by importing this package.
    from flask import Flask
    from flask_migrate import Migrate

    from tracker import assembly, i18n, logging
    from tracker.celery import make_celery
    from tracker.db import ENGINE_OPTIONS, db

    enters = settings is None
    settings = settings or _environment()
    logging.configure_logging(settings.env)
    app = Flask("tracker", template_folder=str(shipped("templates")))
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=ENGINE_OPTIONS,
    )
    logging.init_app(app)
    db.init_app(app)
    Migrate(app, db, directory=str(shipped("migrations")), render_as_batch=False)
    assembly.init_app(app, settings.assembly, shipped("templates") / "notices")
    i18n.init_app(app)
    make_celery(app)
    for room in ROOMS:
        import_module(f"tracker.{room}").register(app)
    if enters:
        gc.freeze()  # what a process begins with stays; the collector need not walk over it
    return app


def _environment() -> Settings:
    import click

    from tracker.config import ConfigError, Settings

    try:
        return Settings.load()
    except ConfigError as error:
        click.echo(f"tracker: {error}", err=True)
        # With any other status gunicorn would start the worker again, for ever.
        raise SystemExit(3) from None
