"""Two languages of one edition side by side: what is missing, what is too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.structure.model import CONTAINERS, Document, Provision
from tracker.structure.numbers import order


@dataclass(frozen=True, slots=True)
class Row:
    """A provision in the authentic language and in the other. Where `other` is None it is missing
    in the translation; where `authentic` is None the translation has too much.
    """

    depth: int
    authentic: Provision | None
    other: Provision | None


def parallel(authentic: Document, other: Document) -> tuple[Row, ...]:
    """The provisions of two languages, matched by their places and numbers: а) and (a) agree, and
    so do II and 2.
    """
    rows = [*_level(authentic.body, other.body, 0)]
    rows.extend(_level(authentic.annexes, other.annexes, 0))
    return tuple(rows)


def missing(rows: Sequence[Row]) -> tuple[str, ...]:
    """The ids of provisions that the translation lacks."""
    return tuple(row.authentic.eid for row in rows if row.authentic and row.other is None)


def _level(mine: Sequence[Provision], others: Sequence[Provision], depth: int) -> Iterator[Row]:
    known = dict(zip(_places(others), others, strict=True))
    used = set()
    for place, one in zip(_places(mine), mine, strict=True):
        other = known.get(place)
        used.add(place)
        yield Row(depth, one, other)
        yield from _level(one.children, other.children if other else (), depth + 1)
    for place, other in known.items():
        if place not in used:
            yield Row(depth, None, other)
            yield from _level((), other.children, depth + 1)


def _places(provisions: Sequence[Provision]) -> list[object]:
    """Rank, number, and the count among those that share them."""
    seen: Counter[object] = Counter()
    places: list[object] = []
    for one in provisions:
        rank = one.kind if one.kind in (*CONTAINERS, "article", "annex", "alinea") else "part"
        place = (rank, order(one.number))
        places.append((place, seen[place]))
        seen[place] += 1
    return places
