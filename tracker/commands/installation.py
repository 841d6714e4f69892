"""Preparing and running an installation."""

from __future__ import annotations

import click
from flask_migrate import upgrade as run_migrations

from tracker import assembly, clock
from tracker.commands.context import application
from tracker.config import ConfigError, Settings
from tracker.demo.operations import load_demo
from tracker.system.start import prepare
from tracker.system.up import run_up


@click.command()
@click.pass_context
def up(ctx: click.Context) -> None:
    """Start web, worker and scheduler together, after preparing the database.

    Ctrl-C or SIGTERM ends all three within 15 seconds.
    """
    try:
        settings = Settings.load()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    ctx.exit(run_up(settings))


@click.group()
def database() -> None:
    """Bring the database up to date."""


@database.command()
def upgrade() -> None:
    """Run the migrations that the database has not had yet. Safe to run again."""
    with application():
        run_migrations()
        click.echo("The database is up to date.")


@database.command("prepare")
def prepare_all() -> None:
    """Migrate, sync, fill an empty demo, and print the address: what comes before `tracker up`.

    Safe to run again.
    """
    with application() as app:
        click.echo("\n".join(prepare(app)))


@click.command()
def sync() -> None:
    """Bring bodies, kinds, members and procedures of the assembly's files into the database.

    Refuses a procedure that changed without a new version. Safe to run again.
    """
    with application():
        stored = assembly.sync(clock.now())
        for line in stored:
            click.echo(f"Stored {line}.")
        if not stored:
            click.echo("Every procedure is stored already; bodies, kinds and members are in.")


@click.group()
def demo() -> None:
    """Fill an empty demo with samples."""


@demo.command()
def load() -> None:
    """Load the sample people and acts. Refused outside a demo and where anybody is entered."""
    with application():
        click.echo(f"Loaded {load_demo(clock.now())} sample acts.")
