"""Keeping everything in one file, and bringing it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
from flask import Flask

from tracker.commands.context import application, as_json, say_json
from tracker.system.archive import BackupError
from tracker.system.backup import Summary, back_up
from tracker.system.backup import restore as bring_back

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_FILE
@as_json
@click.pass_context
def backup(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Write the database and all uploads to FILE (tar.gz), as of one moment.

    The product may go on running. FILE appears whole or not at all; an older backup of that name
    is replaced. It holds personal data. Fails, with the file written, where uploads are lost.
    """
    summary = _told(back_up, file)
    if as_json:
        say_json(asdict(summary))
    else:
        size = file.stat().st_size / 2**20
        click.echo(f"{_rows(summary)} and {summary.files} uploads in {file} ({size:.1f} MiB).")
        _say_lost(summary)
    ctx.exit(1 if summary.lost else 0)


@click.command()
@_FILE
@as_json
@click.pass_context
def restore(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Fill an empty database from FILE, and verify what came.

    Run `tracker db upgrade` on a new database first, and nothing else; it may be SQLite or
    PostgreSQL. Where TRACKER_MAIL_AMBIGUOUS is `hold`, mails that waited are held for a person:
    they may have been sent since. Fails, with the data in, where the timeline does not verify.
    """
    summary = _told(bring_back, file)
    if as_json:
        say_json(asdict(summary))
    else:
        made = f"{summary.made_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{_rows(summary)} and {summary.files} uploads, as of {made}.")
        _say_lost(summary)
        if summary.held:
            click.echo(f"{summary.held} mails are held, as they may have been sent since.")
        for finding in summary.findings:
            click.echo(finding)
        verdict = "does not verify" if summary.findings else "verifies"
        click.echo(f"The timeline {verdict}. Run tracker sync next.")
    ctx.exit(1 if summary.findings else 0)


def _told(work: Callable[[Flask, Path], Summary], file: Path) -> Summary:
    with application() as app:
        try:
            return work(app, file)
        except BackupError as error:
            raise click.ClickException(str(error)) from None


def _rows(summary: Summary) -> str:
    return f"{sum(summary.rows.values())} rows of {len(summary.rows)} tables"


def _say_lost(summary: Summary) -> None:
    for sha256, why in summary.lost.items():
        click.echo(f"The upload {sha256} is {why}.")
