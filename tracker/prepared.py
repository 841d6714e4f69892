"""Statements that are made once and run often: the road of a step is a dozen of them.

SQLAlchemy writes them and knows their types. Their text and the conversions of what goes in and
comes out are kept for each database, and the driver's own cursor runs them: what SQLAlchemy does
around an execution costs several times what SQLite does in it (docs/performance.md).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from sqlalchemy import JSON, ColumnElement, Connection, Dialect, Select, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType, TypeEngine

from tracker.db import Executor, connection_of

Convert = Callable[[Any], Any]
_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


class any_of(ColumnElement[bool]):  # noqa: N801
    """Whether a column is one of the values of the parameter `name`, a list.

    The text of the statement is the same for any number of them.
    """

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.name = name


@compiles(any_of, "sqlite")
def _any_in_json(element: any_of, compiler: SQLCompiler, **kwargs: Any) -> str:
    listed = compiler.process(bindparam(element.name, type_=JSON()), **kwargs)
    return (
        f"{compiler.process(element.column, **kwargs)} IN (SELECT value FROM json_each({listed}))"
    )


@compiles(any_of, "postgresql")
def _any_in_array(element: any_of, compiler: SQLCompiler, **kwargs: Any) -> str:
    listed = compiler.process(bindparam(element.name, type_=NullType()), **kwargs)
    return f"{compiler.process(element.column, **kwargs)} = ANY({listed})"


class _Text:
    """A statement as one database's driver takes it."""

    def __init__(self, statement: Any, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
        self.sql = str(compiled)
        self._constants: dict[str, Any] = {}
        self._binds: list[tuple[str, Convert | None]] = []
        for name in compiled.positiontup if compiled.positional else compiled.binds:
            bind = compiled.binds[name]
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._binds.append((name, convert))
            else:
                self._constants[name] = convert(bind.value) if convert else bind.value
                self._binds.append((name, None))
        self._positional = compiled.positional
        self._made: Convert | None = None
        if isinstance(statement, Select):
            columns = statement.selected_columns
            self._made = namedtuple("Row", [column.key for column in columns])._make  # type: ignore[misc]
            self._converts = [
                (place, convert)
                for place, column in enumerate(columns)
                if (convert := _result_processor(column.type, dialect)) is not None
            ]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        if self._constants:
            values = {**self._constants, **values}
        if self._positional:
            return [
                convert(values[name]) if convert else values[name] for name, convert in self._binds
            ]
        return {
            name: convert(values[name]) if convert else values[name]
            for name, convert in self._binds
        }

    def parameters_of(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The parameters of many rows, made column by column."""
        columns = [self._column(name, convert, rows) for name, convert in self._binds]
        given = zip(*columns, strict=True)
        if self._positional:
            return list(given)
        names = [name for name, _convert in self._binds]
        return [dict(zip(names, values, strict=True)) for values in given]

    def _column(
        self, name: str, convert: Convert | None, rows: Sequence[Mapping[str, Any]]
    ) -> list[Any]:
        if name in self._constants:
            return [self._constants[name]] * len(rows)
        values = [row[name] for row in rows]
        if convert is None:
            return values
        same: Any = values[0]  # rows of one set share instants and more
        made = convert(same)
        for place, value in enumerate(values):
            if value is not same:
                same, made = value, convert(value)
            values[place] = made
        return values

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        make = cast("Convert", self._made)
        if not self._converts:
            return [make(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place, convert in self._converts:
                values[place] = convert(values[place])
            rows.append(make(values))
        return rows


def _result_processor(type_: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)


class Prepared:
    """A Core statement, or one for each database where they need their own."""

    def __init__(self, statement: Executable | Mapping[str, Executable]) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, ...], _Text] = {}

    def text(self, dialect: Dialect, names: Sequence[str] = ()) -> _Text:
        key = (dialect.name, *names)
        found = self._texts.get(key)
        if found is None:
            statement = self._statement
            if isinstance(statement, Mapping):
                statement = statement[dialect.name]
            found = self._texts[key] = _Text(statement, dialect, names)
        return found


def by_dialect(make: Callable[[Any], Executable]) -> dict[str, Executable]:
    """A statement for each database, made with its own `insert`."""
    return {name: make(dialect.insert) for name, dialect in _DIALECTS.items()}


def read(on: Executor, prepared: Prepared, **values: Any) -> list[Any]:
    """The rows of a prepared SELECT."""
    connection = connection_of(on)
    text = prepared.text(connection.dialect)
    cursor = connection.connection.cursor()
    try:
        _run(connection, cursor, text.sql, text.parameters(values), many=False)
        return text.rows(cursor.fetchall())
    finally:
        cursor.close()


def write(on: Executor, prepared: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a prepared statement for each row, in one go; nothing is sent for no rows."""
    if not rows:
        return
    connection = connection_of(on)
    text = prepared.text(connection.dialect, tuple(rows[0]))
    cursor = connection.connection.cursor()
    many = len(rows) > 1
    given = text.parameters_of(rows) if many else text.parameters(rows[0])
    try:
        _run(connection, cursor, text.sql, given, many=many)
    finally:
        cursor.close()


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what is written inside without waiting for each answer, where the driver can: they are
    looked at in the end, and the first error is raised there.
    """
    driver: Any = connection.connection.driver_connection
    with driver.pipeline() if connection.dialect.name == "postgresql" else nullcontext():
        yield


def _run(connection: Connection, cursor: Any, sql: str, parameters: Any, *, many: bool) -> None:
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, parameters, None, many)
    if many:
        cursor.executemany(sql, parameters)
    else:
        cursor.execute(sql, parameters)
