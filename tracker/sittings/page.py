"""What pages show of a decision: who decides, what each said, and the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.summaries import Summary
from tracker.desk.models import Seen
from tracker.people.models import Person as PersonRow
from tracker.people.queries import directory
from tracker.permissions import behalf, may
from tracker.sittings.queries import Ballot, ballots
from tracker.sittings.reading import DecisionText, read_decision
from tracker.timeline.history import Happening, history
from workflows.calendars import local_date
from workflows.facts import ActFacts, Actor, Person
from workflows.machine import Compiled


@dataclass(frozen=True, slots=True)
class Standing:
    """A member, the position that stands, and those it replaced, oldest first."""

    member: Person
    ballot: Ballot | None
    earlier: tuple[Ballot, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A body's decision on an act. `standings` are empty where the reader may not see them."""

    body: str | None
    open: bool
    sees: bool
    enters: bool
    records: bool
    decision: DecisionText | None
    standings: Sequence[Standing]


def deciding_state(procedure: Compiled) -> str | None:
    """The state in which a body's members give positions; None where there is none."""
    states = procedure.definition.states
    return next((key for key, state in states.items() if "give_position" in state.within), None)


def decision_facts(session: Session, act: Summary, now: datetime) -> ActFacts:
    """Facts as where the decision is taken, with the members who are entitled to it today."""
    state = deciding_state(act.procedure) or act.state
    facts = replace(act.facts, state=state)
    holder = act.procedure.state(state).holder
    day = local_date(now, assembly.zone())
    people = directory(session, facts.seats(holder), day) if holder else {}
    return replace(facts, setting=replace(facts.setting, people=people))


def read_decision_page(session: Session, act: Summary, actor: Actor, now: datetime) -> DecisionPage:
    """The page of an act's decision: at most five statements."""
    rules, facts = assembly.assembly(), decision_facts(session, act, now)
    here = act.procedure.state(act.state).within
    holder = act.procedure.state(facts.state).holder
    sees = may(rules, actor, "see_positions", facts)
    members = facts.persons(holder) if holder else []
    given = ballots(session, act.id)
    visit = act.facts.visit if act.state == facts.state else given[-1].visit if given else None
    return DecisionPage(
        body=holder.body if holder and deciding_state(act.procedure) else None,
        open="give_position" in here,
        sees=sees,
        enters="give_position" in here and may(rules, actor, "enter_position", facts),
        records="record_decision" in here and may(rules, actor, "record_decision", facts),
        decision=read_decision(session, facts, actor),
        standings=list(_standings(members, [each for each in given if each.visit == visit]))
        if sees
        else (),
    )


def _standings(members: Iterable[Person], given: Sequence[Ballot]) -> Iterable[Standing]:
    """The members in the order of their delegations, then whoever gave a position besides."""
    by_member: dict[int, list[Ballot]] = {}
    known: dict[int, Person] = {person.id: person for person in members}
    for ballot in given:
        by_member.setdefault(ballot.member.id, []).append(ballot)
        known.setdefault(ballot.member.id, ballot.member)
    for person in known.values():
        mine = by_member.get(person.id, [])
        current = next((ballot for ballot in mine if not ballot.replaced), None)
        yield Standing(person, current, tuple(ballot for ballot in mine if ballot.replaced))


def whose_position(facts: ActFacts, actor: Actor) -> int | None:
    """Whose position the actor gives: their own, or that of the member they stand in for."""
    return behalf(facts.setting.assembly, actor, "give_position", facts) or actor.person


def delegations(session: Session, members: Iterable[Person]) -> Mapping[int, str | None]:
    """The member state of each person."""
    ids = [person.id for person in members]
    rows = session.execute(select(PersonRow.id, PersonRow.member).where(PersonRow.id.in_(ids)))
    return {row.id: row.member for row in rows}


@dataclass(frozen=True, slots=True)
class News:
    """What happened to an act: the steps that led here, and what is new to the reader since
    entry `seen`.
    """

    road: Sequence[Happening]
    changes: Sequence[Happening]
    seen: int | None
    seen_at: datetime | None


def read_news(session: Session, facts: ActFacts, actor: Actor) -> News:
    """The decisions of bodies that stand, and what others did since the reader last looked."""
    entries = history(session, facts, actor)
    seen = session.execute(
        select(Seen.n, Seen.at).where(Seen.act_id == facts.id, Seen.person_id == actor.person)
    ).one_or_none()
    changes = [
        entry
        for entry in entries
        if seen is not None
        and entry.readable
        and entry.n > seen.n
        and (entry.actor is None or entry.actor.id != actor.person)
    ]
    road = [entry for entry in entries if entry.moves and (entry.body or entry.n == facts.visit)]
    return News(road, changes, seen.n if seen else None, seen.at if seen else None)
