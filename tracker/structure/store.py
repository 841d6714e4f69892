"""A document as JSON, to keep it beside the file it was read from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tracker.structure.model import (
    Block,
    Cell,
    Document,
    Footnote,
    Oddity,
    Paragraph,
    Provision,
    Run,
    Runs,
    Table,
    TrackedChange,
)

VERSION = 1


def dump(document: Document) -> str:
    """The document as text; `load` gives an equal one."""
    made = {
        "version": VERSION,
        "title": document.title,
        "languages": document.languages,
        "preface": _blocks(document.preface),
        "preamble": _blocks(document.preamble),
        "body": [_provision(one) for one in document.body],
        "conclusions": _blocks(document.conclusions),
        "annexes": [_provision(one) for one in document.annexes],
        "notes": [[note.id, note.mark, _blocks(note.blocks)] for note in document.notes],
        "oddities": [asdict(one) for one in document.oddities],
        "changes": [asdict(one) for one in document.changes],
    }
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Document:
    made: Mapping[str, Any] = json.loads(text)
    return Document(
        made["title"],
        tuple(made["languages"]),
        _blocks_of(made["preface"]),
        _blocks_of(made["preamble"]),
        tuple(_provision_of(one) for one in made["body"]),
        _blocks_of(made["conclusions"]),
        tuple(_provision_of(one) for one in made["annexes"]),
        tuple(Footnote(name, mark, _blocks_of(blocks)) for name, mark, blocks in made["notes"]),
        tuple(Oddity(**one) for one in made["oddities"]),
        tuple(TrackedChange(**one) for one in made["changes"]),
    )


def _runs(runs: Runs) -> list[Any]:
    return [
        run.text
        if not run.marks and run.href is None and run.note is None
        else [run.text, sorted(run.marks), run.href, run.note]
        for run in runs
    ]


def _runs_of(made: Sequence[Any]) -> Runs:
    return tuple(
        Run(one) if isinstance(one, str) else Run(one[0], frozenset(one[1]), one[2], one[3])
        for one in made
    )


def _blocks(blocks: Sequence[Block]) -> list[Any]:
    return [
        {"p": _runs(block.runs), "role": block.role}
        if isinstance(block, Paragraph)
        else {
            "table": [
                [[_blocks(cell.blocks), cell.columns, cell.rows, cell.header] for cell in row]
                for row in block.rows
            ]
        }
        for block in blocks
    ]


def _blocks_of(made: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    return tuple(
        Paragraph(_runs_of(one["p"]), one["role"])
        if "p" in one
        else Table(
            tuple(
                tuple(Cell(_blocks_of(blocks), *rest) for blocks, *rest in row)
                for row in one["table"]
            )
        )
        for one in made
    )


def _provision(one: Provision) -> dict[str, Any]:
    made: dict[str, Any] = {
        name: value
        for name in ("kind", "label", "number", "eid", "wid", "element")
        if (value := getattr(one, name))
    }
    if one.heading:
        made["heading"] = _runs(one.heading)
    if one.blocks:
        made["blocks"] = _blocks(one.blocks)
    if one.children:
        made["children"] = [_provision(child) for child in one.children]
    return made


def _provision_of(made: Mapping[str, Any]) -> Provision:
    return Provision(
        made["kind"],
        made.get("label", ""),
        made.get("number", ""),
        _runs_of(made.get("heading", ())),
        _blocks_of(made.get("blocks", ())),
        tuple(_provision_of(child) for child in made.get("children", ())),
        made.get("eid", ""),
        made.get("wid", ""),
        made.get("element", ""),
    )
