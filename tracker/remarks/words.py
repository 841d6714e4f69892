"""How remarks and their answers are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker import i18n
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.remarks.reading import Author, RemarkPart

KINDS: Mapping[str, Any] = {
    "legal": _("legal"),
    "editorial": _("editorial"),
    "substantive": _("substantive"),
    "treaty": _("conflict with a treaty"),
    "national_law": _("conflict with national law"),
    "other": _("other"),
}
RESPONSES: Mapping[str, tuple[Any, str]] = {
    "accepted": (_("accepted"), "done"),
    "partly": (_("partly accepted"), "done"),
    "not_accepted": (_("not accepted"), "stopped"),
    "noted": (_("noted"), "done"),
}
"""What a response is called, and its tone once it is confirmed."""
STATES: Mapping[str, Any] = {
    "unanswered": _("not answered yet"),
    "proposed": _("answer proposed"),
    "confirmed": _("answer confirmed"),
}
NARROWER: Mapping[str, Any] = {
    "not_carried": _("accepted, in no edition yet"),
    "merged": _("merged into another"),
}
OF_VOID_ROUND = _("of a cancelled round")
"""What a list of remarks can be narrowed to beside states and responses."""
SOURCES: Mapping[str, Any] = {
    "review": _("expert opinion"),
    "reply": _("reply to a circulation"),
    "import": _("brought in from a table"),
    "entered": _("entered from a letter"),
}
SORTS: Mapping[str, Any] = {
    "provision": _("by provision"),
    "author": _("by author"),
    "number": _("by number"),
    "state": _("unanswered first"),
}
GROUPS: Mapping[str, Any] = {
    "": _("no groups"),
    "provision": _("by provision"),
    "author": _("by author"),
}
CARRYING: Mapping[str, Any] = {
    "stands": _("the proposed wording stands in the provision"),
    "changed": _("the provision has changed since"),
    "unchanged": _("the provision is as it was"),
    "unknown": _("the texts could not be compared"),
}
WHOLE = _("The whole draft")


def author_words(author: Author) -> str:
    """Whose a remark is, as far as the reader may know."""
    parts = []
    if author.body is not None:
        name = i18n.body_title(author.body)
        parts.append(name[:1].upper() + name[1:])
    if author.person is not None:
        parts.append(author.person.name(i18n.language()))
    elif author.expert is not None:
        parts.append(gettext("Expert %(number)s", number=author.expert))
    if author.name:
        parts.append(author.name)
    return ", ".join(parts)


def place_words(remark: RemarkPart) -> str:
    """The provision a remark is on, as it was typed."""
    return remark.place or remark.eid or str(WHOLE)
