"""One installation under faults: its servers, its programs, its mail server, and what must hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import listening
from tests.faults.load import Load
from tests.faults.programs import ROOT, Services, Together, run
from tests.faults.servers import PostgreSQL, RabbitMQ, Redis, Server, end_group, wait_until
from tests.notices.sink import free_port
from tracker import assembly, clock, create_app
from tracker.acts.models import Act
from tracker.acts.operations import advance
from tracker.admission.operations import Proposal, propose_act
from tracker.commands.context import operator
from tracker.config import Settings
from tracker.db import db, unit_of_work
from tracker.demo.people import load_people
from tracker.duties.models import Duty
from tracker.duties.sweep import sweep
from tracker.notices.models import Notice
from tracker.people.operations import create_token
from tracker.people.queries import actor_for, find_person
from tracker.timeline.audit import audit
from tracker.timeline.models import TimelineEntry

SECRETARIAT = "secretariat@demo.example.org"
STACKS: dict[str, tuple[type[Server], ...]] = {
    "PostgreSQL and RabbitMQ": (PostgreSQL, RabbitMQ),
    "PostgreSQL and Redis": (PostgreSQL, Redis),
    "SQLite and files": (),
}
PROPOSAL = Proposal(
    kind="model_law",
    titles={"ru": "О пробном деле", "en": "On a Trial Matter"},
    initiator="parliament_kz",
)
LONG_BEFORE, OVERDUE = timedelta(days=60), timedelta(days=16)
"""One reminder was owed yesterday, the next is in six days."""


@dataclass(frozen=True)
class Account:
    """What became of everything that was owed. All but `mails`, `operations` and `window` are
    faults of the product; `window` counts mails that came again with the same Message-ID, the
    same to the byte, from a sender that could not know.
    """

    operations: int
    mails: int
    lost: int
    doubled: int
    window: int
    forgotten: int
    broken: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not (self.lost or self.doubled or self.forgotten or self.broken)

    def since(self, before: Account) -> Account:
        """What came about after an earlier account."""
        names = ("operations", "mails", "lost", "doubled", "window", "forgotten")
        counts = {name: getattr(self, name) - getattr(before, name) for name in names}
        return Account(**counts, broken=self.broken)


class Installation:
    """Made ready with `owed` duties that will be reminded of while it runs, one after another."""

    standing: ClassVar[list[Installation]] = []
    programs: Services | None = None
    sink: subprocess.Popen[bytes] | None = None
    up_after = 0.0
    """Seconds from the start of the programs until an act could be proposed and moved."""

    def __init__(self, stack: str, *, owed: int = 0, folder: Path | None = None) -> None:
        self.name = stack
        self.folder = folder or Path(tempfile.mkdtemp(prefix="faults-"))
        self.data = self.folder / "data"
        self.data.mkdir(exist_ok=True)
        self.servers: list[Server] = []
        self.standing.append(self)
        for kind in STACKS[stack]:
            self.servers.append(kind())
            self.servers[-1].start()
        self.port, self.mail_port = free_port(), free_port()
        self.log = self.folder / "received.log"
        self.log.touch()
        self.clock = self.folder / "clock"
        self.environ = self._environ()
        self.app = self._app()
        programs = Services if self.servers else Together
        self.programs = programs(self.environ, self.port, self.folder / "programs.log")
        with self.app.app_context():
            token = self._build()
            self.silent, self.reminded = self._owe(owed)
        self.owed: list[int] = []
        self.load = Load(f"http://127.0.0.1:{self.port}", token)

    @property
    def embedded(self) -> bool:
        return not self.servers

    @property
    def database(self) -> Server:
        return self.servers[0]

    @property
    def broker(self) -> Server:
        return self.servers[1]

    def _environ(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")
        }
        ours = {
            "TRACKER_ENV": "production",
            "TRACKER_SECRET_KEY": "a key for trials of faults, long enough",
            "TRACKER_DATA_DIR": str(self.data),
            "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "TRACKER_MAIL_FROM": "Tracker <tracker@assembly.example>",
            "PORT": str(self.port),
            "PYTHONPATH": f"{Path(__file__).parent / 'inside'}:{ROOT}",
        }
        if self.servers:
            ours["TRACKER_DATABASE_URL"] = self.database.url
            ours["TRACKER_BROKER_URL"] = self.broker.url
        kept = {name: os.environ[name] for name in os.environ if not name.startswith("TRACKER_")}
        return {**kept, **ours}

    def _app(self) -> Flask:
        ours = {
            name: value
            for name, value in self.environ.items()
            if name.startswith("TRACKER_") or name == "PORT"
        }
        app = create_app(Settings.load(ours, dotenv=None))
        app.extensions["wake"] = lambda *_task: None
        return app

    def _build(self) -> str:
        now = clock.now()
        upgrade()
        assembly.sync(now)
        with unit_of_work() as session:
            load_people(session, "csto_pa", now, "!")
        return create_token(SECRETARIAT, actor=operator("manage_accounts"), now=now)

    def _owe(self, number: int) -> tuple[list[int], Counter[tuple[str, int]]]:
        """Duties long overdue that nobody was reminded of yet; and what is said of one of them."""
        now = clock.now()
        person = find_person(db.session(), SECRETARIAT)
        assert person is not None
        actor = actor_for(db.session, person.id, (now - LONG_BEFORE).date())
        for _ in range(number + 1):
            reference = propose_act(PROPOSAL, actor=actor, now=now - LONG_BEFORE)
            advance(reference, "open_concept", actor=actor, now=now - LONG_BEFORE)
        with unit_of_work() as session:
            first, *duties = session.scalars(
                select(Duty.id).where(Duty.closed_at.is_(None)).order_by(Duty.id)
            )
            overdue = {"due_on": now.date() - OVERDUE, "next_reminder_at": None}
            session.execute(update(Duty).values(overdue))
            session.execute(update(Duty).values(next_reminder_at=now).where(Duty.id == first))
        sweep(now)
        return duties, self._said_of(first)

    def fall_due(self, number: int, seconds: float) -> None:
        """Let some more duties fall due for a reminder, one after another over so many seconds."""
        now, step = clock.now(), timedelta(seconds=seconds / max(1, number))
        falling, self.silent = self.silent[:number], self.silent[number:]
        with self.app.app_context(), unit_of_work() as session:
            for place, duty in enumerate(falling):
                session.execute(
                    update(Duty).where(Duty.id == duty).values(next_reminder_at=now + place * step)
                )
        self.owed += falling

    def _said_of(self, duty: int) -> Counter[tuple[str, int]]:
        rows = db.session.execute(
            select(Notice.name, Notice.person_id).where(Notice.duty_id == duty)
        )
        return Counter((name, person) for name, person in rows)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything started; in the end everything stopped and removed."""
        try:
            self.start_sink()
            begun = time.monotonic()
            self.programs.start()
            self.load.act(90)
            self.up_after = time.monotonic() - begun
            yield
        finally:
            self.remove()

    def start_sink(self) -> None:
        sink = ["tests.faults.sink", str(self.mail_port), str(self.log)]
        self.sink = run(sink, self.environ, self.folder / "sink.log")
        wait_until(lambda: listening(self.mail_port), 30, "the mail server answers")

    def stop_sink(self) -> None:
        if self.sink is not None:
            end_group(self.sink)
            self.sink = None

    def misbehave(self, mode: str) -> None:
        """What the mail server does from now on; nothing is well."""
        Path(f"{self.log}.mode").write_text(mode)

    def set_clock(self, seconds: int) -> None:
        """Move the clock of the product's processes away from the true one, see `with_clock`."""
        hidden = self.clock.with_suffix(".new")
        hidden.write_text(str(seconds))
        hidden.rename(self.clock)

    def with_clock(self) -> None:
        """Let the programs, before they start, see a clock that can be moved."""
        self.set_clock(0)
        self.environ["FAULT_CLOCK"] = str(self.clock)

    def received(self) -> Counter[str]:
        return Counter(line.split()[0] for line in self.log.read_text().splitlines())

    def recover(self, patience: float = 90.0) -> float:
        """Seconds until an act that is proposed from now on is told of by mail."""
        begun = time.monotonic()
        reference = self.load.act(patience)
        wait_until(lambda: self._all_sent(reference), patience, "new mail goes out")
        return time.monotonic() - begun

    def settle(self, patience: float = 240.0) -> float:
        """Seconds until nothing waits any more whose time has come."""
        return wait_until(lambda: not self._waiting(Notice.due_at <= clock.now()), patience)

    def drain(self) -> None:
        """Wait until nothing waits at all: reminders wait a minute for others."""
        try:
            wait_until(lambda: not self._waiting(), 300)
        except AssertionError:
            raise AssertionError(f"still waiting: {self._what_waits()}") from None

    def _what_waits(self) -> list[str]:
        with self.app.app_context():
            db.session.remove()
            unsent = select(Notice).where(Notice.state.in_(["queued", "sending"]))
            owed = select(Duty).where(Duty.id.in_(self.owed), Duty.next_reminder_at <= clock.now())
            return [
                *(f"{n.id} {n.name} {n.state} {n.due_at}" for n in db.session.scalars(unsent)),
                *(f"duty {d.id} {d.next_reminder_at}" for d in db.session.scalars(owed)),
            ]

    def _all_sent(self, reference: str) -> bool:
        return self._reading(
            lambda: (
                {"sent"}
                == set(
                    db.session.scalars(
                        select(Notice.state)
                        .join(Act, Act.id == Notice.act_id)
                        .where(Act.reference == reference, Notice.channel == "mail")
                    )
                )
            )
        )

    def _waiting(self, *which: ColumnElement[bool]) -> bool:
        queued = and_(Notice.state == "queued", *which)
        waits = select(Notice.id).where(or_(queued, Notice.state == "sending")).limit(1)
        due = (Duty.id.in_(self.owed), Duty.next_reminder_at <= clock.now())
        owed = select(Duty.id).where(*due).limit(1)
        return not self._reading(
            lambda: db.session.scalar(waits) is None and db.session.scalar(owed) is None
        )

    def _reading(self, look: Callable[[], bool]) -> bool:
        """What is found; False while the database is away."""
        with self.app.app_context():
            try:
                return look()
            except SQLAlchemyError:
                return False
            finally:
                db.session.remove()

    def account(self) -> Account:
        """Compare what was done with what the database says and with what the mail server got."""
        with self.app.app_context():
            db.session.remove()
            return _Audit(self).account()

    def remove(self) -> None:
        """Leave nothing behind, also of one that was never ready."""
        if self not in self.standing:
            return
        self.standing.remove(self)
        if self.programs is not None:
            with self.app.app_context():
                db.session.remove()
                db.engine.dispose()
            self.programs.stop()
        self.stop_sink()
        for server in self.servers:
            server.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Audit:
    def __init__(self, installation: Installation) -> None:
        self.of = installation
        self.broken: list[str] = list(installation.load.surprises)

    def account(self) -> Account:
        asked = self.of.load.references
        first = asked[0]
        told = self._told()
        lost = (
            sum(((told[first] - told[reference]).total() for reference in asked), start=0)
            + self._unsaid()
        )
        rows = db.session.execute(
            select(Notice.message_id, Notice.state, Notice.attempts).where(
                Notice.channel == "mail", Notice.leader_id.is_(None)
            )
        ).all()
        got = self.of.received()
        owed = {row.message_id for row in rows if row.state != "skipped"}
        lost += len(owed - got.keys())
        attempts = {row.message_id: row.attempts for row in rows}
        doubled = sum(max(0, (told[reference] - told[first]).total()) for reference in asked) + sum(
            max(0, copies - attempts.get(mail, 0)) for mail, copies in got.items()
        )
        lines = {tuple(line.split()) for line in self.of.log.read_text().splitlines()}
        doubled += len(lines) - len(got)  # the same id with other bytes
        self._check_acts(asked)
        return Account(
            operations=2 * len(asked),
            mails=len(owed),
            lost=lost,
            doubled=doubled,
            window=got.total() - len(got),
            forgotten=self._forgotten(asked),
            broken=tuple(self.broken),
        )

    def _told(self) -> dict[str, Counter[tuple[str, int, str]]]:
        """Of each act, who was told what, and whether it has been sent."""
        found: dict[str, Counter[tuple[str, int, str]]] = defaultdict(Counter)
        for reference, *row in db.session.execute(
            select(Act.reference, Notice.name, Notice.person_id, Notice.state)
            .join(Notice, Notice.act_id == Act.id)
            .where(Notice.duty_id.is_(None))
        ):
            found[reference][tuple(row)] += 1
        return found

    def _unsaid(self) -> int:
        """Reminders that are missing."""
        return sum((self.of.reminded - self.of._said_of(duty)).total() for duty in self.of.owed)

    def _forgotten(self, asked: list[str]) -> int:
        """Duties that are not there, or whose reminders are not what is owed."""
        open_duties = Counter(
            db.session.scalars(
                select(Act.reference)
                .join(Duty, Duty.act_id == Act.id)
                .where(Duty.closed_at.is_(None), Duty.kind == "decide_concept")
            )
        )
        missing = sum(open_duties[reference] != 1 for reference in asked)
        return missing + sum(self.of._said_of(duty) != self.of.reminded for duty in self.of.owed)

    def _check_acts(self, asked: list[str]) -> None:
        entries = Counter(
            db.session.scalars(
                select(Act.reference).join(TimelineEntry, TimelineEntry.act_id == Act.id)
            )
        )
        made = len(self.of.owed) + len(self.of.silent) + 1 + len(asked) + len(self.of.load.stranded)
        if len(entries) != made:
            self.broken.append(f"{len(entries)} acts where {made} were asked for")
        if odd := [one for one in asked if entries[one] != entries[asked[0]]]:
            self.broken.append(f"another number of entries: {odd}")
        self.broken += [str(act) for act in audit(db.session()) if act.findings]
