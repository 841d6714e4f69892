"""The bare driver: the statements alone, with nothing decided and nobody looked up."""

from __future__ import annotations

import json
import re
import sqlite3
from time import perf_counter
from typing import Any

import psycopg

from benchmarks.world import NOW

_INSTANT = NOW.isoformat(" ", "microseconds")
_LOOK = "SELECT id, version FROM act WHERE reference = :reference"
_MOVE = "UPDATE act SET state = 'concept', stage = 'concept', version = :n WHERE id = :act"
_LOG = """
    INSERT INTO timeline
        (act_id, n, action, before, after, actor_id, recorded_at, data, canonical, hash)
    VALUES (:act, :n, 'open_concept', 'proposed', 'concept', 1, :now, '{}', :text, :hash)
"""
_OWE = """
    INSERT INTO duty
        (act_id, visit, kind, body_key, role, opened_at, opened_n, invited_at, due_on, due_state,
         due_detail, zone, calendar, next_reminder_at)
    VALUES (:act, 1, 'decide_concept', 'eab', 'secretary', :now, :n, :now, '2026-12-22', 'set',
            'null', 'Europe/Moscow', 'assembly', :now)
"""
_TELL = """
    INSERT INTO notice
        (event, name, person_id, channel, act_id, reasons, language, facts, created_at, state,
         due_at, message_id)
    VALUES (:event, 'concept_opened', :person, 'mail', :act, '["eab.secretary"]', 'ru', :facts,
            :now, 'queued', :now, :id)
    ON CONFLICT (event, name, person_id, channel) DO NOTHING
"""
_FACTS = json.dumps({"facts": "x" * 750})


class Floor:
    """Moves acts of the product's own tables by its own statements."""

    def __init__(self, url: str, acts: list[str]) -> None:
        self._acts = acts
        self._lock = ""
        self._connection: Any
        if url.startswith("sqlite"):
            self._connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            self._connection = psycopg.connect(url, autocommit=True)
            self._lock = " FOR UPDATE"
        self._begin = "BEGIN" if self._lock else "BEGIN IMMEDIATE"

    def single(self, count: int) -> list[float]:
        seconds = []
        for _ in range(count):
            begun = perf_counter()
            self._run(self._begin)
            self._move([self._acts.pop()])
            self._run("COMMIT")
            seconds.append(perf_counter() - begun)
        return seconds

    def bulk(self, count: int) -> list[float]:
        acts = [self._acts.pop() for _ in range(count)]
        begun = perf_counter()
        self._run(self._begin)
        self._move(acts)
        self._run("COMMIT")
        return [perf_counter() - begun]

    def close(self) -> None:
        self._connection.close()

    def _move(self, references: list[str]) -> None:
        moves = []
        for reference in references:
            act, version = self._run(_LOOK + self._lock, {"reference": reference}).fetchone()
            moves.append(
                {"act": act, "n": version + 1, "now": _INSTANT, "text": "x" * 600, "hash": "0" * 64}
            )
        tellings = [
            {
                **move,
                "event": f"act:{move['act']}:{move['n']}",
                "person": person,
                "facts": _FACTS,
                "id": f"<{move['act']}-{move['n']}-{person}@assembly.example>",
            }
            for move in moves
            for person in range(1, 6)
        ]
        for sql, rows in ((_MOVE, moves), (_LOG, moves), (_OWE, moves), (_TELL, tellings)):
            if len(rows) == 1:
                self._run(sql, rows[0])
            else:
                self._connection.cursor().executemany(self._spelt(sql), rows)

    def _run(self, sql: str, values: dict[str, Any] | None = None) -> Any:
        cursor = self._connection.cursor()
        return cursor.execute(self._spelt(sql), values or {})

    def _spelt(self, sql: str) -> str:
        return re.sub(r":([a-z]\w*)", r"%(\1)s", sql) if self._lock else sql
