"""How Alembic reaches the application's database and tables."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from alembic import context
from flask import current_app

import tracker
from tracker.db import db


def _load_models() -> None:
    for room in pkgutil.iter_modules(tracker.__path__):
        if room.ispkg and importlib.util.find_spec(f"tracker.{room.name}.models"):
            importlib.import_module(f"tracker.{room.name}.models")


def run() -> None:
    """Run the migrations on the application's engine, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata)
        with context.begin_transaction():
            context.run_migrations()


_load_models()
run()
