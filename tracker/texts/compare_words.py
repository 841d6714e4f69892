"""The words of a comparison: what became of a provision, what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.i18n import lazy_gettext as _

STATUSES: Mapping[str, Any] = {
    "added": _("added"),
    "removed": _("removed"),
    "changed": _("changed"),
    "moved": _("moved"),
    "renumbered": _("renumbered"),
}
COUNTS: Mapping[str, Any] = {
    "added": _("Provisions added"),
    "removed": _("Provisions removed"),
    "changed": _("Provisions changed"),
    "moved": _("Provisions moved"),
    "renumbered": _("Provisions renumbered"),
    "same": _("Provisions unchanged"),
    "words_added": _("Words added"),
    "words_removed": _("Words removed"),
}
WHY: Mapping[str, Any] = {
    "pinned": _("said by a person"),
    "same": _("the same words"),
    "heading": _("the same heading"),
    "number": _("the same number"),
    "text": _("alike in words"),
}
"""Why two provisions were taken for the same."""


def status_words() -> dict[str, str]:
    return {key: str(text) for key, text in STATUSES.items()}
