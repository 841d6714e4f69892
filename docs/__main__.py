"""`python -m docs`: print the procedures, the permissions, the API's calls and the pictures.

They are read from the tables that the product runs on, in English. A test compares the committed
files with what this prints.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from tracker import assembly, create_app, i18n
from tracker.config import Settings
from tracker.procedures.reading import duty_rows, step_rows
from tracker.procedures.words import (
    DEEDS,
    WITHIN,
    audience_words,
    due_words,
    parties_words,
    party_words,
)
from workflows.diagram import svg
from workflows.loader import compile_text
from workflows.machine import Compiled

HERE = Path(__file__).parent
LANGUAGE = "en"
INK, PAPER = "#1b2d48", "#ffffff"
_PRINTED = "<!-- Printed by `make docs` from {source}. Change that, not this. -->"


def printed() -> Mapping[Path, str]:
    """Every file that is printed, with its text."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"TRACKER_ENV": "test", "TRACKER_DATA_DIR": folder}
        app = create_app(Settings.load(environ, dotenv=None))
        with app.app_context(), i18n.speaking(LANGUAGE):
            return {HERE / name: "\n".join(lines) + "\n" for name, lines in _files(app)}


def _files(app: Flask) -> Iterator[tuple[str, Iterable[str]]]:
    for file in assembly.files().procedures:
        procedure, key = compile_text(file.text), file.procedure.procedure
        yield f"{key}.svg", [_picture(procedure)]
        yield f"procedures/{key}.md", _procedure(procedure)
    yield "permissions.md", _permissions()
    yield "api.md", _calls(app.extensions["openapi"])


def _picture(procedure: Compiled) -> str:
    """The drawing with colours of its own, for a page that gives it none."""
    head, _, rest = svg(procedure, LANGUAGE).rstrip("\n").partition("\n")
    paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    return f'{head.removesuffix(">")} color="{INK}">\n{paper}\n{rest}'


def _procedure(procedure: Compiled) -> Iterator[str]:
    defined, title = procedure.definition, i18n.title
    key = defined.procedure
    kinds = [k for k in assembly.assembly().kinds.values() if k.procedure == key]
    yield from _head(title(defined.titles), f"workflows/assemblies/{_shipped()}/{key}.yaml")
    yield f"Key `{key}`, version {defined.version}. Kinds of document:"
    yield f"{', '.join(title(kind.titles) for kind in kinds)}."
    yield from ("", f"![{title(defined.titles)}](../{key}.svg)", "", "## States", "")
    yield from _table(
        ("State", "Stage", "Held by", "Falls due", "Meanwhile"),
        [
            (
                f"**{title(state.titles)}** `{name}`<br>{title(state.explain)}",
                title(defined.stages[state.stage]),
                party_words(state.holder) if state.holder else "nobody: an end",
                _lines(title(defined.duties[duty].titles) for duty in state.duties)
                or (title(state.no_duty) if state.no_duty else ""),
                _lines(str(WITHIN[work]) for work in state.within),
            )
            for name, state in defined.states.items()
        ],
    )
    yield from ("", "## Steps", "")
    yield "Every step also takes the edition, minutes, a letter and the date decided. Asking for a"
    yield "step makes it a duty of those who may take it."
    yield ""
    yield from _table(("Step", "From and to", "Who", "Needs", "Notices"), _steps(procedure))
    yield from ("", "## What falls due", "")
    yield "*Sample* marks a term that no public source of the assembly gives."
    yield ""
    yield from _table(
        ("Duty", "Of whom", "Falls due", "Reminders"),
        [
            (
                f"{row.title} `{row.key}`",
                row.holder,
                due_words(defined.duties[row.key].due)
                + (" *(sample)*" if defined.duties[row.key].due.sample else ""),
                _lines(row.reminders),
            )
            for row in duty_rows(procedure)
        ],
    )
    yield from ("", "## Who is told", "")
    yield from _table(
        ("Notice", "Whom"),
        [
            (f"`{name}`", _lines(dict.fromkeys(map(audience_words, audience))))
            for name, audience in defined.notices.items()
        ],
    )
    if defined.must_pass:
        yield from ("", "## What no act can go round", "")
        for rule in defined.must_pass:
            state = defined.states.get(rule.through)
            through = (state or defined.actions[rule.through]).titles
            yield f"* {title(defined.states[rule.to].titles)}: only through “{title(through)}”"
    yield ""
    yield f"{len(defined.scenarios)} walks in the file say what must work and what must be refused;"
    yield "together they take every step from every state. `tracker procedure check` walks them."


def _steps(procedure: Compiled) -> Iterator[tuple[str, ...]]:
    actions = procedure.definition.actions
    keys = [key for key, action in actions.items() for _move in action.moves]
    for key, row in zip(keys, step_rows(procedure), strict=True):
        notes = [f"decision: {row.body}"] if row.body else []
        notes += ["gives a number"] if row.numbered else []
        who = [*row.who, *([f"*may ask:* {'; '.join(row.asks)}"] if row.asks else [])]
        needs = [*row.needs, *(f"*warns:* {warned}" for warned in row.warns)]
        yield (
            _lines([f"**{row.title}** `{key}`", *notes]),
            f"{', '.join(row.sources)} → {row.target or '*stays*'}",
            _lines(who),
            _lines(needs),
            _lines(f"`{name}`" for name in actions[key].notices),
        )


def _permissions() -> Iterator[str]:
    yield from _head("Who may do what", f"workflows/assemblies/{_shipped()}/assembly.yaml")
    yield "Beside the steps of the [procedures](procedures/), which name who takes them. What does"
    yield "not stand here nobody may. Pages, the API and commands ask this one table."
    yield ""
    permitted = assembly.assembly().permissions
    yield from _table(
        ("Deed", "To do what", "Who may"),
        [
            (
                f"`{deed}`",
                str(text),
                _lines(parties_words(permitted.get(deed, ()))) or "nobody",  # type: ignore[call-overload]
            )
            for deed, text in DEEDS.items()
        ],
    )


def _calls(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from _head("The API's calls", "the views in `tracker/api/`")
    yield "Each asks for a token (`Authorization: Bearer …`, made by `tracker token create EMAIL`)"
    yield "and has its owner's rights. Fields and answers: `/api/v1/docs` of an installation."
    yield ""
    yield from _table(
        ("Call", "What it does"),
        [
            (f"`{method.upper()} {path}`", call.get("summary", ""))
            for path, methods in sorted(spec["paths"].items())
            for method, call in sorted(methods.items())
            if method in {"get", "post", "put", "patch", "delete"}
        ],
    )


def _shipped() -> str:
    return assembly.assembly().assembly


def _head(title: str, source: str) -> Iterator[str]:
    yield from (f"# {title}", "", _PRINTED.format(source=source), "")


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        cells = (cell.replace("|", "&#124;").replace("\n", " ") for cell in row)
        yield f"| {' | '.join(cells)} |"


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(texts)


def main() -> None:
    """Write every file that differs, and take away procedures that are no more."""
    files = printed()
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (*(HERE / "procedures").iterdir(), *HERE.glob("*.svg")):
        if path not in files:
            path.unlink()


if __name__ == "__main__":
    main()
