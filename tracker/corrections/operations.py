"""Correcting a wrong last step.

Its recorder may within an hour; afterwards, or anybody else of the Secretariat, with a second
person: the first one's `correct` asks, the second one's carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import (
    floor_after,
    head_of,
    insert_bodies,
    queue_tellings,
    set_heading,
)
from tracker.acts.facts import gather, wanted_for_notice
from tracker.acts.models import ActBody, Visit
from tracker.acts.operations import check_version, locked
from tracker.db import unit_of_work
from tracker.duties.models import Duty
from tracker.duties.operations import close_duties, duty_row, open_duties
from tracker.errors import Forbidden, Invalid, Refused
from tracker.notices.models import Notice
from tracker.permissions import may
from tracker.reviews.models import Review
from tracker.timeline.models import TimelineEntry
from tracker.timeline.operations import NewEntry, append
from workflows import fields
from workflows.calendars import local_date
from workflows.decide import new_duties, tell
from workflows.decided import Decided
from workflows.facts import ActFacts, Actor, Refusal
from workflows.machine import Compiled

ALONE = timedelta(hours=1)
"""How long the recorder of a step may correct it without a second person."""
CONFIRM = "confirm_correction"


@dataclass(frozen=True, slots=True)
class Correctable:
    """The step that a correction would undo, and what the actor may do about it."""

    n: int
    action: str
    before: str
    after: str
    alone: bool
    asked_by: int | None
    """Who asked for the correction, when it waits for a second person."""


def last_step(session: Session, act_id: int, procedure: Compiled) -> Any:
    """The last step of the procedure that no correction has undone, None when there is none."""
    undone = select(TimelineEntry.data["corrects"].as_integer()).where(
        TimelineEntry.act_id == act_id, TimelineEntry.action == "correct"
    )
    return session.execute(
        select(TimelineEntry)
        .where(
            TimelineEntry.act_id == act_id,
            TimelineEntry.action.in_(list(procedure.definition.actions)),
            TimelineEntry.n.not_in(undone),
            func.coalesce(TimelineEntry.data["before_admission"].as_boolean(), False).is_(False),
        )
        .order_by(TimelineEntry.n.desc())
        .limit(1)
    ).scalar_one_or_none()


def correctable(
    session: Session, row: Row[Any], actor: Actor, now: datetime
) -> Correctable | Refusal:
    """Which step the actor may have corrected, or why none."""
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    step = last_step(session, row.id, procedure)
    staff = may(assembly.assembly(), actor, "confirm_correction")
    recorder = step is not None and step.actor_id == actor.person
    if not staff and not recorder:
        return Refusal("not_permitted")
    if step is None:
        return Refusal("nothing_to_correct")
    alone = recorder and now - step.recorded_at <= ALONE
    if not alone and not staff:
        return Refusal("hour_is_over")
    asked = _asked(session, row.id, step.n)
    return Correctable(step.n, step.action, step.before, step.after, alone, asked)


def _asked(session: Session, act_id: int, n: int) -> int | None:
    """Who asked for the correction of step `n`, while that waits for a second person."""
    return session.scalar(
        select(TimelineEntry.actor_id)
        .join(
            Duty,
            and_(
                Duty.act_id == TimelineEntry.act_id,
                Duty.opened_n == TimelineEntry.n,
                Duty.kind == CONFIRM,
                Duty.closed_at.is_(None),
            ),
        )
        .where(
            TimelineEntry.act_id == act_id,
            TimelineEntry.action == "ask_correction",
            TimelineEntry.data["corrects"].as_integer() == n,
        )
        .limit(1)
    )


def correct(
    reference: str,
    *,
    actor: Actor,
    now: datetime,
    reason: Any,
    version: int | None = None,
) -> bool:
    """Undo the act's last step, or ask a second person to; returns whether it is undone.

    Raises NotFound, Forbidden, Invalid, Stale or Refused.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        found = correctable(session, row, actor, now)
        if isinstance(found, Refusal) and found.code == "not_permitted":
            raise Forbidden(found)
        words = _reason(reason)
        check_version(row, version)
        if isinstance(found, Refusal):
            raise Refused(found, act_id=row.id)
        if not found.alone and (found.asked_by is None or found.asked_by == actor.person):
            if found.asked_by is not None:
                raise Refused(Refusal("second_person_needed"), act_id=row.id)
            _ask(session, row, found, actor, now, words)
            return False
        _undo(session, row, found, actor, now, words)
    return True


def _reason(raw: Any) -> str:
    try:
        words = fields.text(raw if raw is not None else "")
    except fields.Unfit as unfit:
        raise Invalid(Refusal(unfit.code, unfit.params, "reason")) from None
    if not words:
        raise Invalid(Refusal("required", {"name": "reason"}, "reason"))
    return words


def _facts(session: Session, row: Row[Any], now: datetime, notice: str) -> ActFacts:
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    return gather(session, [row], wanted_for_notice(procedure, row.state, notice), now)[0]


def _ask(
    session: Session, row: Row[Any], step: Correctable, actor: Actor, now: datetime, words: str
) -> None:
    facts = _facts(session, row, now, "correction_requested")
    kind = facts.procedure.definition.duties[CONFIRM]
    start = local_date(now, facts.setting.assembly.zone)
    duties = list(new_duties(facts, CONFIRM, kind, start))
    n = row.version + 1
    data = {"corrects": step.n, "action": step.action}
    entry = NewEntry(
        head_of(row), "ask_correction", actor.person, row.state, data=data, texts={"reason": words}
    )
    append(session, [entry], now)
    open_duties(session, [duty_row(row.id, row.visit, n, duty, now) for duty in duties])
    about = {"action": "ask_correction", "data": data, "reason": words}
    tellings = tell(facts, "correction_requested", actor)
    queue_tellings(session, facts, tellings, actor, now, n=n, about=about, opens=duties)


def _undo(
    session: Session, row: Row[Any], step: Correctable, actor: Actor, now: datetime, words: str
) -> None:
    entry = session.get_one(TimelineEntry, (row.id, step.n))
    n = row.version + 1
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    visit = _reopen_visit(session, row, step, n, now)
    _restore_bodies(session, row.id, entry.data)
    head = head_of(row)
    if "former_titles" in entry.data or "former_kind" in entry.data:
        set_heading(
            session,
            head,
            entry.data.get("former_kind") or row.kind,
            entry.data.get("former_titles") or row.titles,
            assembly.assembly().authentic,
        )
    asked = session.scalars(
        select(Duty.id).where(Duty.act_id == row.id, Duty.kind == CONFIRM, Duty.closed_at.is_(None))
    ).all()
    close_duties(session, [(duty, n, "done") for duty in asked], now)
    _restore_duties(session, row.id, step.n, now)
    session.execute(
        update(Review)
        .where(Review.act_id == row.id, Review.closed_n == step.n, Review.state == "cancelled")
        .values(state=Review.state_before, state_before=None, closed_n=None)
    )
    _cancel_unsent(session, row.id, step.n)
    data = {"corrects": step.n, "action": step.action}
    correction = NewEntry(
        head,
        "correct",
        actor.person,
        step.before,
        data=data,
        texts={"reason": words},
        columns={
            "state": step.before,
            "stage": procedure.state(step.before).stage,
            "visit": visit,
            "floor": _floor_without(session, row.id, step.n, procedure),
        },
    )
    facts = _facts(session, row, now, "step_corrected")
    append(session, [correction], now)
    about = {"action": "correct", "data": data, "reason": words, "after": step.before}
    tellings = tell(facts, "step_corrected", actor)
    queue_tellings(session, facts, tellings, actor, now, n=n, about=about)


def _reopen_visit(session: Session, row: Row[Any], step: Correctable, n: int, now: datetime) -> int:
    """Void the visit that the step began and go on with the one it left; its number."""
    if row.visit != step.n:
        return int(row.visit)
    opened = session.scalars(
        select(Duty.id).where(Duty.act_id == row.id, Duty.visit == step.n, Duty.closed_at.is_(None))
    ).all()
    close_duties(session, [(duty, n, "corrected") for duty in opened], now)
    session.execute(
        update(Visit)
        .where(Visit.act_id == row.id, Visit.n == step.n)
        .values(left_n=n, left_on=None, void=True)
    )
    left = session.execute(
        update(Visit)
        .where(Visit.act_id == row.id, Visit.left_n == step.n)
        .values(left_n=None, left_on=None)
        .returning(Visit.n)
    ).scalar_one()
    return int(left)


def _restore_bodies(session: Session, act_id: int, data: Mapping[str, Any]) -> None:
    if "lead_body" not in data:
        return
    session.execute(delete(ActBody).where(ActBody.act_id == act_id, ActBody.part == "lead"))
    insert_bodies(
        session,
        [
            {"act_id": act_id, "body_key": body, "part": "lead"}
            for body in data.get("former_lead", ())
        ],
    )


def _restore_duties(session: Session, act_id: int, step_n: int, now: datetime) -> None:
    """Duties that the step closed are owed again, under the dates they had."""
    session.execute(
        update(Duty)
        .where(
            Duty.act_id == act_id,
            Duty.closed_n == step_n,
            Duty.closed_why.in_(("left", "answered")),
        )
        .values(
            closed_at=None,
            closed_n=None,
            closed_why=None,
            generation=Duty.generation + 1,
            next_reminder_at=now,
        )
    )


def _cancel_unsent(session: Session, act_id: int, step_n: int) -> None:
    session.execute(
        update(Notice)
        .where(
            Notice.act_id == act_id,
            Notice.event == f"act:{act_id}:{step_n}",
            Notice.state == "queued",
        )
        .values(state="skipped", why="corrected", due_at=None)
    )


def _floor_without(session: Session, act_id: int, step_n: int, procedure: Compiled) -> Any:
    """The latest known date of the moves that stand once step `step_n` is undone."""
    undone = select(TimelineEntry.data["corrects"].as_integer()).where(
        TimelineEntry.act_id == act_id, TimelineEntry.action == "correct"
    )
    floor = None
    for on, precision in session.execute(
        select(TimelineEntry.decided_on, TimelineEntry.decided_precision).where(
            TimelineEntry.act_id == act_id,
            TimelineEntry.n != step_n,
            TimelineEntry.n.not_in(undone),
            TimelineEntry.action.in_(["propose", "admit", *procedure.definition.actions]),
            TimelineEntry.decided_on.is_not(None),
        )
    ):
        floor = floor_after(floor, Decided(on, precision))
    return floor
