"""Sending what waits in the outbox, a batch at a time over one connection.

One commit a mail says that it was sent and that the next one has begun. A sender that dies leaves
at most one mail of which nobody knows whether it went out; all others are simply sent by the next
one, when the lease has ended. When that is does not matter to anybody: nothing is kept in memory.

The mail server works meanwhile: it is offered a mail before the commit that begins it, and takes
that mail while the next one is put into words. No mail is finished before the commit that begins
it.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import psycopg
import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from tracker import assembly, clock
from tracker.config import current_settings
from tracker.db import AnyRow, db, to_json, unit_of_work
from tracker.following.links import ending_link
from tracker.notices import outbox
from tracker.notices.checks import check
from tracker.notices.folding import QUOTA, Quota, gather
from tracker.notices.lease import STRETCH, kept
from tracker.notices.listing import write_list
from tracker.notices.mime import Letter, Stamp, UnusableAddress, compose, mailbox
from tracker.notices.outbox import Begin, Change, Parcel
from tracker.notices.rendering import write_letter
from tracker.notices.rerouting import reroute
from tracker.notices.sending import REPLY_TIMEOUT, Answer, Envelope, Line, open_line
from tracker.notices.suppression import suppress
from tracker.notices.words import People, Told, persons_named
from tracker.wording.queries import Key, Words, written
from workflows.facts import Person

log = structlog.get_logger(__name__)

AWAY = timedelta(seconds=0.5)
"""Between two tries while the database is away."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much a run takes on. A batch is held for `lease` at most, which outlasts the slowest
    mail: `reply` seconds and a margin. A sender that dies is given up after a `stretch`.
    """

    batch: int = 50
    lease: timedelta = timedelta(seconds=300)
    stretch: timedelta = STRETCH
    reply: float = REPLY_TIMEOUT
    margin: timedelta = timedelta(seconds=60)
    budget: timedelta = timedelta(seconds=20)
    quota: Quota = QUOTA


@dataclass(slots=True)
class Relayed:
    """What a run did, in numbers of mails. `again`: taken up after a sender of whom nothing more
    was heard, so perhaps for the second time. `skipped`, `folded` and `put_off` count notices:
    that need not be sent, that went in the mail of another, that wait as their person has had
    enough for now.
    """

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    held: int = 0
    skipped: int = 0
    again: int = 0
    folded: int = 0
    put_off: int = 0
    outage: str = ""

    def __str__(self) -> str:
        """Say what there is to say, for the pulse of the job."""
        names = ("sent", "folded", "waiting", "put_off", "failed", "held", "skipped")
        said = [
            f"{name.replace('_', ' ')} {getattr(self, name)}"
            for name in names
            if getattr(self, name)
        ]
        return ", ".join([*said, *([f"mail server: {self.outage}"] if self.outage else [])])


Hook = Callable[[str], None]
"""Told where a run stands: `after_claim`, `before_smtp`, `after_250`. Tests end processes there."""
_AWAY = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
)
"""What is raised while the database is away; prepared statements raise the driver's own."""


def relay(
    *,
    pace: Pace = Pace(),
    now: Callable[[], datetime] = clock.now,
    at: Hook = lambda _point: None,
) -> Relayed:
    """Send what is due until nothing is, the server fails, or the time for one run is over.

    Safe to run at once in many processes, twice, or after a gap. `now` gives UTC instants.
    """
    done = Relayed()
    line = open_line(current_settings(), pace.reply)
    until = now() + pace.budget
    try:
        while not done.outage:
            if _Batch(line, pace, now, at, done).run() < pace.batch:
                break
            if now() >= until:
                current_app.extensions["wake"]()
                break
    finally:
        line.close()
    return done


class _Batch:
    """One claim, and what becomes of its mails."""

    def __init__(
        self, line: Line, pace: Pace, now: Callable[[], datetime], at: Hook, done: Relayed
    ) -> None:
        self.line, self.pace, self.now, self.at, self.done = line, pace, now, at, done
        self.hold = current_settings().mail_ambiguous == "hold" and not line.repeatable
        self.sender = mailbox(*parseaddr(current_settings().mail_from))
        self.letters: dict[tuple[str, str, str, str], Letter] = {}
        self.people: People = {}
        self.written: Mapping[Key, Words] = {}
        self.left: deque[Parcel] = deque()
        self.refused: list[tuple[Person, str]] = []
        self.token = ""
        self.ends = now() + pace.lease

    def run(self) -> int:
        """Take mails and see them through; returns how many were taken."""
        moment = self.now()
        self.ends = moment + self.pace.lease
        with unit_of_work() as session:
            self.token, rows = outbox.claim(session, moment, self.pace.batch, self.pace.stretch)
            if not rows:
                return 0
            found = gather(
                session,
                rows,
                self.token,
                moment,
                quota=self.pace.quota,
                lease=self.pace.stretch,
                unmeant=lambda rows: self._unmeant(session, rows, moment),
            )
        self.done.skipped += found.skipped
        self.done.put_off += found.put_off
        leaders = [parcel.leader.id for parcel in found.parcels]
        lease = kept(self.token, leaders, self.pace.stretch, self.pace.lease, self.now)
        with lease:
            self.at("after_claim")
            self.left.extend(found.parcels)
            self._send_all()
        return len(rows)

    def _send_all(self) -> None:
        changes: list[Change] = []
        coming = self._next(changes)
        while coming is not None:
            parcel = coming.parcel
            self.line.offer(self._envelope(coming))
            begun = self._settle(changes, coming)
            changes = []
            if begun:
                self.at("before_smtp")
                self.line.finish()
            else:
                self.line.withdraw()
            coming = self._next(changes)
            if not begun:
                changes += self._fallen_away(parcel)
            elif not self._answered(parcel, self.line.answer(), changes):
                self._give_back(coming, changes)
                coming = None
        if changes:
            self._settle(changes, None)

    def _unmeant(
        self, session: Session, rows: Sequence[AnyRow], moment: datetime
    ) -> Mapping[int, str]:
        named = set[int]().union(*(persons_named(row.facts) for row in rows))
        checked = reroute(session, rows, check(session, rows, named, moment), moment)
        self.people = checked.people
        self.written = written(session)
        return checked.unmeant

    def _next(self, changes: list[Change]) -> Begin | None:
        """The next mail that is ready; those that cannot go are set aside among the changes."""
        while self.left:
            begin = self._prepared(self.left.popleft(), changes)
            if begin is not None:
                return begin
        return None

    def _fallen_away(self, parcel: Parcel) -> list[Change]:
        """What it tells of ended a moment ago; if another sender has it, this changes nothing."""
        if parcel.others:
            return [(parcel, outbox.scattered(parcel.leader, self.now()))]
        return [(parcel, outbox.skipped("duty_over"))]

    def _prepared(self, parcel: Parcel, changes: list[Change]) -> Begin | None:
        """A mail ready to be begun; one that cannot go is set aside among the changes."""
        row = parcel.leader
        if row.started_at is not None and self.hold:
            self.done.held += 1
            changes.append((parcel, outbox.held(None)))
        elif row.attempts >= outbox.MOST_ATTEMPTS:
            self.done.failed += 1
            changes.append((parcel, outbox.failed(row, "given up after many attempts")))
        elif parcel.message:
            return Begin(parcel)
        else:
            return self._rendered(parcel, changes)
        return None

    def _rendered(self, parcel: Parcel, changes: list[Change]) -> Begin | None:
        """The mail of what was never tried. One that cannot be put into words, or has no address,
        must not hold up the others.
        """
        row = parcel.leader
        try:
            letter = self._letter(parcel)
            recipient = self.people[row.person_id]
            name = recipient.office.name if recipient.office else recipient.name(row.language)
            to = mailbox(name, recipient.letters_to)
        except UnusableAddress:
            failed = outbox.failed(row, "the address is not one that mail servers take")
        except Exception as error:
            log.exception("notice_unrendered", notice=row.id, notice_name=row.name)
            failed = outbox.failed(row, f"{type(error).__name__}: {error}")
        else:
            stamp = Stamp(row.message_id, row.created_at, ending_link(row))
            return Begin(parcel, letter.subject, compose(letter, self.sender, to, stamp))
        self.done.failed += 1
        changes.append((parcel, failed))
        return None

    def _envelope(self, begun: Begin) -> Envelope:
        row, message = begun.parcel.leader, begun.parcel.message or begun.message or ""
        recipient = self.people[row.person_id].letters_to
        return Envelope(recipient, message.encode("ascii"), row.message_id, row.created_at)

    def _letter(self, parcel: Parcel) -> Letter:
        """What the mail says: written once a batch for all who were told the same."""
        row = parcel.leader
        recipient = self.people[row.person_id]
        on_behalf = recipient.name(row.language) if recipient.office else ""
        if parcel.others:
            told = [self._told(each) for each in parcel.rows]
            return write_list(told, row.bundle, row.language, self.people, self.written, on_behalf)
        key = (row.name, row.language, to_json(row.facts), on_behalf)
        if key not in self.letters:
            self.letters[key] = write_letter(
                self._told(row), row.language, self.people, self.written, on_behalf
            )
        return self.letters[key]

    def _told(self, row: AnyRow) -> Told:
        return Told(row.name, row.facts, assembly.procedure(db.session(), *row.facts["procedure"]))

    def _answered(self, parcel: Parcel, answer: Answer, changes: list[Change]) -> bool:
        """Note what a server's answer makes of a mail; False after an outage, or short of lease,
        when nothing more should be begun.
        """
        if answer.outcome == "sent":
            self.at("after_250")
        moment = self.now()
        changes.append((parcel, self._outcome(answer, parcel, moment)))
        if answer.outcome == "outage":
            self.done.outage = answer.detail
            return False
        rest = timedelta(seconds=self.pace.reply) + self.pace.margin
        return self.ends - moment >= rest

    def _give_back(self, coming: Begin | None, changes: list[Change]) -> None:
        """Those that are left go back as they came."""
        parcels = [*([coming.parcel] if coming else []), *self.left]
        detail = self.done.outage or None
        moment = self.now()
        changes += [(each, outbox.back(each.leader, moment, detail)) for each in parcels]
        self.done.waiting += len(parcels)
        self.left.clear()

    def _outcome(self, answer: Answer, parcel: Parcel, moment: datetime) -> dict[str, Any]:
        row = parcel.leader
        attempts = row.attempts + 1
        if answer.outcome == "sent":
            self.done.sent += 1
            self.done.folded += parcel.others
            self.done.again += row.started_at is not None
            return outbox.sent(moment)
        if answer.outcome == "outage":
            self.done.waiting += 1
            return outbox.back(row, moment, answer.detail)
        if answer.outcome == "unknown" and self.hold:
            self.done.held += 1
            return outbox.held(answer.detail)
        if answer.outcome == "refused" or attempts >= outbox.MOST_ATTEMPTS:
            self.done.failed += 1
            settled = outbox.failed(row, answer.detail)
            if answer.no_such_address:
                self.refused.append((self.people[row.person_id], answer.detail))
        else:
            self.done.waiting += 1
            settled = outbox.again(row, attempts, moment, answer.detail)
        if answer.outcome == "unknown":
            del settled["started_at"]  # it stays: this attempt may have come through
        return settled

    def _settle(self, changes: Sequence[Change], begin: Begin | None) -> bool:
        """In one commit: write the changes and begin a mail; False when that one may not go.

        Tried again while the database is away and the lease lasts: an answer that the mail server
        gave is not given twice.
        """
        touched = [*(parcel for parcel, _ in changes), *([begin.parcel] if begin else [])]
        rows = [row.id for parcel in touched for row in parcel.rows]
        while True:
            try:
                with unit_of_work() as session:
                    if len(rows) > len(("settled", "begun")):
                        outbox.lock(session, rows)
                    for person, said in self.refused:
                        suppress(session, person.id, person.letters_to, said, self.now())
                    begun = outbox.turn(session, self.token, changes, begin, self.now())
            except _AWAY:
                if self.now() + AWAY >= self.ends:
                    raise
                log.warning("database_away", rows=len(rows))
                time.sleep(AWAY.total_seconds())
            else:
                self.refused.clear()
                return begun
