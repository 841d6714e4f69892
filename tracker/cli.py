"""The console script `tracker`. Asking for help imports no application and needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": ("installation:up", "Start web, worker and scheduler together."),
    "db": ("installation:database", "Bring the database up to date."),
    "sync": ("installation:sync", "Bring the assembly's files into the database."),
    "demo": ("installation:demo", "Fill an empty demo with samples."),
    "act": ("acts:act", "List, show, advance and admit acts."),
    "procedure": ("procedures:procedure", "List, show, check and draw procedures."),
    "duties": ("delivery:duties", "Queue the reminders that are owed."),
    "reminders": ("delivery:reminders", "See what will be reminded."),
    "notices": ("delivery:notices", "Send mails, and see those that failed."),
    "backup": ("backups:backup", "Keep everything in one file."),
    "restore": ("backups:restore", "Fill an empty database from a backup."),
    "audit": ("audits:audit", "Verify that nothing recorded was changed."),
    "account": ("people:account", "Create and disable log-ins."),
    "token": ("people:token", "Create and revoke keys to the API."),
}
"""Each command's place below `tracker.commands` and its line in the help."""


class _Lazy(click.Group):
    """A group whose commands are imported when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"tracker.commands.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Runs the law-making of an inter-parliamentary assembly.

    Settings come from the environment and `.env` (docs/operations.md). Exit status: 0 done,
    1 refused or failed, 2 wrong usage.
    """


def main() -> None:
    cli.main(prog_name="tracker")


if __name__ == "__main__":
    main()
