"""Reading the Council's decision as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Row, select

from tracker.acts.models import Act
from tracker.prepared import Prepared, any_of, read
from tracker.sittings.models import Decision, Position
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
    rule: DecisionRule, entitled: Sequence[int], given: Sequence[Row[Any]]
) -> Result | None:
    """The result of the positions that stand; None while there is nobody to decide."""
    voters = {str(person) for person in entitled} | {str(row.person_id) for row in given}
    if not voters:
        return None
    votes = votes_from_positions(sorted(voters), {str(row.person_id): row.vote for row in given})
    return decide_vote(rule, votes)
