"""Verifying the record."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracker.commands.context import application, as_json, say_json
from tracker.db import db
from tracker.timeline import audit as audits


@click.group()
def audit() -> None:
    """Verify that nothing recorded was changed."""


@audit.command()
@as_json
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Compare every timeline with its hash chain and with what was derived from it.

    Prints what is wrong and where; a text that was removed is named, but is no fault.
    """
    acts = entries = faults = 0
    found = []
    with application():
        for act in audits.audit(db.session()):
            acts += 1
            entries += act.entries
            faults += sum(not finding.removed for finding in act.findings)
            found += [asdict(finding) for finding in act.findings if as_json]
            for finding in () if as_json else act.findings:
                click.echo(str(finding))
        if as_json:
            say_json({"acts": acts, "entries": entries, "faults": faults, "findings": found})
        else:
            verdict = f"{faults} faults" if faults else "all as it was written"
            click.echo(f"{acts} acts, {entries} entries: {verdict}.")
    ctx.exit(1 if faults else 0)
