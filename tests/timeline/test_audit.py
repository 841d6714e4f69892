"""`audit` finds whatever was changed behind the application's back, and says where."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta, timezone

import psycopg
import pytest

from tests import seen
from tests.road import TITLES, bring_to, opinion, propose
from tracker.acts.operations import advance, set_visibility
from tracker.admission.operations import Past, Proposal, admit_act
from tracker.corrections.operations import correct
from tracker.db import db
from tracker.timeline.audit import audit
from tracker.timeline.chain import digest


def findings() -> list[str]:
    db.session.remove()
    return [str(finding) for act in audit(db.session()) for finding in act.findings]


def tamper(statement: str, **values: object) -> None:
    """Change rows as somebody with the database's password would, past the triggers."""
    db.session.remove()
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        db.engine.dispose()
        connection = sqlite3.connect(url.database)
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        statement = statement.replace("%(", ":").replace(")s", "")
    else:
        connection = psycopg.connect(
            url.render_as_string(hide_password=False).replace("+psycopg", "")
        )
        connection.execute("SET session_replication_role = replica")
    with closing(connection):
        assert connection.execute(statement, values).rowcount
        connection.commit()


@pytest.fixture
def long(app, as_, now, tmp_path):
    """An act that went the whole way and is public."""
    reference = bring_to("dispatched", as_, now, tmp_path)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    return reference


@pytest.fixture
def corrected(app, as_, now, tmp_path):
    """An act with two steps taken back."""
    reference = bring_to("council", as_, now, tmp_path)
    staff = as_("secretariat")
    correct(reference, actor=as_("defence.secretary"), now=now, reason="Ошибка")
    data = {"reason": "По предмету", "lead_body": "social"}
    advance(reference, "rerefer", actor=staff, now=now, data=data)
    correct(reference, actor=staff, now=now, reason="Ошибка")
    advance(reference, "approve_in_commission", actor=as_("defence.chair"), now=now)
    return reference


@pytest.fixture
def reviewed(app, as_, now, tmp_path):
    """An act with words of a person."""
    reference = bring_to("eab_review", as_, now, tmp_path)
    opinion(reference, as_, now)
    return reference


@pytest.fixture
def admitted(app, as_, now):
    """An act with a history before its admission, one row of which leads nowhere new."""
    return admit_act(
        Proposal("model_law", TITLES, "parliament_kz", decided_on="2020"),
        "commission",
        [Past(state="drafting", decided_on="2021-02"), Past(state="drafting", reason="Снова")],
        actor=as_("secretariat"),
        now=now,
    )


def test_what_the_application_wrote_is_whole(long, corrected, reviewed, admitted):
    db.session.remove()
    found = {act.reference: act for act in audit(db.session())}
    assert set(found) == {long, corrected, reviewed, admitted}
    assert all(act.findings == () for act in found.values())
    assert found[long].entries == seen.act_of(long).version


def test_an_instant_of_another_zone_is_the_same_instant(app, as_, now):
    propose(as_, now.astimezone(timezone(timedelta(hours=5))))
    assert findings() == []


TAMPERED = {
    "an action": ("UPDATE timeline SET action = 'reject' WHERE {n}", "columns differ", "action"),
    "an actor": ("UPDATE timeline SET actor_id = actor_id + 1 WHERE {n}", "differ", "actor"),
    "a date": ("UPDATE timeline SET decided_on = '2020-01-01' WHERE {n}", "differ", "decided"),
    "a recording": (
        "UPDATE timeline SET recorded_at = '2020-01-01 00:00:00' WHERE {n}",
        "differ",
        "recorded_at",
    ),
    "data": ("UPDATE timeline SET data = '{{\"a\": 1}}' WHERE {n}", "differ", "data"),
    "bytes": (
        "UPDATE timeline SET canonical = replace(canonical, 'refer', 'infer') WHERE {n}",
        "the hash is not that",
        "",
    ),
    "spaces": ("UPDATE timeline SET canonical = canonical || ' ' WHERE {n}", "one form", ""),
    "no JSON": ("UPDATE timeline SET canonical = '[' WHERE {n}", "one form", ""),
    "a hash": ("UPDATE timeline SET hash = 'x' || substr(hash, 2) WHERE {n}", "hash is not", ""),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_changed_entry_is_named(long, what):
    statement, words, names = TAMPERED[what]
    n = 1 + seen.actions(long).index("refer_to_commission")
    act = seen.act_of(long).id
    tamper(statement.format(n=f"act_id = {act} AND n = {n}"))
    found = findings()
    assert any(f"{long} entry {n}: " in line and words in line for line in found), found
    assert any(names in line for line in found)
    assert all(line.startswith(long) for line in found)


def test_a_forged_entry_breaks_the_chain_after_it(long):
    """Bytes, hash and columns agree; the next entry still knows the old hash."""
    entry = seen.timeline(long)[3]
    forged = entry.canonical.replace(f'"actor":{entry.actor_id}', '"actor":99')
    tamper(
        "UPDATE timeline SET actor_id = 99, canonical = %(canonical)s, hash = %(hash)s "
        f"WHERE act_id = {entry.act_id} AND n = {entry.n}",
        canonical=forged,
        hash=digest(forged),
    )
    assert findings() == [f"{long} entry {entry.n + 1}: the chain to the entry before is broken"]


def test_a_changed_procedure_is_named(app):
    tamper(
        "UPDATE procedure_version SET text = replace(text, 'staff', 'stuff') "
        "WHERE key = 'model_law'"
    )
    assert findings()[0] == "procedure model_law 3: its text is not that of its hash"


def test_removed_entries_are_missed(long):
    act = seen.act_of(long)
    tamper(f"DELETE FROM timeline WHERE act_id = {act.id} AND n = 4")
    assert findings() == [f"{long} entry 4: the entry is missing"]


def test_a_cut_end_shows_in_the_act(admitted):
    act = seen.act_of(admitted)
    tamper(f"DELETE FROM timeline WHERE act_id = {act.id} AND n = {act.version}")
    (found,) = (line for line in findings() if "last entry" in line)
    assert "version" in found
    assert "head" in found


def test_all_entries_gone(admitted):
    act = seen.act_of(admitted)
    tamper(f"DELETE FROM timeline WHERE act_id = {act.id}")
    assert findings() == [f"{admitted}: it has no entries"]


def test_an_act_gone(admitted):
    act = seen.act_of(admitted)
    tamper(f"DELETE FROM act WHERE id = {act.id}")
    assert findings() == [f"act {act.id}: the act is missing, its entries are there"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("version = version + 1", "version"),
        ("state = 'adopted'", "state"),
        ("stage = 'plenary'", "stage"),
        ("visit = 1", "visit"),
        ("visibility = 'public'", "visibility"),
        ("head = 'x'", "head"),
        ("reference = 'MA-2026-999'", "act"),
    ],
)
def test_a_changed_act_is_named(corrected, change, name):
    act = seen.act_of(corrected)
    tamper(f"UPDATE act SET {change} WHERE id = {act.id}")
    found = findings()
    assert found
    assert all(line.endswith(f": {name}") for line in found)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE visit SET entered_on = '2020-01-01' WHERE act_id = {act} AND n = {n}",
        "UPDATE visit SET void = false WHERE act_id = {act} AND void",
        "DELETE FROM visit WHERE act_id = {act} AND n = {n}",
        "INSERT INTO visit (act_id, n, state, left_n) VALUES ({act}, 99, 'plenary', 99)",
    ],
)
def test_visits_are_rebuilt_and_compared(corrected, statement):
    act = seen.act_of(corrected)
    tamper(statement.format(act=act.id, n=act.visit))
    (found,) = findings()
    assert found.startswith(f"{corrected}: visits differ from the entries")


def test_a_changed_text_is_named_and_a_removed_one_is_no_fault(reviewed):
    act = seen.act_of(reviewed)
    n = 1 + seen.actions(reviewed).index("file_opinion")
    tamper(f"UPDATE timeline_text SET text = 'Иное' WHERE act_id = {act.id} AND n = {n}")
    assert findings() == [f"{reviewed} entry {n}: the text 'text' was changed"]
    tamper(f"DELETE FROM timeline_text WHERE act_id = {act.id} AND n = {n}")
    db.session.remove()
    found = [finding for act in audit(db.session()) for finding in act.findings]
    assert [(str(f), f.removed) for f in found] == [
        (f"{reviewed} entry {n}: the text 'text' was removed", True)
    ]
    tamper(
        "INSERT INTO timeline_text (act_id, n, name, salt, text) VALUES (%(act)s, 1, 'x', '', '')",
        act=act.id,
    )
    assert f"{reviewed} entry 1: the text 'x' was added later" in findings()


def test_portions_do_not_matter(app, as_, now, monkeypatch):
    monkeypatch.setattr("tracker.timeline.audit.PORTION", 2)
    references = [propose(as_, now) for _ in range(5)]
    db.session.remove()
    assert [act.reference for act in audit(db.session())] == references
