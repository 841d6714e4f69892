"""Sending what waits in the outbox, a batch at a time over one connection.

One commit a mail says that it was sent and that the next one has begun. A sender that dies leaves
at most one mail of which nobody knows whether it went out; all others are simply sent by the next
one, when the lease has ended. When that is does not matter to anybody: nothing is kept in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from tracker import assembly, clock
from tracker.config import current_settings
from tracker.db import AnyRow, db, to_json, unit_of_work
from tracker.notices import outbox
from tracker.notices.checks import Checked, check
from tracker.notices.lease import STRETCH, kept
from tracker.notices.mime import Letter, Stamp, UnusableAddress, compose, mailbox
from tracker.notices.rendering import write_letter
from tracker.notices.sending import REPLY_TIMEOUT, Answer, Envelope, Line, open_line
from tracker.notices.words import People, Told, persons_named

log = structlog.get_logger(__name__)

AWAY = timedelta(seconds=0.5)
"""Between two tries while the database is away."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much a run takes on. A batch is held for `lease` at most, which outlasts the slowest
    mail: `reply` seconds and a margin. A sender that dies is given up after a `stretch`.
    """

    batch: int = 20
    lease: timedelta = timedelta(seconds=300)
    stretch: timedelta = STRETCH
    reply: float = REPLY_TIMEOUT
    margin: timedelta = timedelta(seconds=60)
    budget: timedelta = timedelta(seconds=20)


@dataclass(slots=True)
class Relayed:
    """What a run did, in numbers of mails. `again`: taken up after a sender of whom nothing more
    was heard, so perhaps for the second time.
    """

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    held: int = 0
    skipped: int = 0
    again: int = 0
    outage: str = ""

    def __str__(self) -> str:
        """Say what there is to say, for the pulse of the job."""
        said = [
            f"{name} {getattr(self, name)}"
            for name in ("sent", "waiting", "failed", "held", "skipped")
            if getattr(self, name)
        ]
        return ", ".join([*said, *([f"mail server: {self.outage}"] if self.outage else [])])


Hook = Callable[[str], None]
"""Told where a run stands: `after_claim`, `before_smtp`, `after_250`. Tests end processes there."""
Change = tuple[AnyRow, Mapping[str, Any]]
"""A row and the values it gets."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A mail that can go."""

    row: AnyRow
    envelope: Envelope


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
    """One claim, and what becomes of its rows."""

    def __init__(
        self, line: Line, pace: Pace, now: Callable[[], datetime], at: Hook, done: Relayed
    ) -> None:
        self.line, self.pace, self.now, self.at, self.done = line, pace, now, at, done
        self.hold = current_settings().mail_ambiguous == "hold" and not line.repeatable
        self.letters: dict[tuple[str, str, str], Letter] = {}
        self.token = ""
        self.ends = now() + pace.lease

    def run(self) -> int:
        """Take rows and see them through; returns how many there were."""
        moment = self.now()
        self.ends = moment + self.pace.lease
        with unit_of_work() as session:
            self.token, rows = outbox.claim(session, moment, self.pace.batch, self.pace.stretch)
            if not rows:
                return 0
            named = set[int]().union(*(persons_named(row.facts) for row in rows))
            checked = check(session, rows, named, moment)
        ids = [row.id for row in rows]
        with kept(self.token, ids, self.pace.stretch, self.pace.lease, self.now):
            self.at("after_claim")
            changes: list[Change] = []
            ready: list[_Ready] = []
            for row in rows:
                self._prepare(row, checked, changes, ready)
            ready = self._settle(changes, ready, lock=rows)
            while ready:
                self.at("before_smtp")
                answer = self.line.send(ready[0].envelope)
                if answer.outcome == "sent":
                    self.at("after_250")
                ready = self._after(answer, ready[0].row, ready[1:])
        return len(rows)

    def _prepare(
        self, row: AnyRow, checked: Checked, changes: list[Change], ready: list[_Ready]
    ) -> None:
        """Set a row aside, or make its mail ready."""
        if row.id in checked.unmeant:
            self.done.skipped += 1
            changes.append((row, outbox.skipped(checked.unmeant[row.id])))
        elif row.started_at is not None and self.hold:
            self.done.held += 1
            changes.append((row, outbox.held(None)))
        elif row.attempts >= outbox.MOST_ATTEMPTS:
            self.done.failed += 1
            changes.append((row, outbox.failed(row, "given up after many attempts")))
        else:
            new = {} if row.message else self._rendered(row, checked.people)
            if new:
                changes.append((row, new))
            message = row.message or new.get("message")
            if message is None:
                self.done.failed += 1
                return
            recipient = checked.people[row.person_id].email
            envelope = Envelope(recipient, message.encode("ascii"), row.message_id, row.created_at)
            ready.append(_Ready(row, envelope))

    def _rendered(self, row: AnyRow, people: People) -> dict[str, Any]:
        """The mail of a row that was never tried, or the reason why it cannot be made: one that
        cannot be put into words must not hold up the others.
        """
        try:
            letter = self._letter(row, people)
            recipient = people[row.person_id]
            sender = mailbox(*parseaddr(current_settings().mail_from))
            to = mailbox(recipient.name(row.language), recipient.email)
        except UnusableAddress:
            return outbox.failed(row, "the address is not one that mail servers take")
        except Exception as error:
            log.exception("notice_unrendered", notice=row.id, notice_name=row.name)
            return outbox.failed(row, f"{type(error).__name__}: {error}")
        stamp = Stamp(row.message_id, row.created_at)
        return {"subject": letter.subject, "message": compose(letter, sender, to, stamp)}

    def _letter(self, row: AnyRow, people: People) -> Letter:
        """What the mail says: written once a batch for all who were told the same."""
        key = (row.name, row.language, to_json(row.facts))
        if key not in self.letters:
            procedure = assembly.procedure(db.session(), *row.facts["procedure"])
            told = Told(row.name, row.facts, procedure)
            self.letters[key] = write_letter(told, row.language, people)
        return self.letters[key]

    def _after(self, answer: Answer, row: AnyRow, rest: list[_Ready]) -> list[_Ready]:
        """Write down what became of a mail, and begin the next one; returns what is left."""
        moment = self.now()
        changes: list[Change] = [(row, self._outcome(answer, row, moment))]
        outage = answer.outcome == "outage"
        if outage:
            self.done.outage = answer.detail
        if outage or self.ends - moment < timedelta(seconds=self.pace.reply) + self.pace.margin:
            detail = answer.detail if outage else None
            changes += [(other.row, outbox.back(other.row, moment, detail)) for other in rest]
            self.done.waiting += len(rest)
            rest = []
        return self._settle(changes, rest)

    def _outcome(self, answer: Answer, row: AnyRow, moment: datetime) -> dict[str, Any]:
        attempts = row.attempts + 1
        if answer.outcome == "sent":
            self.done.sent += 1
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
        else:
            self.done.waiting += 1
            settled = outbox.again(row, attempts, moment, answer.detail)
        if answer.outcome == "unknown":
            del settled["started_at"]  # it stays: this attempt may have come through
        return settled

    def _settle(
        self, changes: Sequence[Change], ready: list[_Ready], *, lock: Sequence[AnyRow] = ()
    ) -> list[_Ready]:
        """In one commit: write the changes and begin the first of `ready` that may still go.

        Tried again while the database is away and the lease lasts: an answer that the mail server
        gave is not given twice.
        """
        while True:
            try:
                with unit_of_work() as session:
                    if lock:
                        outbox.lock(session, lock)
                    outbox.store(session, self.token, changes)
                    return self._begin(session, ready)
            except (OperationalError, InterfaceError):
                if self.now() + AWAY >= self.ends:
                    raise
                log.warning("database_away", rows=len(changes))
                time.sleep(AWAY.total_seconds())

    def _begin(self, session: Session, ready: list[_Ready]) -> list[_Ready]:
        for number, one in enumerate(ready):
            if outbox.start(session, one.row, self.token, self.now()):
                return ready[number:]
            # Its duty ended a moment ago; if another sender has the row, this changes nothing.
            outbox.store(session, self.token, [(one.row, outbox.skipped("duty_over"))])
        return []
