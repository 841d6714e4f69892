"""Several notices in one mail, so that a busy day is no storm.

Every notice keeps its own row: the outbox is the ledger. When mails are claimed, what else waits
for the same persons is looked at, and where it is much, one row leads and the others go with it.

* Reminders of one person that are planned together, and the notices of a digest: always one mail.
* Everything else: each goes alone until it is too many at once or in a short while. Then what
  waits goes in one mail, and what still comes is put off until that while is over.
* What is due today is not put off, and goes alone unless it is too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from tracker.db import AnyRow
from tracker.notices import outbox
from tracker.notices.models import MAILED, WAITING, Notice
from tracker.notices.outbox import Parcel
from tracker.prepared import Prepared, any_of, read
from workflows.calendars import local_date

NEWS, REMINDERS, URGENT, DIGEST = "news", "reminders", "urgent", "digest"
TOGETHER = frozenset({REMINDERS, DIGEST})
"""Bundles of which two already make one mail."""
REMINDING = frozenset({"duty_reminder", "duty_overdue", "duty_escalated"})
DIGEST_AT, MONDAY = time(9), 0
GATHER = timedelta(minutes=1)
"""How long reminders wait for others: a sweep of many duties commits in batches."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many mails one person gets within `window` before what follows goes together. Five that
    say the same of different acts are read as a list anyway; ten of any kind fill a screen.
    """

    of_a_name: int = 5
    in_all: int = 10
    window: timedelta = timedelta(minutes=10)
    most_in_one: int = 1000


QUOTA = Quota()


@dataclass(slots=True)
class Gathered:
    """What was claimed, as mails; and how many rows were put off or turned out not to be meant."""

    parcels: list[Parcel] = field(default_factory=list)
    skipped: int = 0
    put_off: int = 0


Unmeant = Callable[[Sequence[AnyRow]], Mapping[int, str]]
"""Why some rows need not be sent, by their number."""


def bundle_of(name: str, facts: Mapping[str, Any], now: datetime) -> str:
    """What a new notice may go together with."""
    due = facts.get("due") or {}
    counts = due.get("on") and not facts.get("owed_by")
    if counts and due["on"] == local_date(now, due["zone"]).isoformat():
        return URGENT
    return REMINDERS if name in REMINDING else NEWS


def next_digest(now: datetime, zone: str, *, weekly: bool) -> datetime:
    """When the next summary goes out, in UTC: at nine of the assembly's clock, each day or on
    Mondays.
    """
    day = local_date(now, zone)
    while True:
        at = datetime.combine(day, DIGEST_AT, ZoneInfo(zone)).astimezone(UTC)
        if at > now and (not weekly or day.weekday() == MONDAY):
            return at
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What waits for one person in one bundle, and what they got of late, by name."""

    waiting: Counter[str]
    lately: Counter[str]
    since: datetime | None

    def folds(self, bundle: str, quota: Quota) -> bool:
        """Whether what waits goes in one mail."""
        if bundle in TOGETHER:
            return self.waiting.total() > 1
        both = self.waiting + self.lately
        return self.waiting.total() > 1 and (
            both.total() > quota.in_all
            or any(both[name] > quota.of_a_name for name in self.waiting)
        )

    def put_off(self, bundle: str, quota: Quota) -> datetime | None:
        """Until when to wait, as enough has gone out within the window; None to go on."""
        if bundle != NEWS or self.since is None:
            return None
        full = self.lately.total() >= quota.in_all or any(
            self.lately[name] >= quota.of_a_name for name in self.waiting
        )
        return self.since + quota.window if full else None


def gather(
    session: Session,
    rows: Sequence[AnyRow],
    token: str,
    now: datetime,
    *,
    quota: Quota,
    lease: timedelta,
    unmeant: Unmeant,
) -> Gathered:
    """Make mails of what was claimed under `token`, inside the same transaction."""
    found = Gathered()
    groups = _as_before(session, [row for row in rows if row.folded])
    fresh = [row for row in rows if not row.folded]
    new = [row for row in fresh if row.message is None]
    crowds = _crowds(session, new, now, quota) if new else {}
    several: dict[tuple[int, str], list[AnyRow]] = {}
    for row in fresh:
        key = (row.person_id, row.bundle)
        crowd = crowds.get(key) if row.message is None else None
        if crowd and (crowd.put_off(row.bundle, quota) or crowd.folds(row.bundle, quota)):
            several.setdefault(key, []).append(row)
        else:
            groups.append([row])
    for key, mine in several.items():
        later = crowds[key].put_off(key[1], quota)
        if later is not None and later > now:
            found.put_off += _put_off(session, key, mine, now, later)
        else:
            groups.append(_with_others(session, key, mine, now, quota))
    _settle_groups(session, groups, token, now + lease, unmeant, found)
    found.parcels.sort(key=lambda parcel: int(parcel.leader.id))
    return found


def _as_before(session: Session, leaders: Sequence[AnyRow]) -> list[list[AnyRow]]:
    """The mails of several that were made up before, each with the rows that went in it."""
    if not leaders:
        return []
    others: dict[int, list[AnyRow]] = {}
    for row in session.execute(outbox.followers([row.id for row in leaders])):
        others.setdefault(row.leader_id, []).append(row)
    return [[row, *others.get(row.id, ())] for row in leaders]


_FRESH = (
    WAITING,
    Notice.state == "queued",
    Notice.message.is_(None),
    Notice.folded == 0,
    Notice.due_at <= bindparam("now"),
)
"""Claimed by nobody and never put into words."""
_WAITING = Prepared(
    select(Notice.person_id, Notice.bundle, Notice.name, func.count().label("count"))
    .where(*_FRESH, any_of(Notice.person_id, "ids"))
    .group_by(Notice.person_id, Notice.bundle, Notice.name)
)
_LATELY = Prepared(
    select(
        Notice.person_id,
        Notice.name,
        func.count().label("count"),
        func.min(Notice.sent_at).label("first"),
    )
    .where(MAILED, any_of(Notice.person_id, "ids"), Notice.sent_at > bindparam("since"))
    .group_by(Notice.person_id, Notice.name)
)


def _crowds(
    session: Session, claimed: Sequence[AnyRow], now: datetime, quota: Quota
) -> dict[tuple[int, str], Crowd]:
    """What waits for the persons of these rows, and what they were sent of late. Two statements."""
    ids = sorted({row.person_id for row in claimed})
    waiting: dict[tuple[int, str], Counter[str]] = {}
    for row in claimed:
        waiting.setdefault((row.person_id, row.bundle), Counter())[row.name] += 1
    for group in read(session, _WAITING, ids=ids, now=now):
        waiting.setdefault((group.person_id, group.bundle), Counter())[group.name] += group.count
    lately: dict[int, Counter[str]] = {}
    since: dict[int, datetime] = {}
    for group in read(session, _LATELY, ids=ids, since=now - quota.window):
        lately.setdefault(group.person_id, Counter())[group.name] += group.count
        since[group.person_id] = min(group.first, since.get(group.person_id, group.first))
    return {
        key: Crowd(counts, lately.get(key[0], Counter()), since.get(key[0]))
        for key, counts in waiting.items()
    }


def _put_off(
    session: Session, key: tuple[int, str], mine: Sequence[AnyRow], now: datetime, later: datetime
) -> int:
    """Let what waits for one person wait longer; returns how many of the claimed rows."""
    waits = {"state": "queued", "token": None, "due_at": later}
    ids = [row.id for row in mine]
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(waits))
    person, bundle = key
    others = (*_FRESH, Notice.person_id == person, Notice.bundle == bundle)
    session.execute(update(Notice).where(*others).values(due_at=later), {"now": now})
    return len(ids)


def _with_others(
    session: Session, key: tuple[int, str], mine: Sequence[AnyRow], now: datetime, quota: Quota
) -> list[AnyRow]:
    """What was claimed of one person, with what else waits for them. What another sender is just
    taking is left to it.
    """
    person, bundle = key
    more = session.execute(
        select(*outbox.ROW)
        .where(*_FRESH, Notice.person_id == person, Notice.bundle == bundle)
        .order_by(Notice.id)
        .limit(max(0, quota.most_in_one - len(mine)))
        .with_for_update(skip_locked=True),
        {"now": now},
    )
    return sorted([*mine, *more], key=lambda row: int(row.id))


def _settle_groups(
    session: Session,
    groups: Sequence[Sequence[AnyRow]],
    token: str,
    until: datetime,
    unmeant: Unmeant,
    found: Gathered,
) -> None:
    """Leave out what is not meant any more, and write down who leads what."""
    not_meant = dict(unmeant([row for group in groups for row in group]))
    for group in groups:
        if any(row.started_at for row in group) and any(row.id not in not_meant for row in group):
            for row in group:  # it may have gone out: then it goes again the same to the byte
                not_meant.pop(row.id, None)
        meant = [row for row in group if row.id not in not_meant]
        found.skipped += len(group) - len(meant)
        if meant:
            found.parcels.append(_parcel(session, group, meant, token, until))
    whys: dict[str, list[int]] = {}
    for number, why in not_meant.items():
        whys.setdefault(why, []).append(number)
    for why, numbers in whys.items():
        values = outbox.skipped(why) | {"leader_id": None, "folded": 0}
        session.execute(update(Notice).where(Notice.id.in_(numbers)).values(values))


def _parcel(
    session: Session,
    group: Sequence[AnyRow],
    meant: Sequence[AnyRow],
    token: str,
    until: datetime,
) -> Parcel:
    """One mail of what is meant; nothing is written where it is as it was before."""
    leader, *others = meant
    if leader.started_at or (len(meant) == len(group) and leader.folded == len(others)):
        return Parcel(tuple(meant), leader.message)
    leads = {"state": "sending", "token": token, "due_at": until, "leader_id": None}
    anew = {"folded": len(others), "subject": None, "message": None}
    session.execute(update(Notice).where(Notice.id == leader.id).values(**leads, **anew))
    if others:
        goes_along = {"state": "queued", "token": None, "due_at": until, "leader_id": leader.id}
        ids = [row.id for row in others]
        session.execute(update(Notice).where(Notice.id.in_(ids)).values(**goes_along, folded=0))
    return Parcel(tuple(meant), None)
