"""Writing what was decided: entry, columns, visits, duties, bodies, notices, for a set of acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.acts.models import ActBody, ActNumber, Heading, Visit
from tracker.acts.notices import step_notices
from tracker.duties.operations import close_duties, duty_row, move_due, open_duties
from tracker.notices.operations import queue
from tracker.reviews.models import Review
from tracker.texts.models import Edition
from tracker.timeline.operations import Head, NewEntry, append
from workflows.decide import Outcome
from workflows.decided import Decided
from workflows.facts import Actor

_LEAVE = (
    update(Visit.__table__)  # type: ignore[arg-type]
    .where(Visit.act_id == bindparam("act"), Visit.n == bindparam("visit"))
    .values(left_n=bindparam("by"), left_on=bindparam("day"))
)
_ENTER = insert(Visit.__table__)  # type: ignore[arg-type]


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
    session: Session,
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
    append(session, [_entry(head, outcome, actor, batch) for head, outcome in pairs], now)
    _move_visits(session, pairs)
    close_duties(
        session,
        [
            (duty.id, head.version + 1, "left" if outcome.enters else "answered")
            for head, outcome in pairs
            for duty in outcome.closes
        ],
        now,
    )
    open_duties(
        session,
        [
            duty_row(head.id, _visit(head, outcome), head.version + 1, duty, now)
            for head, outcome in pairs
            for duty in outcome.opens
        ],
    )
    for _head, outcome in pairs:
        if outcome.redates:
            move_due(session, {duty.id: when for duty, when in outcome.redates}, now)
    _end_reviews(session, pairs)
    _set_bodies(session, pairs)
    _set_headings(session, pairs)
    _give_numbers(session, pairs)
    _freeze_editions(session, pairs)
    queue(
        session,
        [
            notice
            for head, outcome in pairs
            for notice in step_notices(outcome, actor, now, n=head.version + 1)
        ],
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


def _move_visits(session: Session, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    entering = [(head, outcome) for head, outcome in pairs if outcome.enters]
    if not entering:
        return
    session.connection().execute(
        _LEAVE,
        [
            {
                "act": head.id,
                "visit": head.visit,
                "by": head.version + 1,
                "day": known_day(outcome.entry.decided),
            }
            for head, outcome in entering
        ],
    )
    session.execute(
        _ENTER,
        [
            {
                "act_id": head.id,
                "n": _visit(head, outcome),
                "state": outcome.state,
                "entered_on": known_day(outcome.entry.decided),
            }
            for head, outcome in entering
        ],
    )


def _end_reviews(session: Session, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    for head, outcome in pairs:
        if outcome.cancels:
            session.execute(
                update(Review)
                .where(Review.id.in_(outcome.cancels))
                .values(state_before=Review.state, state="cancelled", closed_n=head.version + 1)
            )


def _set_bodies(session: Session, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    rows = []
    led = []
    for head, outcome in pairs:
        bodies = outcome.facts.bodies
        present = {body for known in bodies.values() for body in known}
        rows += [
            {"act_id": head.id, "body_key": body, "part": "concerned"}
            for body in sorted(outcome.concerns - present)
        ]
        if outcome.lead is not None:
            led.append(head.id)
            rows += lead_rows(head.id, bodies.get("lead", ()), outcome.lead)
    if led:
        session.execute(delete(ActBody).where(ActBody.act_id.in_(led), ActBody.part == "lead"))
    insert_bodies(session, rows)


def lead_rows(act_id: int, former: Iterable[str], lead: str) -> list[dict[str, Any]]:
    """The rows that make `lead` the lead commission and remember the former one."""
    return [
        *(
            {"act_id": act_id, "body_key": body, "part": "former_lead"}
            for body in former
            if body != lead
        ),
        {"act_id": act_id, "body_key": lead, "part": "lead"},
    ]


def insert_bodies(session: Session, rows: list[dict[str, Any]]) -> None:
    """Give bodies a part in acts; a part they have already is left as it is."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(ActBody.__table__).on_conflict_do_nothing(), rows)


def _set_headings(session: Session, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    for head, outcome in pairs:
        if outcome.titles is not None or outcome.kind is not None:
            set_heading(
                session,
                head,
                outcome.kind or outcome.facts.kind,
                outcome.titles or outcome.facts.titles,
                outcome.facts.setting.assembly.authentic,
            )


def set_heading(
    session: Session, head: Head, kind: str, titles: Mapping[str, str], authentic: str
) -> None:
    """Give an act another kind or titles from its next entry on."""
    session.execute(
        update(Heading)
        .where(Heading.act_id == head.id, Heading.until_n.is_(None))
        .values(until_n=head.version)
    )
    session.execute(
        insert(Heading).values(heading_row(head.id, head.version + 1, kind, titles, authentic))
    )


def fold(text: str) -> str:
    """Text as it is searched: case and the Russian ё do not matter."""
    return text.casefold().replace("ё", "е")


def heading_row(
    act_id: int, since_n: int, kind: str, titles: Mapping[str, str], authentic: str
) -> dict[str, Any]:
    return {
        "act_id": act_id,
        "since_n": since_n,
        "kind": kind,
        "titles": dict(titles),
        "search": fold(" \n".join(titles.values())),
        "sort_key": fold(titles[authentic]),
    }


def _give_numbers(session: Session, pairs: Iterable[tuple[Head, Outcome]]) -> None:
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
    if rows:
        session.execute(insert(ActNumber), rows)


def _freeze_editions(session: Session, pairs: Iterable[tuple[Head, Outcome]]) -> None:
    for head, outcome in pairs:
        if outcome.freezes is not None:
            session.execute(
                update(Edition)
                .where(
                    Edition.act_id == head.id,
                    Edition.n == outcome.freezes,
                    Edition.frozen_n.is_(None),
                )
                .values(frozen_n=head.version + 1)
            )
