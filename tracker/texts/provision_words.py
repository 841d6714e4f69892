"""Where a provision stands, in words: "Article 5, paragraph 2, point (a)"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.structure.model import CONTAINERS, Provision

KINDS: Mapping[str, Any] = {
    "book": _("Book %(number)s"),
    "part": _("Part %(number)s"),
    "section": _("Section %(number)s"),
    "subsection": _("Subsection %(number)s"),
    "chapter": _("Chapter %(number)s"),
    "division": _("Division %(number)s"),
    "article": _("Article %(number)s"),
    "annex": _("Annex %(number)s"),
    "paragraph": _("paragraph %(number)s"),
    "point": _("point %(number)s"),
    "subpoint": _("subpoint %(number)s"),
    "item": _("item %(number)s"),
}
WITHOUT_NUMBER: Mapping[str, Any] = {
    "annex": _("Annex"),
    "article": _("Article without a number"),
    "alinea": _("unnumbered paragraph"),
    "indent": _("indent"),
    "text": _("Text"),
}


def place_words(way: Sequence[Provision]) -> str:
    """Where the last provision of a way from the root stands. Articles are numbered through the
    whole text, so what holds them is not said.
    """
    start = next((at for at, one in enumerate(way) if one.kind not in CONTAINERS), len(way) - 1)
    return ", ".join(
        _words(one, way[:at], at == start) for at, one in enumerate(way) if at >= start
    )


def _words(one: Provision, above: Sequence[Provision], first: bool) -> str:
    if one.number and one.kind in KINDS:
        said = str(KINDS[one.kind]) % {"number": one.number}
    elif one.kind in WITHOUT_NUMBER:
        said = _counted(one, above)
    else:
        said = one.title or one.label or gettext("Part without a number")
    return said[:1].upper() + said[1:] if first else said


def _counted(one: Provision, above: Sequence[Provision]) -> str:
    """What has no number is counted among its like in the same provision."""
    said = str(WITHOUT_NUMBER[one.kind])
    alike = [each for each in above[-1].children if each.kind == one.kind] if above else []
    if len(alike) < 2:  # noqa: PLR2004 - one alone needs no number
        return said
    place = next(at for at, each in enumerate(alike, start=1) if each.eid == one.eid)
    return f"{said} {place}"
