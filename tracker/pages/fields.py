"""A date that is known to the day, the month, the year, or not at all, in three small inputs."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

_PARTS = ("year", "month", "day")


class DecidedField(Field):  # type: ignore[misc]
    """Its data is what operations take: `2026-11-24`, `2026-11`, `2026`, `unknown`, or empty."""

    data: Any
    parts: dict[str, str]
    unknown: bool

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        text = str(self.data or "")
        self.unknown = text == "unknown"
        numbers = [] if self.unknown else text.split("-")
        self.parts = dict(zip(_PARTS, [*numbers, "", "", ""], strict=False))
        if formdata is not None and f"{self.name}-year" in formdata:
            self.unknown = f"{self.name}-unknown" in formdata
            self.parts = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in _PARTS}
        self.data = "unknown" if self.unknown else self._joined()

    def _joined(self) -> str:
        """The parts as one date; what cannot be one stays as typed and is judged later."""
        year, month, day = (self.parts[part] for part in _PARTS)
        if day and not month:
            return f"{year}--{day}"
        return "-".join(part.rjust(2, "0") for part in (year, month, day) if part)
