"""Reminders and mails, beside the workers that see to them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from tracker import clock
from tracker.commands.context import application, as_json, operator, say_json, somebody
from tracker.db import db
from tracker.duties.sweep import sweep as run_sweep
from tracker.notices import operations
from tracker.notices.reading import Delivery, failed_notices, outcome
from tracker.notices.relay import relay as run_relay
from tracker.paging import MOST_PER_PAGE, Paging


@click.group()
def duties() -> None:
    """Queue the reminders that are owed."""


@duties.command()
@as_json
def sweep(as_json: bool) -> None:
    """Queue every reminder that is owed now, as the scheduler does. Safe to run twice."""
    with application():
        done = run_sweep(clock.now())
        if as_json:
            say_json(asdict(done))
        else:
            click.echo(f"{done}.")


@click.group()
def notices() -> None:
    """Send mails, and see those that failed."""


@notices.command()
@as_json
@click.pass_context
def relay(ctx: click.Context, as_json: bool) -> None:
    """Send the mails that wait, as the workers do. Fails where the mail server does."""
    with application():
        done = run_relay()
        if as_json:
            say_json(asdict(done))
        else:
            click.echo(f"{str(done) or 'nothing to send'}.")
    ctx.exit(1 if done.outage else 0)


@notices.command()
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@as_json
def failed(page: int, as_json: bool) -> None:
    """List mails that failed, or are held because they may have been sent; newest first."""
    with application():
        found = failed_notices(db.session(), Paging(page, MOST_PER_PAGE))
        if as_json:
            say_json({"items": [_shape(item) for item in found.items], "total": found.total})
            return
        for item in found.items:
            said = outcome(item.state, item.why)
            click.echo(f"{item.id}  {item.reference}  {item.person.email}  {item.name}: {said}")
            if item.error:
                click.echo(f"    {item.error}")
        click.echo(f"{found.total} in all.")


def _shape(item: Delivery) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "act": item.reference,
        "name": item.name,
        "person": item.person.email,
        "state": item.state,
        "why": item.why,
        "error": item.error,
        "attempts": item.attempts,
        "created_at": item.created_at,
    }


@notices.command()
@click.argument("number", type=int)
@click.option("--as", "who", metavar="EMAIL", help="Who does it; the operator by default.")
def resend(number: int, who: str | None) -> None:
    """Queue a mail anew that failed or is held; NUMBER is that of `tracker notices failed`."""
    with application():
        actor = somebody(who) if who else operator("see_deliveries")
        operations.resend(number, actor=actor, now=clock.now())
        click.echo(f"Notice {number} is queued again.")
