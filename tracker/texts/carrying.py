"""How the provisions of an edition keep the names they had in the one before it: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tracker.db import to_json
from tracker.structure.match import Match, carry_ids, match
from tracker.structure.model import Document, Provision, provisions


@dataclass(frozen=True, slots=True)
class Corrections:
    """What persons said of pairs of provisions, by their ids in the two editions."""

    same: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An edition whose provisions have the names they keep; `retired` are names used up before."""

    n: int
    document: Document
    retired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What is kept of an edition's match with the one before it."""

    previous_n: int | None
    matches: tuple[Match, ...]
    wids: Mapping[str, str]
    retired: tuple[str, ...]
    digest: str

    def values(self) -> dict[str, Any]:
        """As columns of `EditionText`."""
        return {
            "previous_n": self.previous_n,
            "matches": [list(asdict(made).values()) for made in self.matches],
            "wids": dict(self.wids),
            "retired": list(self.retired),
            "digest": self.digest,
        }


def carry(document: Document, read_as: str, before: Named | None, said: Corrections) -> Carried:
    """Match a document with the edition before it. `read_as` names bytes and reader."""
    if before is None:
        return Carried(None, (), {}, (), _digest(read_as, {}))
    matches = match(before.document, document, pinned=said.same, apart=said.apart)
    named = carry_ids(document, before.document, matches, retired=before.retired)
    wids = {one.eid: one.wid for one in provisions(named) if one.wid != one.eid}
    kept = {one.wid for one in provisions(named)}
    earlier = {*before.retired, *(one.wid for one in provisions(before.document))}
    return Carried(before.n, matches, wids, tuple(sorted(earlier - kept)), _digest(read_as, wids))


def with_wids(document: Document, wids: Mapping[str, str]) -> Document:
    """The document with the names its provisions keep; those not given are called by their ids."""

    def named(one: Provision) -> Provision:
        children = tuple(named(child) for child in one.children)
        return replace(one, wid=wids.get(one.eid, one.eid), children=children)

    return replace(
        document,
        body=tuple(named(one) for one in document.body),
        annexes=tuple(named(one) for one in document.annexes),
    )


def matches_of(kept: Sequence[Sequence[Any]]) -> tuple[Match, ...]:
    """Matches as they were kept."""
    return tuple(Match(*one) for one in kept)


def _digest(read_as: str, wids: Mapping[str, str]) -> str:
    return hashlib.sha256(f"{read_as}\n{to_json(dict(wids))}".encode()).hexdigest()
