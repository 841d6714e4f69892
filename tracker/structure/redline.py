"""What changed between two editions: by provision, and within each by word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tracker.structure.characters import key
from tracker.structure.match import Match, match
from tracker.structure.model import Document, Provision, block_text, provisions
from tracker.structure.numbers import order
from tracker.structure.rising import longest_rising
from tracker.structure.words import Op, Work, compare, is_changed

Status: TypeAlias = Literal["same", "added", "removed", "changed", "moved", "renumbered"]

_UNITS = ("article", "annex")
_MOST_WORK = 40_000_000
"""Of searching for equal words: some ten seconds, which no real pair of editions comes near."""


@dataclass(frozen=True, slots=True)
class Change:
    """One provision in a redline. `statuses` has "same" alone, "added" or "removed" alone, or any
    of "changed", "moved", "renumbered"; `inside` says that something below it is not the same.
    `label`, `heading` and `text` lead from the old wording to the new, of the provision itself
    without what is below it.
    """

    statuses: frozenset[Status]
    kind: str
    depth: int
    old: str | None
    new: str | None
    match: Match | None
    label: tuple[Op, ...]
    heading: tuple[Op, ...]
    text: tuple[Op, ...]
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Redline:
    """The provisions of both editions in the order of the new, the removed where they stood;
    then what is outside the provisions.
    """

    changes: tuple[Change, ...]
    preface: tuple[Op, ...]
    preamble: tuple[Op, ...]
    conclusions: tuple[Op, ...]
    notes: tuple[Op, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the two editions say the same."""
        outside = (*self.preface, *self.preamble, *self.conclusions, *self.notes)
        return not is_changed(outside) and all(one.statuses == {"same"} for one in self.changes)


def redline(old: Document, new: Document, matches: Sequence[Match] | None = None) -> Redline:
    """Compare two editions. Without `matches` they are found; give those that a person corrected
    to keep to them. The same text in two formats has an empty redline.
    """
    made = match(old, new) if matches is None else matches
    work = Work(_MOST_WORK)
    changes = _Walk(old, new, made, work).run()
    preface = compare(_front(old), _front(new), work)
    parts = [
        compare(block_text(mine), block_text(others), work)
        for mine, others in (
            (old.preamble, new.preamble),
            (old.conclusions, new.conclusions),
        )
    ]
    notes = compare(_notes(old), _notes(new), work)
    counts = _counts(changes, (preface, *parts, notes))
    return Redline(changes, preface, parts[0], parts[1], notes, counts)


def changed_articles(
    made: Redline, old: Document, new: Document
) -> Mapping[str, frozenset[Status]]:
    """The basic units and annexes in which anything is not the same, by the id in the new edition
    (in the old for removed ones), with what happened in them.
    """
    homes = {**_homes(old), **{f"+{eid}": home for eid, home in _homes(new).items()}}
    found: dict[str, frozenset[Status]] = {}
    for one in made.changes:
        if one.statuses == {"same"}:
            continue
        home = homes.get(f"+{one.new}" if one.new else str(one.old))
        if home is None:
            continue
        before = found.get(home, frozenset())
        if home in (one.old, one.new):
            found[home] = before | one.statuses
        elif not before & {"added", "removed"}:
            found[home] = before | {"changed"}
    return found


def _homes(document: Document) -> dict[str, str]:
    """The basic unit (or annex without units) that each provision stands in."""
    homes: dict[str, str] = {}

    def put(one: Provision, home: str | None) -> None:
        mine = one.eid if one.kind in ("article", "annex") else home
        if mine is not None:
            homes[one.eid] = mine
        for child in one.children:
            put(child, mine)

    for one in (*document.body, *document.annexes):
        put(one, None)
    return homes


class _Walk:
    """Walks over both editions in the order of the new one."""

    def __init__(self, old: Document, new: Document, matches: Iterable[Match], work: Work) -> None:
        self.work = work
        self.old = {one.eid: one for one in provisions(old)}
        self.new = {one.eid: one for one in provisions(new)}
        self.by_new = {made.new: made for made in matches}
        self.by_old = {made.old: made for made in self.by_new.values()}
        self.roots = ((*old.body, *old.annexes), (*new.body, *new.annexes))
        self.units = self._steady_units()
        self.out: list[Change] = []

    def run(self) -> tuple[Change, ...]:
        self._siblings(self.roots[0], self.roots[1], 0)
        return tuple(self.out)

    def _siblings(self, old: Sequence[Provision], new: Sequence[Provision], depth: int) -> bool:
        """Whether anything among them is not the same. Removed ones come after the provision that
        stood before them.
        """
        gone = self._gone(old)
        steady = self._steady(old, new)
        changed = False
        for one in gone.pop("", []):
            changed = self._removed(one, depth) or changed
        for one in new:
            kept = one.eid in (self.units if one.kind in _UNITS else steady)
            changed = self._present(one, depth, kept) or changed
            made = self.by_new.get(one.eid)
            for lost in gone.pop(made.old, []) if made else []:
                changed = self._removed(lost, depth) or changed
        for rest in gone.values():
            for lost in rest:
                changed = self._removed(lost, depth) or changed
        return changed

    def _gone(self, old: Sequence[Provision]) -> dict[str, list[Provision]]:
        gone: dict[str, list[Provision]] = {}
        last = ""
        for one in old:
            if one.eid in self.by_old:
                last = one.eid
            else:
                gone.setdefault(last, []).append(one)
        return gone

    def _steady(self, old: Sequence[Provision], new: Sequence[Provision]) -> set[str]:
        """Those of the new that kept their parent and their order in it."""
        places = {one.eid: at for at, one in enumerate(old)}
        known = [
            (places[made.old], one.eid)
            for one in new
            if (made := self.by_new.get(one.eid)) and made.old in places
        ]
        return {known[at][1] for at in longest_rising([place for place, _ in known])}

    def _steady_units(self) -> set[str]:
        """The basic units and annexes that kept their order in the whole text: a chapter put over
        them moves none.
        """
        places = {eid: at for at, eid in enumerate(self.old)}
        known = [
            (places[made.old], eid)
            for eid, one in self.new.items()
            if one.kind in _UNITS and (made := self.by_new.get(eid))
        ]
        return {known[at][1] for at in longest_rising([place for place, _ in known])}

    def _removed(self, one: Provision, depth: int) -> bool:
        text = block_text(one.blocks)
        self.out.append(
            Change(
                frozenset({"removed"}), one.kind, depth, one.eid, None, None,
                compare(one.label, ""), compare(one.title, ""), compare(text, ""),
            )
        )  # fmt: skip
        for child in one.children:
            if child.eid not in self.by_old:
                self._removed(child, depth + 1)
        return True

    def _present(self, one: Provision, depth: int, steady: bool) -> bool:
        made = self.by_new.get(one.eid)
        at = len(self.out)
        self.out.append(self._added(one, depth))
        before = self.old[made.old] if made else None
        inside = self._siblings(before.children if before else (), one.children, depth + 1)
        if made and before:
            self.out[at] = self._compared(before, one, made, depth, steady, inside)
        return inside or self.out[at].statuses != {"same"}

    def _added(self, one: Provision, depth: int) -> Change:
        text = block_text(one.blocks)
        return Change(
            frozenset({"added"}), one.kind, depth, None, one.eid, None,
            compare("", one.label), compare("", one.title), compare("", text),
        )  # fmt: skip

    def _compared(
        self, old: Provision, new: Provision, made: Match, depth: int, steady: bool, inside: bool
    ) -> Change:
        heading = compare(old.title, new.title, self.work)
        text = compare(block_text(old.blocks), block_text(new.blocks), self.work)
        statuses: set[Status] = set()
        if is_changed(heading) or is_changed(text):
            statuses.add("changed")
        if order(old.number) != order(new.number):
            statuses.add("renumbered")
        if not steady:
            statuses.add("moved")
        label = compare(old.label, new.label) if "renumbered" in statuses else _same(old, new)
        return Change(
            frozenset(statuses or {"same"}), new.kind, depth, old.eid, new.eid, made,
            label, heading, text, inside,
        )  # fmt: skip


def _same(old: Provision, new: Provision) -> tuple[Op, ...]:
    return (Op("equal", old.label, new.label),) if old.label or new.label else ()


def _front(document: Document) -> str:
    return block_text(document.preface)


def _notes(document: Document) -> str:
    return "\n".join(f"{note.mark} {block_text(note.blocks)}" for note in document.notes)


def _counts(changes: Sequence[Change], outside: Sequence[tuple[Op, ...]]) -> dict[str, int]:
    counts = dict.fromkeys(("same", "added", "removed", "changed", "moved", "renumbered"), 0)
    for one in changes:
        for status in one.statuses:
            counts[status] += 1
    ops = [op for one in changes for op in (*one.heading, *one.text)]
    ops.extend(op for part in outside for op in part)
    counts["words_added"] = sum(len(key(op.new).split()) for op in ops if op.kind == "insert")
    counts["words_removed"] = sum(len(key(op.old).split()) for op in ops if op.kind == "delete")
    return counts
