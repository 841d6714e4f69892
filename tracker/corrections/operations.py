"""Correcting a wrong last step.

Its recorder may within an hour; afterwards, or anybody else of the Secretariat, with a second
person: the first one's `correct` asks, the second one's carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import head_of
from tracker.acts.facts import gather, wanted_for_notice
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import check_version, locked
from tracker.corrections.undo import CONFIRM, undo
from tracker.db import unit_of_work
from tracker.duties.models import Duty
from tracker.duties.operations import duty_row, open_duties
from tracker.errors import Forbidden, NotFound, Refused
from tracker.permissions import behalf, may
from tracker.timeline.models import TimelineEntry
from tracker.timeline.operations import NewEntry, append
from tracker.timeline.queries import undone
from tracker.typed import words_of
from workflows.audience import Telling, tell, with_deputies
from workflows.calendars import local_date
from workflows.duties import NewDuty, new_duties
from workflows.facts import ActFacts, Actor, Refusal
from workflows.machine import Compiled

ALONE = timedelta(hours=1)
"""How long the recorder of a step may correct it without a second person."""


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
    confirms: bool
    """Whether the actor is that second person: neither who asked nor whom either stands in for."""

    @property
    def asks(self) -> bool:
        """Whether the actor may not undo it alone and would be the first to ask."""
        return not self.alone and self.asked_by is None


def last_step(session: Session, act_id: int, procedure: Compiled) -> Any:
    """The last step of the procedure that no correction has undone, None when there is none."""
    return session.execute(
        select(TimelineEntry)
        .where(
            TimelineEntry.act_id == act_id,
            TimelineEntry.action.in_(list(procedure.definition.actions)),
            TimelineEntry.n.not_in(undone(act_id)),
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
    first = set(asked or ()) - {None}
    second = {actor.person, behalf(assembly.assembly(), actor, "confirm_correction")}
    return Correctable(
        step.n,
        step.action,
        step.before,
        step.after,
        alone,
        asked[0] if asked else None,
        bool(first) and not first & second,
    )


def _asked(session: Session, act_id: int, n: int) -> tuple[int | None, int | None] | None:
    """Who asked for the correction of step `n`, and for whom, while that is not confirmed."""
    found = session.execute(
        select(TimelineEntry.actor_id, TimelineEntry.behalf_id)
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
    ).one_or_none()
    return (found.actor_id, found.behalf_id) if found else None


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
        found, words = _judge(session, row, actor, now, reason, version)
        if found.asks:
            _ask(session, row, found, actor, now, words)
            return False
        undo(session, row, found.n, actor, now, words)
    return True


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What `correct` would do: undo the step, or ask a second person to."""

    facts: ActFacts
    step: Correctable
    asks: bool
    opens: tuple[NewDuty, ...]
    tellings: tuple[Telling, ...]


def foresee_correction(
    session: Session,
    reference: str,
    *,
    actor: Actor,
    now: datetime,
    reason: Any,
    version: int | None = None,
) -> Foreseen:
    """What `correct` would do now, with nothing written; raises as it does."""
    act = queries.act_id(session, assembly.assembly(), actor, reference)
    if act is None:
        raise NotFound(Refusal("no_such_act"))
    row = queries.act_rows(session, [act])[0]
    step, _words = _judge(session, row, actor, now, reason, version)
    notice = "correction_requested" if step.asks else "step_corrected"
    facts = _facts(session, row, now, notice)
    opens = tuple(_duties(facts, now)) if step.asks else ()
    tellings = with_deputies(facts, tell(facts, notice, actor), opens, actor)
    return Foreseen(facts, step, step.asks, opens, tuple(tellings))


def _judge(
    session: Session, row: Row[Any], actor: Actor, now: datetime, reason: Any, version: int | None
) -> tuple[Correctable, str]:
    """The step to be undone and the words why; raises Forbidden, Invalid, Stale or Refused."""
    found = correctable(session, row, actor, now)
    if isinstance(found, Refusal) and found.code == "not_permitted":
        raise Forbidden(found)
    words = words_of("reason", reason)
    check_version(row, version)
    if isinstance(found, Refusal):
        raise Refused(found, act_id=row.id)
    if not found.alone and not found.asks and not found.confirms:
        raise Refused(Refusal("second_person_needed"), act_id=row.id)
    return found, words


def _facts(session: Session, row: Row[Any], now: datetime, notice: str) -> ActFacts:
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    return gather(session, [row], wanted_for_notice(procedure, row.state, notice), now)[0]


def _duties(facts: ActFacts, now: datetime) -> Iterator[NewDuty]:
    """What a request for a correction asks of the second person."""
    kind = facts.procedure.definition.duties[CONFIRM]
    return new_duties(facts, CONFIRM, kind, local_date(now, facts.setting.assembly.zone))


def _ask(
    session: Session, row: Row[Any], step: Correctable, actor: Actor, now: datetime, words: str
) -> None:
    facts = _facts(session, row, now, "correction_requested")
    duties = list(_duties(facts, now))
    n = row.version + 1
    data = {"corrects": step.n, "action": step.action}
    entry = NewEntry(
        head_of(row),
        "ask_correction",
        actor.person,
        row.state,
        behalf=behalf(assembly.assembly(), actor, "confirm_correction"),
        data=data,
        texts={"reason": words},
    )
    append(session, [entry], now)
    open_duties(session, [duty_row(row.id, row.visit, n, duty, now) for duty in duties])
    about = {"action": "ask_correction", "data": data, "reason": words}
    tellings = with_deputies(facts, tell(facts, "correction_requested", actor), duties, actor)
    queue_tellings(session, facts, tellings, actor, now, n=n, about=about, opens=duties)
