"""How circulations, replies and their standing are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker import assembly, i18n
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _

REPLIES: Mapping[str, Any] = {
    "no_remarks": _("no remarks"),
    "remarks": _("remarks and proposals"),
    "not_supported": _("does not support the draft"),
    "not_participating": _("does not take part"),
    "extension": _("asks for more time"),
}
OWN_REPLIES: Mapping[str, Any] = {
    "no_remarks": _("We have no remarks"),
    "remarks": _("We have remarks and proposals"),
    "not_supported": _("We do not support the draft"),
    "not_participating": _("We do not take part in this circulation"),
    "extension": _("We ask for more time"),
}
"""The same as whoever replies chooses it."""
STANDINGS: Mapping[str, tuple[Any, str]] = {
    "no_remarks": (_("no remarks"), "done"),
    "remarks": (_("remarks and proposals"), "done"),
    "not_supported": (_("does not support the draft"), "stopped"),
    "not_participating": (_("does not take part"), "stopped"),
    "partly": (_("one chamber has replied"), "waiting"),
    "waiting": (_("reply awaited"), "waiting"),
    "extension": (_("more time asked for"), "waiting"),
    "none": (_("no reply by the date"), "late"),
    "silent": (_("no reply"), "waiting"),
}
"""How an addressee stands, and its tone. `silent` is `none` for who may not know of lateness."""
ROUNDS: Mapping[str, tuple[Any, str]] = {
    "open": (_("open for replies"), "waiting"),
    "over": (_("closed by date"), "done"),
    "by_date": (_("closed by date"), "done"),
    "by_hand": (_("closed by hand"), "done"),
    "left": (_("closed as the draft went on"), "done"),
    "corrected": (_("opened by mistake, void"), "stopped"),
}
"""What a round is, and its tone."""


def addressee_title(body: str | None, name: str | None) -> str:
    """Who is asked, by the body's name or the one that was typed."""
    return i18n.body_title(body) if body else name or ""


def chamber_title(body: str | None, chamber: int) -> str:
    """A chamber of a parliament by its name, else by its number."""
    rules = assembly.assembly()
    known = rules.bodies.get(body or "")
    member = rules.members.get(known.member or "") if known else None
    if member is not None and len(member.chamber_titles) >= chamber:
        return i18n.title(member.chamber_titles[chamber - 1])
    return gettext("chamber %(number)s", number=chamber)
