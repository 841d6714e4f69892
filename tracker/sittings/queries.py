"""Reading the Council's decision as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import Session, aliased

from tracker.acts.models import Act
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_as, person_at, person_of
from tracker.prepared import Prepared, any_of, read
from tracker.sittings.models import Decision, Position
from workflows.facts import Person
from workflows.voting import (
    DecisionRule,
    Reason,
    Result,
    RuleName,
    decide_vote,
    votes_from_positions,
)

_POSITIONS = Prepared(
    select(Position.act_id, Position.person_id, Position.vote, Position.n)
    .join(Act, (Act.id == Position.act_id) & (Act.visit == Position.visit))
    .where(any_of(Position.act_id, "ids"), Position.replaced_n.is_(None))
    .order_by(Position.n)
)
_SITTINGS = Prepared(
    select(Decision.act_id, Decision.result)
    .join(Act, (Act.id == Decision.act_id) & (Act.visit == Decision.visit))
    .where(any_of(Decision.act_id, "ids"))
    .order_by(Decision.n)
)


def decision_rule(name: str, quorum: int | None) -> DecisionRule:
    """The rule a body decides by, as its assembly's file names it."""
    return DecisionRule(cast("RuleName", name), quorum=quorum)


def positions(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """The positions that stand in the present visit of each act."""
    found: dict[int, list[Row[Any]]] = {}
    for row in read(connection, _POSITIONS, ids=ids):
        found.setdefault(row.act_id, []).append(row)
    return found


def sittings(connection: Connection, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """The result of the last decision recorded as taken at a sitting, in the present visit of
    each act.
    """
    return {row.act_id: row.result for row in read(connection, _SITTINGS, ids=ids)}


def stored_result(stored: Mapping[str, Any]) -> Result:
    """A result as it was computed and kept."""
    return Result(
        adopted=stored["adopted"],
        reasons=tuple(Reason(item["code"], item["params"]) for item in stored["reasons"]),
        quorum=stored["quorum"],
        counts=stored["counts"],
        arithmetic=stored["arithmetic"],
    )


def from_positions(
    rule: DecisionRule, entitled: Sequence[int], given: Sequence[Any]
) -> Result | None:
    """The result of the positions that stand; None while there is nobody to decide."""
    voters = {str(person) for person in entitled} | {str(row.person_id) for row in given}
    if not voters:
        return None
    votes = votes_from_positions(sorted(voters), {str(row.person_id): row.vote for row in given})
    return decide_vote(rule, votes)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A position as it was given. `replaced`: a later one stands instead."""

    reference: str
    n: int
    visit: int
    member: Person
    entered_by: Person
    vote: str
    text: str | None
    letter_ref: str | None
    given_at: datetime
    replaced: bool

    @property
    def person_id(self) -> int:
        return self.member.id


def ballots(session: Session, act_id: int, n: int | None = None) -> list[Ballot]:
    """Every position given on an act, oldest first, or the one of a timeline entry."""
    entered = aliased(PersonRow)
    wanted = (
        select(
            Position,
            Act.reference,
            *PERSON,
            *person_as("entered_by", entered),
        )
        .join(Act, Act.id == Position.act_id)
        .join(PersonRow, PersonRow.id == Position.person_id)
        .join(entered, entered.id == Position.entered_by)
        .where(Position.act_id == act_id)
        .order_by(Position.n)
    )
    if n is not None:
        wanted = wanted.where(Position.n == n)
    return [_ballot(row) for row in session.execute(wanted)]


def _ballot(row: Row[Any]) -> Ballot:
    entered_by = person_at(row, "entered_by")
    assert entered_by is not None
    position: Position = row.Position
    return Ballot(
        reference=row.reference,
        n=position.n,
        visit=position.visit,
        member=person_of(row),
        entered_by=entered_by,
        vote=position.vote,
        text=position.text,
        letter_ref=position.letter_ref,
        given_at=position.given_at,
        replaced=position.replaced_n is not None,
    )


def last_decision(session: Session, act_id: int) -> Decision | None:
    """The last decision that was recorded as taken at a sitting, in whichever visit."""
    return session.scalar(
        select(Decision).where(Decision.act_id == act_id).order_by(Decision.n.desc()).limit(1)
    )
