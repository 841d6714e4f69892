"""Where in the text a remark belongs: sorting by provision."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[0-9]+")
_ANNEX = re.compile(r"^(att_|annex|приложени)", re.IGNORECASE)
_LONGEST = 120


def ordering(eid: str | None, place: str) -> str:
    """What sorts remarks as their provisions stand in the text: the numbers of the provision, by
    its name or as typed. The whole draft comes first, annexes come last.
    """
    named = eid or place.strip()
    if not named:
        return ""
    numbers = ".".join(number[-6:].zfill(6) for number in _NUMBER.findall(named))
    rank = "2" if _ANNEX.match(named) else "1"
    return f"{rank}.{numbers or named.casefold()}"[:_LONGEST]
