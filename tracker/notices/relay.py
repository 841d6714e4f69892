"""Sending what waits in the outbox, a batch at a time over one connection.

One commit a mail says that it was sent and that the next one has begun. A sender that dies leaves
at most one mail of which nobody knows whether it went out; all others are simply sent by the next
one, when the lease has ended. When that is does not matter to anybody: nothing is kept in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import Row
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from tracker import assembly, clock
from tracker.config import current_settings
from tracker.db import unit_of_work
from tracker.notices import outbox
from tracker.notices.checks import Checked, check
from tracker.notices.rendering import Stamp, render
from tracker.notices.sending import REPLY_TIMEOUT, Answer, Envelope, Line, open_line
from tracker.notices.words import Told, persons_named

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much a run takes on. A lease outlasts the slowest mail: `reply` seconds and a margin."""

    batch: int = 20
    lease: timedelta = timedelta(seconds=300)
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
    more: bool = False

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
            batch = _Batch(line, pace, now, at, done)
            taken = batch.run()
            done.more = taken == pace.batch
            if not done.more:
                break
            if now() >= until:
                current_app.extensions["wake"]()
                break
    finally:
        line.close()
    return done


@dataclass(slots=True)
class _Batch:
    """One claim and what becomes of its rows."""

    line: Line
    pace: Pace
    now: Callable[[], datetime]
    at: Hook
    done: Relayed
    token: str = ""
    ends: datetime = field(default_factory=clock.now)

    def run(self) -> int:
        """Take rows and see them through; returns how many there were."""
        moment = self.now()
        self.ends = moment + self.pace.lease
        with unit_of_work() as session:
            self.token, rows = outbox.claim(session, moment, self.pace.batch, self.pace.lease)
            if not rows:
                return 0
            told = _told(session, rows)
            named = set[int]().union(*(persons_named(row.facts) for row in rows))
            checked = check(session, rows, named, moment)
        self.at("after_claim")
        ready, changes = self._prepare(rows, told, checked)
        begun = self._settle(changes, ready)
        while begun:
            row, message, recipient = begun[0]
            self.at("before_smtp")
            answer = self.line.send(
                Envelope(recipient, message.encode("ascii"), row.message_id, row.created_at)
            )
            if answer.outcome == "sent":
                self.at("after_250")
            begun = self._after(answer, row, begun[1:])
        return len(rows)

    def _prepare(
        self, rows: Sequence[Row[Any]], told: Mapping[int, Told], checked: Checked
    ) -> tuple[list[_Ready], list[_Change]]:
        """Render what has never been tried; set aside what is not to be sent."""
        ready: list[_Ready] = []
        changes: list[_Change] = []
        hold = current_settings().mail_ambiguous == "hold" and not self.line.repeatable
        for row in rows:
            if row.id in checked.unmeant:
                changes.append((row, outbox.skipped(checked.unmeant[row.id])))
                self.done.skipped += 1
            elif row.started_at is not None and hold:
                changes.append((row, outbox.held(None)))
                self.done.held += 1
            elif row.attempts >= outbox.MOST_ATTEMPTS:
                changes.append((row, outbox.failed(row, "given up after many attempts")))
                self.done.failed += 1
            else:
                self._render(row, told[row.id], checked, ready, changes)
        return ready, changes

    def _render(
        self,
        row: Row[Any],
        told: Told,
        checked: Checked,
        ready: list[_Ready],
        changes: list[_Change],
    ) -> None:
        recipient = checked.people[row.person_id]
        message = row.message
        if message is None:
            stamp = Stamp(row.message_id, row.created_at)
            try:
                mail = render(told, recipient, row.language, checked.people, stamp)
            except Exception as error:
                # One notice that cannot be put into words must not hold up the others.
                log.exception("notice_unrendered", notice=row.id, name=row.name)
                changes.append((row, outbox.failed(row, f"{type(error).__name__}: {error}")))
                self.done.failed += 1
                return
            message = mail.message
            changes.append((row, {"subject": mail.subject, "message": message}))
        ready.append((row, message, recipient.email))

    def _after(self, answer: Answer, row: Row[Any], rest: list[_Ready]) -> list[_Ready]:
        """Write down what became of a mail, and begin the next one; returns what is left."""
        moment = self.now()
        changes: list[_Change] = [(row, self._outcome(answer, row, moment))]
        short = self.ends - moment < timedelta(seconds=self.pace.reply) + self.pace.margin
        if answer.outcome == "outage":
            self.done.outage = answer.detail
        if answer.outcome == "outage" or short:
            detail = answer.detail or None
            changes += [(other, outbox.back(other, moment, detail)) for other, *_ in rest]
            self.done.waiting += len(rest)
            rest = []
        return self._settle(changes, rest)

    def _outcome(self, answer: Answer, row: Row[Any], moment: datetime) -> dict[str, Any]:
        attempts = row.attempts + 1
        if answer.outcome == "sent":
            self.done.sent += 1
            self.done.again += row.started_at is not None
            return outbox.sent(moment)
        if answer.outcome == "outage":
            self.done.waiting += 1
            return outbox.back(row, moment, answer.detail)
        if answer.outcome == "unknown" and current_settings().mail_ambiguous == "hold":
            self.done.held += 1
            return outbox.held(answer.detail)
        if answer.outcome == "refused" or attempts >= outbox.MOST_ATTEMPTS:
            self.done.failed += 1
            return outbox.failed(row, answer.detail)
        self.done.waiting += 1
        waiting = outbox.again(row, attempts, moment, answer.detail)
        if answer.outcome == "unknown":
            del waiting["started_at"]
        return waiting

    def _settle(self, changes: Sequence[_Change], rest: list[_Ready]) -> list[_Ready]:
        """In one commit: write the changes and begin the first of `rest` that may still go.

        Tried again while the database is away and the lease lasts: an answer that the mail server
        gave is not given twice.
        """
        while True:
            try:
                with unit_of_work() as session:
                    outbox.store(session, self.token, changes)
                    return self._begin(session, rest)
            except (OperationalError, InterfaceError):
                if self.now() + timedelta(seconds=1) >= self.ends:
                    raise
                log.warning("database_away", rows=len(changes))
                time.sleep(0.5)

    def _begin(self, session: Session, rest: list[_Ready]) -> list[_Ready]:
        for number, (row, *_) in enumerate(rest):
            if outbox.start(session, row, self.token, self.now()):
                return rest[number:]
            # Its duty ended a moment ago; if another sender has the row, this changes nothing.
            outbox.store(session, self.token, [(row, outbox.skipped("duty_over"))])
        return []


_Ready = tuple[Row[Any], str, str]
"""A row to send, its message, and the address to send it to."""
_Change = tuple[Row[Any], Mapping[str, Any]]


def _told(session: Session, rows: Sequence[Row[Any]]) -> dict[int, Told]:
    return {
        row.id: Told(row.name, row.facts, assembly.procedure(session, *row.facts["procedure"]))
        for row in rows
    }
