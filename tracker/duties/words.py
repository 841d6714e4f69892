"""How duties and their reminders are said."""

from __future__ import annotations

from datetime import date

from tracker import i18n
from tracker.acts.consequences import reason_words
from tracker.db import AnyRow
from tracker.duties.recipients import Recipient
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from workflows.calendars import DaysLeft, Deadline


def when_words(days: int) -> str:
    """How far a reminder is from the due day."""
    if days < 0:
        return str(ngettext("%(num)s day before", "%(num)s days before", -days))
    if days > 0:
        return str(ngettext("%(num)s day after", "%(num)s days after", days))
    return str(_("on the day"))


def recipient_words(recipient: Recipient) -> str:
    """Why somebody is reminded, said of them."""
    if recipient.reason == "duty":
        return str(_("owes it"))
    if recipient.reason == "deputy":
        principal = recipient.principal
        assert principal is not None
        return str(_("stands in for %(name)s", name=principal.name(i18n.language())))
    return reason_words(recipient.reason)


def no_date_words(row: AnyRow) -> str:
    """Why a duty has no date: its clock stands still, it cannot be computed, or none is set."""
    if row.stopped_on is not None:
        return stopped_words(row.stopped_on, DaysLeft(row.days_left, row.left_in))
    detail = row.due_detail if isinstance(row.due_detail, dict) else {}
    if row.due_state == "cannot_compute":
        return str(
            _(
                "the date cannot be computed: the calendar has no data for %(year)s",
                year=detail.get("year", ""),
            )
        )
    return i18n.title(detail) if detail else str(_("no date is set"))


def stopped_words(since: date, left: DaysLeft) -> str:
    """That a clock stands still, and what is left of it."""
    if left.unit == "working":
        said = ngettext("%(num)s working day left", "%(num)s working days left", left.days)
    else:
        said = ngettext("%(num)s day left", "%(num)s days left", left.days)
    return str(_("stopped since %(day)s, %(left)s", day=i18n.day(since), left=said))


def term_words(when: Deadline) -> str:
    """The rule that a date was counted by, and from when; nothing for a date that was given."""
    if when.start is None or when.rule.days is None:
        return ""
    start = i18n.day(when.start)
    if when.rule.kind == "working_days":
        return str(
            ngettext(
                "%(num)s working day after %(start)s",
                "%(num)s working days after %(start)s",
                when.rule.days,
                start=start,
            )
        )
    return str(
        ngettext(
            "%(num)s calendar day after %(start)s",
            "%(num)s calendar days after %(start)s",
            when.rule.days,
            start=start,
        )
    )
