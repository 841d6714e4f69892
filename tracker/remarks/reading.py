"""Remarks as pages, tables and the API show them.

Who may not see reviews is told no expert's name: each expert has a number in the act. Who sees
only their own remarks is told an answer once it is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, null, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.circulation.models import Addressee, Reply
from tracker.db import AnySelect
from tracker.errors import NotFound
from tracker.paging import Page, Paging
from tracker.people.models import Person as PersonRow
from tracker.people.queries import person_as, person_at
from tracker.permissions import may
from tracker.remarks.models import FormerAnswer, Remark
from tracker.remarks.places import ordering
from tracker.remarks.queries import OF_VOID_ROUND, seen_remarks
from workflows.facts import ActFacts, Actor, Person, Refusal

MAIN = aliased(Remark)
AUTHOR, ASSIGNED, PROPOSER, CONFIRMER = (aliased(PersonRow) for _ in range(4))
PEOPLE = {"author": AUTHOR, "assigned": ASSIGNED, "proposer": PROPOSER, "confirmer": CONFIRMER}
EXPERTS, OTHERS, NOBODY = "experts", "others", "nobody"
VOID = "void"
"""The state of remarks of a void round, which are read when they are asked for only."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whose a remark is. Where a person may not be named, `expert` is their number in the act."""

    person: Person | None
    body: str | None
    name: str | None
    expert: int | None
    mine: bool


@dataclass(frozen=True, slots=True)
class RemarkPart:
    """A remark with its answer: its own, or the one of the remark it is merged into."""

    id: int
    n: int
    edition: int
    language: str
    eid: str | None
    place: str
    ordering: str
    kind: str
    text: str
    wording: str | None
    author: Author
    source: str
    letter_ref: str | None
    recorded_at: datetime
    response: str | None
    reason: str | None
    proposed_by: Person | None
    proposed_at: datetime | None
    confirmed_by: Person | None
    confirmed_at: datetime | None
    carried_by: int | None
    assigned_to: Person | None
    merged_into: int | None
    merged_into_n: int | None
    merged: int
    """How many others are merged into it."""
    void: bool
    """Whether its round is void."""
    version: int

    @property
    def state(self) -> str:
        if self.response is None:
            return "unanswered"
        return "confirmed" if self.confirmed_at else "proposed"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which remarks are wanted; None or empty means any."""

    edition: int | None = None
    up_to: int | None = None
    """An edition: remarks on it and on those before it."""
    author: str | None = None
    """The key of a body, EXPERTS, or OTHERS."""
    kind: str | None = None
    provision: str | None = None
    """As typed: the provision and all below it."""
    state: str | None = None
    assigned: str | None = None
    """A person's number, or NOBODY."""
    ids: Sequence[int] | None = None
    round: int | None = None
    """The round of circulation that brought them."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see of the remarks on an act."""

    facts: ActFacts
    actor: Actor
    table: bool
    names: bool

    @property
    def rule(self) -> ColumnElement[bool]:
        return and_(Remark.act_id == self.facts.id, seen_remarks(self.actor, self.facts))

    @property
    def response(self) -> ColumnElement[Any]:
        return self.told(MAIN.response)

    def told(self, column: Any) -> ColumnElement[Any]:
        """A part of an answer, as far as it may be told."""
        if self.table:
            return column  # type: ignore[no-any-return]
        return case((MAIN.confirmed_at.is_not(None), column), else_=null())


def sight_of(actor: Actor, facts: ActFacts) -> Sight:
    rules = facts.setting.assembly
    return Sight(
        facts,
        actor,
        table=may(rules, actor, "see_remarks", facts),
        names=may(rules, actor, "see_reviews", facts),
    )


def read_remarks(
    session: Session, sight: Sight, wanted: Filter, sort: str, paging: Paging
) -> Page[RemarkPart]:
    """A page of the table: three statements at most."""
    chosen = _narrowed(_parts(sight), sight, wanted)
    total = session.scalar(chosen.with_only_columns(func.count(Remark.id)).order_by(None)) or 0
    rows = session.execute(
        chosen.order_by(*_order(sort), Remark.id).limit(paging.per_page).offset(paging.offset)
    ).all()
    numbers = {} if sight.names or not rows else _expert_numbers(session, sight.facts.id)
    return Page([_part(row, sight, numbers) for row in rows], total, paging)


def read_remark(session: Session, sight: Sight, remark: int) -> RemarkPart:
    """One remark that the actor sees; raises NotFound."""
    found = read_chosen(session, sight, [remark])
    if not found:
        raise NotFound(Refusal("no_such_remark"))
    return found[0]


def read_chosen(
    session: Session, sight: Sight, ids: Sequence[int], sort: str = "number"
) -> Sequence[RemarkPart]:
    """Those of these remarks that the actor sees."""
    return read_remarks(session, sight, Filter(ids=ids), sort, Paging(1, len(ids) or 1)).items


def _parts(sight: Sight) -> AnySelect:
    below = aliased(Remark)
    merged = (
        select(func.count(below.id))
        .where(below.merged_into == Remark.id)
        .correlate(Remark)
        .scalar_subquery()
    )
    return (
        select(
            Remark,
            MAIN.n.label("main_n"),
            sight.response.label("response"),
            sight.told(MAIN.reason).label("reason"),
            sight.told(MAIN.proposed_at).label("proposed_at"),
            MAIN.confirmed_at,
            sight.told(MAIN.carried_by).label("carried_by"),
            merged.label("merged"),
            OF_VOID_ROUND.label("void"),
            *(column for name, person in PEOPLE.items() for column in person_as(name, person)),
        )
        .join(MAIN, MAIN.id == func.coalesce(Remark.merged_into, Remark.id))
        .outerjoin(AUTHOR, AUTHOR.id == Remark.author_person)
        .outerjoin(ASSIGNED, ASSIGNED.id == MAIN.assigned_to)
        .outerjoin(PROPOSER, PROPOSER.id == MAIN.proposed_by)
        .outerjoin(CONFIRMER, CONFIRMER.id == MAIN.confirmed_by)
        .where(sight.rule)
    )


def _narrowed(parts: AnySelect, sight: Sight, wanted: Filter) -> AnySelect:
    clauses = list(_of(sight, wanted))
    if wanted.kind:
        clauses.append(Remark.kind == wanted.kind)
    if wanted.author:
        clauses.append(_by(wanted.author))
    if wanted.provision:
        start = ordering(None, wanted.provision)
        below = Remark.ordering.startswith(f"{start}.", autoescape=True)
        clauses.append(or_(Remark.ordering == start, below))
    if wanted.assigned == NOBODY:
        clauses.append(MAIN.assigned_to.is_(None))
    elif wanted.assigned:
        clauses.append(MAIN.assigned_to == int(wanted.assigned))
    if wanted.state:
        clauses.append(_state(sight, wanted.state))
    return parts.where(*clauses)


def _of(sight: Sight, wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """Where the wanted remarks come from: by number, else from rounds that are not void, of some
    editions, of a round of circulation.
    """
    if wanted.ids is not None:
        yield Remark.id.in_(wanted.ids)
    elif wanted.state != VOID:
        yield not_(OF_VOID_ROUND)
    if wanted.up_to is not None:
        yield Remark.edition <= wanted.up_to
    if wanted.edition is not None:
        yield Remark.edition == wanted.edition
    if wanted.round is not None:
        replies = select(Reply.id).join(Addressee, Addressee.id == Reply.addressee_id)
        in_round = (Addressee.act_id == sight.facts.id, Addressee.round == wanted.round)
        yield Remark.reply_id.in_(replies.where(*in_round))


def _by(author: str) -> ColumnElement[bool]:
    if author == EXPERTS:
        return Remark.author_person.is_not(None)
    if author == OTHERS:
        return and_(Remark.author_person.is_(None), Remark.author_body.is_(None))
    return Remark.author_body == author


def _state(sight: Sight, state: str) -> ColumnElement[bool]:
    response = sight.response
    return {
        "unanswered": response.is_(None),
        "proposed": and_(response.is_not(None), MAIN.confirmed_at.is_(None)),
        "confirmed": MAIN.confirmed_at.is_not(None),
        "merged": Remark.merged_into.is_not(None),
        VOID: OF_VOID_ROUND,
        "not_carried": and_(
            response.in_(("accepted", "partly")), sight.told(MAIN.carried_by).is_(None)
        ),
    }.get(state, response == state)


def _order(sort: str) -> Sequence[Any]:
    if sort == "author":
        return (func.coalesce(Remark.author_body, ""), Remark.author_person, Remark.author_name)
    if sort == "state":
        answered = case((MAIN.response.is_(None), 0), (MAIN.confirmed_at.is_(None), 1), else_=2)
        return (answered, Remark.ordering)
    return (Remark.n,) if sort == "number" else (Remark.ordering,)


def _expert_numbers(session: Session, act_id: int) -> Mapping[int, int]:
    """The persons who made remarks on an act, numbered by the first remark of each."""
    first = func.min(Remark.n)
    rows = session.scalars(
        select(Remark.author_person)
        .where(Remark.act_id == act_id, Remark.author_person.is_not(None))
        .group_by(Remark.author_person)
        .order_by(first)
    )
    return {person: number for number, person in enumerate(rows, start=1) if person is not None}


def _part(row: Any, sight: Sight, numbers: Mapping[int, int]) -> RemarkPart:
    remark: Remark = row.Remark
    author = person_at(row, "author")
    mine = author is not None and author.id == sight.actor.person
    named = author if sight.names or mine else None
    return RemarkPart(
        id=remark.id,
        n=remark.n,
        edition=remark.edition,
        language=remark.language,
        eid=remark.eid,
        place=remark.place,
        ordering=remark.ordering,
        kind=remark.kind,
        text=remark.text,
        wording=remark.wording,
        author=Author(
            named,
            remark.author_body,
            remark.author_name,
            numbers.get(author.id) if author and named is None else None,
            mine,
        ),
        source=remark.source,
        letter_ref=remark.letter_ref if sight.table else None,
        recorded_at=remark.recorded_at,
        response=row.response,
        reason=row.reason,
        proposed_by=person_at(row, "proposer") if sight.table else None,
        proposed_at=row.proposed_at,
        confirmed_by=person_at(row, "confirmer") if sight.table else None,
        confirmed_at=row.confirmed_at,
        carried_by=row.carried_by,
        assigned_to=person_at(row, "assigned") if sight.table else None,
        merged_into=remark.merged_into if sight.table else None,
        merged_into_n=row.main_n if sight.table and remark.merged_into else None,
        merged=row.merged if sight.table else 0,
        void=bool(row.void),
        version=remark.version,
    )


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """An answer that was replaced or re-opened, with the reason of re-opening."""

    response: str
    reason: str | None
    proposed_by: Person
    proposed_at: datetime
    confirmed_at: datetime | None
    ended_by: Person
    ended_at: datetime
    ended_why: str | None


def earlier_answers(session: Session, remark: int) -> list[EarlierAnswer]:
    """The earlier answers to a remark, newest first. One statement."""
    rows = session.execute(
        select(FormerAnswer, *person_as("proposer", PROPOSER), *person_as("confirmer", CONFIRMER))
        .join(PROPOSER, PROPOSER.id == FormerAnswer.proposed_by)
        .join(CONFIRMER, CONFIRMER.id == FormerAnswer.ended_by)
        .where(FormerAnswer.remark_id == remark)
        .order_by(FormerAnswer.id.desc())
    )
    found = []
    for row in rows:
        proposer, ender = person_at(row, "proposer"), person_at(row, "confirmer")
        assert proposer is not None
        assert ender is not None
        former: FormerAnswer = row.FormerAnswer
        found.append(
            EarlierAnswer(
                former.response, former.reason, proposer, former.proposed_at,
                former.confirmed_at, ender, former.ended_at, former.ended_why,
            )
        )  # fmt: skip
    return found
