"""Reading the pulse of the installation and the figures of its queues.

Each statement is served by an index that holds only what is open, or counts an index without
reading rows, so that the figures stay cheap with millions of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.duties.models import Duty
from tracker.notices.folding import DIGEST
from tracker.notices.models import FOLDED, STUCK, WAITING, Notice, RefusedAddress
from tracker.notices.suppression import STILL_THEIRS
from tracker.people.models import Person
from tracker.system.models import JobRun

_CAUSE = case(
    (Notice.state == "held", Notice.why),
    (Notice.error.regexp_match("^[45][0-9][0-9] "), func.substr(Notice.error, 1, 3)),
    (Notice.error.startswith("the address"), "address"),
    (Notice.error.startswith("given up"), "attempts"),
    else_="text",
)


@dataclass(frozen=True, slots=True)
class Mails:
    """How the outbox stands. `overdue_since` is when the oldest mail should have been tried;
    `waiting_since`, when the oldest was to go for the first time: a summary of the day is not late
    before its hour. `folded` wait, and go in the mail of another; `went_along` did. `refused` are
    addresses that get no mail. `retrying` were tried in vain; `begun` may have
    been sent by a sender of whom nothing more was heard. `stuck` failed or are held, by state and
    cause: a server's reply code, `address`, `attempts`, `text`, `ambiguous` or `restored`.
    """

    waiting: int
    sending: int
    retrying: int
    begun: int
    waiting_since: datetime | None
    overdue_since: datetime | None
    stuck: Mapping[tuple[str, str], int]
    last_sent: datetime | None
    folded: int
    went_along: int
    refused: int

    @property
    def failed(self) -> int:
        return self._count("failed")

    @property
    def held(self) -> int:
        return self._count("held")

    def _count(self, wanted: str) -> int:
        return sum(count for (state, _), count in self.stuck.items() if state == wanted)


def last_runs(session: Session) -> Mapping[str, JobRun]:
    """The last run of each job that ever ran, by name."""
    return {run.name: run for run in session.scalars(select(JobRun))}


def mails(session: Session, now: datetime) -> Mails:
    """The outbox as it stands. Five statements."""
    waiting = session.execute(
        select(
            func.count(),
            func.count(case((Notice.state == "sending", 1))),
            func.count(Notice.error),
            func.count(Notice.started_at),
            func.min(
                case(
                    (Notice.error.is_not(None) & (Notice.bundle != DIGEST), Notice.created_at),
                    (Notice.due_at <= now, Notice.due_at),
                    (Notice.state == "sending", Notice.created_at),
                )
            ),
            func.min(case((Notice.due_at <= now, Notice.due_at))),
        ).where(WAITING)
    ).one()
    stuck = session.execute(
        select(Notice.state, _CAUSE.label("cause"), func.count())
        .where(STUCK)
        .group_by(Notice.state, "cause")
    )
    last_sent = session.scalar(
        select(Notice.sent_at).where(Notice.state == "sent").order_by(Notice.id.desc()).limit(1)
    )
    folded = session.execute(
        select(
            func.count(case((Notice.state == "queued", 1))),
            func.count(case((Notice.state == "sent", 1))),
        ).where(FOLDED)
    ).one()
    refused = select(func.count()).select_from(Person).join(RefusedAddress, STILL_THEIRS)
    return Mails(
        waiting=waiting[0] - waiting[1],
        sending=waiting[1],
        retrying=waiting[2],
        begun=waiting[3],
        waiting_since=waiting[4],
        overdue_since=waiting[5],
        stuck={(state, cause): count for state, cause, count in stuck},
        last_sent=last_sent,
        folded=folded[0],
        went_along=folded[1],
        refused=session.execute(refused.where(Person.active)).scalar_one(),
    )


def count_notices(session: Session) -> int:
    return session.execute(select(func.count(Notice.id))).scalar_one()


def count_duties(session: Session, today: date) -> tuple[int, int]:
    """How many duties are open, and how many of them should have been done before today."""
    is_open = Duty.closed_at.is_(None)
    counted = select(func.count()).select_from(Duty).where(is_open)
    return (
        session.execute(counted).scalar_one(),
        session.execute(counted.where(Duty.due_on < today)).scalar_one(),
    )


def count_acts(session: Session) -> Mapping[tuple[str, str], int]:
    """How many acts there are, by stage and state."""
    rows = session.execute(
        select(Act.stage, Act.state, func.count()).group_by(Act.stage, Act.state)
    )
    return {(stage, state): count for stage, state, count in rows}
