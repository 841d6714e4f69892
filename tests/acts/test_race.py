"""Many at once: nothing moves twice, and who comes late gets a clear answer."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from tests import seen
from tests.road import bring_to, propose
from tracker.acts.models import Act, ActNumber
from tracker.acts.operations import Step, advance, advance_many
from tracker.db import db
from tracker.errors import Refused, Stale, TrackerError
from tracker.timeline.models import TimelineEntry

THREADS = 8
ACTS = 200


@pytest.fixture
def at_once(app):
    """Run one function in several threads at the same moment; their answers or errors in order."""

    def run(work, arguments):
        barrier = Barrier(len(arguments))

        def one(argument):
            with app.app_context():
                db.session()
                barrier.wait()
                try:
                    return work(argument)
                except TrackerError as error:
                    return error
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(one, arguments))

    return run


def test_one_of_two_acts_gets_the_number(app, as_, now, tmp_path, at_once):
    acts = [bring_to("plenary", as_, now, tmp_path) for _ in range(4)]
    staff = as_("secretariat")

    def adopt(reference):
        data = {"session": 18, "serial": 7}
        return advance(reference, "adopt", actor=staff, now=now, data=data)

    answers = at_once(adopt, acts)
    errors = [answer for answer in answers if isinstance(answer, TrackerError)]
    assert [type(error) for error in errors] == [Refused] * 3
    assert {error.refusals[0].code for error in errors} == {"number_taken"}
    db.session.remove()
    assert db.session.scalars(select(ActNumber.number)).all() == ["18-7"]


def test_the_first_references_of_a_year_differ(app, as_, now, at_once):
    staff = as_("secretariat")
    references = at_once(lambda _: propose(lambda _login: staff, now), range(THREADS))
    assert sorted(references) == [f"MA-2026-{n:03}" for n in range(1, THREADS + 1)]


def test_who_waited_sees_the_act_as_it_is(app, as_, now, at_once):
    reference = propose(as_, now)
    staff = as_("secretariat")

    def retitle(title):
        data = {"titles": {"ru": title}, "reason": "Уточнение"}
        return advance(reference, "retitle", actor=staff, now=now, data=data)

    titles = [f"Название {n}" for n in range(THREADS)]
    at_once(retitle, titles)
    entries = seen.timeline(reference)[1:]
    assert len(entries) == THREADS
    former = [entry.data["former_titles"]["ru"] for entry in entries[1:]]
    assert former == [entry.data["titles"]["ru"] for entry in entries[:-1]]


def test_two_hundred_acts_pushed_by_eight_move_once_each(app, as_, now, at_once):
    acts = [propose(as_, now) for _ in range(ACTS)]
    staff = as_("secretariat")
    db.session.remove()

    def push(start):
        """Every act at the version all have seen; each thread begins elsewhere in the list."""
        answers = []
        for reference in acts[start:] + acts[:start]:
            try:
                advance(reference, "open_concept", actor=staff, now=now, version=1)
                answers.append("moved")
            except TrackerError as error:
                answers.append(type(error))
        return answers

    answers = at_once(push, [n * ACTS // THREADS for n in range(THREADS)])
    outcomes = Counter(answer for given in answers for answer in given)
    assert outcomes == {"moved": ACTS, Stale: ACTS * (THREADS - 1)}
    db.session.remove()
    rows = db.session.execute(
        select(Act.state, Act.version, func.count()).group_by("state", "version")
    )
    assert [tuple(row) for row in rows] == [("concept", 2, ACTS)]
    entries = db.session.scalar(select(func.count()).select_from(TimelineEntry))
    assert entries == 2 * ACTS


def test_sets_pushed_at_once_move_each_act_once(app, as_, now, at_once):
    acts = [propose(as_, now) for _ in range(40)]
    staff = as_("secretariat")
    db.session.remove()

    def push(turn):
        order = acts[turn:] + acts[:turn]
        return advance_many([Step(r) for r in order], "open_concept", actor=staff, now=now)

    answers = [stepped for given in at_once(push, range(THREADS)) for stepped in given]
    moved = Counter(answer.reference for answer in answers if answer.error is None)
    assert moved == dict.fromkeys(acts, 1)
    assert {type(a.error) for a in answers if a.error is not None} == {Refused}
