"""Where a person may be sent on to."""

from __future__ import annotations

from urllib.parse import urlsplit


def inside(target: str | None) -> str | None:
    """The target when it is a path of this application, else None."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
