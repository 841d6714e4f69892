"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

PER_PAGE = 100
MOST_PER_PAGE = 500


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for, counted from 1."""

    page: int = 1
    per_page: int = PER_PAGE

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of the items of a list, and how many it has in all."""

    items: Sequence[Item]
    total: int
    paging: Paging
