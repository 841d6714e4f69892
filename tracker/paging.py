"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

PER_PAGE = 100
MOST_PER_PAGE = 500
COUNTED = 1000
"""How far a page counts what is beyond it: who has more than this to look at narrows the list."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for, counted from 1, and how far beyond it is counted; None: to the end,
    which takes a list of a hundred thousand acts as long as the page itself.
    """

    page: int = 1
    per_page: int = PER_PAGE
    counted: int | None = None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of the items of a list, and how many it has in all; with `more`, more than `total`."""

    items: Sequence[Item]
    total: int
    paging: Paging
    more: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are, or can be gone to from this one."""
        return -(-self.total // self.paging.per_page)
