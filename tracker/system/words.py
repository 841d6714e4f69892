"""How the installation does, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext, moment, ngettext
from tracker.notices.reading import Delivery, outcome
from tracker.pages.words import Tone
from tracker.system.jobs import LATE_AFTER, Job
from tracker.system.queries import Mails

RELAY = "notices.relay"

JOBS: Mapping[str, Any] = {
    "system.heartbeat": lazy_gettext("Sign of life of worker and scheduler"),
    RELAY: lazy_gettext("Sending mails"),
    "duties.remind": lazy_gettext("Reminding of duties"),
}
CAUSES: Mapping[str, Any] = {
    "address": lazy_gettext("the address cannot be used"),
    "attempts": lazy_gettext("given up after many attempts"),
    "text": lazy_gettext("the mail could not be written"),
    "ambiguous": lazy_gettext("held: it may have been sent"),
    "restored": lazy_gettext("held after restoring from a backup: it may have been sent"),
}


@dataclass(frozen=True, slots=True)
class State:
    """How something does: a sentence, what follows from it, and its tone."""

    tone: Tone
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A periodic job in the table of them."""

    title: str
    last: datetime | None
    state: State


def job_title(name: str) -> str:
    return str(JOBS.get(name, name))


def cause(code: str) -> str:
    """Why mails are stuck; a code of three figures is a mail server's."""
    known = CAUSES.get(code)
    return str(known) if known else _("the mail server refused: %(code)s", code=code)


def outcome_of(mail: Delivery) -> str:
    return outcome(mail.state, mail.why)


def tell_job(job: Job) -> JobLine:
    if job.last is None:
        return JobLine(job_title(job.name), None, State("late", _("has never run")))
    if job.late:
        state = State("late", _("late"))
    elif not job.last.ok:
        state = State("late", _("ran, but failed"), job.last.detail)
    else:
        state = State("done", _("runs"), job.last.detail)
    return JobLine(job_title(job.name), job.last.finished_at, state)


def mail_state(mails: Mails, jobs: Sequence[Job], now: datetime) -> State:
    """Whether mail is going out, and since when not."""
    relay = next((job for job in jobs if job.name == RELAY), None)
    waiting = mails.waiting + mails.sending
    wait = _waiting(waiting, mails.waiting_since)
    if relay is None or relay.last is None:
        return State("late", _("No mail goes out: the job that sends it has never run."), wait)
    if relay.late:
        since = moment(relay.last.finished_at)
        text = _(
            "No mail goes out: the job that sends it has not run since %(since)s.", since=since
        )
        return State("late", text, wait)
    if not relay.last.ok and waiting:
        said = _("The sender says: %(detail)s", detail=relay.last.detail)
        advice = _("It is tried again every few seconds; nothing is lost.")
        return State("late", _("No mail goes out: the last try failed."), f"{wait} {advice} {said}")
    if mails.overdue_since and now - mails.overdue_since > LATE_AFTER:
        text = _("Mail goes out, but slowly.")
        return State("late", text, wait)
    if waiting:
        return State("waiting", _("Mail is going out."), wait)
    return State("done", _("All mail has gone out."))


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
