"""How things are said on every page: days, time left, bodies, roles, states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from flask import Flask, current_app, flash, g, request, url_for
from flask_babel import format_date

from tracker import assembly, clock, i18n
from tracker.acts.summaries import seat_title
from tracker.config import Settings
from tracker.db import db
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.pages.menu import ASIDE, menu
from tracker.people.access import current_actor, current_member
from tracker.permissions import may
from tracker.refusals import words
from workflows.assembly_schema import Deed
from workflows.calendars import Calendar, time_left
from workflows.facts import Person

Tone = Literal["waiting", "done", "late", "stopped"]
ICONS: Mapping[Tone, str] = {
    "waiting": "hourglass-split",
    "done": "check-circle",
    "late": "exclamation-triangle",
    "stopped": "slash-circle",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due day in words: how far off it is, and which day exactly."""

    left: str
    exact: str
    tone: Tone
    iso: str


def init_app(app: Flask, settings: Settings) -> None:
    app.jinja_env.filters.update(
        body=body, cap=cap, due=due, kind=kind, name=name, role=role, seat=seat,
        weekday=weekday, words=words,
    )  # fmt: skip
    # What depends on who asks is called, never filtered: a filter on a constant is computed once,
    # when its template is compiled.
    app.jinja_env.globals.update(
        allowed=allowed, known=known, menu=lambda: list(menu()),
        menu_aside=lambda: list(menu(ASIDE)), rules=assembly.assembly,
        tongue=i18n.language, tone_icon=ICONS,
    )  # fmt: skip
    files = Path(app.static_folder or "").iterdir()
    version = str(max(int(path.stat().st_mtime) for path in files))

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = version

    @app.context_processor
    def about_the_page() -> dict[str, Any]:
        rules = assembly.assembly()
        return {
            "member": current_member() if request.endpoint else None,
            "page_language": i18n.language(),
            "languages": rules.languages,
            "assembly": rules,
            "is_demo": settings.env == "demo",
            "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
            "log_in_url": url_for("people.log_in"),
        }


def allowed(deed: Deed) -> bool:
    """Whether whoever asks is permitted a deed outside any act."""
    return may(assembly.assembly(), current_actor(), deed)


def known(endpoint: str) -> bool:
    """Whether there is such a page."""
    return endpoint in current_app.view_functions


def say(*sentences: str, tone: Tone = "done") -> None:
    """Tell the reader on the next page what was done, the first sentence before all."""
    flash("\n".join(sentences), tone)


def today() -> date:
    return clock.today(assembly.zone())


def calendars() -> Mapping[str, Calendar]:
    """The assembly's calendars, read once a request."""
    if "calendars" not in g:
        g.calendars = assembly.calendars(db.session())
    found: Mapping[str, Calendar] = g.calendars
    return found


def body(key: str | None) -> str:
    """A body by its present name."""
    return i18n.body_title(key or "")


def kind(key: str) -> str:
    """A kind of document by its name, as a line begins."""
    return cap(i18n.kind_title(key))


def name(person: Person) -> str:
    return person.name(i18n.language())


def cap(text: str) -> str:
    """Text as a line begins."""
    return text[:1].upper() + text[1:]


def role(key: str | None) -> str:
    found = assembly.assembly().roles.get(key or "")
    return i18n.title(found) if found else key or ""


def seat(pair: tuple[str | None, str | None]) -> str:
    """A role in a body, as one phrase."""
    return seat_title(pair[0], pair[1] or "")


def weekday(value: date) -> str:
    """A date with its day of the week, by the language's own pattern: Fri 4 Dec 2026."""
    return str(format_date(value, _("EEE d MMM y")))


def due(on: date, calendar: str = "assembly", now: datetime | None = None) -> Due:
    """How long until a day of the assembly, in working days where they can be counted."""
    left = time_left(on, assembly.zone(), now or clock.now(), calendars().get(calendar))
    days = left.calendar_days
    working = left.working_days
    if days < 0:
        text = ngettext("%(num)s day late", "%(num)s days late", -days)
    elif days == 0:
        text = _("today")
    elif days == 1:
        text = _("tomorrow")
    elif working is not None and working > 0:
        text = ngettext("in %(num)s working day", "in %(num)s working days", working)
    else:
        text = ngettext("in %(num)s day", "in %(num)s days", days)
    return Due(text, weekday(on), "late" if days < 0 else "waiting", on.isoformat())
