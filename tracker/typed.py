"""What people typed, as operations keep it; what cannot be kept is told beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.errors import invalid
from workflows import fields


def words_of(field: str, raw: Any, *, optional: bool = False) -> str:
    """Somebody's words, cleaned; raises Invalid, also where there are none but must be."""
    return _cleaned(fields.text, field, raw, optional=optional)


def line_of(field: str, raw: Any, *, optional: bool = False) -> str:
    """The same of words that stand on one line: a name, a reference."""
    return _cleaned(fields.line, field, raw, optional=optional)


def _cleaned(clean: Callable[[Any], str], field: str, raw: Any, *, optional: bool) -> str:
    try:
        found = clean(raw if raw is not None else "")
    except fields.Unfit as unfit:
        raise invalid(field, unfit.code, **unfit.params) from None
    if not found and not optional:
        raise invalid(field, "required", name=field)
    return found
