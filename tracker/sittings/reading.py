"""The decision of the body that an act is or was before, as one reader may know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy.orm import Session

from tracker.people.queries import persons
from tracker.permissions import may
from tracker.sittings.models import Decision
from tracker.sittings.queries import Ballot, ballots, decision_rule, from_positions, last_decision
from workflows.decided import Decided, Precision
from workflows.facts import ActFacts, Actor, Person


@dataclass(frozen=True, slots=True)
class DecisionText:
    """A decision as taken at a sitting, or as the positions stand. Without the right to see
    positions `result`, `present` and `objections` are None; so are the last two for positions.
    """

    reference: str
    n: int
    body: str | None
    at_sitting: bool
    adopted: bool
    decided: Decided | None = None
    minutes_ref: str | None = None
    result: Mapping[str, Any] | None = None
    present: tuple[Person, ...] | None = None
    objections: tuple[tuple[Person, str], ...] | None = None


def read_decision(session: Session, facts: ActFacts, actor: Actor) -> DecisionText | None:
    """The decision that was taken last, None while there is neither sitting nor position."""
    decision = last_decision(session, facts.id)
    given = ballots(session, facts.id)
    open_ = may(facts.setting.assembly, actor, "see_positions", facts)
    if decision is not None and (not given or decision.visit >= given[-1].visit):
        return _at_sitting(session, facts, decision, open_=open_)
    return _of_positions(facts, given, open_=open_) if given else None


def _at_sitting(
    session: Session, facts: ActFacts, decision: Decision, *, open_: bool
) -> DecisionText:
    precision = cast("Precision", decision.decided_precision)
    objections = {item["member"]: item["text"] for item in decision.objections}
    named = persons(session, [*decision.present, *objections]) if open_ else {}
    return DecisionText(
        facts.reference,
        decision.n,
        decision.body_key,
        at_sitting=True,
        adopted=decision.result["adopted"],
        decided=Decided(decision.decided_on, precision),
        minutes_ref=decision.minutes_ref,
        result=decision.result if open_ else None,
        present=tuple(named[member] for member in decision.present) if open_ else None,
        objections=tuple((named[member], text) for member, text in objections.items())
        if open_
        else None,
    )


def _of_positions(facts: ActFacts, given: list[Ballot], *, open_: bool) -> DecisionText | None:
    """What the positions of their last visit make by the body's rule."""
    visit = given[-1].visit
    standing = [ballot for ballot in given if ballot.visit == visit and not ballot.replaced]
    body = _body(facts)
    rules = facts.setting.assembly
    rule = decision_rule(rules.decision.get(body or "", "consensus"), rules.quorum.get(body or ""))
    holder = facts.procedure.state(facts.state).holder
    entitled = [person.id for person in facts.persons(holder)] if holder else []
    result = from_positions(rule, entitled, standing)
    if result is None:
        return None
    return DecisionText(
        facts.reference,
        standing[-1].n,
        body,
        at_sitting=False,
        adopted=result.adopted,
        result=asdict(result) if open_ else None,
    )


def _body(facts: ActFacts) -> str | None:
    """The body whose members give positions in this procedure."""
    return next(
        (
            state.holder.body
            for state in facts.procedure.definition.states.values()
            if "give_position" in state.within and state.holder
        ),
        None,
    )
