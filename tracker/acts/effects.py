"""Writing what was decided: entry, columns, visits, duties, bodies, notices, for a set of acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, text, update

from tracker import assembly
from tracker.acts.models import ActBody, ActNumber, Heading, Visit
from tracker.acts.notices import step_news, step_notices
from tracker.circulation.models import Addressee, Circulation
from tracker.db import AnyRow, Executor
from tracker.duties.operations import close_duties, duty_row, move_due, open_duties
from tracker.following.news import tell_followers
from tracker.notices.operations import queue
from tracker.prepared import Prepared, by_dialect, write
from tracker.reviews.models import Review
from tracker.texts.models import Edition
from tracker.timeline.operations import Head, NewEntry, append
from workflows.decided import Decided
from workflows.facts import Actor
from workflows.outcome import Outcome
from workflows.schema import REQUEST

_END_REVIEW = Prepared(
    update(Review)
    .where(Review.id == bindparam("review"))
    .values(state_before=Review.state, state="cancelled", closed_n=bindparam("by"))
)
_ADD_BODY = Prepared(by_dialect(lambda insert: insert(ActBody).on_conflict_do_nothing()))


def _turn_lead(insert: Any) -> Any:
    """Give bodies parts in one statement: a new lead takes the place of the one there is."""
    statement = insert(ActBody)
    return statement.on_conflict_do_update(
        index_elements=("act_id",),
        index_where=text("part = 'lead'"),
        set_={"body_key": statement.excluded.body_key},
    )


_GIVE_PARTS = Prepared(by_dialect(_turn_lead))
_END_HEADING = Prepared(
    update(Heading)
    .where(Heading.act_id == bindparam("act"), Heading.until_n.is_(None))
    .values(until_n=bindparam("last"))
)
_ADD_HEADING = Prepared(insert(Heading))
_GIVE_NUMBER = Prepared(insert(ActNumber))
_FREEZE = Prepared(
    update(Edition)
    .where(
        Edition.act_id == bindparam("act"),
        Edition.n == bindparam("edition"),
        Edition.frozen_n.is_(None),
    )
    .values(frozen_n=bindparam("by"))
)
_OPEN_ROUND = Prepared(insert(Circulation).inline())
_ASK = Prepared(insert(Addressee).inline())
_END_ROUND = Prepared(
    update(Circulation)
    .where(
        Circulation.act_id == bindparam("act"),
        Circulation.n == bindparam("round"),
        Circulation.closed_n.is_(None),
    )
    .values(closed_n=bindparam("by"), closed_at=bindparam("at"), closed_why=bindparam("why"))
)


def _turn_visit(insert: Any) -> Any:
    """Leave a visit and enter the next in one statement: the row of the one left is there already,
    so that inserting it only sets when it was left.
    """
    statement = insert(Visit)
    left = {"left_n": statement.excluded.left_n, "left_on": statement.excluded.left_on}
    return statement.on_conflict_do_update(index_elements=("act_id", "n"), set_=left)


_TURN_VISIT = Prepared(by_dialect(_turn_visit))


def head_of(row: Row[Any]) -> Head:
    """The part of a locked act that a timeline entry continues."""
    return Head(
        row.id,
        row.reference,
        row.procedure_key,
        row.procedure_version,
        row.state,
        row.stage,
        row.visibility,
        row.version,
        row.head,
        row.visit,
        row.floor,
        row.edition,
    )


def apply(
    connection: Connection,
    decided: Sequence[tuple[Row[Any], Outcome]],
    actor: Actor,
    now: datetime,
    batch: Mapping[str, Any],
) -> None:
    """Write the outcomes of one step on locked acts: a fixed number of statements, whatever
    their number.
    """
    if not decided:
        return
    pairs = [(head_of(row), outcome) for row, outcome in decided]
    append(connection, [_entry(head, outcome, actor, batch) for head, outcome in pairs], now)
    _move_visits(connection, pairs)
    close_duties(
        connection,
        [
            (duty.id, head.version + 1, "left" if outcome.enters else "answered")
            for head, outcome in pairs
            for duty in outcome.closes
        ],
        now,
    )
    open_duties(
        connection,
        [
            duty_row(head.id, _visit(head, outcome), head.version + 1, duty, now)
            for head, outcome in pairs
            for duty in outcome.opens
        ],
    )
    redates = (redate for _head, outcome in pairs for redate in outcome.redates)
    move_due(connection, {duty.id: deadline for duty, deadline in redates}, now)
    _end_reviews(connection, pairs)
    _open_rounds(connection, pairs, actor, now)
    _end_rounds(connection, pairs, now)
    _set_bodies(connection, pairs)
    _set_headings(connection, pairs)
    _give_numbers(connection, pairs)
    _freeze_editions(connection, decided)
    queue(
        connection,
        [
            notice
            for head, outcome in pairs
            for notice in step_notices(outcome, actor, now, n=head.version + 1)
        ],
        now,
    )
    tell_followers(
        connection,
        [
            step_news(outcome, now, n=row.version + 1)
            for row, outcome in decided
            # A new lead may be followed where the former was not.
            if outcome.entry.action != REQUEST and (row.followed or outcome.lead is not None)
        ],
        actor,
        now,
    )


def _visit(head: Head, outcome: Outcome) -> int:
    """The number of a visit is that of the entry that began it: it stays unique whatever a
    correction voids.
    """
    return head.version + 1 if outcome.enters else head.visit


def _entry(head: Head, outcome: Outcome, actor: Actor, batch: Mapping[str, Any]) -> NewEntry:
    entry = outcome.entry
    stage = outcome.facts.procedure.state(outcome.state).stage
    return NewEntry(
        head,
        entry.action,
        actor.person,
        entry.after,
        behalf=entry.behalf,
        body=entry.body,
        decided=entry.decided,
        basis=entry.basis,
        edition=entry.edition,
        data={**entry.data, **batch},
        texts=entry.texts,
        columns={
            "state": outcome.state,
            "stage": stage,
            "visit": _visit(head, outcome),
            "floor": floor_after(head.floor, entry.decided),
        },
    )


def floor_after(floor: date | None, decided: Decided | None) -> date | None:
    """The latest known date of a move, counting this one by the first day it can have been."""
    if decided is None or decided.on is None:
        return floor
    return max(floor, decided.on) if floor is not None else decided.on


def known_day(decided: Decided | None) -> date | None:
    """The day of a move where it is known to the day."""
    return decided.on if decided is not None and decided.precision == "day" else None


def _move_visits(connection: Connection, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    rows = []
    for head, outcome in pairs:
        if not outcome.enters:
            continue
        day = known_day(outcome.entry.decided)
        left = {"n": head.visit, "state": head.state, "left_n": head.version + 1, "left_on": day}
        entered = {"n": _visit(head, outcome), "state": outcome.state, "entered_on": day}
        blank = {"act_id": head.id, "entered_on": None, "left_n": None, "left_on": None}
        rows += [{**blank, **left}, {**blank, **entered}]
    write(connection, _TURN_VISIT, rows)


def _end_reviews(connection: Connection, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    rows = [
        {"review": review, "by": head.version + 1}
        for head, outcome in pairs
        for review in outcome.cancels
    ]
    write(connection, _END_REVIEW, rows)


def _open_rounds(
    connection: Connection, pairs: Iterable[tuple[Head, Outcome]], actor: Actor, now: datetime
) -> None:
    rounds, asked = [], []
    for head, outcome in pairs:
        begun = outcome.circulates
        if begun is None:
            continue
        rounds.append(
            {
                "act_id": head.id,
                "n": begun.n,
                "visit": head.visit,
                "edition": begun.edition,
                "due_on": begun.due_on,
                "until_on": begun.due_on,
                "opened_n": head.version + 1,
                "opened_at": now,
                "opened_by": actor.person,
            }
        )
        present = {body for known in outcome.facts.bodies.values() for body in known}
        blank = {"act_id": head.id, "round": begun.n, "due_on": begun.due_on}
        asked += [
            {
                **blank,
                "body_key": body,
                "name": None,
                "address": None,
                "brought": body not in present,
            }
            for body in begun.bodies
        ]
        asked += [
            {**blank, "body_key": None, "name": name, "address": address or None, "brought": False}
            for name, address in begun.others
        ]
    write(connection, _OPEN_ROUND, rounds)
    write(connection, _ASK, asked)


def _end_rounds(
    connection: Connection, pairs: Iterable[tuple[Head, Outcome]], now: datetime
) -> None:
    rows = [
        {
            "act": head.id,
            "round": number,
            "by": head.version + 1,
            "at": now,
            "why": "left" if outcome.enters else "by_hand",
        }
        for head, outcome in pairs
        for number in outcome.ends
    ]
    write(connection, _END_ROUND, rows)


def _set_bodies(connection: Connection, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    rows = []
    for head, outcome in pairs:
        bodies = outcome.facts.bodies
        present = {body for known in bodies.values() for body in known}
        rows += [
            {"act_id": head.id, "body_key": body, "part": "concerned"}
            for body in sorted(outcome.concerns - present)
        ]
        if outcome.lead is not None:
            former = set(bodies.get("lead", ())) - {outcome.lead, *bodies.get("former_lead", ())}
            rows += [
                {"act_id": head.id, "body_key": body, "part": "former_lead"}
                for body in sorted(former)
            ]
            rows.append({"act_id": head.id, "body_key": outcome.lead, "part": "lead"})
    write(connection, _GIVE_PARTS, rows)


def insert_bodies(on: Executor, rows: list[dict[str, Any]]) -> None:
    """Give bodies a part in acts; a part they have already is left as it is."""
    write(on, _ADD_BODY, rows)


def _set_headings(connection: Connection, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    changed = [
        (head, outcome.kind or outcome.facts.kind, outcome.titles or outcome.facts.titles)
        for head, outcome in pairs
        if outcome.titles is not None or outcome.kind is not None
    ]
    set_headings(connection, changed, assembly.assembly().authentic)


def set_headings(
    on: Executor, changed: Iterable[tuple[Head, str, Mapping[str, str]]], authentic: str
) -> None:
    """Give acts another kind or titles from their next entry on."""
    changed = list(changed)
    ended = [{"act": head.id, "last": head.version} for head, _kind, _titles in changed]
    begun = [heading_row(head, kind, titles, authentic) for head, kind, titles in changed]
    write(on, _END_HEADING, ended)
    write(on, _ADD_HEADING, begun)


def fold(text: str) -> str:
    """Text as it is searched: case and the Russian ё do not matter."""
    return text.casefold().replace("ё", "е")


def heading_row(head: Head, kind: str, titles: Mapping[str, str], authentic: str) -> dict[str, Any]:
    return {
        "act_id": head.id,
        "since_n": head.version + 1,
        "kind": kind,
        "titles": dict(titles),
        "search": fold(" \n".join([head.reference, *titles.values()])),
        "sort_key": fold(titles[authentic]),
    }


def _give_numbers(connection: Connection, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    rows = [
        {
            "format": outcome.number[0],
            "number": outcome.number[1],
            "act_id": head.id,
            "given_n": head.version + 1,
        }
        for head, outcome in pairs
        if outcome.number is not None
    ]
    write(connection, _GIVE_NUMBER, rows)


def _freeze_editions(connection: Connection, decided: Iterable[tuple[AnyRow, Outcome]]) -> None:
    rows = [
        {"act": row.id, "edition": outcome.freezes, "by": row.version + 1}
        for row, outcome in decided
        if outcome.freezes is not None and (row.edition_open or outcome.freezes != row.edition)
    ]
    write(connection, _FREEZE, rows)
