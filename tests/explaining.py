"""How the database goes about the statements that a piece of work sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, select, text

from tracker.db import unit_of_work


def crowd(model: Any, **given: Any) -> None:
    """Let a table hold so many more rows like its first that no other index does as well, and let
    the database know it.
    """
    columns = [column for column in model.__table__.columns if column.name != "id"]
    with unit_of_work() as session:
        first = session.execute(select(*columns).order_by(model.id).limit(1)).mappings().one()
        session.execute(insert(model), [{**first, **given}] * 500)
        session.execute(text(f"ANALYZE {model.__tablename__}"))


@contextmanager
def explaining(start: str) -> Iterator[list[str]]:
    """The plans of the statements sent inside that begin with `start`, as the database says them.
    On PostgreSQL tables are not read whole where an index serves, however small they are.
    """
    plans: list[str] = []

    def explain(
        connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        if not statement.startswith(start):
            return
        cursor = connection.connection.cursor()
        if connection.dialect.name == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement}", parameters)
        plans.append("\n".join(str(row) for row in cursor.fetchall()))
        cursor.close()

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
