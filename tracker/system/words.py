"""How the installation does, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext as _later
from tracker.i18n import moment, ngettext
from tracker.pages.words import Tone
from tracker.system.jobs import LATE_AFTER, Job
from tracker.system.queries import Mails

RELAY = "notices.relay"

JOBS: Mapping[str, Any] = {
    "system.heartbeat": _later("Sign of life of worker and scheduler"),
    RELAY: _later("Sending mails"),
    "duties.remind": _later("Reminding of duties"),
    "texts.read": _later("Reading and comparing texts"),
    "circulation.close": _later("Closing circulations by date"),
}
CAUSES: Mapping[str, Any] = {
    "address": _later("the address cannot be used"),
    "attempts": _later("given up after many attempts"),
    "text": _later("the mail could not be written"),
    "ambiguous": _later("held: it may have been sent"),
    "restored": _later("held after restoring from a backup: it may have been sent"),
}


@dataclass(frozen=True, slots=True)
class MailState:
    """Whether mail goes out: a sentence, what follows from it, and what the sender said."""

    tone: Tone
    text: str
    advice: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A periodic job in the table of them. `said` is why its last run failed."""

    title: str
    last: datetime | None
    tone: Tone
    text: str
    said: str = ""


def job_title(name: str) -> str:
    return str(JOBS.get(name, name))


def cause(code: str) -> str:
    """Why mails are stuck; a code of three figures is a mail server's."""
    known = CAUSES.get(code)
    return str(known) if known else _("the mail server refused: %(code)s", code=code)


def tell_job(job: Job) -> JobLine:
    title = job_title(job.name)
    if job.last is None:
        return JobLine(title, None, "late", _("has never run"))
    last = job.last.finished_at
    if job.late:
        return JobLine(title, last, "late", _("late"))
    if not job.last.ok:
        return JobLine(title, last, "late", _("ran, but failed"), job.last.detail)
    return JobLine(title, last, "done", _("runs"))


def mail_state(mails: Mails, jobs: Sequence[Job], now: datetime) -> MailState:
    """Whether mail is going out, and since when not."""
    last, late = next(((job.last, job.late) for job in jobs if job.name == RELAY), (None, True))
    waiting = mails.waiting + mails.sending
    wait = _waiting(waiting, mails.waiting_since)
    if last is None:
        text = _("No mail goes out: the job that sends it has never run.")
        return MailState("late", text, wait)
    if late:
        since = moment(last.finished_at)
        text = _(
            "No mail goes out: the job that sends it has not run since %(since)s.", since=since
        )
        return MailState("late", text, wait)
    if not last.ok and waiting:
        advice = _("It is tried again every few seconds; nothing is lost.")
        text = _("No mail goes out: the last try failed.")
        return MailState("late", text, f"{wait} {advice}", last.detail)
    if mails.overdue_since and now - mails.overdue_since > LATE_AFTER:
        return MailState("late", _("Mail goes out, but slowly."), wait)
    return _running(mails, waiting, wait)


def _running(mails: Mails, waiting: int, wait: str) -> MailState:
    """What a sender that runs has left to do; a summary of the day is not late before its hour."""
    if not waiting:
        return MailState("done", _("All mail has gone out."))
    if mails.waiting_since is not None:
        return MailState("waiting", _("Mail is going out."), wait)
    later = ngettext(
        "%(num)s mail waits for its hour.", "%(num)s mails wait for their hour.", waiting
    )
    return MailState("done", _("All mail that was due has gone out."), later)


def _waiting(count: int, since: datetime | None) -> str:
    if not count or since is None:
        return str(_("No mail waits."))
    return str(
        ngettext(
            "%(num)s mail waits, since %(since)s.",
            "%(num)s mails wait, the oldest since %(since)s.",
            count,
            since=moment(since),
        )
    )
