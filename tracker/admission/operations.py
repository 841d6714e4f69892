"""Proposing an act, and admitting one that is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import (
    floor_after,
    heading_row,
    insert_bodies,
    known_day,
    tellings_to_notices,
)
from tracker.acts.facts import gather, wanted_for_notice
from tracker.acts.models import Act, ActNumber, Heading, ReferenceCounter, Visit
from tracker.db import unit_of_work
from tracker.duties.operations import duty_row, open_duties
from tracker.errors import Forbidden, Invalid
from tracker.notices.operations import queue
from tracker.people.models import Body
from tracker.permissions import may
from tracker.texts.operations import copy_current_edition
from tracker.timeline import chain
from tracker.timeline.operations import Head, NewEntry, append
from workflows import fields
from workflows.calendars import local_date
from workflows.decide import concerned, new_duties, tell
from workflows.decided import Decided
from workflows.facts import Actor, Refusal
from workflows.machine import Compiled


@dataclass(frozen=True, slots=True)
class Past:
    """One step an act took before it was admitted: by name, or only the state it led to."""

    action: str | None = None
    state: str | None = None
    decided_on: str = "unknown"
    basis: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is said of an act as it comes in, as typed."""

    kind: Any
    titles: Any
    initiator: Any
    lead_body: Any = None
    drafting_body: Any = None
    decided_on: Any = None
    continues: Any = None
    basis: Any = None


@dataclass(frozen=True, slots=True)
class _Clean:
    kind: str
    titles: dict[str, str]
    initiator: str
    decided: Decided
    bodies: dict[str, str] = field(default_factory=dict)
    basis: str | None = None


def propose_act(proposal: Proposal, *, actor: Actor, now: datetime) -> str:
    """Register a proposal; returns the act's reference. Raises Forbidden or Invalid."""
    if not may(assembly.assembly(), actor, "propose_act"):
        raise Forbidden(Refusal("not_permitted"))
    clean = _clean(proposal, now)
    with unit_of_work() as session:
        continued = _continued(session, proposal.continues, actor)
        procedure = _procedure(session, clean.kind)
        head = _insert_act(session, clean, procedure, procedure.initial, continued, now)
        entry = NewEntry(
            head,
            "propose",
            actor.person,
            procedure.initial,
            decided=clean.decided,
            basis=clean.basis,
            data={
                "kind": clean.kind,
                "initiator": clean.initiator,
                **clean.bodies,
                **({"continues": proposal.continues} if continued else {}),
            },
            columns={"floor": floor_after(None, clean.decided), "visit": 1},
        )
        append(session, [entry], now)
        insert_visit(session, head.id, 1, procedure.initial, known_day(clean.decided))
        if continued is not None:
            copy_current_edition(session, continued, head.id, actor, now)
        _begin(session, head, actor, now, clean, notice="proposal_registered")
    return head.reference


def admit_act(
    proposal: Proposal,
    state: str,
    history: Sequence[Past] = (),
    *,
    actor: Actor,
    now: datetime,
    number: str | None = None,
) -> str:
    """Bring in an act that is under way at `state`, its history marked "before admission".

    Nothing is sent for it, and its duties run from today. Raises Forbidden or Invalid.
    """
    if not may(assembly.assembly(), actor, "admit_act"):
        raise Forbidden(Refusal("not_permitted"))
    clean = _clean(proposal, now)
    with unit_of_work() as session:
        procedure = _procedure(session, clean.kind)
        if state not in procedure.definition.states:
            known = ", ".join(procedure.definition.states)
            raise Invalid(Refusal("not_a_choice", {"choices": known}, "state"))
        steps = _past_steps(procedure, history, state, clean.decided, now)
        head = _insert_act(session, clean, procedure, procedure.initial, None, now)
        _write_history(session, procedure, head, clean, steps, state, actor, now)
        if number:
            _keep_number(session, procedure, head.id, number, len(steps) + 1)
        _begin(session, head, actor, now, clean, notice=None)
    return head.reference


def _clean(proposal: Proposal, now: datetime) -> _Clean:
    rules = assembly.assembly()
    faults: list[Refusal] = []

    def take(name: str, value: Any, accept: Any, *, required: bool = True) -> Any:
        if value is None or value in ("", {}):
            if required:
                faults.append(Refusal("required", {"name": name}, name))
            return None
        try:
            return accept(value)
        except fields.Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, name))
            return None

    def one_of(choices: Sequence[str]) -> Any:
        def accept(value: Any) -> str:
            if value not in choices:
                raise fields.Unfit("not_a_choice", choices=", ".join(choices))
            return str(value)

        return accept

    def decided(value: Any) -> Decided:
        try:
            found = Decided.parse(fields.line(value))
        except ValueError:
            raise fields.Unfit("not_a_decided_date") from None
        today = local_date(now, rules.zone)
        if found.on is not None and found.on > today:
            raise fields.Unfit("in_the_future", today=today.isoformat())
        return found

    kind = take("kind", proposal.kind, one_of(list(rules.kinds)))
    titles = take(
        "titles", proposal.titles, lambda raw: fields.titles(raw, rules.languages, rules.authentic)
    )
    initiator = take("initiator", proposal.initiator, fields.line)
    lead = take(
        "lead_body", proposal.lead_body, one_of(rules.bodies_of("commission")), required=False
    )
    drafting = take(
        "drafting_body", proposal.drafting_body, one_of(rules.bodies_of("drafter")), required=False
    )
    day = take("decided_on", proposal.decided_on, decided, required=False)
    basis = take("basis", proposal.basis, one_of(fields.BASES), required=False)
    if faults:
        raise Invalid(*faults)
    bodies = {"drafting": drafting or rules.drafting_body}
    if lead:
        bodies["lead"] = lead
    if initiator in rules.bodies:
        bodies["initiator"] = initiator
    return _Clean(
        kind, titles, initiator, day or Decided.day(local_date(now, rules.zone)), bodies, basis
    )


def _procedure(session: Session, kind: str) -> Compiled:
    key = assembly.assembly().kinds[kind].procedure
    return assembly.procedure(session, key, assembly.current_version(key))


def _continued(session: Session, reference: Any, actor: Actor) -> int | None:
    if not reference:
        return None
    found = (
        queries.act_id(session, assembly.assembly(), actor, reference)
        if isinstance(reference, str)
        else None
    )
    if found is None:
        raise Invalid(Refusal("no_such_act", {}, "continues"))
    return found


def _next_reference(session: Session, now: datetime) -> str:
    year = local_date(now, assembly.zone()).year
    serial = session.scalar(
        update(ReferenceCounter)
        .where(ReferenceCounter.year == year)
        .values(serial=ReferenceCounter.serial + 1)
        .returning(ReferenceCounter.serial)
    )
    if serial is None:
        serial = 1
        session.execute(insert(ReferenceCounter).values(year=year, serial=serial))
    return assembly.assembly().reference.format(year=year, serial=serial)


def _insert_act(
    session: Session,
    clean: _Clean,
    procedure: Compiled,
    state: str,
    continued: int | None,
    now: datetime,
) -> Head:
    reference = _next_reference(session, now)
    stage = procedure.state(state).stage
    act_id = session.execute(
        insert(Act)
        .values(
            reference=reference,
            procedure_key=procedure.key,
            procedure_version=procedure.version,
            state=state,
            stage=stage,
            visibility="internal",
            version=0,
            head=chain.START,
            visit=1,
            initiator=clean.initiator,
            continues_id=continued,
            created_at=now,
        )
        .returning(Act.id)
    ).scalar_one()
    authentic = assembly.assembly().authentic
    session.execute(
        insert(Heading).values(heading_row(act_id, 1, clean.kind, clean.titles, authentic))
    )
    known = set(session.scalars(select(Body.key).where(Body.key.in_(clean.bodies.values()))))
    insert_bodies(
        session,
        [
            {"act_id": act_id, "body_key": body, "part": part}
            for part, body in clean.bodies.items()
            if body in known
        ],
    )
    return Head(
        act_id, reference, procedure.key, procedure.version, state, stage,
        "internal", 0, chain.START, 1, None, None,
    )  # fmt: skip


def insert_visit(session: Session, act_id: int, n: int, state: str, on: date | None) -> None:
    session.execute(insert(Visit).values(act_id=act_id, n=n, state=state, entered_on=on))


def _begin(
    session: Session,
    head: Head,
    actor: Actor,
    now: datetime,
    clean: _Clean,
    *,
    notice: str | None,
) -> None:
    """Open what the act's first state asks for, show it to the bodies concerned, tell them."""
    row = queries.act_rows(session, [head.id])[0]
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    wanted = wanted_for_notice(procedure, row.state, *([notice] if notice else ()))
    each = [
        duty.holder
        for key in procedure.state(row.state).duties
        if not isinstance((duty := procedure.definition.duties[key]).holder, str)
    ]
    wanted = type(wanted)(wanted.topics, (*wanted.parties, *each))
    facts = gather(session, [row], wanted, now)[0]
    today = local_date(now, facts.setting.assembly.zone)
    start = (known_day(clean.decided) or today) if notice else today
    opened = [
        duty
        for key in procedure.state(row.state).duties
        for duty in new_duties(facts, key, procedure.definition.duties[key], start)
    ]
    open_duties(session, [duty_row(row.id, row.visit, row.visit, duty, now) for duty in opened])
    insert_bodies(
        session,
        [
            {"act_id": row.id, "body_key": body, "part": "concerned"}
            for state in _states_so_far(procedure, row.state)
            for body in concerned(facts, state)
        ],
    )
    if notice is not None and notice in procedure.definition.notices:
        notices = tellings_to_notices(
            facts,
            tell(facts, notice, actor),
            actor,
            now,
            n=row.version,
            about={
                "action": "propose",
                "initiator": clean.initiator,
                "decided": str(clean.decided),
            },
            opens=opened,
        )
        queue(session, notices, now)


def _states_so_far(procedure: Compiled, state: str) -> list[str]:
    """States on the file's road up to this one: their bodies have seen an admitted act."""
    states = list(procedure.definition.states)
    return [procedure.initial, *states[: states.index(state) + 1]]


def _past_steps(
    procedure: Compiled, history: Sequence[Past], state: str, floor: Decided, now: datetime
) -> list[tuple[Past, str, Decided]]:
    """The history as steps with the state each led to; raises Invalid naming the row."""
    today = local_date(now, assembly.zone())
    at = procedure.initial
    steps: list[tuple[Past, str, Decided]] = []
    last = floor_after(None, floor)
    for number, past in enumerate(history):
        place = f"history.{number}"
        move = procedure.move(past.action, at) if past.action else None
        if past.action and past.action not in procedure.definition.actions:
            raise Invalid(Refusal("unknown_action", {"action": past.action}, f"{place}.action"))
        after = past.state or (at if move and move.to == "stays" else move.to if move else None)
        if after not in procedure.definition.states:
            known = ", ".join(procedure.definition.states)
            raise Invalid(Refusal("not_a_choice", {"choices": known}, f"{place}.state"))
        try:
            decided = Decided.parse(past.decided_on or "unknown")
        except ValueError:
            raise Invalid(Refusal("not_a_decided_date", {}, f"{place}.decided_on")) from None
        if decided.on is not None and decided.on > today:
            params = {"today": today.isoformat()}
            raise Invalid(Refusal("in_the_future", params, f"{place}.decided_on"))
        if decided.last is not None and last is not None and decided.last < last:
            params = {"previous": last.isoformat()}
            raise Invalid(Refusal("before_previous", params, f"{place}.decided_on"))
        last = floor_after(last, decided)
        steps.append((past, after, decided))
        at = after
    if at != state:
        steps.append((Past(state=state, basis=None), state, Decided.parse("unknown")))
    return steps


def _write_history(
    session: Session,
    procedure: Compiled,
    head: Head,
    clean: _Clean,
    steps: Sequence[tuple[Past, str, Decided]],
    state: str,
    actor: Actor,
    now: datetime,
) -> None:
    """One entry for the proposal and one for each past step, each chained to the one before."""
    mark = {"before_admission": True}
    data = {"kind": clean.kind, "initiator": clean.initiator, **clean.bodies, **mark}
    floor = floor_after(None, clean.decided)
    visit, at = 1, procedure.initial
    append(
        session,
        [
            NewEntry(
                head, "propose", actor.person, at, decided=clean.decided, basis=clean.basis,
                data=data, columns={"floor": floor},
            )
        ],
        now,
    )  # fmt: skip
    insert_visit(session, head.id, 1, at, known_day(clean.decided))
    for past, after, decided in steps:
        row = queries.act_rows(session, [head.id])[0]
        current = Head(**{name: getattr(row, name) for name in Head.__slots__})
        moved = after != at
        floor = floor_after(floor, decided)
        append(
            session,
            [
                NewEntry(
                    current, past.action or "admit", actor.person, after, decided=decided,
                    basis=past.basis, data=mark, texts={"reason": past.reason} if past.reason else {},
                    columns={
                        "state": after, "stage": procedure.state(after).stage,
                        "visit": current.version + 1 if moved else visit, "floor": floor,
                    },
                )
            ],
            now,
        )  # fmt: skip
        if moved:
            session.execute(
                update(Visit)
                .where(Visit.act_id == head.id, Visit.n == visit)
                .values(left_n=row.version + 1, left_on=known_day(decided))
            )
            visit = row.version + 1
            insert_visit(session, head.id, visit, after, known_day(decided))
        at = after


def _keep_number(
    session: Session, procedure: Compiled, act_id: int, number: str, given_n: int
) -> None:
    """Remember the number an admitted act had, so that it is not given again."""
    format_ = next(
        (action.number for action in procedure.definition.actions.values() if action.number), None
    )
    if format_ is None:
        raise Invalid(Refusal("no_number_here", {}, "number"))
    if queries.taken_numbers(session, format_, [number]):
        raise Invalid(Refusal("number_taken", {"number": number}, "number"))
    session.execute(
        insert(ActNumber).values(format=format_, number=number, act_id=act_id, given_n=given_n)
    )


def past_from(raw: Mapping[str, Any]) -> Past:
    """A step of the history as the API and the command line give it."""
    return Past(**{key: raw.get(key) for key in Past.__slots__ if raw.get(key) is not None})
