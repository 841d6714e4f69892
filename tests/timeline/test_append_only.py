"""The database itself refuses to change what happened."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import seen
from tests.road import propose
from tracker.db import db

COLUMNS = (
    "act_id, n, action, before, after, actor_id, behalf_id, body, decided_on, decided_precision, "
    "recorded_at, basis, edition, data, canonical, hash"
)
CHANGES = {
    "update": "UPDATE timeline SET action = 'adopt'",
    "delete": "DELETE FROM timeline",
    "upsert": f"INSERT INTO timeline ({COLUMNS}) SELECT {COLUMNS} FROM timeline WHERE true "
    "ON CONFLICT (act_id, n) DO UPDATE SET action = 'adopt'",
}
OF_ONE = {
    "sqlite": {"replace": f"REPLACE INTO timeline ({COLUMNS}) SELECT {COLUMNS} FROM timeline"},
    "postgresql": {
        "truncate": "TRUNCATE timeline CASCADE",
        "truncate act": "TRUNCATE act CASCADE",
    },
}


@pytest.mark.parametrize("change", [*CHANGES, "replace", "truncate", "truncate act"])
def test_no_entry_is_changed_or_removed(app, as_, now, change):
    reference = propose(as_, now)
    statement = (CHANGES | OF_ONE[db.engine.dialect.name]).get(change)
    if statement is None:
        return  # the other database's way
    before = [(entry.action, entry.hash) for entry in seen.timeline(reference)]
    db.session.remove()
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    assert [(entry.action, entry.hash) for entry in seen.timeline(reference)] == before
