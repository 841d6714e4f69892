"""Reminders and mails, beside the workers that see to them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from tracker import clock
from tracker.commands.context import application, as_json, operator, say_json, somebody
from tracker.db import db
from tracker.duties.forecast import DAYS, MOST_DAYS, Line, Silent, read_forecast
from tracker.duties.sweep import sweep as run_sweep
from tracker.notices import operations
from tracker.notices.reading import Delivery, failed_notices, outcome
from tracker.notices.relay import relay as run_relay
from tracker.paging import MOST_PER_PAGE, Paging

MOST_FORESEEN = 10_000
"""How many duties a forecast plans at most; it says when there are more."""


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
def reminders() -> None:
    """See what will be reminded."""


@reminders.command(name="forecast")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=DAYS,
    show_default=True,
    help="How far ahead.",
)
@as_json
def foresee(days: int, as_json: bool) -> None:
    """List the reminders of the days to come, as they will be sent if nothing changes."""
    with application():
        found = read_forecast(db.session(), clock.now(), days=days, most=MOST_FORESEEN)
        if as_json:
            say_json(
                {
                    "items": [_line(line) for line in found.lines],
                    "silent": [_silent(item) for item in found.silent],
                    "until": found.until,
                    "cut": found.cut,
                }
            )
            return
        for day, lines in found.days:
            click.echo(f"{day}")
            for line in lines:
                heard = ", ".join(person.email for person, _why in line.recipients) or "nobody"
                click.echo(f"    {line.duty.reference}  {line.duty.title}, {line.when}: {heard}")
        for item in found.silent:
            click.echo(f"silent  {item.duty.reference}  {item.duty.title}: {item.why}")
        click.echo(f"{len(found.lines)} until {found.until:%Y-%m-%d %H:%M} UTC.")


def _line(line: Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "day": line.day,
        "act": line.duty.reference,
        "duty": str(line.duty.id),
        "title": line.duty.title,
        "owed_by": line.duty.holder,
        "due": line.duty.due_on,
        "rule": line.rule,
        "occurrence": line.occurrence,
        "escalates": line.escalates,
        "late": line.late,
        "recipients": [{"person": person.email, "why": why} for person, why in line.recipients],
        "folded": line.folded,
        "approximate": line.approximate,
    }


def _silent(item: Silent) -> dict[str, Any]:
    return {
        "act": item.duty.reference,
        "duty": str(item.duty.id),
        "title": item.duty.title,
        "owed_by": item.duty.holder,
        "due": item.duty.due_on,
        "why": item.why,
        "paused": item.paused,
        "until": item.until,
    }


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
