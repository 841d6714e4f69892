"""Which provision of a new edition is which of the old, also when numbers changed.

Each match says why: "pinned" by a person, "same" heading and text, "heading" the same, "number"
the same place and number, "text" alike. What was matched by number alone while little of it is
alike shows by its likeness. A person's word overrules: see `pinned` and `apart`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tracker.structure.model import Document, Provision, provisions
from tracker.structure.numbers import order
from tracker.structure.similarity import Profile, heading_likeness, likeness, profiles

Why = Literal["pinned", "same", "heading", "number", "text"]
_UNITS = ("article", "annex")
_ALIKE = 0.6
_FAINT = 0.25
_SHORT = 6
_MOVED_ALIKE = 0.8
_CANDIDATES = 6
_RARE = 24
_FEW_PAIRS = 400
_COMMON_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """`likeness` is of heading and text together; `heading` of headings, None without any."""

    old: str
    new: str
    why: Why
    likeness: float
    heading: float | None


def match(
    old: Document,
    new: Document,
    *,
    pinned: Iterable[tuple[str, str]] = (),
    apart: Collection[tuple[str, str]] = (),
) -> tuple[Match, ...]:
    """The matches of two editions in the order of the new. `pinned` are pairs of ids that a
    person said are the same; `apart` are pairs that a person said are not.
    """
    return _Matcher(old, new, apart).run(pinned)


class _Matcher:
    def __init__(self, old: Document, new: Document, apart: Collection[tuple[str, str]]) -> None:
        self.old = {one.eid: one for one in provisions(old)}
        self.new = {one.eid: one for one in provisions(new)}
        self.roots = ((*old.body, *old.annexes), (*new.body, *new.annexes))
        self.old_profiles = profiles(self.roots[0])
        self.new_profiles = profiles(self.roots[1])
        self.apart = frozenset(apart)
        self.found: dict[str, Match] = {}
        self.taken: set[str] = set()

    def run(self, pinned: Iterable[tuple[str, str]]) -> tuple[Match, ...]:
        for one, other in pinned:
            if one in self.old and other in self.new:
                self._add(one, other, "pinned")
        self._level(*(self._of(side, _UNITS) for side in (self.old, self.new)))
        self._children(self.roots[0], self.roots[1])
        self._containers()
        for made in list(self.found.values()):
            self._descend(made)
        self._moved()
        return tuple(self.found[eid] for eid in self.new if eid in self.found)

    def _of(self, side: Mapping[str, Provision], kinds: Collection[str]) -> list[str]:
        return [eid for eid, one in side.items() if one.kind in kinds]

    def _add(self, old: str, new: str, why: Why) -> None:
        if old in self.taken or new in self.found or (old, new) in self.apart:
            return
        one, other = self.old_profiles[old], self.new_profiles[new]
        headings = heading_likeness(one, other)
        score = round(likeness(one, other), 3)
        self.found[new] = Match(
            old, new, why, score, None if headings is None else round(headings, 3)
        )
        self.taken.add(old)

    # one level

    def _level(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Match provisions of one rank: the same text first, then headings, numbers, likeness."""
        self._by_key(old, new, lambda one: f"{one.kind}\n{one.heading}\n{one.text}", "same")
        self._by_number(old, new, _ALIKE)
        self._by_key(old, new, lambda one: one.heading and f"{one.kind}\n{one.heading}", "heading")
        self._by_text(old, new)
        self._by_number(old, new, _FAINT)

    def _open(self, old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]]:
        return (
            [eid for eid in old if eid not in self.taken],
            [eid for eid in new if eid not in self.found],
        )

    def _by_key(self, old: Sequence[str], new: Sequence[str], key: object, why: Why) -> None:
        """Pairs with an equal key that is the only one on each side, or stands as often on both."""
        assert callable(key)
        sides = self._open(old, new)
        groups: list[dict[str, list[str]]] = [defaultdict(list), defaultdict(list)]
        for side, eids in enumerate(sides):
            known = (self.old_profiles, self.new_profiles)[side]
            for eid in eids:
                value = key(known[eid])
                if value and known[eid].size + bool(known[eid].heading):
                    groups[side][value].append(eid)
        for value, mine in groups[0].items():
            others = groups[1].get(value, [])
            if len(mine) == len(others):
                for one, other in zip(mine, others, strict=True):
                    self._add(one, other, why)

    def _by_number(self, old: Sequence[str], new: Sequence[str], least: float) -> None:
        """Pairs with the same place and number that are alike enough, or whose neighbours are
        pairs too: an article rewritten where it stood.
        """
        mine, others = self._open(old, new)
        places = {self._place(eid, self.old[eid]): eid for eid in reversed(mine)}
        old_at = {eid: at for at, eid in enumerate(old)}
        new_at = {eid: at for at, eid in enumerate(new)}
        for other in others:
            one = places.get(self._place(other, self.new[other]))
            if one is None or one in self.taken:
                continue
            enough = likeness(self.old_profiles[one], self.new_profiles[other]) >= least
            if enough or (least == _FAINT and self._between(old, old_at[one], new, new_at[other])):
                self._add(one, other, "number")

    def _between(self, old: Sequence[str], at: int, new: Sequence[str], other: int) -> bool:
        """Whether what stands before, or after, is a pair too; alone on both sides is enough."""
        if len(old) == len(new) == 1:
            return True
        for step in (-1, 1):
            if 0 <= at + step < len(old) and 0 <= other + step < len(new):
                made = self.found.get(new[other + step])
                if made is not None and made.old == old[at + step]:
                    return True
        return False

    def _place(self, eid: str, one: Provision) -> object:
        """Where a provision stands: kind and number within its annex or parent."""
        outer = eid.rsplit("__", 1)[0] if "__" in eid else ""
        if one.kind in _UNITS:
            return (one.kind, outer, order(one.number), eid if not one.number else "")
        if one.number:
            return (one.kind, order(one.number), eid.rpartition("~")[2] if "~" in eid else "")
        return (one.kind, eid.rsplit("__", 1)[-1])

    def _by_text(self, old: Sequence[str], new: Sequence[str]) -> None:
        """The most alike first, as long as they are alike enough."""
        mine, others = self._open(old, new)
        if not mine or not others:
            return
        scored = []
        old_at = {eid: at / len(mine) for at, eid in enumerate(mine)}
        new_at = {eid: at / len(others) for at, eid in enumerate(others)}
        for one, other in self._candidates(mine, others):
            score = likeness(self.old_profiles[one], self.new_profiles[other])
            if score >= self._least(one, other):
                near = abs(old_at[one] - new_at[other])
                scored.append((-score, near, one, other))
        for _, _, one, other in sorted(scored):
            self._add(one, other, "text")

    def _least(self, one: str, other: str) -> float:
        """Short texts are alike by chance: they must be more so."""
        short = min(self.old_profiles[one].size, self.new_profiles[other].size) < _SHORT
        return _MOVED_ALIKE if short else _ALIKE

    def _candidates(self, old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[str, str]]:
        """Pairs worth comparing: those that share rare words."""
        if len(old) * len(new) <= _FEW_PAIRS:
            return ((one, other) for one in old for other in new)
        frequency: Counter[str] = Counter()
        for eid in new:
            frequency.update(self.new_profiles[eid].words.keys())
        common = max(len(new) * _COMMON_SHARE, 3)
        posting: dict[str, list[str]] = defaultdict(list)
        for eid in new:
            for word in self._rare(self.new_profiles[eid], frequency, common):
                posting[word].append(eid)
        pairs: list[tuple[str, str]] = []
        for one in old:
            votes: Counter[str] = Counter()
            for word in self._rare(self.old_profiles[one], frequency, common):
                votes.update(posting.get(word, ()))
            pairs.extend((one, other) for other, _ in votes.most_common(_CANDIDATES))
        return pairs

    def _rare(self, one: Profile, frequency: Counter[str], common: float) -> list[str]:
        known = [word for word in one.words if 0 < frequency[word] <= common]
        return sorted(known, key=lambda word: (frequency[word], word))[:_RARE]

    # the tree

    def _children(self, old: Sequence[Provision], new: Sequence[Provision]) -> None:
        rest = [[one.eid for one in side if one.kind not in _UNITS] for side in (old, new)]
        self._level(rest[0], rest[1])

    def _containers(self) -> None:
        """Containers that no level matched: by the articles they share."""
        home = {child.eid: eid for eid, one in self.old.items() for child in one.children}
        for eid, one in self.new.items():
            if eid in self.found or one.kind in _UNITS or not one.children:
                continue
            votes = Counter(
                home[self.found[child.eid].old]
                for child in one.children
                if child.eid in self.found and self.found[child.eid].old in home
            )
            best = next(iter(votes.most_common(1)), None)
            if best and best[1] * 2 > len(one.children) and self.old[best[0]].kind == one.kind:
                self._add(best[0], eid, "text")

    def _descend(self, made: Match) -> None:
        stack = [made]
        while stack:
            pair = stack.pop()
            old, new = self.old[pair.old], self.new[pair.new]
            self._children(old.children, new.children)
            known = [self.found.get(child.eid) for child in new.children]
            stack.extend(one for one in known if one is not None)

    def _moved(self) -> None:
        """What is left over anywhere, if it is very much alike."""
        old = [eid for eid in self.old if eid not in self.taken]
        new = [eid for eid in self.new if eid not in self.found]
        mine = [eid for eid in old if self.old_profiles[eid].size >= _SHORT]
        others = [eid for eid in new if self.new_profiles[eid].size >= _SHORT]
        scored = []
        for one, other in self._candidates(mine, others):
            if (self.old[one].kind in _UNITS) != (self.new[other].kind in _UNITS):
                continue
            score = likeness(self.old_profiles[one], self.new_profiles[other])
            if score >= _MOVED_ALIKE:
                scored.append((-score, one, other))
        for _, one, other in sorted(scored):
            if one not in self.taken and other not in self.found:
                self._add(one, other, "text")
                if other in self.found:
                    self._descend(self.found[other])


def carry_ids(
    document: Document, old: Document, matches: Iterable[Match], *, retired: Iterable[str] = ()
) -> Document:
    """The new edition with every matched provision keeping the `wid` it had; what is new gets its
    own id, told apart where an older provision once had it. `retired` are names of provisions
    that the old edition no longer had.
    """
    known = {one.eid: one.wid for one in provisions(old)}
    kept = {made.new: known[made.old] for made in matches if made.old in known}
    used = {*kept.values(), *known.values(), *retired}

    def carried(one: Provision) -> Provision:
        wid = kept.get(one.eid) or _fresh(one.eid, used)
        return replace(one, wid=wid, children=tuple(carried(child) for child in one.children))

    return replace(
        document,
        body=tuple(carried(one) for one in document.body),
        annexes=tuple(carried(one) for one in document.annexes),
    )


def _fresh(eid: str, used: set[str]) -> str:
    name, count = eid, 1
    while name in used:
        count += 1
        name = f"{eid}+{count}"
    used.add(name)
    return name
