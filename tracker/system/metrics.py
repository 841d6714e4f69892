"""The figures for Prometheus, in its text format.

Read from the database when asked for, so every web process gives the same and none has to be asked
in particular. A client library would bring counters of its own process, which say nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.system.jobs import jobs
from tracker.system.queries import count_acts, count_duties, count_notices, mails

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]
Samples = Mapping[Labels, float]
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def exposition(session: Session, now: datetime, today: date) -> str:
    """Every figure as of `now`; duties are overdue when due before `today`, the assembly's."""
    families = (*_of_mails(session, now), *_of_work(session, today), *_of_jobs(session, now))
    return "".join(_family(*family) for family in families)


Family = tuple[str, str, Samples]


def _of_mails(session: Session, now: datetime) -> Iterator[Family]:
    found = mails(session, now)
    states = {
        "queued": found.waiting + found.folded,
        "sending": found.sending,
        "failed": found.failed,
        "held": found.held,
    }
    states["settled"] = count_notices(session) - sum(states.values())
    yield (
        "tracker_notices",
        "Notices by state; settled ones were sent, or skipped for a reason.",
        {_labels(state=state): count for state, count in states.items()},
    )
    yield (
        "tracker_notices_stuck",
        "Notices that a person must look at, by state and cause.",
        {_labels(state=s, cause=cause): count for (s, cause), count in found.stuck.items()},
    )
    yield (
        "tracker_notices_folded",
        "Notices that went in the mail of another.",
        {(): found.went_along},
    )
    yield (
        "tracker_addresses_refused",
        "People to whose address no mail goes, as the mail server refused it for good.",
        {(): found.refused},
    )
    yield "tracker_notices_retrying", "Mails waiting after a failure.", {(): found.retrying}
    yield (
        "tracker_notices_ambiguous",
        "Mails of which nobody knows whether they were sent: held, or begun and not settled.",
        {(): found.held + found.begun},
    )
    yield (
        "tracker_notices_oldest_unsent_seconds",
        "Age of the oldest mail that waits.",
        {(): _age(found.waiting_since, now)},
    )
    yield (
        "tracker_notices_queue_age_seconds",
        "For how long the oldest mail that may be sent now has waited for a sender.",
        {(): _age(found.overdue_since, now)},
    )


def _of_work(session: Session, today: date) -> Iterator[Family]:
    is_open, overdue = count_duties(session, today)
    yield (
        "tracker_duties",
        "Duties that are open, and those of them whose due day has passed.",
        {_labels(state="open"): is_open, _labels(state="overdue"): overdue},
    )
    yield (
        "tracker_acts",
        "Acts by stage and state.",
        {_labels(stage=s, state=state): n for (s, state), n in count_acts(session).items()},
    )


def _of_jobs(session: Session, now: datetime) -> Iterator[Family]:
    found = jobs(session, now)
    ran = {job.name: job.last for job in found if job.last}
    yield (
        "tracker_job_age_seconds",
        "Time since a periodic job last ran.",
        {_labels(job=name): _age(run.finished_at, now) for name, run in ran.items()},
    )
    yield (
        "tracker_job_ok",
        "Whether the last run of a job went well.",
        {_labels(job=name): run.ok for name, run in ran.items()},
    )
    yield (
        "tracker_job_late",
        "Whether a job should have run again by now.",
        {_labels(job=job.name): job.late for job in found},
    )


def _labels(**labels: str) -> Labels:
    return tuple(labels.items())


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _family(name: str, help_text: str, samples: Samples) -> str:
    lines = [f"# HELP {name} {help_text}", f"# TYPE {name} gauge"]
    for labels, value in samples.items():
        said = ",".join(f'{key}="{text.translate(_ESCAPED)}"' for key, text in labels)
        lines.append(f"{name}{{{said}}} {value:.15g}" if said else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"
