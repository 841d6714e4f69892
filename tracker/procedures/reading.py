"""A procedure in the tables of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from tracker import assembly, i18n
from tracker.procedures.words import (
    GUARDS,
    PARTS,
    WARNINGS,
    audience_words,
    field_words,
    parties_words,
    reminder_words,
)
from workflows.loader import Problem
from workflows.machine import Compiled
from workflows.schema import STAYS, Action, Move
from workflows.soundness import problems


@dataclass(frozen=True, slots=True)
class StepRow:
    """One arrow: what it is called, from where to where, who, what it needs, who is told."""

    title: str
    sources: Sequence[str]
    target: str | None
    who: Sequence[str]
    asks: Sequence[str]
    body: str | None
    needs: Sequence[str]
    warns: Sequence[str]
    told: Sequence[str]
    numbered: bool


@dataclass(frozen=True, slots=True)
class DutyRow:
    """What a state makes somebody owe."""

    key: str
    title: str
    holder: str
    reminders: Sequence[str]


def step_rows(procedure: Compiled) -> Iterator[StepRow]:
    for action in procedure.definition.actions.values():
        for move in action.moves:
            yield _step(procedure, action, move)


def _step(procedure: Compiled, action: Action, move: Move) -> StepRow:
    states, notices = procedure.definition.states, procedure.definition.notices
    told = parties_words(each for name in action.notices for each in notices[name])
    return StepRow(
        title=i18n.title(action.titles),
        sources=[i18n.title(states[key].titles) for key in move.source],
        target=None if move.to == STAYS else i18n.title(states[move.to].titles),
        who=parties_words(move.who),
        asks=parties_words(move.request),
        body=_body(move.body or action.body),
        needs=[
            *field_words({**action.fields, **move.fields}),
            *(str(GUARDS[name]) for name in action.guards),
        ],
        warns=[str(WARNINGS[name]) for name in action.warns],
        told=told,
        numbered=action.number is not None,
    )


def _body(name: str | None) -> str | None:
    if name is None:
        return None
    if name.startswith("act:"):
        return str(PARTS[name.removeprefix("act:")])
    found = assembly.assembly().bodies.get(name)
    return i18n.title(found.titles) if found else None


def duty_rows(procedure: Compiled) -> Iterator[DutyRow]:
    for key, duty in procedure.definition.duties.items():
        yield DutyRow(
            key=key,
            title=i18n.title(duty.titles),
            holder=audience_words(duty.holder),
            reminders=[
                reminder_words(each) for each in procedure.definition.reminders[duty.reminders]
            ],
        )


def soundness(procedure: Compiled) -> list[Problem] | None:
    """The faults of a version that the files hold now; None for one that they hold no longer."""
    files = assembly.files()
    found = [file for file in files.procedures if file.hash == procedure.hash]
    if not found:
        return None
    folder = Path(str(current_app.template_folder)) / "notices"
    notices = frozenset(path.name for path in folder.iterdir() if path.is_dir())
    return problems(found[0], files.assembly, notices)
