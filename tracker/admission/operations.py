"""Proposing an act, and admitting one that is under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import (
    floor_after,
    heading_row,
    insert_bodies,
    known_day,
)
from tracker.acts.facts import gather, wanted_for_notice
from tracker.acts.models import Act, Heading, ReferenceCounter
from tracker.acts.notices import tellings_to_notices
from tracker.admission.history import (
    MARK,
    Past,
    check_history,
    insert_visit,
    keep_number,
    past_from,
    write_history,
)
from tracker.db import unit_of_work, upsert
from tracker.duties.operations import duty_row, open_duties
from tracker.errors import Forbidden, Invalid
from tracker.notices.operations import queue
from tracker.people.models import Body
from tracker.permissions import behalf, may
from tracker.remarks.operations import copy_remarks
from tracker.texts.operations import copy_current_edition
from tracker.timeline import chain
from tracker.timeline.operations import Head, NewEntry, append
from workflows import fields
from workflows.audience import concerned, tell
from workflows.calendars import local_date
from workflows.decided import UNKNOWN, Decided
from workflows.duties import new_duties
from workflows.facts import ActFacts, Actor, Refusal
from workflows.machine import Compiled

__all__ = ["Past", "Proposal", "admit_act", "past_from", "propose_act"]

_REQUIRED = ("kind", "titles", "initiator")


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
            behalf=behalf(assembly.assembly(), actor, "propose_act"),
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
            copy_remarks(session, continued, head.id, now)
        _begin(session, head, actor, now, clean, notice="proposal_registered")
    return head.reference


def admit_act(
    proposal: Proposal,
    state: Any,
    history: Sequence[Past] = (),
    *,
    actor: Actor,
    now: datetime,
    number: Any = None,
) -> str:
    """Bring in an act that is under way at `state`, its history marked "before admission".

    Nothing is sent for it, and its duties run from today. Raises Forbidden or Invalid.
    """
    if not may(assembly.assembly(), actor, "admit_act"):
        raise Forbidden(Refusal("not_permitted"))
    clean = _clean(proposal, now, undated=UNKNOWN)
    with unit_of_work() as session:
        procedure = _procedure(session, clean.kind)
        if state not in list(procedure.definition.states):
            known = ", ".join(procedure.definition.states)
            raise Invalid(Refusal("not_a_choice", {"choices": known}, "state"))
        steps = check_history(procedure, history, state, clean.decided, now)
        head = _insert_act(session, clean, procedure, procedure.initial, None, now)
        proposed = NewEntry(
            head,
            "propose",
            actor.person,
            procedure.initial,
            behalf=behalf(assembly.assembly(), actor, "admit_act"),
            decided=clean.decided,
            basis=clean.basis,
            data={"kind": clean.kind, "initiator": clean.initiator, **clean.bodies, **MARK},
            columns={"floor": floor_after(None, clean.decided)},
        )
        write_history(session, procedure, proposed, steps, now)
        if number:
            keep_number(session, procedure, head.id, number, steps)
        _begin(session, head, actor, now, clean, notice=None)
    return head.reference


def _clean(proposal: Proposal, now: datetime, undated: Decided | None = None) -> _Clean:
    """What was typed, checked; without a date it is decided today, or `undated`."""
    rules = assembly.assembly()
    today = local_date(now, rules.zone)
    accept: dict[str, Callable[[Any], Any]] = {
        "kind": _one_of(list(rules.kinds)),
        "titles": lambda raw: fields.titles(raw, rules.languages, rules.authentic),
        "initiator": fields.line,
        "lead_body": _one_of(rules.bodies_of("commission")),
        "drafting_body": _one_of(rules.bodies_of("drafter")),
        "decided_on": lambda raw: _decided(raw, today),
        "basis": _one_of(fields.BASES),
    }
    values: dict[str, Any] = {}
    faults = []
    for name, check in accept.items():
        raw = getattr(proposal, name)
        try:
            values[name] = check(raw) if raw not in (None, "", {}) else None
        except fields.Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, name))
        else:
            if not values[name] and name in _REQUIRED:
                faults.append(Refusal("required", {"name": name}, name))
    if faults:
        raise Invalid(*faults)
    bodies = {"drafting": values["drafting_body"] or rules.drafting_body}
    if values["lead_body"]:
        bodies["lead"] = values["lead_body"]
    if values["initiator"] in rules.bodies:
        bodies["initiator"] = values["initiator"]
    return _Clean(
        values["kind"],
        values["titles"],
        values["initiator"],
        values["decided_on"] or undated or Decided.day(today),
        bodies,
        values["basis"],
    )


def _one_of(choices: Sequence[str]) -> Callable[[Any], str]:
    def accept(raw: Any) -> str:
        if raw not in choices:
            raise fields.Unfit("not_a_choice", choices=", ".join(choices))
        return str(raw)

    return accept


def _decided(raw: Any, today: date) -> Decided:
    try:
        found = Decided.parse(fields.line(raw))
    except ValueError:
        raise fields.Unfit("not_a_decided_date") from None
    if found.on is not None and found.on > today:
        raise fields.Unfit("in_the_future", today=today.isoformat())
    return found


def _procedure(session: Session, kind: str) -> Compiled:
    key = assembly.assembly().kinds[kind].procedure
    return assembly.procedure(session, key, assembly.current_version(key))


def _continued(session: Session, reference: Any, actor: Actor) -> int | None:
    if not reference:
        return None
    found = (
        queries.act_id(session, assembly.assembly(), actor, reference)
        if isinstance(reference, str) and reference.isprintable()
        else None
    )
    if found is None:
        raise Invalid(Refusal("no_such_act", {}, "continues"))
    return found


def _next_reference(session: Session, now: datetime) -> str:
    year = local_date(now, assembly.zone()).year
    serial = session.scalar(
        upsert(session, ReferenceCounter)
        .values(year=year, serial=1)
        .on_conflict_do_update(
            index_elements=["year"], set_={"serial": ReferenceCounter.serial + 1}
        )
        .returning(ReferenceCounter.serial)
    )
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
    head = Head(
        act_id, reference, procedure.key, procedure.version, state, stage,
        "internal", 0, chain.START, 1, None, None,
    )  # fmt: skip
    authentic = assembly.assembly().authentic
    session.execute(insert(Heading).values(heading_row(head, clean.kind, clean.titles, authentic)))
    known = set(session.scalars(select(Body.key).where(Body.key.in_(clean.bodies.values()))))
    insert_bodies(
        session,
        [
            {"act_id": act_id, "body_key": body, "part": part}
            for part, body in clean.bodies.items()
            if body in known
        ],
    )
    return head


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
    facts = _first_facts(session, row, procedure, now, notice)
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


def _first_facts(
    session: Session, row: Row[Any], procedure: Compiled, now: datetime, notice: str | None
) -> ActFacts:
    """Facts with whoever holds the duties of the first state, and whoever the notice is for."""
    wanted = wanted_for_notice(procedure, row.state, *([notice] if notice else ()))
    duties = [procedure.definition.duties[key] for key in procedure.state(row.state).duties]
    holders = [duty.holder for duty in duties if not isinstance(duty.holder, str)]
    wanted = replace(wanted, parties=(*wanted.parties, *holders))
    return gather(session, [row], wanted, now)[0]


def _states_so_far(procedure: Compiled, state: str) -> list[str]:
    """States on the file's road up to this one: their bodies have seen an admitted act."""
    states = list(procedure.definition.states)
    return [procedure.initial, *states[: states.index(state) + 1]]
