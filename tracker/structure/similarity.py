"""How alike two provisions are: by heading and by words, from 0 to 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from tracker.structure.characters import key
from tracker.structure.model import Provision, block_text, walk

_WORD = re.compile(r"[^\W_]+")
_HEADING_WEIGHT = 0.35
_LONGEST = 20_000
_FEWEST_WORDS = 8
_UNLIKE = 0.3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a provision is compared by: its heading, and the words of itself and all below it."""

    eid: str
    kind: str
    heading: str
    text: str
    words: Counter[str]
    size: int


def profiles(provisions: tuple[Provision, ...]) -> Mapping[str, Profile]:
    """The profile of each provision and each below it, by id."""
    found: dict[str, Profile] = {}
    for provision in reversed(list(walk(provisions))):
        own = key(block_text(provision.blocks))
        texts, words = [own], Counter(_WORD.findall(own.casefold()))
        for child in provision.children:
            inner = found[child.eid]
            texts.append(f"{inner.heading} {inner.text}".strip())
            words.update(inner.words)
            words.update(_WORD.findall(inner.heading.casefold()))
        text = "\n".join(texts)[:_LONGEST]
        heading = key(provision.title)
        found[provision.eid] = Profile(
            provision.eid, provision.kind, heading, text, words, words.total()
        )
    return found


def heading_likeness(one: Profile, other: Profile) -> float | None:
    """Of headings; None when neither has one."""
    if not one.heading and not other.heading:
        return None
    if one.heading.casefold() == other.heading.casefold():
        return 1.0
    mine = Counter(_WORD.findall(one.heading.casefold()))
    return _dice(mine, Counter(_WORD.findall(other.heading.casefold())))


def text_likeness(one: Profile, other: Profile) -> float:
    """Of words and, since laws share a small stock of words, of pairs of neighbours: 1 for the
    same text, 0 for nothing in common.
    """
    if one.text == other.text:
        return 1.0
    words = _dice(one.words, other.words)
    if min(one.size, other.size) < _FEWEST_WORDS:
        return words
    pairs = _dice(_pairs(one.text), _pairs(other.text)) if words > _UNLIKE else 0.0
    return (words + pairs) / 2


def likeness(one: Profile, other: Profile) -> float:
    """Of heading and text together."""
    headings = heading_likeness(one, other)
    text = text_likeness(one, other)
    if headings is None:
        return text
    if not one.size and not other.size:
        return headings
    return _HEADING_WEIGHT * headings + (1 - _HEADING_WEIGHT) * text


def _pairs(text: str) -> Counter[tuple[str, str]]:
    words = _WORD.findall(text.casefold())
    return Counter(pairwise(words))


def _dice(one: Counter[T], other: Counter[T]) -> float:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    shared = sum(min(count, large[word]) for word, count in small.items() if word in large)
    total = one.total() + other.total()
    return 2 * shared / total if total else 0.0
