"""Statements that are made once and run often: the road of a step is a dozen of them.

SQLAlchemy writes them and knows their types. Their text and the conversions of what goes in and
comes out are kept for each database, and the driver's own cursor runs them: what SQLAlchemy does
around an execution costs several times what SQLite does in it (docs/performance.md). Whoever
listens for executions hears of these too; an error is the driver's own.

What is always the same stands in the text, and only what is asked for is a parameter: an index of
some rows alone is found by the words of its condition. SQLite looks at what was given in their
place too, but then plans the statement anew each time, which costs more than running it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Insert,
    Select,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from tracker.db import Executor, connection_of, in_utc

T = TypeVar("T")
Convert = Callable[[Any], Any]
Rows = Callable[[], int]
_SINGLE = "single"
_NULL: ColumnElement[Any] = literal_column("'null'::jsonb")
_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


class _AnyOf(ColumnElement[bool]):
    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.name = name


def any_of(column: Any, name: str) -> ColumnElement[bool]:
    """Whether a column is one of the values of the parameter `name`, a list. The statement has one
    text for a list of one, which every database plans best, and one for any other.
    """
    return _AnyOf(column, name)


@compiles(BindParameter)
def _written_out(element: BindParameter[Any], compiler: SQLCompiler, **kwargs: Any) -> str:
    """A constant of a prepared statement; in any other statement it stays a parameter."""
    if _SINGLE in kwargs and not element.required:
        kwargs["literal_binds"] = True
    text: str = compiler.visit_bindparam(element, **kwargs)  # type: ignore[no-untyped-call]
    return text


@compiles(_AnyOf, "sqlite")
def _any_in_json(element: _AnyOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    if element.name in kwargs[_SINGLE]:
        return compiler.process(element.column == bindparam(element.name), **kwargs)
    listed = func.json_each(bindparam(element.name, type_=JSON())).table_valued("value")
    return compiler.process(element.column.in_(select(listed.c.value)), **kwargs)


@compiles(_AnyOf, "postgresql")
def _any_in_array(element: _AnyOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    if element.name in kwargs[_SINGLE]:
        return compiler.process(element.column == bindparam(element.name), **kwargs)
    listed = bindparam(element.name, type_=ARRAY(element.column.type))
    return compiler.process(element.column == any_(listed), **kwargs)


def by_dialect(make: Callable[[Any], Executable]) -> dict[str, Executable]:
    """A statement for each database, made with its own `insert`."""
    return {name: make(dialect.insert) for name, dialect in _DIALECTS.items()}


class Prepared:
    """A Core statement, or one for each database where they need their own."""

    def __init__(self, statement: Executable | Mapping[str, Executable]) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, ...], _Text] = {}
        self._lists: dict[tuple[str, ...], str] = {}

    def text(
        self, dialect: Dialect, names: Sequence[str] = (), single: Sequence[str] = ()
    ) -> _Text:
        """The statement as one driver takes it: `names` are the columns that an INSERT fills,
        `single` the lists with one value.
        """
        key = (dialect.name, *names, *single)
        if key not in self._texts:
            self._texts[key] = _Text(self._own(dialect), dialect, names, single)
        return self._texts[key]

    def listed(self, dialect: Dialect, names: tuple[str, ...]) -> str | None:
        """An INSERT as PostgreSQL takes any number of rows at once, given as one list in JSON: it
        runs one statement then, not one a row. None for what is no INSERT, or elsewhere.
        """
        own = self._own(dialect)
        of_rows = isinstance(own, Insert) and own.select is None
        if dialect.name != "postgresql" or not of_rows:
            return None
        if names not in self._lists:
            types = {name: own.table.columns[name].type for name in names}
            given = [column(name, type_) for name, type_ in types.items()]
            rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(
                *given, name="given"
            )
            rows = rows.render_derived(with_types=True)
            values = [  # None in a column of JSON is the null of JSON, as SQLAlchemy writes it
                func.coalesce(each, _NULL) if isinstance(each.type, JSON) else each
                for each in rows.columns
            ]
            insert = own.from_select(names, select(*values), include_defaults=False)
            self._lists[names] = str(insert.compile(dialect=dialect))
        return self._lists[names]

    def _own(self, dialect: Dialect) -> Any:
        own = self._statement
        return own[dialect.name] if isinstance(own, Mapping) else own


def read(on: Executor, prepared: Prepared, **values: Any) -> list[Any]:
    """The rows of a prepared SELECT, their columns by name."""
    rows: list[Any] = asked(on, prepared, list, **values)()
    return rows


def asked(
    on: Executor, prepared: Prepared, make: Callable[[list[Any]], T], **values: Any
) -> Callable[[], T]:
    """Ask for the rows of a prepared SELECT; the answer, when it is called, is what `make` makes of
    them. Inside `together` several are asked for in one trip, and called afterwards.
    """
    connection = connection_of(on)
    cursor = connection.connection.cursor()
    text = _ask(connection, cursor, prepared, values)
    return lambda: make(text.rows(cursor.fetchall()))


def read_locked(
    on: Executor, locks: Prepared, prepared: Prepared, *, which: str, **values: Any
) -> list[Any]:
    """The rows of a prepared SELECT that is sent with another before it, which locks what the
    parameter `which` names: one trip to the server, and what is read is as the lock found it.
    """
    connection = connection_of(on)
    with together(connection):
        with closing(connection.connection.cursor()) as cursor:
            _ask(connection, cursor, locks, {which: values[which]})
        return read(connection, prepared, **values)


def _ask(connection: Connection, cursor: Any, prepared: Prepared, values: dict[str, Any]) -> _Text:
    single = [name for name, value in values.items() if type(value) is list and len(value) == 1]
    for name in single:
        values[name] = values[name][0]
    text = prepared.text(connection.dialect, single=single)
    _run(connection, cursor, text.sql, text.parameters(values), many=False)
    return text


def write(on: Executor, prepared: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a prepared statement for each row, in one go; nothing is sent for no rows."""
    if not rows:
        return
    connection = connection_of(on)
    names, many = tuple(rows[0]), len(rows) > 1
    listed = prepared.listed(connection.dialect, names) if many else None
    with closing(connection.connection.cursor()) as cursor:
        if listed is not None:
            _run(connection, cursor, listed, {"rows": _in_json(rows)}, many=False)
            return
        text = prepared.text(connection.dialect, names)
        given = text.parameters_of(rows) if many else text.parameters(rows[0])
        _run(connection, cursor, text.sql, given, many=many)


def _in_json(rows: Sequence[Mapping[str, Any]]) -> str:
    try:
        return orjson.dumps(rows, _date_in_json, orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except orjson.JSONEncodeError:  # a number beyond 64 bits
        return json.dumps(rows, default=_date_in_json)


def _date_in_json(value: Any) -> str:
    return str((in_utc(value) if isinstance(value, datetime) else value).isoformat())


def change(connection: Connection, prepared: Prepared, values: Mapping[str, Any]) -> Rows:
    """Run a prepared statement once; the answer, when it is asked for, is how many rows it changed.
    Inside `together` it may be asked for afterwards.
    """
    text = prepared.text(connection.dialect, tuple(values))
    cursor = connection.connection.cursor()
    _run(connection, cursor, text.sql, text.parameters(values), many=False)
    return lambda: int(cursor.rowcount)


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what is written inside without waiting for each answer, where the driver can: they are
    looked at in the end, and the first error is raised there.
    """
    driver: Any = connection.connection.driver_connection
    with driver.pipeline() if connection.dialect.name == "postgresql" else nullcontext():
        yield


def _run(connection: Connection, cursor: Any, sql: str, given: Any, *, many: bool) -> None:
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, given, None, many)
    if many:
        cursor.executemany(sql, given)
    else:
        cursor.execute(sql, given)


class _Text:
    """A statement as one database's driver takes it, with the conversions of its values."""

    def __init__(
        self, statement: Any, dialect: Dialect, names: Sequence[str], single: Sequence[str]
    ) -> None:
        compiled = statement.compile(
            dialect=dialect,
            column_keys=list(names) or None,
            compile_kwargs={_SINGLE: single},
        )
        self.sql = str(compiled)
        self._positional = bool(compiled.positional)
        names = compiled.positiontup if self._positional else compiled.binds
        types = ((name, compiled.binds[name].type.dialect_impl(dialect)) for name in names)
        self._binds = [(name, type_.bind_processor(dialect)) for name, type_ in types]
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        row = cast("Any", NamedTuple)("Row", [(column.key, Any) for column in columns])
        self._row: Convert = row._make
        found = (column.type.dialect_impl(dialect) for column in columns)
        converts = [type_.result_processor(dialect, None) for type_ in found]
        self._converts = [(place, convert) for place, convert in enumerate(converts) if convert]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """What the driver takes for one execution."""
        if self._positional:
            return [
                convert(values[name]) if convert else values[name] for name, convert in self._binds
            ]
        return {
            name: convert(values[name]) if convert else values[name]
            for name, convert in self._binds
        }

    def parameters_of(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """What it takes for many, made column by column."""
        columns = [self._column(name, convert, rows) for name, convert in self._binds]
        given = zip(*columns, strict=True)
        if self._positional:
            return list(given)
        names = [name for name, _convert in self._binds]
        return [dict(zip(names, values, strict=True)) for values in given]

    def _column(
        self, name: str, convert: Convert | None, rows: Sequence[Mapping[str, Any]]
    ) -> list[Any]:
        values = [row[name] for row in rows]
        if convert is None:
            return values
        last = values[0]  # the rows of a set share instants, and what was frozen for several
        made = convert(last)
        for place, value in enumerate(values):
            if value is not last:
                last, made = value, convert(value)
            values[place] = made
        return values

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        """What came back, converted."""
        if not self._converts:
            return [self._row(values) for values in found]
        rows = []
        for values in map(list, found):
            for place, convert in self._converts:
                values[place] = convert(values[place])
            rows.append(self._row(values))
        return rows
