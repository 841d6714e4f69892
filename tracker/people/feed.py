"""Duties as a calendar file (RFC 5545): one all-day event on each due day of the assembly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.config import current_settings
from tracker.i18n import gettext as _

MOST = 500
"""Deadlines in a calendar; the soonest, should anybody have more."""


def calendar(session: Session, rows: Iterable[Any]) -> bytes:
    """The rows of `duties_of` that have a date, in the present language. The same rows give the
    same bytes: nothing in it tells when it was asked for.
    """
    rules = assembly.assembly()
    found = Calendar()
    found.add("prodid", f"-//{i18n.title(rules.short)}//Model act tracker//")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", _("My deadlines, %(assembly)s", assembly=i18n.title(rules.short)))
    found.add("x-wr-timezone", rules.zone)
    for row in rows:
        if row.Duty.due_on is not None:
            found.add_component(_event(session, row))
    return bytes(found.to_ical())


def _event(session: Session, row: Any) -> Event:
    settings = current_settings()
    duty = row.Duty
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    what = i18n.title(procedure.definition.duties[duty.kind].titles)
    title = i18n.title(row.titles)
    page = f"/reviews/{row.review}" if row.review else f"/acts/{row.reference}"
    event = Event()
    event.add("uid", f"duty-{duty.id}@{urlsplit(settings.public_url).hostname}")
    event.add("sequence", duty.generation)
    event.add("dtstamp", duty.invited_at or duty.opened_at)
    event.add("dtstart", duty.due_on)
    event.add("summary", f"{row.reference}: {what}")
    ends = _("Until the end of the day (time zone: %(city)s).", city=i18n.city(duty.zone))
    event.add("description", f"{title}\n{ends}")
    event.add("url", settings.public_url + page)
    event.add("transp", "TRANSPARENT")
    return event
