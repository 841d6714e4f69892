"""The assembly this installation serves: its files, and what is stored of them.

The files are read once when the app is made. `sync` brings bodies, kinds, members and procedure
versions into the database; an act is pinned to the stored version it began under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import Date, false, insert, null, select, union_all, update
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from tracker.acts.models import ProcedureVersion
from tracker.db import Executor, unit_of_work
from tracker.people.models import Body, CalendarDay, CalendarPeriod, DatedTitle, Term
from workflows.assembly_schema import Assembly
from workflows.calendars import Calendar, local_date
from workflows.loader import AssemblyFiles, compile_text, load_assembly
from workflows.machine import Compiled
from workflows.soundness import check_assembly

Cache = dict[tuple[str, int], Compiled]
KEPT_CALENDARS = 8
_CHANGED = union_all(
    select(
        CalendarDay.calendar,
        CalendarDay.day,
        as_type(null(), Date).label("last"),
        CalendarDay.working,
        CalendarDay.name,
    ),
    select(
        CalendarPeriod.calendar,
        CalendarPeriod.first,
        CalendarPeriod.last,
        false(),
        CalendarPeriod.name,
    ),
).order_by("calendar", "day", "last")
"""Days that were changed one by one, and periods of days off, which have a last day."""


class SyncError(Exception):
    """The files cannot be brought into the database; the message says what to do."""


class NotStored(LookupError):
    """A version that an act began under is not in the database; the message says what to do."""


def init_app(app: Flask, name: str, notices: Path) -> None:
    """Read and check the assembly's files; raises `BadFile` with every fault."""
    files = load_assembly(name)
    names = frozenset(path.name for path in notices.iterdir() if path.is_dir())
    check_assembly(files, names)
    app.extensions["assembly"] = files
    app.extensions["notice_names"] = names
    app.extensions["procedures"] = {}
    app.extensions["alike"] = _alike(files)
    app.extensions["calendars"] = lru_cache(KEPT_CALENDARS)(partial(_calendars, files.assembly))


def files() -> AssemblyFiles:
    return cast("AssemblyFiles", current_app.extensions["assembly"])


def assembly() -> Assembly:
    return files().assembly


def by_tongue(language: str) -> tuple[bool, str]:
    """The order in which languages are shown, as the key of a sort: the authentic one first."""
    return language != assembly().authentic, language


def notice_names() -> frozenset[str]:
    """What people can be told, by name: that for which there are words."""
    return cast("frozenset[str]", current_app.extensions["notice_names"])


def zone() -> str:
    return assembly().zone


def current_version(key: str) -> int:
    """The version under which a new act of the procedure begins: the one of the files."""
    return next(f.procedure.version for f in files().procedures if f.procedure.procedure == key)


def procedure(on: Executor, key: str, version: int) -> Compiled:
    """A stored version, compiled on first use and kept; raises NotStored."""
    cache = cast("Cache", current_app.extensions["procedures"])
    if (key, version) not in cache:
        text = on.scalar(
            select(ProcedureVersion.text).where(
                ProcedureVersion.key == key, ProcedureVersion.version == version
            )
        )
        if text is None:
            raise NotStored(f"procedure {key} version {version} is not stored: run tracker sync")
        cache[key, version] = compile_text(text)
    return cache[key, version]


def stored_procedures(session: Session) -> list[Compiled]:
    """Every version that is stored, in the order of the files, the newest version first."""
    names = session.execute(
        select(ProcedureVersion.key, ProcedureVersion.version).order_by(
            ProcedureVersion.key, ProcedureVersion.version.desc()
        )
    )
    order = {file.procedure.procedure: place for place, file in enumerate(files().procedures)}
    ordered = sorted(names, key=lambda name: order.get(name.key, len(order)))
    return [procedure(session, key, version) for key, version in ordered]


def alike() -> Mapping[str, frozenset[str]]:
    """Procedures that have the same states, by procedure."""
    return cast("Mapping[str, frozenset[str]]", current_app.extensions["alike"])


def _alike(files: AssemblyFiles) -> dict[str, frozenset[str]]:
    states = {f.procedure.procedure: frozenset(f.procedure.states) for f in files.procedures}
    return {
        key: frozenset(other for other, those in states.items() if those == mine)
        for key, mine in states.items()
    }


def calendars(on: Executor) -> Mapping[str, Calendar]:
    """The assembly's calendars with the days and periods that the secretariat has changed."""
    return _kept_calendars()(tuple(map(tuple, on.execute(_CHANGED))))


def file_calendars() -> Mapping[str, Calendar]:
    """The assembly's calendars as its file has them: right while no day was changed."""
    return _kept_calendars()(())


def _kept_calendars() -> Callable[[tuple[Any, ...]], Mapping[str, Calendar]]:
    """`_calendars`, kept by the days it was given: a calendar remembers the years it counted."""
    return cast(
        "Callable[[tuple[Any, ...]], Mapping[str, Calendar]]", current_app.extensions["calendars"]
    )


def _calendars(
    rules: Assembly, days: tuple[tuple[str, date, date | None, bool, str], ...]
) -> dict[str, Calendar]:
    changed: dict[str, dict[bool, dict[date, str]]] = {}
    periods: dict[str, list[tuple[date, date]]] = {}
    for calendar, day, last, is_working, name in days:
        if last is not None:
            periods.setdefault(calendar, []).append((day, last))
            continue
        changed.setdefault(calendar, {True: {}, False: {}})[is_working][day] = name
    found = {}
    for key, file in rules.calendars.items():
        own = changed.get(key, {})
        working, off = own.get(True, {}), own.get(False, {})
        days_off = {**file.days_off, **off}
        found[key] = Calendar(
            key,
            file.country,
            days_off={day: name for day, name in days_off.items() if day not in working},
            working=frozenset({*file.working, *working} - off.keys()),
            recess=(*file.recess, *periods.get(key, ())),
            known_through=file.known_through,
        )
    return found


def sync(now: datetime) -> list[str]:
    """Bring the files into the database, in one transaction; returns what was stored anew.

    Raises `SyncError` when a procedure changed without a new version.
    """
    done: list[str] = []
    with unit_of_work() as session:
        since = local_date(now, zone())
        _sync_bodies(session, since)
        for category, terms in (("kind", assembly().kinds), ("member", assembly().members)):
            known = {
                term.key: term
                for term in session.scalars(select(Term).where(Term.category == category))
            }
            for key, term in terms.items():
                if key not in known:
                    session.add(Term(category=category, key=key))
                else:
                    known[key].ended_on = None
                _sync_title(session, category, key, term.titles, since)
            for key in known.keys() - terms.keys():
                known[key].ended_on = known[key].ended_on or since
        done += _sync_procedures(session, now)
    return done


def _sync_bodies(session: Session, since: object) -> None:
    known = {body.key: body for body in session.scalars(select(Body))}
    for key, body in assembly().bodies.items():
        row = known.get(key)
        if row is None:
            session.add(Body(key=key, kind=body.kind, member=body.member))
        else:
            row.kind, row.member, row.ended_on = body.kind, body.member, None
        _sync_title(session, "body", key, body.titles, since)
    gone = [key for key in known if key not in assembly().bodies]
    session.execute(
        update(Body).where(Body.key.in_(gone), Body.ended_on.is_(None)).values(ended_on=since)
    )
    session.flush()


def _sync_title(
    session: Session, category: str, key: str, titles: Mapping[str, str], since: object
) -> None:
    last = session.scalar(
        select(DatedTitle)
        .where(DatedTitle.category == category, DatedTitle.key == key)
        .order_by(DatedTitle.since.desc())
        .limit(1)
    )
    if last is not None and last.titles == dict(titles):
        return
    if last is not None and last.since == since:
        last.titles = dict(titles)
        return
    session.execute(
        insert(DatedTitle).values(category=category, key=key, since=since, titles=dict(titles))
    )


def _sync_procedures(session: Session, now: datetime) -> list[str]:
    stored = {
        (row.key, row.version): row.hash
        for row in session.execute(
            select(ProcedureVersion.key, ProcedureVersion.version, ProcedureVersion.hash)
        )
    }
    done = []
    for file in files().procedures:
        key, version = file.procedure.procedure, file.procedure.version
        if (key, version) not in stored:
            session.execute(
                insert(ProcedureVersion).values(
                    key=key, version=version, hash=file.hash, text=file.text, stored_at=now
                )
            )
            done.append(f"{key} {version}")
        elif stored[key, version] != file.hash:
            raise SyncError(
                f"procedure {key} changed but is still version {version}: raise the version"
            )
    return done
