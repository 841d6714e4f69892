"""The database: one typed base, one kind of transaction.

`unit_of_work` is the only place that commits or rolls back. Everything that changes a row runs
inside one; reading happens in the request's session and needs none.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Row,
    Select,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import Pool
from sqlalchemy.types import TypeDecorator

_READS = "tracker_reads"
_WRITES = "tracker_writes"
_SHARED = "tracker_shared"
_ASK_AFTER = "tracker_ask_after"
IDLE = 1.0
"""Seconds after which a pooled connection may have lost its server."""
RELAY = "notices.relay"
"""The task that sends the outbox."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _Session(FlaskSession):
    """A session that on PostgreSQL can only read, outside a unit of work."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if self.info.get(_WRITES) or bind.dialect.name != "postgresql":
            return bind
        if _READS not in self.info:
            self.info[_READS] = bind.execution_options(postgresql_readonly=True)
        reads: Engine | Connection = self.info[_READS]
        return reads


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"class_": _Session, "expire_on_commit": False},
)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's number: SQLite counts up only in INTEGER."""


Executor = Session | Connection
"""What a statement is run on: a session, or its connection, which is quicker."""

Json = JSON().with_variant(JSONB(), "postgresql")
"""Structured data; PostgreSQL's binary form can be compared."""


class _SqliteInstant(sqlite.DATETIME):
    """The same text as the dialect writes, in a fifth of its time."""

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        return lambda value: None if value is None else value.isoformat(" ", "microseconds")


def in_utc(value: datetime) -> datetime:
    """An instant in UTC; raises ValueError where it has no zone."""
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return value.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, always aware and in UTC; a naive one is refused when bound."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        own: Any = _SqliteInstant
        return own() if dialect.name == "sqlite" else self.impl

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = in_utc(value)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns were asked for."""
AnySelect = Select[*tuple[Any, ...]]


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_PLAIN = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def to_json(value: Any) -> str:
    """JSON in one form: what is stored, compared and chained."""
    try:
        return orjson.dumps(value, option=_PLAIN).decode()
    except orjson.JSONEncodeError:  # a number beyond 64 bits, a text that is not Unicode
        return _ENCODER.encode(value)


ENGINE_OPTIONS: Mapping[str, Any] = {
    "hide_parameters": True,
    "json_serializer": to_json,
    "json_deserializer": orjson.loads,
}
"""Errors go to the log, and what was given to a statement is people's data."""


def connection_of(on: Executor) -> Connection:
    """The connection of a session, with what the session holds written to it."""
    if isinstance(on, Connection):
        return on
    on.flush()
    return on.connection()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """The transaction of one operation: commits at the end, rolls back on any exception.

    It ends what the session read before (those rows stay readable, detached) and takes its
    connection marked as writing before the first statement, so that SQLite takes its write lock
    at once instead of failing later. Work that was queued inside wakes the workers afterwards.
    """
    session = db.session()
    if session.info.get(_SHARED):
        yield session
        session.flush()
        return
    if session.info.get(_WRITES):
        raise RuntimeError("a unit of work inside another")
    session.close()
    session.info[_WRITES] = True
    waking: set[str] = set()
    try:
        session.connection(execution_options={_WRITES: True})
        yield session
        session.commit()
        waking = session.info.pop("wake", waking)
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITES, None)
        session.info.pop("wake", None)
    for task in sorted(waking):
        current_app.extensions["wake"](task)


@contextmanager
def shared_unit_of_work() -> Iterator[Session]:
    """A transaction that the operation called inside joins: what its caller writes beside it is
    committed with it, or not at all.
    """
    with unit_of_work() as session:
        session.info[_SHARED] = True
        try:
            yield session
        finally:
            session.info.pop(_SHARED, None)


def give_up_reading() -> None:
    """End what the session was reading when something broke, so that the answer can read anew."""
    db.session.rollback()


def wake_after_commit(task: str = RELAY) -> None:
    """Ask that a worker be told of new work for a task once the present unit of work has
    committed.
    """
    db.session().info.setdefault("wake", set()).add(task)


def upsert(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what to do about a row that is there already."""
    name = session.get_bind().dialect.name
    return postgresql.insert(table) if name == "postgresql" else sqlite.insert(table)


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None  # the `begin` listener below begins
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=15000",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Pool, "checkin")
def _on_checkin(_connection: Any, record: Any) -> None:
    record.info[_ASK_AFTER] = time.monotonic() + IDLE


@event.listens_for(Pool, "checkout")
def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that was idle whether its server is still there. One that was used just now
    is not asked: that would cost as much as a statement.
    """
    if isinstance(connection, psycopg.Connection) and time.monotonic() > record.info.get(
        _ASK_AFTER, math.inf
    ):
        try:
            connection.execute("SELECT 1")
            connection.commit()
        except psycopg.Error as error:
            raise InvalidatePoolError from error


@event.listens_for(Engine, "begin")
def _on_begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get(_WRITES)
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


@event.listens_for(Engine, "rollback")
def _on_rollback(connection: Any) -> None:
    """End what only read by COMMIT: after a ROLLBACK psycopg forgets all statements it prepared,
    and PostgreSQL plans each anew, which takes longer than running it.
    """
    if connection.get_execution_options().get("postgresql_readonly"):
        with suppress(psycopg.Error):
            connection.connection.commit()
