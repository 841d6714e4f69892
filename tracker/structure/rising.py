"""The longest rising run: what kept its order when things were moved about."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def longest_rising(values: Sequence[int]) -> list[int]:
    """The places of the longest strictly rising run of values."""
    ends: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        size = bisect_left(ends, value)
        before.append(heads[size - 1] if size else -1)
        if size == len(ends):
            ends.append(value)
            heads.append(place)
        else:
            ends[size] = value
            heads[size] = place
    run: list[int] = []
    at = heads[-1] if heads else -1
    while at >= 0:
        run.append(at)
        at = before[at]
    return run[::-1]
