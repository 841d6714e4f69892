"""Gathering what a decision is made from: one query a topic, for any number of acts, and one trip
to the database for all that do not need each other's answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row

from tracker import assembly
from tracker.acts import queries
from tracker.circulation.queries import round_facts
from tracker.db import Executor, connection_of
from tracker.duties.queries import duty_facts
from tracker.notices.queries import told
from tracker.people.queries import Directory, ask_directory, directory
from tracker.prepared import together
from tracker.remarks.queries import unanswered_remarks
from tracker.reviews.queries import review_facts
from tracker.sittings import queries as sittings
from tracker.texts.queries import edition_facts
from tracker.timeline.queries import workers
from workflows.assembly_schema import Assembly
from workflows.calendars import local_date
from workflows.facts import ActFacts, DutyFacts, EditionFacts, Setting, seats_of
from workflows.guards import TOPICS
from workflows.machine import Compiled
from workflows.schema import STAYS, Party
from workflows.voting import Result

_OF_AUDIENCE = {
    "reviewers": "reviews",
    "experts": "reviews",
    "told": "told",
    "workers": "workers",
    "closed_duties": "holders",
}


_ASKED = {
    "editions": edition_facts,
    "reviews": review_facts,
    "remarks": unanswered_remarks,
    "told": told,
    "workers": workers,
}
"""What is asked for of some acts alone where a topic is wanted."""


@dataclass(frozen=True)
class Wanted:
    """What to gather for one act: topics, and the parties whose persons are needed."""

    topics: frozenset[str]
    parties: tuple[Party, ...] = ()
    bodies: tuple[str, ...] = ()
    """Bodies that the step brings in (a new lead commission), for finding their people."""


def wanted_for(procedure: Compiled, action: str, state: str, data: Mapping[str, Any]) -> Wanted:
    """What deciding on `action` from `state` needs, and no more."""
    wanted = _wanted(procedure, action, state)
    lead = data.get("lead_body")
    if "edition" in data or isinstance(lead, str):
        topics = wanted.topics | ({"editions"} if "edition" in data else set())
        bodies = (lead,) if isinstance(lead, str) else ()
        return Wanted(topics, wanted.parties, bodies)
    return wanted


@lru_cache(1024)
def _wanted(procedure: Compiled, action: str, state: str) -> Wanted:
    """The same, as far as the procedure's file tells it."""
    move = procedure.move(action, state)
    defined = procedure.action(action)
    topics = {TOPICS[name] for name in (*defined.guards, *defined.warns)}
    if move is None:
        return Wanted(frozenset(topics))
    after = procedure.state(state if move.to == STAYS else move.to)
    enters = move.to != STAYS
    if enters and "assign_review" in procedure.state(state).within:
        topics.add("reviews")
    leaves = procedure.circulates(state) and not procedure.circulates(move.to)
    if defined.circulation or (enters and leaves):
        topics.add("circulation")
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
        parties += addressees()
    if after.secretary is not None:
        parties.append(after.secretary)
    if "council" in topics and (holder := procedure.state(state).holder) is not None:
        parties.append(holder)
    return Wanted(frozenset(topics), tuple(dict.fromkeys(parties)))


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


def addressees() -> list[Party]:
    """Everybody that something can be sent to."""
    rules = assembly.assembly()
    known = (Party(body=body, role=role) for body, role in rules.addressable.items())
    return [rules.addressees, *known]


def wanted_for_notice(procedure: Compiled, state: str, *notices: str) -> Wanted:
    """What telling of something that is not a step needs."""
    parties, audiences = _audiences(procedure, notices)
    here = procedure.state(state)
    if "addressees" in audiences:
        parties += addressees()
    parties += [party for party in (here.holder, here.secretary) if party is not None]
    topics = {_OF_AUDIENCE[name] for name in audiences & _OF_AUDIENCE.keys()}
    return Wanted(frozenset(topics), tuple(parties))


def gather(
    on: Executor,
    rows: Sequence[Row[Any]],
    wanted: Mapping[int, Wanted] | Wanted,
    now: datetime,
) -> list[ActFacts]:
    """Facts about each act of `rows` (`queries.ACT`), in their order."""
    if not rows:
        return []
    connection = connection_of(on)
    ids = [row.id for row in rows]
    today = local_date(now, assembly.zone())
    each = dict.fromkeys(ids, wanted) if isinstance(wanted, Wanted) else wanted
    topics = frozenset[str]().union(*(each[act].topics for act in ids))
    bodies = {row.id: queries.bodies_of(row) for row in rows}
    known = _ask(connection, bodies, each, topics, today)
    setting = Setting(
        assembly.assembly(),
        assembly.calendars(connection) if rows[0].calendar_changed else assembly.file_calendars(),
        known.seated,
        assembly.alike(),
    )
    found = [
        ActFacts(
            setting=setting,
            procedure=assembly.procedure(connection, row.procedure_key, row.procedure_version),
            id=row.id,
            reference=row.reference,
            kind=row.kind,
            titles=row.titles,
            state=row.state,
            version=row.version,
            visit=row.visit,
            bodies=bodies[row.id],
            floor=row.floor,
            edition=known.about("editions", row.id) or EditionFacts(row.edition),
            reviews=known.about("reviews", row.id),
            unanswered_remarks=known.about("remarks", row.id, 0),
            duties=known.duties.get(row.id, ()),
            rounds=known.about("circulation", row.id),
            told=known.about("told", row.id),
            workers=known.about("workers", row.id),
        )
        for row in rows
    ]
    return _with_council(connection, found) if "council" in topics else found


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database answered about some acts."""

    duties: Mapping[int, tuple[DutyFacts, ...]]
    seated: Directory
    topics: Mapping[str, Mapping[int, Any]]

    def about(self, topic: str, act: int, nothing: Any = ()) -> Any:
        """What is known of a topic about an act; nothing where it was not asked for."""
        return self.topics.get(topic, {}).get(act, nothing)


def _ask(
    connection: Connection,
    bodies: Mapping[int, Mapping[str, tuple[str, ...]]],
    each: Mapping[int, Wanted],
    topics: frozenset[str],
    today: date,
) -> _Known:
    """Ask in one trip; who holds the seats of duties, when these are known."""
    ids = list(bodies)
    rules = assembly.assembly()

    def seats(duties: Mapping[int, Iterable[DutyFacts]]) -> set[tuple[str, str]]:
        return {
            seat
            for act in ids
            for seat in _seats(rules, bodies[act], each[act], duties.get(act, ()))
        }

    with together(connection):
        owed = duty_facts(connection, ids)
        answers = {topic: ask(connection, ids) for topic, ask in _ASKED.items() if topic in topics}
        if "circulation" in topics:
            answers["circulation"] = round_facts(connection, ids, today)
        people = None if "holders" in topics else ask_directory(connection, seats({}), today)
    duties = owed()
    seated = people() if people is not None else directory(connection, seats(duties), today)
    return _Known(duties, seated, {topic: answer() for topic, answer in answers.items()})


def _seats(
    rules: Assembly,
    bodies: Mapping[str, tuple[str, ...]],
    want: Wanted,
    duties: Iterable[DutyFacts],
) -> Iterator[tuple[str, str]]:
    """The seats whose holders are wanted, those that a new lead commission changes among them."""
    if "holders" in want.topics:
        yield from ((duty.body, duty.role) for duty in duties if duty.body and duty.role)
    for party in want.parties:
        yield from seats_of(rules, bodies, party)
        if party.scope == "act" and party.body in ("lead", "former_lead"):
            for body in (*bodies.get("lead", ()), *want.bodies):
                yield body, party.role


def _with_council(connection: Connection, found: list[ActFacts]) -> list[ActFacts]:
    ids = [facts.id for facts in found]
    taken = sittings.sittings(connection, ids)
    given = sittings.positions(connection, ids)
    return [
        replace(
            facts,
            council=council_result(facts, taken.get(facts.id), given.get(facts.id, ())),
        )
        for facts in found
    ]


def council_result(
    facts: ActFacts, sitting: Mapping[str, Any] | None, given: Sequence[Row[Any]]
) -> Result | None:
    """The decision of the body that holds the act: as recorded, else from the positions."""
    if sitting is not None:
        return sittings.stored_result(sitting)
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
