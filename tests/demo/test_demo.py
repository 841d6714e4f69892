"""The samples show every state, owe nothing to a delegation, and mail nothing."""

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import select

from tests import seen
from tests.conftest import PG, listening, need, settings_for
from tests.workflows.test_contract import STAGES
from tracker import assembly, create_app
from tracker.acts.models import Act, Heading
from tracker.db import db
from tracker.demo import acts
from tracker.demo.operations import is_empty, load_demo
from tracker.demo.people import DOMAIN, sample
from tracker.duties.models import Duty
from tracker.errors import Refused
from tracker.notices.models import Notice
from tracker.people.accounts import check_log_in
from tracker.people.models import Person
from tracker.reviews.models import Review
from tracker.sittings.models import Decision, Position
from tracker.system.start import prepare
from tracker.texts.models import EditionFile
from tracker.timeline.audit import audit
from tracker.timeline.models import TimelineEntry

NAMES = [
    "secretariat",
    "secretariat2",
    "eab.secretary",
    "eab.chair",
    "eab.expert1",
    "eab.expert2",
    "eab.expert3",
    "eab.expert4",
    "eab.expert5",
    "eab.expert6",
    "defence.secretary",
    "political.secretary",
    "social.secretary",
    "defence.chair",
    "political.chair",
    "social.chair",
    "council.am",
    "council.by",
    "council.by2",
    "council.kz",
    "council.kz2",
    "council.kg",
    "council.ru",
    "council.ru2",
    "council.tj",
    "council.tj2",
    "parliament.am",
    "parliament.by",
    "parliament.kz",
    "parliament.kg",
    "parliament.ru",
    "parliament.tj",
    "legal.secretary",
    "agency",
    "organ",
    "drafter",
    "admin",
]


@contextmanager
def installation(url, folder, env="demo"):
    """An installation with its context pushed; nobody listens to its wake-up calls."""
    app = create_app(settings_for(folder, url, env))
    app.extensions["wake"] = lambda *_: None
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(request, tmp_path_factory):
    """A demo as its first start leaves it: the application and the lines it printed."""
    folder = tmp_path_factory.mktemp("demo")
    if request.param == "sqlite":
        with installation(f"sqlite:///{folder}/tracker.db", folder) as app:
            yield app, prepare(app)
        return
    need("PostgreSQL", listening(5432))
    name = f"tracker_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{PG}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        with installation(f"{PG}/{name}", folder) as app:
            yield app, prepare(app)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_first_start_fills_an_empty_demo(demo):
    printed = "\n".join(demo[1])
    assert "sample-acts-only" in printed
    assert all(name in printed for name in NAMES)
    states = set(db.session.scalars(select(Act.state).where(Act.procedure_key == "model_law")))
    assert states == set().union(*STAGES["model_law"].values())
    stages = set(db.session.scalars(select(Act.stage)))
    assert stages == set(STAGES["model_law"])
    for model in (Review, Position, Decision, EditionFile):
        assert db.session.scalars(select(model)).first() is not None
    titles = db.session.scalars(select(Heading.titles)).all()
    assert all("(образец)" in each["ru"] and "(sample)" in each["en"] for each in titles)
    actions = set(db.session.scalars(select(TimelineEntry.action)))
    assert {"return_for_revision", "withdraw", "reject", "retitle", "request"} <= actions
    before = TimelineEntry.data["before_admission"].as_boolean()
    assert db.session.scalars(select(TimelineEntry).where(before)).first() is not None
    assert [f for act in audit(db.session()) for f in act.findings] == []


def test_something_is_late_something_coming_and_nothing_a_delegations(demo):
    now = datetime.now(UTC)
    duties = db.session.scalars(select(Duty).where(Duty.closed_at.is_(None))).all()
    members = set(db.session.scalars(select(Person.id).where(Person.email.like("council.%"))))
    members |= set(db.session.scalars(select(Person.id).where(Person.email.like("parliament.%"))))
    late = [duty for duty in duties if duty.due_on and duty.due_on < now.date()]
    assert {duty.kind for duty in late} >= {"deliver_edition", "consider", "review", "begin"}
    assert len([duty for duty in duties if duty.due_on and duty.due_on > now.date()]) > 5
    owed = [d for d in duties if d.person_id in members or (d.body_key or "").startswith("parl")]
    assert owed
    assert all(duty.due_on > now.date() + timedelta(days=150) for duty in owed)
    assert set(db.session.scalars(select(Position.vote))) == {"yes"}
    assert all(decision.objections == [] for decision in db.session.scalars(select(Decision)))
    assert all(
        decision.result["counts"]["absent"] == 0
        for decision in db.session.scalars(select(Decision))
    )


def test_nothing_of_its_past_is_mailed(demo):
    found = db.session.execute(select(Notice.state, Notice.why).distinct()).all()
    assert [tuple(row) for row in found] == [("skipped", "demo")]


def test_everybody_logs_in_with_the_one_password(demo):
    password = sample("csto_pa")["password"]
    assert {p["login"] for p in sample("csto_pa")["people"]} == set(NAMES)
    account = check_log_in(f"drafter@{DOMAIN}", password, "test", datetime.now(UTC))
    assert account.email == f"drafter@{DOMAIN}"


def test_a_second_start_adds_nothing(demo):
    app, lines = demo
    before = seen.counts()
    assert prepare(app) == lines
    assert seen.counts() == before
    with pytest.raises(Refused, match="not_empty"):
        load_demo(datetime.now(UTC))


def test_a_production_start_adds_nobody(tmp_path):
    with installation(f"sqlite:///{tmp_path}/tracker.db", tmp_path, "production") as app:
        assert "sample" not in "\n".join(prepare(app))
        assert is_empty(db.session())
        with pytest.raises(Refused, match="no_samples_here"):
            load_demo(datetime.now(UTC))


def test_a_start_that_is_broken_off_leaves_nothing_half_done(tmp_path, monkeypatch):
    taken = []

    def take(*given):
        if len(taken) == 30:
            raise KeyboardInterrupt
        taken.append(given)
        real(*given)

    real = acts._take
    monkeypatch.setattr(acts, "_take", take)
    with installation(f"sqlite:///{tmp_path}/tracker.db", tmp_path) as app:
        with pytest.raises(KeyboardInterrupt):
            prepare(app)
        assert is_empty(db.session())
        db.session.remove()
        monkeypatch.undo()
        prepare(app)
        assert not is_empty(db.session())


@pytest.mark.parametrize("today", ["2026-01-12", "2027-05-09", "2028-12-31"])
def test_the_samples_load_on_any_day(tmp_path, today):
    now = datetime.fromisoformat(f"{today}T07:00:00+00:00")
    with installation(f"sqlite:///{tmp_path}/tracker.db", tmp_path, "test"):
        upgrade()
        assembly.sync(now)
        assert load_demo(now) > 20
