"""Log-ins and keys to the API. Who has the machine may create the first of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from tracker import assembly, clock
from tracker.commands.context import application, operator
from tracker.people import operations
from tracker.people.accounts import hashed


@click.group()
def account() -> None:
    """Create and disable log-ins."""


@account.command("create")
@click.argument("email")
@click.option("--name", "names", metavar="LANG=NAME", multiple=True, required=True, help="ru=…")
@click.option("--language", help="Of their mails; the authentic one by default.")
@click.option("--institution", default="")
@click.option("--member", help="The member state they come from.")
@click.option("--seat", "seats", metavar="BODY.ROLE", multiple=True, help="From today on.")
def create_account(
    email: str,
    names: Sequence[str],
    language: str | None,
    institution: str,
    member: str | None,
    seats: Sequence[str],
) -> None:
    """Create a person's log-in. The password is asked for, or read from standard input."""
    pairs = [name.partition("=") for name in names]
    if not all(equals for _, equals, _ in pairs):
        raise click.BadParameter("write LANG=NAME", param_hint="--name")
    places = [seat.partition(".") for seat in seats]
    if not all(dot for _, dot, _ in places):
        raise click.BadParameter("write BODY.ROLE", param_hint="--seat")
    password = _password()
    with application():
        rules = assembly.assembly()
        operations.create_account(
            email,
            {tongue: name for tongue, _, name in pairs},
            language or rules.authentic,
            hashed(password),
            institution=institution,
            member=member,
            actor=operator("manage_accounts"),
            now=clock.now(),
        )
        for body, _, role in places:
            operations.add_membership(
                email,
                body,
                role,
                since=clock.today(rules.zone),
                actor=operator("manage_people"),
            )
        click.echo(f"{email} can log in.")


def _password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")


@account.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let nobody in by this log-in any more, nor by its tokens."""
    with application():
        operations.disable_account(email, actor=operator("manage_accounts"), now=clock.now())
        click.echo(f"{email} can no longer log in.")


@click.group()
def token() -> None:
    """Create and revoke keys to the API."""


@token.command("create")
@click.argument("email")
@click.option("--name", default="", help="To tell it from others.")
def create_token(email: str, name: str) -> None:
    """Print a new token of a log-in: alone, and this once. It has its owner's rights."""
    with application():
        actor = operator("manage_accounts")
        click.echo(operations.create_token(email, name, actor=actor, now=clock.now()))


@token.command()
@click.argument("email")
@click.option("--name", help="Only the tokens of this name.")
def revoke(email: str, name: str | None) -> None:
    """End the tokens of a log-in."""
    with application():
        actor = operator("manage_accounts")
        ended = operations.revoke_token(email, name, actor=actor, now=clock.now())
        if not ended:
            raise click.ClickException("there is no such token")
        click.echo(f"{ended} revoked.")
