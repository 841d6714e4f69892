"""Gathering what a decision is made from: one query a topic, for any number of acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.duties.queries import duty_facts
from tracker.notices.queries import told
from tracker.people.queries import directory
from tracker.reviews.queries import review_facts
from tracker.sittings import queries as sittings
from tracker.texts.queries import edition_facts
from tracker.timeline.queries import workers
from workflows.calendars import local_date
from workflows.facts import ActFacts, EditionFacts, Setting
from workflows.guards import TOPICS
from workflows.machine import Compiled
from workflows.schema import STAYS, Party
from workflows.voting import Result

_OF_AUDIENCE = {"reviewers": "reviews", "experts": "reviews", "told": "told", "workers": "workers"}


@dataclass(frozen=True)
class Wanted:
    """What to gather for one act: topics, and the parties whose persons are needed."""

    topics: frozenset[str]
    parties: tuple[Party, ...] = ()
    bodies: tuple[str, ...] = ()
    """Bodies that the step brings in (a new lead commission), for finding their people."""
    number: tuple[str, str] | None = None


def wanted_for(procedure: Compiled, action: str, state: str, data: Mapping[str, Any]) -> Wanted:
    """What deciding on `action` from `state` needs, and no more."""
    move = procedure.move(action, state)
    defined = procedure.action(action)
    topics = {TOPICS[name] for name in (*defined.guards, *defined.warns)}
    if "edition" in data:
        topics.add("editions")
    if move is None:
        return Wanted(frozenset(topics))
    after = procedure.state(state if move.to == STAYS else move.to)
    enters = move.to != STAYS
    if enters and "assign_review" in procedure.state(state).within:
        topics.add("reviews")
    notices = [*defined.notices, "step_requested"] if move.request else defined.notices
    parties, audiences = _audiences(procedure, notices)
    topics |= {_OF_AUDIENCE[name] for name in audiences & _OF_AUDIENCE.keys()}
    for name in ("holder", "secretary"):
        party = getattr(after, name)
        if name in audiences and party is not None:
            parties.append(party)
    if enters:
        duties = (procedure.definition.duties[key].holder for key in after.duties)
        parties += [holder for holder in duties if isinstance(holder, Party) and holder.each]
    if "addressees" in audiences:
        parties.append(assembly.assembly().addressees)
    if after.secretary is not None:
        parties.append(after.secretary)
    if "council" in topics and (holder := procedure.state(state).holder) is not None:
        parties.append(holder)
    lead = data.get("lead_body")
    return Wanted(
        frozenset(topics), tuple(dict.fromkeys(parties)), (lead,) if isinstance(lead, str) else ()
    )


def wanted_for_menu(procedure: Compiled, state: str) -> Wanted:
    """What saying of every step from `state` whether it is open needs."""
    steps = [procedure.action(name) for name in procedure.actions_from(state)]
    topics = {TOPICS[name] for step in steps for name in (*step.guards, *step.warns)}
    holder = procedure.state(state).holder
    return Wanted(frozenset(topics | {"editions"}), (holder,) if holder is not None else ())


def _audiences(procedure: Compiled, notices: Iterable[str]) -> tuple[list[Party], set[str]]:
    """The parties and the named audiences of some notices."""
    parties: list[Party] = []
    named: set[str] = set()
    for notice in notices:
        for audience in procedure.definition.notices.get(notice, ()):
            if isinstance(audience, Party):
                parties.append(audience)
            else:
                named.add(audience)
    return parties, named


def wanted_for_notice(procedure: Compiled, state: str, *notices: str) -> Wanted:
    """What telling of something that is not a step needs."""
    parties, audiences = _audiences(procedure, notices)
    here = procedure.state(state)
    parties += [party for party in (here.holder, here.secretary) if party is not None]
    topics = {_OF_AUDIENCE[name] for name in audiences & _OF_AUDIENCE.keys()}
    return Wanted(frozenset(topics), tuple(parties))


def gather(
    session: Session,
    rows: Sequence[Row[Any]],
    wanted: Mapping[int, Wanted] | Wanted,
    now: datetime,
) -> list[ActFacts]:
    """Facts about each act of `rows` (from `act_rows` or `lock_acts`), in their order."""
    ids = [row.id for row in rows]
    each = dict.fromkeys(ids, wanted) if isinstance(wanted, Wanted) else wanted
    topics = frozenset[str]().union(*(each[act].topics for act in ids))
    setting = Setting(assembly.assembly(), assembly.calendars(session), alike=assembly.alike())
    parts = queries.parts(session, ids)
    duties = duty_facts(session, ids)
    editions = edition_facts(session, ids) if "editions" in topics else {}
    reviews = review_facts(session, ids) if "reviews" in topics else {}
    have_been_told = told(session, ids) if "told" in topics else {}
    have_worked = workers(session, ids) if "workers" in topics else {}
    found = [
        ActFacts(
            setting=setting,
            procedure=assembly.procedure(session, row.procedure_key, row.procedure_version),
            id=row.id,
            reference=row.reference,
            kind=row.kind,
            titles=row.titles,
            state=row.state,
            version=row.version,
            visit=row.visit,
            bodies=parts.get(row.id, {}),
            floor=row.floor,
            edition=editions.get(row.id) or EditionFacts(row.edition),
            reviews=reviews.get(row.id, ()),
            duties=duties.get(row.id, ()),
            told=have_been_told.get(row.id, ()),
            workers=have_worked.get(row.id, ()),
        )
        for row in rows
    ]
    found = _with_people(session, found, each, now)
    if "council" in topics:
        found = _with_council(session, found)
    return _with_numbers(session, found, each)


def _with_people(
    session: Session, found: list[ActFacts], each: Mapping[int, Wanted], now: datetime
) -> list[ActFacts]:
    seats: set[tuple[str, str]] = set()
    for facts in found:
        want = each[facts.id]
        for party in want.parties:
            seats.update(facts.seats(party))
            if party.scope == "act" and party.body in ("lead", "former_lead"):
                bodies = (*facts.bodies.get("lead", ()), *want.bodies)
                seats.update((body, party.role) for body in bodies)
    if not seats or not found:
        return found
    day = local_date(now, found[0].setting.assembly.zone)
    setting = replace(found[0].setting, people=directory(session, seats, day))
    return [replace(facts, setting=setting) for facts in found]


def _with_council(session: Session, found: list[ActFacts]) -> list[ActFacts]:
    ids = [facts.id for facts in found]
    taken = sittings.sittings(session, ids)
    given = sittings.positions(session, ids)
    return [
        replace(
            facts,
            council=council_result(facts, taken.get(facts.id), given.get(facts.id, ())),
        )
        for facts in found
    ]


def council_result(facts: ActFacts, sitting: Any, given: Sequence[Row[Any]]) -> Result | None:
    """The decision of the body that holds the act: as recorded, else from the positions."""
    if sitting is not None:
        return sittings.stored_result(sitting.result)
    holder = facts.procedure.state(facts.state).holder
    if holder is None or "give_position" not in facts.procedure.state(facts.state).within:
        return None
    setting = facts.setting
    rule = sittings.decision_rule(
        setting.assembly.decision.get(holder.body, "consensus"),
        setting.assembly.quorum.get(holder.body),
    )
    entitled = [person.id for person in facts.persons(holder)]
    return sittings.from_positions(rule, entitled, given)


def _with_numbers(
    session: Session, found: list[ActFacts], each: Mapping[int, Wanted]
) -> list[ActFacts]:
    asked: dict[str, set[str]] = {}
    for want in each.values():
        if want.number is not None:
            asked.setdefault(want.number[0], set()).add(want.number[1])
    if not asked:
        return found
    taken = {key: queries.taken_numbers(session, key, numbers) for key, numbers in asked.items()}
    return [
        replace(facts, taken_numbers=taken[number[0]])
        if (number := each[facts.id].number) is not None
        else facts
        for facts in found
    ]
