"""Writing the timeline. The caller has locked the acts and is inside a unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, update

from tracker.acts.models import Act
from tracker.db import Executor
from tracker.prepared import Prepared, write
from tracker.timeline import chain
from tracker.timeline.models import TimelineEntry, TimelineText
from workflows.decided import Decided


@dataclass(frozen=True, slots=True)
class Head:
    """An act's row as it was locked: what an entry continues."""

    id: int
    reference: str
    procedure_key: str
    procedure_version: int
    state: str
    stage: str
    visibility: str
    version: int
    head: str
    visit: int
    floor: Any
    edition: int | None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What to write. `columns` are the act's columns that the step changes."""

    head: Head
    action: str
    actor: int | None
    after: str
    behalf: int | None = None
    body: str | None = None
    decided: Decided | None = None
    basis: str | None = None
    edition: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return self.head.version + 1


_COLUMNS = ("state", "stage", "visibility", "visit", "floor", "edition")
_INSERT = Prepared(insert(TimelineEntry))
_INSERT_TEXT = Prepared(insert(TimelineText))
_UPDATE_ACT = Prepared(
    update(Act)
    .where(Act.id == bindparam("act"))
    .values({name: bindparam(f"new_{name}") for name in (*_COLUMNS, "version", "head")})
)


def append(on: Executor, entries: Sequence[NewEntry], now: datetime) -> None:
    """Write one entry for each act given, chain it, and raise the act's version to its number."""
    rows, texts, acts = [], [], []
    for entry in entries:
        salts = {name: chain.new_salt() for name in entry.texts}
        record = _record(entry, salts, now)
        text = chain.canonical(record, entry.head.head)
        digest = chain.digest(text)
        rows.append(_row(entry, now, text, digest))
        texts += [
            {
                "act_id": entry.head.id,
                "n": entry.n,
                "name": name,
                "salt": salts[name],
                "text": words,
            }
            for name, words in entry.texts.items()
        ]
        acts.append(
            {
                "act": entry.head.id,
                "new_version": entry.n,
                "new_head": digest,
                **{
                    f"new_{name}": entry.columns.get(name, getattr(entry.head, name))
                    for name in _COLUMNS
                },
            }
        )
    write(on, _INSERT, rows)
    write(on, _INSERT_TEXT, texts)
    write(on, _UPDATE_ACT, acts)


def _row(entry: NewEntry, now: datetime, text: str, digest: str) -> dict[str, Any]:
    decided = entry.decided
    return {
        "act_id": entry.head.id,
        "n": entry.n,
        "action": entry.action,
        "before": entry.head.state if entry.head.version else None,
        "after": entry.after,
        "actor_id": entry.actor,
        "behalf_id": entry.behalf,
        "body": entry.body,
        "decided_on": decided.on if decided else None,
        "decided_precision": decided.precision if decided else None,
        "recorded_at": now,
        "basis": entry.basis,
        "edition": entry.edition,
        "data": dict(entry.data),
        "canonical": text,
        "hash": digest,
    }


def _record(entry: NewEntry, salts: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "act": entry.head.reference,
        "n": entry.n,
        "action": entry.action,
        "before": entry.head.state if entry.head.version else None,
        "after": entry.after,
        "actor": entry.actor,
        "behalf": entry.behalf,
        "body": entry.body,
        "decided": str(entry.decided) if entry.decided else None,
        "recorded_at": now.astimezone(UTC).isoformat(),
        "basis": entry.basis,
        "edition": entry.edition,
        "data": dict(entry.data),
        "texts": {
            name: chain.text_digest(salts[name], words) for name, words in entry.texts.items()
        },
        "procedure": [entry.head.procedure_key, entry.head.procedure_version],
    }
