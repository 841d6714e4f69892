"""Databases of any volume: a few acts walked by the operations, then multiplied inside them.

A copy has all rows of its act but the notices; its texts are not hashed anew, so its chain does not
verify. Nothing that is measured reads them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text, update

from benchmarks.world import NOW, PROPOSAL, as_
from tracker.acts.models import Act
from tracker.acts.operations import advance, set_visibility
from tracker.admission.operations import propose_act
from tracker.db import db, unit_of_work
from tracker.duties.models import Duty
from tracker.reviews.operations import assign_review, file_opinion
from tracker.sittings.operations import give_position
from tracker.texts.files import keep
from tracker.texts.operations import add_file

ENTRIES, DUTIES = 20, 10
"""Of each act, on the whole: 100,000 acts have two million entries and a million duties."""
STATES = ("drafting", "eab_review", "commission", "council", "plenary", "adopted", "dispatched")
MIX = ("proposed", *STATES, *["dispatched"] * 12)
"""Twelve in twenty are done, the others under way."""
COPIED = (
    "act",
    "heading",
    "act_body",
    "visit",
    "timeline",
    "duty",
    "edition",
    "edition_file",
    "decision",
    "act_number",
)


def templates(folder: Path) -> int:
    """Walk an act to each state of the mix, with as many entries and duties as an act has."""
    for place, state in enumerate(MIX):
        reference = walked(state, folder, serial=f"{place + 1}")
        _fill(reference, public=state == "dispatched")
    return len(MIX)


def walked(state: str, folder: Path, serial: str) -> str:
    """A new act in this state, by reference; the last steps are those of a real one."""
    reference = propose_act(PROPOSAL, actor=as_("secretariat"), now=NOW)

    def step(name: str, who: str, **data: object) -> None:
        advance(reference, name, actor=as_(who), now=NOW, data=data)

    def submit() -> None:
        upload = keep(folder, "draft.txt", io.BytesIO("Статья 1. Проба".encode()))
        add_file(reference, upload, language="ru", actor=as_("drafter"), now=NOW)
        step("submit_to_eab", "secretariat")

    def refer() -> None:
        expert = "eab.expert1@demo.example.org"
        review = assign_review(reference, expert, actor=as_("eab.secretary"), now=NOW)
        file_opinion(review, "approve", "Замечаний нет.", actor=as_("eab.expert1"), now=NOW)
        step("refer_to_commission", "eab.secretary", lead_body="defence")

    def include() -> None:
        give_position(reference, "yes", actor=as_("council.kz"), now=NOW)
        step("include_in_agenda", "secretariat", session=18)

    road: Mapping[str, Callable[[], None]] = {
        "drafting": lambda: step("start_drafting", "secretariat", reason="Концепция не нужна"),
        "eab_review": submit,
        "commission": refer,
        "council": lambda: step("approve_in_commission", "defence.secretary"),
        "plenary": include,
        "adopted": lambda: step("adopt", "secretariat", session=18, serial=serial),
        "dispatched": lambda: step("dispatch", "secretariat"),
    }
    if state != "proposed":
        for at in STATES[: STATES.index(state) + 1]:
            road[at]()
    return reference


def _fill(reference: str, *, public: bool) -> None:
    """Entries that move nothing, and duties that are done."""
    last, other = ("public", "internal") if public else ("internal", "public")
    act, version = db.session.execute(
        select(Act.id, Act.version).where(Act.reference == reference)
    ).one()
    for n in range(version, ENTRIES):
        wanted = other if (ENTRIES - n) % 2 == 0 else last
        set_visibility(reference, wanted, actor=as_("secretariat"), now=NOW)
    set_visibility(reference, last, actor=as_("secretariat"), now=NOW)
    with unit_of_work() as session:
        have = session.scalar(select(func.count(Duty.id)).where(Duty.act_id == act)) or 0
        one = session.execute(
            select(Duty.__table__).where(Duty.act_id == act).limit(1)
        ).mappings().one()  # fmt: skip
        done = {**one, "next_reminder_at": None, "closed_at": NOW, "closed_n": 2}
        done |= {"closed_why": "left"}
        del done["id"]
        for _ in range(DUTIES - have):
            session.execute(insert(Duty), done)


def multiply(connection: Connection, times: int) -> None:
    """Let there be so many times the acts there are."""
    metadata = MetaData()
    metadata.reflect(connection, only=COPIED)
    acts = connection.scalar(text("SELECT max(id) FROM act")) or 0
    duties = connection.scalar(text("SELECT max(id) FROM duty")) or 0
    for name in COPIED:
        _copy(connection, metadata.tables[name], times, acts, duties)
    if connection.dialect.name == "postgresql":
        for name in ("act", "duty"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
            )
    connection.commit()


def _copy(connection: Connection, table: Table, times: int, acts: int, duties: int) -> None:
    own = {"act": acts, "duty": duties}
    new = {
        "id": f"id + k * {own.get(table.name, 0)}",
        "act_id": f"act_id + k * {acts}",
        "reference": "reference || '-' || k",
        "number": "number || '-' || k",
        "search": "search || ' ' || k",
        "canonical": "'{}'",
    }
    columns = [column.name for column in table.columns]
    values = ", ".join(new.get(name, name) for name in columns)
    if connection.dialect.name == "postgresql":
        series = f"WITH series AS (SELECT generate_series(1, {times - 1}) AS k)"
    else:
        series = (
            "WITH RECURSIVE series(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM series"
            f" WHERE k < {times - 1})"
        )
    names = ", ".join(columns)
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({names}) {series} SELECT {values} FROM {table.name}, series"
        )
    )


def let_fall_due(duties: list[int], now: datetime) -> None:
    with unit_of_work() as session:
        session.execute(update(Duty).where(Duty.id.in_(duties)).values(next_reminder_at=now))
