"""Who may see and do what, beside the steps that a procedure file permits.

The table is the assembly's (`permissions` in its file); a deed that it does not name is permitted
to nobody. A rule on seeing is written once, as an SQL expression over `act`: lists filter by it
and one act is looked up through it, so that a list and its items cannot disagree.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, select, true

from tracker.acts.models import Act, ActBody
from tracker.reviews.models import Review
from workflows.facts import ActFacts, Actor
from workflows.schema import Assembly, Deed, Party

PUBLIC = Actor(None)
"""Somebody who has not logged in."""


def seats_of(assembly: Assembly, party: Party) -> list[tuple[str, str]]:
    """The seats a party means outside any act."""
    if party.scope == "kind":
        return [(body, party.role) for body in assembly.bodies_of(party.body)]
    return [(party.body, party.role)] if party.scope == "body" else []


def may(assembly: Assembly, actor: Actor, deed: Deed, facts: ActFacts | None = None) -> bool:
    """Whether the table permits `deed` to the actor; `facts` lets parts in an act count."""
    for party in assembly.permissions.get(deed, ()):
        seats = facts.seats(party) if facts is not None else seats_of(assembly, party)
        if actor.holds(*seats):
            return True
    return False


def behalf(
    assembly: Assembly, actor: Actor, deed: Deed, facts: ActFacts | None = None
) -> int | None:
    """Whom the actor stands in for, when the table permits `deed` to them only as a deputy."""
    seats = [
        seat
        for party in assembly.permissions.get(deed, ())
        for seat in (facts.seats(party) if facts is not None else seats_of(assembly, party))
        if seat in actor.roles
    ]
    if not seats or any(seat not in actor.deputises for seat in seats):
        return None
    return actor.deputises[seats[0]]


def _sight(assembly: Assembly, actor: Actor) -> list[str]:
    """Bodies whose acts the actor sees. An expert sees those they review, not the Board's all."""
    experts = (assembly.experts.body, assembly.experts.role)
    return sorted({body for body, role in actor.roles if (body, role) != experts})


def concerned(assembly: Assembly, actor: Actor) -> ColumnElement[bool]:
    """Acts that the actor sees from inside: a body of theirs is concerned, or they review it."""
    if actor.person is None:
        return false()
    if may(assembly, actor, "see_all_acts"):
        return true()
    reviewing = exists(
        select(Review.id).where(
            Review.act_id == Act.id,
            Review.person_id == actor.person,
            Review.state.not_in(("declined", "cancelled")),
        )
    )
    bodies = _sight(assembly, actor)
    if not bodies:
        return reviewing
    part = exists(
        select(ActBody.act_id).where(ActBody.act_id == Act.id, ActBody.body_key.in_(bodies))
    )
    return or_(part, reviewing)


def visible(assembly: Assembly, actor: Actor) -> ColumnElement[bool]:
    """Acts that the actor may know of at all."""
    return or_(Act.visibility == "public", concerned(assembly, actor))
