"""The rows of the outbox on their way: claimed for a while, begun, settled.

A sender owns the rows that carry its token, until their lease (`due_at`) ends; a row taken over by
another is not touched by the first one's late news. Every statement is for one row or one batch,
whatever the number of notices that wait.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from tracker.db import AnyRow, AnySelect
from tracker.duties.models import Duty
from tracker.notices.models import WAITING, Notice
from tracker.prepared import Prepared, change, together

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=30)
PAUSE_GROWS = 4
LONGEST_PAUSE = timedelta(hours=6)
JITTER = 0.2

ROW = (
    Notice.id,
    Notice.name,
    Notice.person_id,
    Notice.act_id,
    Notice.duty_id,
    Notice.duty_generation,
    Notice.language,
    Notice.facts,
    Notice.reasons,
    Notice.created_at,
    Notice.started_at,
    Notice.attempts,
    Notice.message_id,
    Notice.message,
    Notice.bundle,
    Notice.folded,
)
# Materialised: a nested loop would run the inner query again for each row, and claim them all.
_DUE = (
    select(Notice.id)
    .where(WAITING, Notice.due_at <= bindparam("now"))
    .order_by(Notice.due_at, Notice.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED")
)
_CLAIM = (
    update(Notice)
    .where(Notice.id == _DUE.c.id)
    .values(state="sending", token=bindparam("mine"), due_at=bindparam("until"))
    .returning(*ROW)
    .execution_options(synchronize_session=False)
)
_MINE = and_(Notice.id == bindparam("row"), Notice.token == bindparam("mine"))


def _duty_stands(notice: Any) -> Any:
    return or_(
        notice.duty_id.is_(None),
        exists(
            select(Duty.id).where(
                Duty.id == notice.duty_id,
                Duty.generation == notice.duty_generation,
                Duty.closed_at.is_(None),
            )
        ),
    )


_OTHER = aliased(Notice)
_OTHERS_STAND = (
    select(func.count())
    .select_from(_OTHER)
    .where(_OTHER.leader_id == bindparam("row"), _OTHER.state == "queued", _duty_stands(_OTHER))
    .scalar_subquery()
) == bindparam("others")
_BEGUN = {
    "started_at": bindparam("now"),
    "attempts": Notice.attempts + 1,
    "subject": func.coalesce(Notice.subject, bindparam("new_subject")),
    "message": func.coalesce(Notice.message, bindparam("new_message")),
}
_START = Prepared(update(Notice).where(_MINE, _duty_stands(Notice)).values(_BEGUN))
_START_SEVERAL = Prepared(
    update(Notice).where(_MINE, _duty_stands(Notice), _OTHERS_STAND).values(_BEGUN)
)
_KINDS: dict[tuple[str, ...], tuple[Prepared, Prepared]] = {}
"""For each set of columns that are written together: the statements for a mail's own row, and for
those that go with it while it is still the sender's.
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The rows of one mail. The first leads: it has the lowest number, and the mail is its own.
    `message` is what the mail said when it was tried before.
    """

    rows: tuple[AnyRow, ...]
    message: str | None

    @property
    def leader(self) -> AnyRow:
        return self.rows[0]

    @property
    def others(self) -> int:
        return len(self.rows) - 1


Change = tuple[Parcel, Mapping[str, Any]]
"""A mail and the values that its row gets; those that go with it share its fate."""


class Begin(NamedTuple):
    """A mail to be begun, and what it says where that is new."""

    parcel: Parcel
    subject: str | None = None
    message: str | None = None


def claim(
    session: Session, now: datetime, most: int, lease: timedelta
) -> tuple[str, Sequence[AnyRow]]:
    """Take at most `most` mails whose time has come, oldest first; returns the token and the rows.

    A row with `started_at` was begun by a sender of whom nothing more was heard, or whose server
    gave no last reply: it may have been sent.
    """
    token = secrets.token_hex(8)
    values = {"now": now, "most": most, "mine": token, "until": now + lease}
    rows = session.execute(_CLAIM, values).all()
    return token, sorted(rows, key=lambda row: row.id)


def followers(leaders: Sequence[int]) -> AnySelect:
    """The rows that go in the mails of these, and still should."""
    return (
        select(*ROW, Notice.leader_id)
        .where(Notice.leader_id.in_(leaders), Notice.state == "queued")
        .order_by(Notice.id)
    )


def turn(
    session: Session, token: str, changes: Sequence[Change], begin: Begin | None, now: datetime
) -> bool:
    """In one trip to the database: write down what became of mails, and mark one as begun.

    A row that is not this sender's any more stays as it is. False when the mail may not go: it is
    no longer this sender's, or something that it tells of is over.
    """
    connection = session.connection()
    begun = None
    with together(connection):
        for parcel, values in changes:
            own, others = _statements(tuple(values))
            given = {"row": parcel.leader.id, "mine": token}
            given |= {f"new_{name}": value for name, value in values.items()}
            if parcel.others:
                change(connection, others, given)
            change(connection, own, given)
        if begin is not None:
            given = {
                "row": begin.parcel.leader.id,
                "mine": token,
                "now": now,
                "new_subject": begin.subject,
                "new_message": begin.message,
            }
            if begin.parcel.others:
                several = {**given, "others": begin.parcel.others}
                begun = change(connection, _START_SEVERAL, several)
            else:
                begun = change(connection, _START, given)
    return begun is not None and begun() == 1


def _statements(names: tuple[str, ...]) -> tuple[Prepared, Prepared]:
    if names not in _KINDS:
        new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        shared = {name: value for name, value in new.items() if name in _SHARED}
        leader = aliased(Notice)
        still = exists(
            select(leader.id).where(
                leader.id == bindparam("row"), leader.token == bindparam("mine")
            )
        )
        theirs = (Notice.leader_id == bindparam("row"), Notice.state == "queued", still)
        _KINDS[names] = (
            Prepared(update(Notice).where(_MINE).values(new)),
            Prepared(update(Notice).where(*theirs).values(shared)),
        )
    return _KINDS[names]


_SHARED = ("state", "why", "due_at", "sent_at", "error")


def lock(session: Session, ids: Iterable[int]) -> None:
    """Lock rows in the order of their numbers, as a correction does that cancels some of them."""
    batch = select(Notice.id).where(Notice.id.in_(sorted(ids)))
    session.execute(batch.order_by(Notice.id).with_for_update())


def release(session: Session, leaders: Sequence[int]) -> None:
    """What would have gone in the mails of these goes by itself."""
    session.execute(
        update(Notice)
        .where(Notice.leader_id.in_(leaders), Notice.state == "queued")
        .values(leader_id=None)
    )
    session.execute(update(Notice).where(Notice.id.in_(leaders)).values(folded=0))


def sent(now: datetime) -> dict[str, Any]:
    return _settled("sent") | {"sent_at": now, "error": None}


def failed(row: AnyRow, error: str) -> dict[str, Any]:
    """It will not be tried again, and is shown to the secretariat."""
    return _settled("failed") | {"error": error, "started_at": row.started_at}


def skipped(why: str) -> dict[str, Any]:
    return _settled("skipped") | {"why": why, "started_at": None}


def held(error: str | None) -> dict[str, Any]:
    """It may have been sent; a person decides."""
    return _settled("held") | {"why": "ambiguous"} | ({"error": error} if error else {})


def again(row: AnyRow, attempts: int, now: datetime, error: str) -> dict[str, Any]:
    """Back to the queue after a failure that was this mail's own, the later the more there were."""
    waiting = {"due_at": now + pause(row.id, attempts), "error": error}
    return _settled("queued") | waiting | {"started_at": row.started_at}


def back(row: AnyRow, now: datetime, error: str | None) -> dict[str, Any]:
    """Back to the queue as it came, after something that was not this mail's fault."""
    wait = pause(row.id, 1) if error else timedelta(0)
    kept = {"started_at": row.started_at, "attempts": row.attempts}
    return _settled("queued") | {"due_at": now + wait, "error": error} | kept


def scattered(row: AnyRow, now: datetime) -> dict[str, Any]:
    """A mail of several of which one fell away as it was about to go: made up anew at once."""
    return back(row, now, None) | {"message": None, "subject": None}


def pause(row_id: int, attempts: int) -> timedelta:
    """How long to wait after so many attempts, spread so that failures do not return together."""
    spread = 1 - JITTER + 2 * JITTER * (row_id * 0.618034 % 1)
    wait: timedelta = min(FIRST_PAUSE * PAUSE_GROWS ** (attempts - 1), LONGEST_PAUSE)
    return wait * spread


def _settled(state: str) -> dict[str, Any]:
    return {"state": state, "token": None, "due_at": None}
