"""One mail of several notices: a list, grouped by what happened, each with its own link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import structlog
from flask import current_app

from tracker import i18n
from tracker.config import current_settings
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.notices.folding import DIGEST, REMINDERS, URGENT
from tracker.notices.mime import Letter
from tracker.notices.rendering import NOTHING_WRITTEN, quiet_lines, reply_to, subject_of
from tracker.notices.words import SETTINGS, People, Told, because, words
from tracker.wording.queries import Key, Words

log = structlog.get_logger(__name__)

MOST_LINES, MOST_REASONS, MOST_ANSWER = 50, 5, 3
"""How many notices that ask nothing are listed; how many reasons and addresses for an answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in the list. `asked` is what the reader owes, `until` its date or why none."""

    heading: str
    subject: str
    title: str
    link: str
    asked: str = ""
    until: str = ""
    owed_by: str = ""
    due: str = field(default="9", compare=False)


def write_list(
    told: Sequence[Told],
    bundle: str,
    language: str,
    people: People,
    written: Mapping[Key, Words] = NOTHING_WRITTEN,
    on_behalf: str = "",
) -> Letter:
    """What the mail of several notices of one person says. What asks something is always listed;
    of the rest the first of them, and how many more there are. `written` and `on_behalf` are those
    of `write_letter`.
    """
    with i18n.speaking(language):
        lines = sorted(
            (_line(each, people, written) for each in told),
            key=lambda line: (line.due, line.heading),
        )
        asking = [line for line in lines if line.asked]
        telling = [line for line in lines if not line.asked]
        shown = [*asking, *telling[: max(0, MOST_LINES - len(asking))]]
        said = {
            "language": language,
            "on_behalf": on_behalf,
            "subject": _subject(bundle, len(told), lines),
            "opening": _opening(bundle, len(told)),
            "groups": [(heading, list(group)) for heading, group in groupby(shown, _heading)],
            "more": len(lines) - len(shown),
            "inbox": f"{current_settings().public_url}/inbox",
            "settings": current_settings().public_url + SETTINGS,
            "because": "; ".join(_reasons(told, people)),
        }
        text, html = (
            current_app.jinja_env.get_template(f"notices/several.{kind}").render(said)
            for kind in ("txt", "html")
        )
    answers = dict.fromkeys(address for each in told for address in reply_to(each, people))
    return Letter(
        language, str(said["subject"]), quiet_lines(text), html, tuple(answers)[:MOST_ANSWER]
    )


def _heading(line: Line) -> str:
    return line.heading


def _line(told: Told, people: People, written: Mapping[Key, Words]) -> Line:
    """A notice as a line; one that cannot be put into words is at least named, with its page."""
    try:
        said = words(told, people)
        owed = str(said["duty"])
        return Line(
            heading=str(said["done"]) or owed[:1].upper() + owed[1:] or _("Other news"),
            subject=subject_of(told, people, written),
            title=str(said["title"]),
            link=str(said["link"]),
            asked=owed if said["asked"] else "",
            until=str(said["due"] or said["no_date"]) if owed else "",
            owed_by=str(said["owed_by"]),
            due=str((told.facts.get("due") or {}).get("on") or "9"),
        )
    except Exception:
        log.exception("notice_unlisted", notice_name=told.name)
        reference = str(told.facts.get("reference", ""))
        link = f"{current_settings().public_url}/acts/{reference}"
        return Line(_("Other news"), reference, "", link)


def _reasons(told: Sequence[Told], people: People) -> list[str]:
    found = dict.fromkeys(reason for each in told for reason in because(each.facts, people))
    return list(found)[:MOST_REASONS]


def _subject(bundle: str, number: int, lines: Sequence[Line]) -> str:
    match bundle:
        case "urgent":
            return ngettext("%(num)s thing is due today", "%(num)s things are due today", number)
        case "reminders":
            days = sorted(line.due for line in lines if line.due != "9")
            if days and date.fromisoformat(days[0]):
                return ngettext(
                    "%(num)s deadline, the first on %(day)s",
                    "%(num)s deadlines, the first on %(day)s",
                    number,
                    day=i18n.day(date.fromisoformat(days[0])),
                )
    headings = list(dict.fromkeys(line.heading for line in lines))
    return ngettext(
        "%(num)s notice: %(what)s",
        "%(num)s notices: %(what)s",
        number,
        what="; ".join(headings[:2]) + ("…" if len(headings) > len(headings[:2]) else ""),
    )


def _opening(bundle: str, number: int) -> str:
    """Why there is one mail for several things."""
    openings: Mapping[str, str] = {
        URGENT: _("All of this is due today."),
        REMINDERS: _("These deadlines came up together."),
        DIGEST: _("This is what happened since the last summary."),
    }
    return openings.get(
        bundle,
        ngettext(
            "%(num)s notice came at once, so it stands in one mail.",
            "%(num)s notices came within a short while, so they stand in one mail.",
            number,
        ),
    )
