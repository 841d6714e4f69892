"""The date of a decision as far as it is known: to the day, the month, the year, or not at all."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year", "unknown"]
_FORMS = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SHOWN = {"day": 10, "month": 7, "year": 4}
"""How much of an ISO date is known."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`on` is the first day of the known period, None when nothing is known."""

    on: date | None
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> Decided:
        """Read `2022-12-05`, `2022-12`, `2022` or `unknown`; raises ValueError otherwise."""
        if text == "unknown":
            return UNKNOWN
        match = _FORMS.fullmatch(text)
        if match is None:
            raise ValueError(text)
        year, month, day = match.groups()
        found = date(int(year), int(month or 1), int(day or 1))
        return cls(found, "day" if day else "month" if month else "year")

    @classmethod
    def day(cls, on: date) -> Decided:
        return cls(on, "day")

    @property
    def last(self) -> date | None:
        """The last day it can have been; None where nothing is known."""
        if self.on is None or self.precision == "day":
            return self.on
        if self.precision == "year":
            return self.on.replace(month=12, day=31)
        return self.on.replace(day=calendar.monthrange(self.on.year, self.on.month)[1])

    def __str__(self) -> str:
        if self.on is None:
            return "unknown"
        return self.on.isoformat()[: _SHOWN[self.precision]]


UNKNOWN = Decided(None, "unknown")
