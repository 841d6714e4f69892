"""The main menu: what a person may open, in the order of use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import current_app, request, url_for

from tracker import assembly
from tracker.i18n import lazy_gettext as _
from tracker.people.access import MEMBERS, OPEN, current_member, policy_of
from tracker.people.queries import MOST_UNREAD
from tracker.permissions import may

INBOX = "notices.my_inbox"
ENTRIES: tuple[tuple[str, Any], ...] = (
    ("desk.desk", _("My desk")),
    ("acts.acts", _("Acts")),
    ("acts.board", _("Board by stage")),
    (INBOX, _("Inbox")),
    ("records.bodies", _("Bodies")),
    ("procedures.procedures", _("Procedures")),
)
"""Endpoints with their names; one that the reader may not open is left out."""
ASIDE: tuple[tuple[str, Any], ...] = (
    ("duties.reminders", _("Reminders")),
    ("notices.failed", _("Mails")),
    ("system.page", _("System")),
)
"""What serves the installation stands under the reader's name, so that the rest fits one line."""


class Entry(NamedTuple):
    text: str
    url: str
    current: bool


def menu(entries: tuple[tuple[str, Any], ...] = ENTRIES) -> Iterator[Entry]:
    """The entries for whoever asks; empty before log-in."""
    member = current_member()
    if member is None:
        return
    for endpoint, text in entries:
        if endpoint not in current_app.view_functions:
            continue
        policy = policy_of(current_app, endpoint)
        if policy in (OPEN, MEMBERS) or may(assembly.assembly(), member.actor, policy):  # type: ignore[arg-type]
            new = f" ({_many(member.unread)})" if endpoint == INBOX and member.unread else ""
            yield Entry(f"{text}{new}", url_for(endpoint), request.endpoint == endpoint)


def _many(unread: int) -> str:
    """A number as far as it was counted."""
    return str(unread) if unread < MOST_UNREAD else f"{MOST_UNREAD - 1}+"
