"""The relay against a bare loop of smtplib, and two processes of it against one."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from sqlalchemy import insert, select

from benchmarks.figures import Figure
from benchmarks.world import NOW, empty_database, product
from tracker import assembly, clock
from tracker.db import unit_of_work
from tracker.notices.models import Notice
from tracker.notices.operations import NewNotice, queue
from tracker.people.models import Person
from workflows import facts

MAILS, TOLD, ROUNDS = 1000, 5, 3
WARM_UP = 50

NOTES = f"""
**The relay** sends {MAILS} queued notices, {TOLD} people told of each event, to a mail server on
this machine (aiosmtpd, a process of its own that keeps nothing, and says that it takes commands in
a row, as most servers do) over one connection. It claims fifty at a time, asks again whether each
is still meant, puts it into words in its recipient's language, keeps the message, and commits once
a mail, to disk as the database is set. **The bare loop** hands over the same messages, ready
beforehand, by `smtplib.sendmail` on one connection, which waits for the reply to each command, and
knows no database. They take turns; a figure is the median of {ROUNDS}. Two processes share the
outbox of one database, and the two cores with the mail server and the database's own.
""".strip()

FACTS = {
    "titles": {"ru": "О противодействии терроризму", "en": "On Countering Terrorism"},
    "kind": "model_law",
    "state": "commission",
    "recorded": NOW.isoformat(),
    "actor": 1,
    "bodies": {"lead": ["defence"], "drafting": ["institute"], "initiator": ["parliament_kz"]},
    "reply_to": ["secretary@assembly.example"],
    "because": [["act:lead.secretary", "defence"]],
    "action": "refer_to_commission",
    "decided": "2026-11-20",
    "due": None,
}
_EVENTS = count()


def relays(kind: str, work: Path, versions: dict[str, str]) -> Iterator[Figure]:  # noqa: ARG001
    """The two budgets of the relay, on one kind of database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=work)))
        url = stack.enter_context(empty_database(kind, folder))
        stack.enter_context(product(url, folder)).extensions["wake"] = lambda *_: None
        server = stack.enter_context(_mail_server())
        people = _people()
        senders = [stack.enter_context(_sender(url, folder, server)) for _ in range(2)]
        _wait(people, WARM_UP)
        _send(senders)
        one, bare, two = [], [], []
        for _ in range(ROUNDS):
            _wait(people, MAILS)
            one.append(_send(senders[:1]))
            bare.append(_bare_loop(server))
            _wait(people, MAILS)
            two.append(_send(senders))
        yield _faster(f"relay, one process against a bare loop, {kind}", one, bare, 0.5)
        yield _faster(f"relay, two processes against one, {kind}", two, one, 1.6)


def _faster(name: str, ours: Sequence[float], other: Sequence[float], budget: float) -> Figure:
    value, baseline = median(ours), median(other)
    return Figure(
        name, round(value), "mails/s", round(baseline), round(value / baseline, 2), budget
    )


@contextmanager
def _process(module: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the benches that is ready; it ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


@contextmanager
def _mail_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _process("sink", str(port)):
        yield f"smtp://127.0.0.1:{port}"


@contextmanager
def _sender(url: str, folder: Path, server: str) -> Iterator[subprocess.Popen[str]]:
    given = {
        "TRACKER_ENV": "test",
        "TRACKER_DATA_DIR": str(folder),
        "TRACKER_DATABASE_URL": url,
        "TRACKER_SMTP_URL": server,
        "TRACKER_MAIL_FROM": "Tracker <tracker@assembly.example>",
    }
    with _process("sender", **given) as process:
        yield process


def _people() -> list[facts.Person]:
    """So many that nobody is told twice in one round."""
    with unit_of_work() as session:
        rows = [
            {
                "names": {"ru": f"Пример {number}", "en": f"Sample {number}"},
                "email": f"sample{number}@demo.example.org",
                "language": "ru" if number % 2 else "en",
                "created_at": NOW,
            }
            for number in range(MAILS)
        ]
        made = session.execute(
            insert(Person).returning(Person.id, sort_by_parameter_order=True), rows
        )
        return [
            facts.Person(number, row["names"], row["language"], row["email"])
            for number, row in zip(made.scalars(), rows, strict=True)
        ]


def _wait(people: Sequence[facts.Person], mails: int) -> None:
    """Queue notices to the first so many people, each event told to some."""
    about = {**FACTS, "procedure": ["model_law", assembly.current_version("model_law")]}
    told: Mapping[int, tuple[str, Mapping[str, object]]] = {
        place: (f"bench:{(event := next(_EVENTS))}", {**about, "n": 1, "reference": f"MA-{event}"})
        for place in range(0, mails, TOLD)
    }
    with unit_of_work() as session:
        queue(
            session,
            [
                NewNotice(
                    event=told[place - place % TOLD][0],
                    name="draft_referred",
                    person=people[place],
                    reasons=("act:lead.secretary",),
                    facts=told[place - place % TOLD][1],
                )
                for place in range(mails)
            ],
            clock.now(),
        )


def _send(senders: Sequence[subprocess.Popen[str]]) -> float:
    """Let the processes send what waits, together; mails a second."""
    start = time.perf_counter()
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("\n")
        sender.stdin.flush()
    sent = 0
    for sender in senders:
        assert sender.stdout is not None
        sent += int(sender.stdout.readline())
    assert sent, "nothing was sent"
    return sent / (time.perf_counter() - start)


def _bare_loop(server: str) -> float:
    """Hand over what was sent last by smtplib alone; mails a second."""
    with unit_of_work() as session:
        last = select(Notice.message, Person.email).join(Person, Person.id == Notice.person_id)
        rows = session.execute(last.order_by(Notice.id.desc()).limit(MAILS)).all()
    ready = [(email, message.encode()) for message, email in rows if message]
    url = urlsplit(server)
    start = time.perf_counter()
    with smtplib.SMTP(url.hostname or "", url.port or 25) as smtp:
        for email, message in ready:
            smtp.sendmail("tracker@assembly.example", [email], message)
    return len(ready) / (time.perf_counter() - start)
