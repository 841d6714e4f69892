"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from tracker.structure.characters import key
from tracker.structure.rising import longest_rising

Kind: TypeAlias = Literal["equal", "delete", "insert"]
Span: TypeAlias = tuple[int, int, int, int]
_TOKEN = re.compile(r"\n|[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]|_+|[^\S\n]+")
_MOST_AT_ONCE = 1_000_000
_MOST_IN_TEXT = 1_500_000
_ISLAND = 2


class Work:
    """How much slow searching may still be done, in pairs of words: a million take a quarter of a
    second. Where none is left a stretch is given as replaced whole.
    """

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, pairs: int) -> bool:
        if pairs > min(self.left, _MOST_AT_ONCE):
            return False
        self.left -= pairs
        return True


@dataclass(frozen=True, slots=True)
class Op:
    """A stretch of text: as it was and as it is. In equal ones the two differ at most in the kind
    of quotes, dashes and blanks.
    """

    kind: Kind
    old: str
    new: str


def compare(old: str, new: str, work: Work | None = None) -> tuple[Op, ...]:
    """The stretches that lead from one text to the other; empty for two empty texts. `work` is
    what all texts of a comparison may take together.
    """
    if old == new:
        return (Op("equal", old, new),) if old else ()
    mine, others = _TOKEN.findall(old), _TOKEN.findall(new)
    allowed = min(_MOST_IN_TEXT, work.left) if work is not None else _MOST_IN_TEXT
    own = Work(allowed)
    keys = [_key(token) for token in mine], [_key(token) for token in others]
    spans = _equal(*keys, own)
    if work is not None:
        work.left -= allowed - own.left
    return tuple(_merged(_ops(mine, others, spans)))


def is_changed(ops: Iterable[Op]) -> bool:
    return any(op.kind != "equal" for op in ops)


def old_text(ops: Iterable[Op]) -> str:
    return "".join(op.old for op in ops)


def new_text(ops: Iterable[Op]) -> str:
    return "".join(op.new for op in ops)


def _key(piece: str) -> str:
    return piece if piece == "\n" else key(piece) or " "


def _equal(old: Sequence[str], new: Sequence[str], work: Work) -> list[Span]:
    """The stretches that are equal, in order, as begin and end in each."""
    found: list[Span] = []
    stack: list[Span] = [(0, len(old), 0, len(new))]
    while stack:
        a, b, c, d = stack.pop()
        start = 0
        while a + start < b and c + start < d and old[a + start] == new[c + start]:
            start += 1
        if start:
            found.append((a, a + start, c, c + start))
            a, c = a + start, c + start
        end = 0
        while a < b - end and c < d - end and old[b - end - 1] == new[d - end - 1]:
            end += 1
        if end:
            found.append((b - end, b, d - end, d))
            b, d = b - end, d - end
        if a < b and c < d:
            stack.extend(_split(old, new, (a, b, c, d), found, work))
    return sorted(found)


def _split(
    old: Sequence[str], new: Sequence[str], span: Span, found: list[Span], work: Work
) -> Iterator[Span]:
    """The stretches between words that stand once on each side; where there are none, those that
    a slower search leaves.
    """
    a, b, c, d = span
    anchors = _anchors(old, new, span)
    if anchors:
        last = (a, c)
        for one, other in anchors:
            yield last[0], one, last[1], other
            found.append((one, one + 1, other, other + 1))
            last = (one + 1, other + 1)
        yield last[0], b, last[1], d
    elif work.take((b - a) * (d - c)):
        matcher = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
        for one, other, size in matcher.get_matching_blocks():
            if size:
                found.append((a + one, a + one + size, c + other, c + other + size))


def _anchors(old: Sequence[str], new: Sequence[str], span: Span) -> list[tuple[int, int]]:
    """Words that stand once on each side, in the same order on both: the longest such run."""
    a, b, c, d = span
    mine, others = Counter(old[a:b]), Counter(new[c:d])
    once = {word for word, count in mine.items() if count == 1 and others.get(word) == 1}
    if not once:
        return []
    places = {word: at for at in range(c, d) if (word := new[at]) in once}
    pairs = [(at, places[old[at]]) for at in range(a, b) if old[at] in once]
    return [pairs[place] for place in longest_rising([other for _, other in pairs])]


def _ops(old: Sequence[str], new: Sequence[str], spans: Sequence[Span]) -> Iterator[Op]:
    at, other = 0, 0
    for a, b, c, d in (*spans, (len(old), len(old), len(new), len(new))):
        if at < a:
            yield Op("delete", "".join(old[at:a]), "")
        if other < c:
            yield Op("insert", "", "".join(new[other:c]))
        if a < b:
            yield Op("equal", "".join(old[a:b]), "".join(new[c:d]))
        at, other = b, d


def _merged(ops: Iterable[Op]) -> Iterator[Op]:
    """Neighbours of a kind as one; a blank or comma left between two changes joins them."""
    gone, come, held = "", "", ""
    fresh = ""
    for op in ops:
        if op.kind == "delete":
            gone, come = gone + held + op.old, come + fresh
            held = fresh = ""
        elif op.kind == "insert":
            gone, come = gone + held, come + fresh + op.new
            held = fresh = ""
        elif (gone or come) and _island(held + op.old):
            held, fresh = held + op.old, fresh + op.new
        else:
            yield from _change(gone, come)
            gone = come = ""
            yield Op("equal", held + op.old, fresh + op.new)
            held = fresh = ""
    yield from _change(gone, come)
    if held:
        yield Op("equal", held, fresh)


def _island(text: str) -> bool:
    return len(text.strip()) <= _ISLAND and "\n" not in text and not text.strip().isalnum()


def _change(gone: str, come: str) -> Iterator[Op]:
    if gone:
        yield Op("delete", gone, "")
    if come:
        yield Op("insert", "", come)
