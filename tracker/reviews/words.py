"""How reviews are said on pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tracker import assembly, i18n
from tracker.i18n import gettext, ngettext
from tracker.i18n import lazy_gettext as _
from workflows.suggestions import Reason

RECOMMENDATIONS: Mapping[str, Any] = {
    "approve": _("Approve the draft"),
    "approve_with_remarks": _("Approve the draft, with remarks"),
    "revise": _("Return the draft for revision"),
    "reject": _("Reject the draft"),
}
RECOMMENDED: Mapping[str, Any] = {
    "approve": _("approve"),
    "approve_with_remarks": _("approve with remarks"),
    "revise": _("revise"),
    "reject": _("reject"),
}
"""The same in a line of the timeline or of a mail."""
STATES: Mapping[str, tuple[Any, str]] = {
    "invited": (_("asked, not answered yet"), "waiting"),
    "accepted": (_("accepted, at work"), "waiting"),
    "declined": (_("declined"), "stopped"),
    "submitted": (_("opinion given"), "done"),
    "cancelled": (_("ended: the draft has moved on"), "stopped"),
    "withdrawn": (_("taken back"), "stopped"),
}
"""What a review's state is called, and its tone."""
MARKS: Mapping[str, tuple[Any, str]] = {
    "late": (_("late"), "late"),
    "given_late": (_("given late"), "late"),
    "overtaken": (_("overtaken by a new edition"), "stopped"),
    "guideline": (_("guideline, advisory"), "plain"),
    "reserve": (_("came as a reserve"), "plain"),
}
"""What stands beside a state, with its tone; "plain" only names it."""
DECLINE_REASONS: Mapping[str, Any] = {
    "busy": _("too much other work"),
    "absent": _("away at that time"),
    "conflict": _("a conflict of interest"),
    "not_my_field": _("not the expert's field"),
    "other": _("another reason"),
}
DECLINE_CHOICES: Mapping[str, Any] = {
    "busy": _("I have too much other work"),
    "absent": _("I am away at that time"),
    "conflict": _("I have a conflict of interest"),
    "not_my_field": _("It is not my field"),
    "other": _("Another reason, in words below"),
}
REASONS: Mapping[str, Any] = {
    "author": _("brought in edition %(number)s of the draft"),
    "same_institution": _("works where the draft is written or proposed: %(institution)s"),
    "initiators_delegation": _("comes from the initiator: %(member)s"),
    "away": _("away %(since)s to %(until)s"),
    "declined": _("has declined in this round"),
    "delegation_new": _("nobody from %(member)s is asked yet"),
    "field": _("at home in the field: %(fields)s"),
    "other_field": _("at home elsewhere: %(fields)s"),
    "has_fields": _("fields: %(fields)s"),
    "no_field": _("no field is noted"),
    "never_asked": _("has not been asked before"),
    "last_asked": _("last asked %(day)s"),
}
"""Why to ask somebody, or why not, in words; those with a number are below."""


def reason_words(reason: Reason) -> str:
    """A reason for or against asking somebody, in the present language."""
    said = {name: _said(name, value) for name, value in reason.params.items()}
    if reason.code == "load":
        count = reason.params["count"]
        owes = ngettext("owes %(num)s opinion", "owes %(num)s opinions", count)
        return owes if count else gettext("owes no opinion")
    if reason.code == "delegation_asked":
        return ngettext(
            "%(num)s expert from %(member)s is in this round",
            "%(num)s experts from %(member)s are in this round",
            reason.params["count"],
            member=said["member"],
        )
    text = str(REASONS[reason.code])
    return text % said if said else text


def _said(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return i18n.day(value)
    if name == "fields":
        return field_names(value)
    return member_name(value) if name == "member" else value


def field_names(keys: Iterable[str]) -> str:
    """Fields of expertise by name; one that the assembly's file no longer has, by its key."""
    table = assembly.assembly().expertise
    return ", ".join(i18n.title(table[key].titles) if key in table else key for key in keys)


def member_name(key: str) -> str:
    member = assembly.assembly().members.get(key)
    return i18n.title(member.titles) if member else key
