"""What volume costs: pages of a hundred thousand acts against pages of a thousand, a sweep of a
million open duties against one of ten thousand, ten thousand people told of one adoption.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, text, update

from benchmarks.figures import Figure, against
from benchmarks.volume import MIX, let_fall_due, multiply, templates, walked
from benchmarks.world import NOW, as_, empty_database, product, proposed_acts, settle
from tracker.acts.operations import advance
from tracker.db import db, unit_of_work
from tracker.demo.people import SEATED
from tracker.duties.models import Duty, Reminder
from tracker.duties.sweep import sweep
from tracker.following.models import Follow
from tracker.notices.models import Notice
from tracker.people.models import Account, Membership, Person

FEW, MANY = 1_000, 100_000
ROUNDS = 21
OPEN = (10_000, 100_000, 1_000_000)
FALLING_DUE, SWEEPS, A_DUTY_EACH = 1_000, 3, 10
FOLLOWERS = 10_000
GROWTH = 1 / 1.5
"""At most half as much again as with little."""
LIMIT = 50.0
"""Milliseconds of server time."""

NOTES = """
**Pages** are asked for by turns of two installations in one process, of 1,000 acts and of 100,000
(2 million entries of the timeline, a million duties; twelve acts in twenty are done). The baseline
of the first line is 50 ms, of the second the same page with 1,000 acts. **The sweep** finds 1,000
duties due among 10,000, 100,000 and a million open ones; its baseline is that of 10,000. **The
adoption** is told to 10,000 people who follow the commission; the baseline is a bare insertion of
the same rows by the driver.
""".strip()


def pages(kind: str, work: Path, _versions: dict[str, str]) -> Iterator[Figure]:
    """Each page with many acts: against 50 ms, and against itself with few."""
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(NOW + timedelta(hours=1)))
        few = stack.enter_context(_filled(kind, work, FEW))
        many = stack.enter_context(_filled(kind, work, MANY))
        for name, (who, path) in PAGES.items():
            taken = _by_turns([_visit(app, who, path) for app in (few, many)])
            yield against(f"page {name}, {MANY:,} acts, {kind}", taken[1], LIMIT, 1.0)
            yield against(f"page {name}, against {FEW:,} acts, {kind}", taken[1], taken[0], GROWTH)


PAGES = {
    "list": ("secretariat", "/acts"),
    "list, searched": ("secretariat", "/acts?q=пробном"),
    "list, few found": ("secretariat", "/acts?q=ma-2026-005-49"),
    "list, late": ("secretariat", "/acts?overdue=1"),
    "list of a commission's secretary": ("defence.secretary", "/acts"),
    "board": ("secretariat", "/acts/board"),
    "board of a commission's secretary": ("defence.secretary", "/acts/board"),
    "desk of the secretariat": ("secretariat", "/desk"),
    "desk of the EAB's secretary": ("eab.secretary", "/desk"),
    "desk of a commission's secretary": ("defence.secretary", "/desk"),
    "act": ("secretariat", "/acts/MA-2026-005"),
    "timeline": ("secretariat", "/acts/MA-2026-005/timeline"),
    "register": (None, "/public"),
    "register, searched": (None, "/public?q=пробном"),
    "act in the register": (None, "/public/MA-2026-020"),
}


@contextmanager
def _filled(kind: str, work: Path, acts: int) -> Iterator[Flask]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=work)))
        url = stack.enter_context(empty_database(kind, folder))
        with product(url, folder) as app:
            app.extensions["wake"] = lambda *_task: None
            templates(folder)
            with db.engine.connect() as connection:
                multiply(connection, acts // len(MIX))
            db.session.remove()
            settle(url)
        yield app


def _visit(app: Flask, who: str | None, path: str) -> Callable[[], float]:
    """A look at a page; its seconds."""
    client = app.test_client()
    if who is not None:
        _log_in(app, client, who)

    def visit() -> float:
        begun = perf_counter()
        answer = client.get(path)
        seconds = perf_counter() - begun
        assert answer.status_code == 200, (path, answer.status_code)
        return seconds

    return visit


def _log_in(app: Flask, client: FlaskClient, who: str) -> None:
    with app.app_context():
        account = select(Account.fs_uniquifier).where(Account.email == f"{who}@demo.example.org")
        uniquifier = db.session.scalar(account)
    with client.session_transaction() as session:
        session["_user_id"] = uniquifier
        session["_fresh"] = True


def _by_turns(visits: list[Callable[[], float]]) -> list[float]:
    """The median milliseconds of each, after a first look."""
    taken: list[list[float]] = [[] for _ in visits]
    for number in range(ROUNDS + 2):
        for place, visit in enumerate(visits):
            seconds = visit()
            if number > 1:
                taken[place].append(seconds)
    return [median(seconds) * 1000 for seconds in taken]


def sweeps(kind: str, work: Path, _versions: dict[str, str]) -> Iterator[Figure]:
    """A thousand reminders, whatever the number of open duties."""
    taken: dict[int, float] = {}
    for number in OPEN:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=work)))
            url = stack.enter_context(empty_database(kind, folder))
            app = stack.enter_context(product(url, folder))
            app.extensions["wake"] = lambda *_task: None
            _owe(number)
            settle(url)
            taken[number] = median(_sweep() for _ in range(SWEEPS)) * 1000
        name = f"sweep of {number:,} open duties, {FALLING_DUE:,} due, {kind}"
        budget = GROWTH if number > OPEN[0] else None
        yield against(name, taken[number], taken[OPEN[0]], budget)


def _owe(number: int) -> None:
    """So many open duties, ten an act, none of which is due."""
    references = proposed_acts(10)
    for reference in references:
        advance(reference, "open_concept", actor=as_("secretariat"), now=NOW)
    later = {"next_reminder_at": NOW + timedelta(days=9), "due_on": NOW.date()}
    with unit_of_work() as session:
        session.execute(delete(Duty).where(Duty.closed_at.is_not(None)))
        session.execute(update(Duty).values(later))
        rows = session.execute(select(Duty.__table__)).mappings().all()
        copies = [
            {name: value for name, value in row.items() if name != "id"}
            for row in rows
            for _ in range(A_DUTY_EACH - 1)
        ]
        session.execute(insert(Duty), copies)
    with db.engine.connect() as connection:
        multiply(connection, number // (A_DUTY_EACH * len(references)))


def _sweep() -> float:
    """Seconds of one sweep; what it wrote is taken away again."""
    duties = list(
        db.session.scalars(
            select(Duty.id).where(Duty.id % 7 == 3).order_by(Duty.id.desc()).limit(FALLING_DUE)
        )
    )
    let_fall_due(duties, NOW)
    now = NOW + timedelta(days=1)
    begun = perf_counter()
    done = sweep(now)
    seconds = perf_counter() - begun
    assert done.duties == FALLING_DUE, done
    assert done.reminders, done
    with unit_of_work() as session:
        session.execute(delete(Reminder))
        session.execute(delete(Notice).where(Notice.duty_id.is_not(None)))
        session.execute(
            update(Duty).where(Duty.id.in_(duties)).values(next_reminder_at=now + timedelta(days=9))
        )
    return seconds


def adoption(kind: str, work: Path, _versions: dict[str, str]) -> Iterator[Figure]:
    """Ten thousand people told of one adoption, against a bare insertion of the same rows."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=work)))
        url = stack.enter_context(empty_database(kind, folder))
        app = stack.enter_context(product(url, folder))
        app.extensions["wake"] = lambda *_task: None
        _followers(FOLLOWERS)
        ours, bare = [], []
        for serial in range(1, SWEEPS + 1):
            reference = walked("plenary", folder, serial=f"{serial}")
            begun = perf_counter()
            data = {"session": 18, "serial": f"{serial}"}
            advance(reference, "adopt", actor=as_("secretariat"), now=NOW, data=data)
            ours.append(perf_counter() - begun)
            bare.append(_bare_insertion())
        yield against(
            f"adoption told to {FOLLOWERS:,} followers, {kind}",
            median(ours) * 1000,
            median(bare) * 1000,
        )


def _followers(number: int) -> None:
    """Members of the commission who follow it."""
    people = [
        {"names": {"ru": f"Подписчик {place}"}, "email": f"follower.{place}@demo.example.org",
         "language": "ru", "created_at": NOW}
        for place in range(number)
    ]  # fmt: skip
    with unit_of_work() as session:
        session.execute(insert(Person), people)
        ids = session.scalars(select(Person.id).where(Person.email.startswith("follower."))).all()
        seats = {"body_key": "defence", "role": "member", "since": SEATED}
        session.execute(insert(Membership), [{"person_id": one, **seats} for one in ids])
        follow = {"body_key": "defence", "since": NOW - timedelta(days=1)}
        session.execute(insert(Follow), [{"person_id": one, **follow} for one in ids])


_NEWEST = "event = (SELECT event FROM notice WHERE name = 'act_adopted' ORDER BY id DESC LIMIT 1)"


def _bare_insertion() -> float:
    """Seconds in which the driver writes the newest event's notices again."""
    told = db.session.execute(text(f"SELECT * FROM notice WHERE {_NEWEST}")).all()
    assert len(told) > FOLLOWERS
    names = [name for name in told[0]._fields if name != "id"]
    places = [told[0]._fields.index(name) for name in names]
    rows = [tuple(_plain(row[place]) for place in places) for row in told]
    db.session.close()
    with unit_of_work() as session:
        session.execute(text(f"DELETE FROM notice WHERE {_NEWEST}"))
    raw = db.engine.raw_connection()
    mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO notice ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"
    try:
        cursor = raw.cursor()
        begun = perf_counter()
        if mark == "?":
            cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(statement, rows)
        if mark == "?":
            cursor.execute("COMMIT")
        raw.commit()
        return perf_counter() - begun
    finally:
        raw.close()


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value
