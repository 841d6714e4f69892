"""Prepared statements say the same as SQLAlchemy's own execution."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, insert, literal, select, text, update
from sqlalchemy.exc import InternalError

from tracker.db import db, unit_of_work
from tracker.people.models import CalendarDay, LoginFailure, Person
from tracker.prepared import Prepared, any_of, asked, by_dialect, read, together, write

_PEOPLE = Prepared(select(Person).where(any_of(Person.language, "languages")).order_by(Person.id))
_FAIL = Prepared(insert(LoginFailure))
_ADD = Prepared(insert(Person).inline())
_COUNT = Prepared(
    update(LoginFailure)
    .where(LoginFailure.key == bindparam("whose"), LoginFailure.count < 100)
    .values(count=LoginFailure.count + bindparam("more"))
)
_ONCE = Prepared(by_dialect(lambda insert: insert(CalendarDay).on_conflict_do_nothing()))


@pytest.mark.parametrize("languages", [[], ["ru"], ["ru", "en"], ["x' OR 1=1"]])
def test_rows_and_their_types_are_those_of_sqlalchemy(app, languages):
    columns = Person.__table__.columns.keys()
    own = db.session.execute(
        select(*Person.__table__.columns).where(Person.language.in_(languages)).order_by(Person.id)
    )
    found = read(db.session(), _PEOPLE, languages=languages)
    assert [[getattr(row, name) for name in columns] for row in found] == [list(row) for row in own]


def test_what_is_asked_for_together_is_answered_afterwards_in_any_order(app):
    connection = db.session().connection()
    with together(connection):
        answers = {
            language: asked(connection, _PEOPLE, len, languages=[language])
            for language in ("ru", "en", "none")
        }
        emails = asked(connection, _PEOPLE, lambda rows: rows[0].email, languages=["ru", "en"])
    own = read(connection, _PEOPLE, languages=["ru", "en"])
    assert emails() == own[0].email
    counted = {language: answer() for language, answer in reversed(answers.items())}
    assert counted["none"] == 0
    assert counted["ru"] + counted["en"] == len(own)
    assert min(counted["ru"], counted["en"]) > 0


def test_one_row_and_many_are_written_alike(app, now):
    rows = [{"key": f"k{n}", "count": n, "since": now + timedelta(hours=n)} for n in range(4)]
    with unit_of_work() as session:
        write(session, _FAIL, [])
        write(session, _FAIL, rows[:1])
        write(session, _FAIL, rows[1:])
        write(session, _COUNT, [{"whose": "k1", "more": 5}, {"whose": "k2", "more": 7}])
    kept = db.session.execute(
        select(LoginFailure.key, LoginFailure.count, LoginFailure.since).order_by(LoginFailure.key)
    )
    counts = {"k0": 0, "k1": 6, "k2": 9, "k3": 3}
    assert [tuple(row) for row in kept] == [
        (row["key"], counts[row["key"]], row["since"]) for row in rows
    ]


def test_every_kind_of_value_comes_back_however_many_rows_are_written(app, now):
    rows = [
        {
            "names": {"ru": 'Ёж " \\ ☃', "beyond": 2 ** (70 * (n % 2))},
            "email": f"{n}@assembly.example",
            "language": "ru",
            "created_at": now + timedelta(microseconds=n),
            "expertise": None if n % 2 else ["law"],
        }
        for n in range(6)
    ]
    with unit_of_work() as session:
        write(session, _ADD, rows[:1])
        write(session, _ADD, rows[1:2])
        write(session, _ADD, rows[2:4])
        write(session, _ADD, [{**rows[4], "names": {}}, {**rows[5], "names": {}}])
    columns = [Person.__table__.columns[name] for name in rows[0]]
    kept = db.session.execute(
        select(*columns).where(Person.email.endswith("assembly.example")).order_by(Person.email)
    )
    expected = [*rows[:4], {**rows[4], "names": {}}, {**rows[5], "names": {}}]
    assert [dict(row) for row in kept.mappings()] == expected
    absent = select(Person.id).where(Person.expertise.is_(None))
    assert db.session.scalars(absent).all() == []  # null in JSON, as SQLAlchemy writes it


@pytest.mark.parametrize("number", [1, 2])
def test_an_instant_without_a_zone_is_refused_however_many_rows_are_written(app, now, number):
    rows = [{"key": f"k{n}", "count": 1, "since": now.replace(tzinfo=None)} for n in range(2)]
    with pytest.raises(ValueError, match="zone"), unit_of_work() as session:
        write(session, _FAIL, rows[:number])


def test_what_is_always_the_same_stands_in_the_text(app):
    said = "50 % of 'it'"
    prepared = Prepared(
        select(Person.id, literal(said).label("said"), literal(7).label("count")).where(
            Person.language == "ru", Person.active, any_of(Person.id, "ids")
        )
    )
    text = prepared.text(db.engine.dialect)
    assert "person.language = 'ru'" in text.sql
    assert list(text.parameters({"ids": [1, 2]})) in (["ids"], ["[1,2]"])
    assert [(row.said, row.count) for row in read(db.session(), prepared, ids=[1, 2])][:1] == [
        (said, 7)
    ]


def test_a_naive_instant_is_refused(app, now):
    row = {"key": "k", "count": 1, "since": now.replace(tzinfo=None)}
    with pytest.raises(ValueError, match="zone"), unit_of_work() as session:
        write(session, _FAIL, [row])


def test_what_the_session_holds_is_written_first(app, now):
    with unit_of_work() as session:
        session.add(LoginFailure(key="k", count=1, since=now))
        write(session, _COUNT, [{"whose": "k", "more": 1}])
    assert db.session.scalars(select(LoginFailure.count)).all() == [2]


def test_an_error_of_what_is_sent_together_undoes_all(app, now):
    row = {"key": "k", "count": 1, "since": now}

    def fail_twice():
        with unit_of_work() as session, together(session.connection()):
            write(session, _FAIL, [row])
            write(session, _FAIL, [row])

    with pytest.raises(Exception, match=r"unique|UNIQUE"):
        fail_twice()
    assert db.session.scalars(select(LoginFailure.key)).all() == []
    with unit_of_work() as session:
        write(session, _FAIL, [row])
    assert db.session.scalars(select(LoginFailure.key)).all() == ["k"]


def test_a_row_that_is_there_is_left(app, now):
    row = {"calendar": "assembly", "day": now.date(), "working": False, "name": "Праздник"}
    with unit_of_work() as session:
        write(session, _ONCE, [row, {**row, "name": "Иначе"}])
    assert db.session.scalars(select(CalendarDay.name)).all() == ["Праздник"]


on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgresql
def test_what_only_reads_cannot_write(app, now):
    with pytest.raises(InternalError, match="read-only"):
        db.session.execute(insert(LoginFailure), [{"key": "k", "count": 1, "since": now}])
    with unit_of_work() as session:
        session.execute(insert(LoginFailure), [{"key": "k", "count": 1, "since": now}])
    assert db.session.scalars(select(LoginFailure.key)).all() == ["k"]


@on_postgresql
def test_plans_are_kept_from_one_request_to_the_next(app):
    for _ in range(8):
        db.session.scalars(select(LoginFailure.key)).all()
        db.session.close()
    kept = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("login_failure" in statement for statement in kept)
