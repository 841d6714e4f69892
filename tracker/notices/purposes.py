"""What a notice is for: to ask its reader for something, or to inform them of it.

What asks always comes at once and cannot be muted. What informs comes as the reader has chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

PERSONAL = frozenset({"subject", "duty", "closed_duties", "deputy"})
"""Reasons, in the words of a procedure file, that concern what the reader owes or owed."""


def informs(duty_id: int | None, reasons: Collection[str], facts: Mapping[str, Any]) -> bool:
    """Whether a notice only informs: it is bound to no duty, opened none for its reader, and ends
    none of theirs. `duty_id`, `reasons` and `facts` are those of its row.
    """
    return duty_id is None and not facts.get("due") and PERSONAL.isdisjoint(reasons)
