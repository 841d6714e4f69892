"""Whether what is stored of the acts is what happened to them.

Each entry's bytes are compared with its columns, its hash with the chain, its texts with their
digests; each act with its last entry and its visits with all of them. Acts are read in portions
from one snapshot, so that any number of them takes the memory of a few.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.models import Act, ProcedureVersion, Visit
from tracker.db import to_json
from tracker.timeline import chain
from tracker.timeline.models import TimelineEntry, TimelineText
from tracker.timeline.visits import Stay, rebuild_visits
from workflows.decided import Decided
from workflows.machine import Compiled

PORTION = 200
_STAY = ("n", "state", "entered_on", "left_n", "left_on", "void")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written, at an entry or (`n` is None) at the act itself.
    `removed` is no fault: a text was taken out, as the law may ask.
    """

    reference: str
    n: int | None
    what: str
    removed: bool = False

    def __str__(self) -> str:
        place = self.reference if self.n is None else f"{self.reference} entry {self.n}"
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Audited:
    """One act, looked through."""

    reference: str
    entries: int
    findings: tuple[Finding, ...]


def audit(session: Session) -> Iterator[Audited]:
    """Look through every act, in the order of their numbers. Ends what the session read before."""
    session.close()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    for key, version, text, digest in session.execute(
        select(
            ProcedureVersion.key,
            ProcedureVersion.version,
            ProcedureVersion.text,
            ProcedureVersion.hash,
        )
    ):
        if chain.digest(text) != digest:
            finding = Finding(
                f"procedure {key} {version}", None, "its text is not that of its hash"
            )
            yield Audited(finding.reference, 0, (finding,))
    last = 0
    while rows := session.execute(
        select(Act.__table__).where(Act.id > last).order_by(Act.id).limit(PORTION)
    ).all():
        ids = [row.id for row in rows]
        last = ids[-1]
        entries = _by_act(session, TimelineEntry, ids, TimelineEntry.n)
        texts = _by_act(session, TimelineText, ids, TimelineText.n)
        visits = _by_act(session, Visit, ids, Visit.n)
        for row in rows:
            found = _of_act(session, row, entries[row.id], texts[row.id], visits[row.id])
            yield Audited(row.reference, len(entries[row.id]), tuple(found))
        session.expunge_all()
    lost = session.scalars(
        select(TimelineEntry.act_id)
        .where(~exists(select(Act.id).where(Act.id == TimelineEntry.act_id)))
        .distinct()
    )
    for act_id in lost:
        finding = Finding(f"act {act_id}", None, "the act is missing, its entries are there")
        yield Audited(finding.reference, 0, (finding,))


def _by_act(session: Session, model: Any, ids: Sequence[int], order: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for item in session.scalars(select(model).where(model.act_id.in_(ids)).order_by(order)):
        found[item.act_id].append(item)
    return found


def _of_act(
    session: Session,
    act: Row[Any],
    entries: Sequence[TimelineEntry],
    texts: Sequence[TimelineText],
    visits: Sequence[Visit],
) -> Iterator[Finding]:
    by_entry: dict[int, dict[str, TimelineText]] = defaultdict(dict)
    for text in texts:
        by_entry[text.n][text.name] = text
    previous = chain.START
    for n, entry in enumerate(entries, start=1):
        if entry.n != n:
            yield Finding(act.reference, n, "the entry is missing")
            return
        record = _record(entry)
        for what in _of_entry(act, entry, record, previous):
            yield Finding(act.reference, n, what)
        yield from _of_texts(act.reference, n, record, by_entry[n])
        previous = entry.hash
    if not entries:
        yield Finding(act.reference, None, "it has no entries")
        return
    try:
        procedure = assembly.procedure(session, act.procedure_key, act.procedure_version)
    except assembly.NotStored:
        yield Finding(act.reference, None, "the version of its procedure is not stored")
        return
    for what in _of_columns(act, entries, visits, procedure):
        yield Finding(act.reference, None, what)


def _of_entry(
    act: Row[Any], entry: TimelineEntry, record: dict[str, Any] | None, previous: str
) -> Iterator[str]:
    if chain.digest(entry.canonical) != entry.hash:
        yield "the hash is not that of the canonical text"
    if record is None:
        yield "the canonical text is not in its one form"
        return
    if record.get("previous") != previous:
        yield "the chain to the entry before is broken"
    said = _columns(act, entry)
    apart = {"previous", "texts"}
    names = sorted(
        name for name in said.keys() | record.keys() - apart if said.get(name) != record.get(name)
    )
    if names:
        yield f"columns differ from the canonical text: {', '.join(names)}"


def _record(entry: TimelineEntry) -> dict[str, Any] | None:
    """The canonical text read back, None where it is not what `to_json` writes."""
    try:
        record = json.loads(entry.canonical)
    except ValueError:
        return None
    if not isinstance(record, dict) or to_json(record) != entry.canonical:
        return None
    return record


def _columns(act: Row[Any], entry: TimelineEntry) -> dict[str, Any]:
    """What the columns say, in the form of the canonical record."""
    precision: Any = entry.decided_precision
    return {
        "act": act.reference,
        "n": entry.n,
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "actor": entry.actor_id,
        "behalf": entry.behalf_id,
        "body": entry.body,
        "decided": str(Decided(entry.decided_on, precision)) if precision else None,
        "recorded_at": entry.recorded_at.isoformat(),
        "basis": entry.basis,
        "edition": entry.edition,
        "data": entry.data,
        "procedure": [act.procedure_key, act.procedure_version],
    }


def _of_texts(
    reference: str, n: int, record: dict[str, Any] | None, texts: dict[str, TimelineText]
) -> Iterator[Finding]:
    digests = (record or {}).get("texts") or {}
    for name in sorted(digests.keys() | texts.keys()):
        text = texts.get(name)
        if text is None:
            yield Finding(reference, n, f"the text {name!r} was removed", removed=True)
        elif name not in digests:
            yield Finding(reference, n, f"the text {name!r} was added later")
        elif chain.text_digest(text.salt, text.text) != digests[name]:
            yield Finding(reference, n, f"the text {name!r} was changed")


def _of_columns(
    act: Row[Any],
    entries: Sequence[TimelineEntry],
    visits: Sequence[Visit],
    procedure: Compiled,
) -> Iterator[str]:
    """The act's row against its last entry, and its visits against all entries."""
    last = entries[-1]
    stays = rebuild_visits(entries, procedure)
    shown = [e.data.get("visibility") for e in entries if e.action == "visibility"]
    state = procedure.definition.states.get(last.after)
    said = {
        "version": last.n,
        "head": last.hash,
        "state": last.after,
        "stage": state.stage if state else None,
        "visit": next((stay.n for stay in stays if stay.left_n is None), None),
        "visibility": shown[-1] if shown else "internal",
    }
    if names := [name for name, value in said.items() if getattr(act, name) != value]:
        yield f"it differs from its last entry: {', '.join(names)}"
    stored = [Stay(**{name: getattr(visit, name) for name in _STAY}) for visit in visits]
    if wrong := sorted({stay.n for stay in {*stays} ^ {*stored}}):
        yield f"visits differ from the entries: {', '.join(map(str, wrong))}"
