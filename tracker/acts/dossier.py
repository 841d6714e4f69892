"""All about one act for one reader, and lists of acts: what pages, the API and commands show.

`dossier` and `act_list` read through `permissions`; nothing they return is more than the actor
may see. Titles of acts keep all their languages, every other text is in the present one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.acts import summaries
from tracker.acts.effects import fold
from tracker.acts.facts import gather, wanted_for_menu
from tracker.acts.menus import Action, correct_step, steps
from tracker.acts.models import Act, Heading
from tracker.acts.queries import find_acts, mentions
from tracker.acts.summaries import Summary, Waiting, seat_title
from tracker.corrections.operations import Correctable, correctable
from tracker.corrections.undo import CONFIRM
from tracker.duties.words import stopped_words
from tracker.errors import Invalid
from tracker.i18n import gettext as _
from tracker.paging import Page, Paging
from tracker.permissions import OWED_READ_BY, concerned, may, visible
from tracker.refusals import words
from workflows.assembly_schema import Deed
from workflows.calendars import DaysLeft, local_date
from workflows.facts import ActFacts, Actor, DutyFacts, Person, Refusal
from workflows.guards import GUARDS, TOPICS
from workflows.machine import Compiled
from workflows.schema import REPLY, REQUEST, Party

_TOPIC_SEEN_BY: Mapping[str, Deed] = {
    "reviews": "see_reviews",
    "remarks": "see_remarks",
    "council": "see_positions",
    "circulation": "see_replies",
}


@dataclass(frozen=True, slots=True)
class OwedDuty:
    """What somebody owes on the act. Without a date, `why_no_date` says so."""

    id: int
    kind: str
    title: str
    body: str | None
    role: str | None
    holder: str
    persons: tuple[Person, ...]
    due_on: date | None
    why_no_date: str | None
    overdue: bool
    mine: bool
    extended: int = 0
    first_due_on: date | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """An act as one reader sees it. In the public form `actions` and `duties` are empty and
    `correction` is None; `act.facts` then holds no more than the act's bodies.
    """

    act: Summary
    waiting_for: tuple[Waiting, ...]
    actions: tuple[Action, ...] = ()
    duties: tuple[OwedDuty, ...] = ()
    correction: Correctable | Refusal | None = None

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)


def dossier(session: Session, reference: str, actor: Actor, now: datetime) -> Dossier:
    """Read one act; raises NotFound. At most 12 statements."""
    row = summaries.visible_row(session, reference, actor)
    if not row.inside:
        act = summaries.summarise(session, [row], actor, now)[0]
        return Dossier(act, (act.waits,) if act.waits else ())
    procedure = assembly.procedure(session, row.procedure_key, row.procedure_version)
    wanted = wanted_for_menu(procedure, row.state)
    here = procedure.state(row.state)
    kinds = [procedure.definition.duties.get(key) for key in (*here.duties, REQUEST, CONFIRM)]
    owing = [kind.holder for kind in kinds if kind and isinstance(kind.holder, Party)]
    parties = (*wanted.parties, *([here.secretary] if here.secretary else ()), *owing)
    facts = gather(session, [row], replace(wanted, parties=parties), now)[0]
    act = summaries.summary(row, facts, actor, now)
    correction = correctable(session, row, actor, now)
    return Dossier(
        act,
        tuple(_waiting_for(act, actor)),
        (*steps(facts, actor), correct_step(correction)),
        tuple(_owed(facts, actor, now)),
        correction,
    )


def _waiting_for(act: Summary, actor: Actor) -> Iterator[Waiting]:
    """What the state waits for and its steps lack, as far as the reader may know."""
    if act.waits:
        yield act.waits
    facts = act.facts
    lacking: dict[str, Refusal] = {}
    for name in facts.procedure.actions_from(facts.state):
        step = facts.procedure.action(name)
        for guard in step.guards if step.circulation != "close" else ():
            deed = _TOPIC_SEEN_BY.get(TOPICS[guard])
            refusal = GUARDS[guard](facts, {})
            if refusal and (deed is None or may(facts.setting.assembly, actor, deed, facts)):
                lacking[refusal.code] = refusal
    yield from (Waiting(code, words(refusal)) for code, refusal in lacking.items())


def _owed(facts: ActFacts, actor: Actor, now: datetime) -> Iterator[OwedDuty]:
    today = local_date(now, facts.setting.assembly.zone)
    for duty in facts.duties:
        mine = _is_mine(duty, actor)
        deed = OWED_READ_BY.get(duty.kind, "see_all_acts")
        withheld = duty.person is not None or duty.kind == REPLY
        if withheld and not mine and not may(facts.setting.assembly, actor, deed, facts):
            continue
        kind = facts.procedure.definition.duties[duty.kind]
        seat = (duty.body or "", duty.role or "")
        persons = (duty.person,) if duty.person else facts.setting.people.get(seat, ())
        yield OwedDuty(
            id=duty.id,
            kind=duty.kind,
            title=i18n.title(kind.titles),
            body=duty.body,
            role=duty.role,
            holder=seat_title(duty.body, duty.role) if duty.role else i18n.title(persons[0].names),
            persons=tuple(persons),
            due_on=duty.due_on,
            why_no_date=None
            if duty.due_on
            else why_no_date(kind.due.not_set, duty.stopped_on, duty.left),
            overdue=duty.due_on is not None and duty.due_on < today,
            mine=mine,
            extended=duty.extended,
            first_due_on=duty.first_due_on,
            stopped=duty.stopped_on is not None,
        )


def _is_mine(duty: DutyFacts, actor: Actor) -> bool:
    if duty.person is not None:
        return duty.person.id == actor.person
    return (duty.body or "", duty.role or "") in actor.roles


def why_no_date(
    not_set: Mapping[str, str] | None,
    stopped_on: date | None = None,
    left: DaysLeft | None = None,
) -> str:
    """Why a duty has no due date, in the present language."""
    if stopped_on is not None and left is not None:
        return stopped_words(stopped_on, left)
    if not_set is not None:
        return i18n.title(not_set)
    return str(_("The date cannot be computed: a calendar has no data for that year."))


@dataclass(frozen=True, slots=True)
class ActFilter:
    """What a list of acts is narrowed to; None is no condition. `holder` and `lead_body` are keys
    of bodies, `q` is looked for in the present titles and the reference.
    """

    state: str | None = None
    stage: str | None = None
    kind: str | None = None
    holder: str | None = None
    lead_body: str | None = None
    q: str | None = None
    overdue: bool | None = None


SORTS = ("reference", "title", "kind", "stage", "state", "since", "due", "recorded")
"""What a list can be sorted by, `-` before it for the other way round; the newest first by
default."""


def act_list(
    session: Session,
    actor: Actor,
    filters: ActFilter,
    paging: Paging,
    sort: str | None = None,
    *,
    now: datetime,
) -> Page[Summary]:
    """The acts that the actor may know of, narrowed, in order: four statements, five with a filter
    that needs the procedures. Raises Invalid naming the filter.
    """
    found = find_acts(
        session,
        paging,
        of_act=_of_act(session, filters, actor, now),
        of_heading=_of_heading(filters),
        order=_order(sort or "-recorded", actor),
    )
    acts = summaries.read_by_number(session, found.items, actor, now)
    return Page(acts, found.total, paging, found.more)


def _order(sort: str, actor: Actor) -> list[Any]:
    """By what a list is sorted; nothing where the newest come first, as they do anyway."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise Invalid(Refusal("not_a_choice", {"choices": ", ".join(SORTS)}, "sort"))
    if sort == "-recorded":
        return []
    inside = concerned(assembly.assembly(), actor)
    column: Any = {
        "reference": Act.reference,
        "title": Heading.sort_key,
        "kind": Heading.kind,
        "stage": Act.stage,
        "state": Act.state,
        "since": summaries.entered_on(),
        "due": summaries.visible_due(inside),
        "recorded": Act.id,
    }[name]
    directed = column.desc() if sort.startswith("-") else column.asc()
    return [directed.nulls_last()]


def _of_heading(filters: ActFilter) -> list[ColumnElement[bool]]:
    found = [Heading.kind == filters.kind] if filters.kind else []
    return found + [mentions(word) for word in fold(filters.q or "").split()]


def _of_act(
    session: Session, filters: ActFilter, actor: Actor, now: datetime
) -> list[ColumnElement[bool]]:
    rules = assembly.assembly()
    needs_procedures = filters.state or filters.stage or filters.holder
    procedures = assembly.stored_procedures(session) if needs_procedures else []
    _check_choices(filters, procedures)
    found = [visible(rules, actor)]
    if filters.state:
        found.append(Act.state == filters.state)
    if filters.stage:
        found.append(Act.stage == filters.stage)
    if filters.lead_body:
        found.append(summaries.part_is(filters.lead_body, "lead"))
    if filters.holder:
        found.append(_held_by(procedures, filters.holder))
    if filters.overdue is not None:
        late = and_(concerned(rules, actor), summaries.is_late(local_date(now, rules.zone)))
        found.append(late if filters.overdue else not_(late))
    return found


def _check_choices(filters: ActFilter, procedures: Sequence[Compiled]) -> None:
    rules = assembly.assembly()
    choices = {
        "state": [key for each in procedures for key in each.definition.states],
        "stage": [key for each in procedures for key in each.definition.stages],
        "kind": list(rules.kinds),
        "holder": list(rules.bodies),
        "lead_body": rules.bodies_of("commission"),
    }
    faults = [
        Refusal("not_a_choice", {"choices": ", ".join(dict.fromkeys(known))}, name)
        for name, known in choices.items()
        if getattr(filters, name) and getattr(filters, name) not in known
    ]
    if faults:
        raise Invalid(*faults)


def _held_by(procedures: Sequence[Compiled], body: str) -> ColumnElement[bool]:
    """Acts whose present state is held by a role in this body, by name or by its part."""
    found: list[ColumnElement[bool]] = [false()]
    for procedure in procedures:
        by_part: dict[str | None, list[str]] = {}
        for key, state in procedure.definition.states.items():
            if state.holder is None:
                continue
            if state.holder.scope == "act":
                by_part.setdefault(state.holder.body, []).append(key)
            elif state.holder.body == body:
                by_part.setdefault(None, []).append(key)
        found += [
            and_(
                Act.procedure_key == procedure.key,
                Act.procedure_version == procedure.version,
                Act.state.in_(states),
                summaries.part_is(body, part) if part else true(),
            )
            for part, states in by_part.items()
        ]
    return or_(*found)
