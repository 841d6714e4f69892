"""Taking back what a step did: where the act stood, what was owed, who led, what it was called.

Nothing is deleted: the visit that the step began is void, its duties are closed, its number stays
used, and a new entry says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from tracker import assembly
from tracker.acts.effects import (
    floor_after,
    head_of,
    insert_bodies,
    known_day,
    set_headings,
)
from tracker.acts.facts import gather, wanted_for_notice
from tracker.acts.models import ActBody, Visit
from tracker.acts.notices import news_of, tellings_to_notices
from tracker.circulation.undo import undo_rounds
from tracker.duties.models import Duty
from tracker.duties.operations import close_duties, move_due
from tracker.following.news import tell_followers
from tracker.notices.models import Notice
from tracker.notices.operations import queue
from tracker.notices.outbox import release
from tracker.permissions import behalf
from tracker.reviews.models import Review
from tracker.texts.models import Edition
from tracker.timeline.models import TimelineEntry
from tracker.timeline.operations import NewEntry, append
from tracker.timeline.queries import undone
from workflows.audience import tell
from workflows.calendars import DueRule, due, local_date
from workflows.decided import Decided, Precision
from workflows.facts import ActFacts, Actor
from workflows.machine import Compiled

CONFIRM = "confirm_correction"


def undo(
    session: Session, row: Row[Any], step_n: int, actor: Actor, now: datetime, words: str
) -> None:
    """Undo step `step_n`, the last one that stands, of a locked act."""
    step = session.get_one(TimelineEntry, (row.id, step_n))
    assert step.before is not None
    n = row.version + 1
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    _close_asked(session, row.id, n, now)
    visit = _reopen_visit(session, row, step_n, n, now)
    _restore_lead(session, step)
    titles, kind = _restore_heading(session, row, step)
    _restore_duties(session, row.id, step_n, now)
    _restore_reviews(session, row.id, step_n)
    undo_rounds(session, row.id, step_n, n, now)
    _thaw_edition(session, row.id, step_n)
    _cancel_unsent(session, row.id, step_n, n)
    wanted = wanted_for_notice(procedure, step.before, "step_corrected")
    facts = gather(session, [row], wanted, now)[0]
    facts = replace(facts, state=step.before, visit=visit, titles=titles, kind=kind)
    if step.data.get("until"):
        _restore_dates(session, facts, step_n, now)
    data = {"corrects": step_n, "action": step.action}
    correction = NewEntry(
        head_of(row),
        "correct",
        actor.person,
        step.before,
        behalf=behalf(assembly.assembly(), actor, "confirm_correction"),
        data=data,
        texts={"reason": words},
        columns={
            "state": step.before,
            "stage": procedure.state(step.before).stage,
            "visit": visit,
            "floor": _floor_without(session, row.id, step_n, procedure),
        },
    )
    append(session, [correction], now)
    about = {"action": "correct", "data": data, "reason": words, "after": step.before}
    tellings = tell(facts, "step_corrected", actor)
    queue(session, tellings_to_notices(facts, tellings, actor, now, n=n, about=about), now)
    corrected = {"action": "correct", "data": {"action": step.action}}
    tell_followers(session, [news_of(facts, now, n=n, about=corrected)], actor, now)


def _close_asked(session: Session, act_id: int, n: int, now: datetime) -> None:
    asked = session.scalars(
        select(Duty.id).where(Duty.act_id == act_id, Duty.kind == CONFIRM, Duty.closed_at.is_(None))
    ).all()
    close_duties(session, [(duty, n, "done") for duty in asked], now)


def _reopen_visit(session: Session, row: Row[Any], step_n: int, n: int, now: datetime) -> int:
    """Void the visit that the step began, with what was asked in it, and go on with the one it
    left; its number.
    """
    if row.visit != step_n:
        return int(row.visit)
    opened = session.scalars(
        select(Duty.id).where(Duty.act_id == row.id, Duty.visit == step_n, Duty.closed_at.is_(None))
    ).all()
    close_duties(session, [(duty, n, "corrected") for duty in opened], now)
    session.execute(
        update(Review)
        .where(
            Review.act_id == row.id,
            Review.visit == step_n,
            Review.state.in_(("invited", "accepted")),
        )
        .values(state_before=Review.state, state="cancelled", closed_n=n)
    )
    session.execute(
        update(Visit)
        .where(Visit.act_id == row.id, Visit.n == step_n)
        .values(left_n=n, left_on=None, void=True)
    )
    left = session.execute(
        update(Visit)
        .where(Visit.act_id == row.id, Visit.left_n == step_n)
        .values(left_n=None, left_on=None)
        .returning(Visit.n)
    ).scalar_one()
    return int(left)


def _restore_lead(session: Session, step: TimelineEntry) -> None:
    if "lead_body" not in step.data:
        return
    former = tuple(step.data.get("former_lead", ()))
    session.execute(
        delete(ActBody).where(
            ActBody.act_id == step.act_id,
            (ActBody.part == "lead")
            | ((ActBody.part == "former_lead") & ActBody.body_key.in_(former)),
        )
    )
    insert_bodies(
        session, [{"act_id": step.act_id, "body_key": body, "part": "lead"} for body in former]
    )


def _restore_heading(
    session: Session, row: Row[Any], step: TimelineEntry
) -> tuple[dict[str, str], str]:
    titles = step.data.get("former_titles") or row.titles
    kind = step.data.get("former_kind") or row.kind
    if "former_titles" in step.data or "former_kind" in step.data:
        set_headings(session, [(head_of(row), kind, titles)], assembly.assembly().authentic)
    return titles, kind


def _restore_duties(session: Session, act_id: int, step_n: int, now: datetime) -> None:
    """Duties that the step closed are owed again, under the dates they had."""
    closed = (
        Duty.act_id == act_id,
        Duty.closed_n == step_n,
        Duty.closed_why.in_(("left", "answered")),
    )
    reopened = {
        "closed_at": None,
        "closed_n": None,
        "closed_why": None,
        "generation": Duty.generation + 1,
    }
    for dated, at in ((Duty.due_on.is_not(None), now), (Duty.due_on.is_(None), None)):
        session.execute(update(Duty).where(*closed, dated).values(**reopened, next_reminder_at=at))


def _restore_dates(session: Session, facts: ActFacts, step_n: int, now: datetime) -> None:
    """Give the duties that the step moved the dates they had: those of the last step before it
    in this visit that moved them, else those of their own rule.
    """
    procedure, setting = facts.procedure, facts.setting
    zone = setting.assembly.zone
    until = session.scalar(
        select(TimelineEntry.data["until"].as_string())
        .where(
            TimelineEntry.act_id == facts.id,
            TimelineEntry.n > facts.visit,
            TimelineEntry.n < step_n,
            TimelineEntry.data["until"].as_string().is_not(None),
            TimelineEntry.action.in_(list(procedure.definition.actions)),
            TimelineEntry.n.not_in(undone(facts.id)),
        )
        .order_by(TimelineEntry.n.desc())
        .limit(1)
    )
    moves = {}
    for duty in facts.duties:
        if duty.kind not in procedure.state(facts.state).duties:
            continue
        rule = procedure.definition.duties[duty.kind].due.rule()
        if until is not None:
            rule = DueRule("fixed_date", on=date.fromisoformat(until), calendar=rule.calendar)
        start = _start(session, duty.id, zone)
        moves[duty.id] = due(rule, start, setting.calendars, zone)
    move_due(session, moves, now)


def _start(session: Session, duty: int, zone: str) -> date:
    """The day from which a duty's own rule counts: as `decide` and an admission open it."""
    entry = session.scalars(
        select(TimelineEntry)
        .join(Duty, (Duty.act_id == TimelineEntry.act_id) & (Duty.opened_n == TimelineEntry.n))
        .where(Duty.id == duty)
    ).one()
    recorded = local_date(entry.recorded_at, zone)
    if entry.data.get("before_admission") or entry.decided_precision is None:
        return recorded
    decided = Decided(entry.decided_on, cast("Precision", entry.decided_precision))
    return known_day(decided) or recorded


def _restore_reviews(session: Session, act_id: int, step_n: int) -> None:
    """Reviews that the step ended go on."""
    session.execute(
        update(Review)
        .where(Review.act_id == act_id, Review.closed_n == step_n, Review.state == "cancelled")
        .values(state=Review.state_before, state_before=None, closed_n=None)
    )


def _thaw_edition(session: Session, act_id: int, step_n: int) -> None:
    """An edition that the undone decision froze is open again."""
    session.execute(
        update(Edition)
        .where(Edition.act_id == act_id, Edition.frozen_n == step_n)
        .values(frozen_n=None)
    )


def _cancel_unsent(session: Session, act_id: int, step_n: int, n: int) -> None:
    """What waits to be sent of the step, and of the invitations that it ended with it."""
    invitations = session.scalars(
        select(Duty.opened_n)
        .join(Review, Review.duty_id == Duty.id)
        .where(Review.act_id == act_id, Review.closed_n == n)
    )
    events = [f"act:{act_id}:{number}" for number in (step_n, *invitations)]
    claimed = (Notice.state == "sending") & Notice.started_at.is_(None)
    leader = aliased(Notice)
    on_its_way = exists().where(leader.id == Notice.leader_id, leader.started_at.is_not(None))
    waiting = session.scalars(
        select(Notice.id)
        .where(
            Notice.act_id == act_id,
            Notice.event.in_(events),
            (Notice.state == "queued") | claimed,
            ~on_its_way,
        )
        .order_by(Notice.id)  # the sender's order, so that neither waits for the other
        .with_for_update()
    ).all()
    session.execute(
        update(Notice)
        .where(Notice.id.in_(waiting))
        .values(state="skipped", why="corrected", due_at=None, token=None, leader_id=None)
    )
    release(session, waiting)


def _floor_without(session: Session, act_id: int, step_n: int, procedure: Compiled) -> date | None:
    """The latest known date of the moves that stand once step `step_n` is undone."""
    floor = None
    for on, precision in session.execute(
        select(TimelineEntry.decided_on, TimelineEntry.decided_precision).where(
            TimelineEntry.act_id == act_id,
            TimelineEntry.n != step_n,
            TimelineEntry.n.not_in(undone(act_id)),
            TimelineEntry.action.in_(["propose", "admit", *procedure.definition.actions]),
            TimelineEntry.decided_on.is_not(None),
        )
    ):
        floor = floor_after(floor, Decided(on, cast("Precision", precision)))
    return floor
