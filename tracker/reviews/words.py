"""How reviews are said on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.i18n import lazy_gettext as _

RECOMMENDATIONS: Mapping[str, Any] = {
    "approve": _("Approve the draft"),
    "approve_with_remarks": _("Approve the draft, with remarks"),
    "revise": _("Return the draft for revision"),
    "reject": _("Reject the draft"),
}
STATES: Mapping[str, tuple[Any, str]] = {
    "invited": (_("asked, not answered yet"), "waiting"),
    "accepted": (_("accepted, at work"), "waiting"),
    "declined": (_("declined"), "stopped"),
    "submitted": (_("opinion given"), "done"),
    "cancelled": (_("taken back"), "stopped"),
}
"""What a review's state is called, and its tone."""
