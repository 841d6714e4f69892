"""Reading, checking and drawing procedures, from the files."""

from __future__ import annotations

from pathlib import Path

import click

from tracker import assembly, shipped
from tracker.commands.context import application, as_json, say_json
from tracker.i18n import title
from workflows.assembly_schema import Assembly
from workflows.diagram import mermaid, svg
from workflows.loader import BadFile, Loaded, Problem, load_assembly, load_procedure
from workflows.machine import Compiled
from workflows.schema import Party, Procedure
from workflows.soundness import check_assembly, problems


@click.group()
def procedure() -> None:
    """List, show, check and draw procedures."""


def _file(key: str) -> Loaded:
    files = {file.procedure.procedure: file for file in assembly.files().procedures}
    if key not in files:
        raise click.BadParameter(f"no procedure {key}; there are {', '.join(files)}")
    return files[key]


@procedure.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List the procedures of the assembly's files."""
    with application():
        files = assembly.files().procedures
        if as_json:
            say_json(
                [
                    {
                        "key": file.procedure.procedure,
                        "version": file.procedure.version,
                        "titles": file.procedure.titles,
                        "hash": file.hash,
                    }
                    for file in files
                ]
            )
            return
        for file in files:
            said = file.procedure
            click.echo(f"{said.procedure} {said.version}  {title(said.titles)}")


@procedure.command()
@click.argument("key")
@as_json
def show(key: str, as_json: bool) -> None:
    """Print the table of a procedure: who takes which step from where to where."""
    with application():
        file = _file(key)
        if as_json:
            say_json(file.procedure.model_dump(mode="json", by_alias=True, exclude_defaults=True))
            return
        click.echo(f"{title(file.procedure.titles)}, version {file.procedure.version}")
        for line in _table(file.procedure):
            click.echo(line)


def _table(said: Procedure) -> list[str]:
    short = {tuple(parties): name for name, parties in said.parties.items()}

    def who(parties: tuple[Party, ...]) -> str:
        return short.get(parties) or ", ".join(map(str, parties))

    rows = []
    for name, action in said.actions.items():
        for move in action.moves:
            asked = {**action.fields, **move.fields}
            needs = [field for field, need in asked.items() if need != "optional"]
            rows.append(
                (
                    name,
                    f"{', '.join(move.source)} -> {move.to}",
                    who(move.who) + (f" (on request: {who(move.request)})" if move.request else ""),
                    ", ".join([*needs, *action.guards]),
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
        ).rstrip()
        for row in rows
    ]


@procedure.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Check procedure files, or whole folders of an assembly, and name every fault.

    A file is read with the assembly.yaml beside it, else with the assembly of the settings.
    """
    with application():
        names = frozenset(
            path.name for path in (shipped("templates") / "notices").iterdir() if path.is_dir()
        )
        found = {path: _faults(path, names) for path in files}
    if as_json:
        say_json(
            {
                str(path): [
                    {name: getattr(fault, name) for name in Problem.__slots__} for fault in faults
                ]
                for path, faults in found.items()
            }
        )
    else:
        for path, faults in found.items():
            click.echo("\n".join(map(str, faults)) or f"{path}: sound")
    ctx.exit(1 if any(found.values()) else 0)


def _faults(path: Path, notices: frozenset[str]) -> list[Problem]:
    try:
        if path.is_dir() or path.name == "assembly.yaml":
            folder = path if path.is_dir() else path.parent
            check_assembly(load_assembly(str(folder)), notices)
            return []
        loaded = load_procedure(path)
        return problems(loaded, _assembly_beside(path), notices)
    except BadFile as error:
        return list(error.problems)


def _assembly_beside(path: Path) -> Assembly:
    if (path.parent / "assembly.yaml").is_file():
        return load_assembly(str(path.parent)).assembly
    return assembly.assembly()


@procedure.command()
@click.argument("key")
@click.option(
    "--format", "form", type=click.Choice(["svg", "mermaid"]), default="svg", show_default=True
)
@click.option("--language", help="One of the assembly's languages; the authentic one by default.")
def diagram(key: str, form: str, language: str | None) -> None:
    """Draw a procedure; the picture goes to standard output."""
    with application():
        rules = assembly.assembly()
        tongue = language or rules.authentic
        if tongue not in rules.languages:
            raise click.BadParameter(
                f"there are {', '.join(rules.languages)}", param_hint="--language"
            )
        draw = svg if form == "svg" else mermaid
        click.echo(draw(Compiled(_file(key).procedure), tongue))
