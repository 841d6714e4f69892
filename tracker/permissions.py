"""Who may see and do what, beside the steps that a procedure file permits.

The table is the assembly's (`permissions` in its file); a deed that it does not name is permitted
to nobody. A rule on seeing is written once, as an SQL expression over `act`: lists filter by it
and one act is looked up through it, so that a list and its items cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, exists, false, or_, select, true
from sqlalchemy.sql.elements import True_

from tracker.acts.models import Act, ActBody
from tracker.people.models import Absence, Membership
from tracker.prepared import any_of
from tracker.reviews.models import Review
from workflows.assembly_schema import Assembly, Deed
from workflows.facts import ActFacts, Actor
from workflows.schema import REPLY, Party

PUBLIC = Actor(None)
"""Somebody who has not logged in."""


READ_BY: Mapping[str, Deed] = {
    "assign_review": "see_reviews",
    "accept_review": "see_reviews",
    "decline_review": "see_reviews",
    "cancel_review": "see_reviews",
    "file_opinion": "see_reviews",
    "add_addendum": "see_reviews",
    "end_link": "see_reviews",
    "renew_link": "see_reviews",
    "issue_opinion": "see_opinion",
    "enter_remark": "see_remarks",
    "import_remarks": "see_remarks",
    "answer_remarks": "see_remarks",
    "confirm_answers": "see_remarks",
    "reopen_answer": "see_remarks",
    "assign_remarks": "see_remarks",
    "merge_remarks": "see_remarks",
    "unmerge_remark": "see_remarks",
    "carry_remarks": "see_remarks",
    "give_position": "see_positions",
    "record_decision": "see_positions",
    "reply": "see_replies",
    "extend_circulation": "see_replies",
    "pause_reminders": "manage_reminders",
    "resume_reminders": "manage_reminders",
    "skip_reminder": "manage_reminders",
    "send_reminder": "manage_reminders",
    "remind_waiting": "manage_reminders",
}
"""What somebody who sees an act from inside must be permitted beside that to read an entry."""
OWED_READ_BY: Mapping[str, Deed] = {
    "review": "see_reviews",
    "position": "see_positions",
    REPLY: "record_reply",
}
"""Duties of single persons and of addressees: who may see that they are owed, beside those."""
ASKED_BY: Mapping[str, Deed] = {"review": "assign_review"}
"""Who asks for it may give it another date, and ask again."""


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


def may_of_duty(
    assembly: Assembly, actor: Actor, deed: Deed, facts: ActFacts, kind: str
) -> Deed | None:
    """The deed by which the actor may do `deed` to a duty of this kind, or asks for it in the
    first place; None where they may not.
    """
    for each in (deed, ASKED_BY.get(kind)):
        if each is not None and may(assembly, actor, each, facts):
            return each
    return None


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


def may_read(
    assembly: Assembly,
    actor: Actor,
    facts: ActFacts,
    action: str,
    actor_id: int | None,
    data: Mapping[str, Any],
) -> bool:
    """Whether somebody inside may read an entry of the timeline: all of it, or none but that
    something was done. One's own part, or that of one's body, is one's own to read.
    """
    deed = READ_BY.get(action) or OWED_READ_BY.get(data.get("owed", ""))
    if deed is None or may(assembly, actor, deed, facts):
        return True
    if any(body == data.get("addressee") for body, _role in actor.roles):
        return True
    concerned = {actor_id, data.get("expert"), data.get("member"), data.get("owes")}
    return actor.person is not None and actor.person in concerned


def bodies_of_actor(assembly: Assembly, actor: Actor) -> list[str]:
    """Bodies whose acts the actor sees. An expert sees those they review, not the Board's all."""
    experts = (assembly.experts.body, assembly.experts.role)
    return sorted({body for body, role in actor.roles if (body, role) != experts})


def has_body(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a body of the act is such. Asked act by act: for EXISTS PostgreSQL may first gather
    the bodies of all acts, where a page needs a few.
    """
    first = select(ActBody.act_id).where(ActBody.act_id == Act.id, *conditions).limit(1)
    return first.scalar_subquery().is_not(None)


def _inside(sees_all: Any, person: Any, of_bodies: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rule itself: who sees all, a body of theirs is concerned, or they review the act."""
    reviewing = Act.id.in_(
        select(Review.act_id).where(
            Review.person_id == person,
            Review.state != "declined",
            Review.state != "cancelled",
        )
    )
    return or_(sees_all, has_body(of_bodies), reviewing)


def concerned(assembly: Assembly, actor: Actor) -> ColumnElement[bool]:
    """Acts that the actor sees from inside: a body of theirs is concerned, or they review it."""
    if actor.person is None:
        return false()
    if may(assembly, actor, "see_all_acts"):
        return true()
    return _inside(false(), actor.person, ActBody.body_key.in_(bodies_of_actor(assembly, actor)))


def visible(assembly: Assembly, actor: Actor) -> ColumnElement[bool]:
    """Acts that the actor may know of at all; `true()` where these are all."""
    inside = concerned(assembly, actor)
    return inside if isinstance(inside, True_) else or_(Act.visibility == "public", inside)


VISIBLE = or_(
    Act.visibility == "public",
    _inside(
        bindparam("sees_all", type_=Boolean),
        bindparam("viewer"),
        any_of(ActBody.body_key, "sees"),
    ),
)
"""The same for prepared statements; `sight` gives its parameters."""


_HOLDS = and_(
    Membership.since <= bindparam("day"),
    or_(Membership.until.is_(None), Membership.until >= bindparam("day")),
)


def _seats_of(person: Any, *columns: Any) -> tuple[Any, Any]:
    """The seats held on `day` by a person, and those by whom they stand in for then. Two
    selections, as an index finds each; with one condition for both every seat would be looked at.
    """
    own = select(*columns).where(_HOLDS, Membership.person_id == person)
    lent = (
        select(*columns)
        .join(Absence, Absence.person_id == Membership.person_id)
        .where(
            _HOLDS,
            Absence.deputy_id == person,
            Absence.since <= bindparam("day"),
            Absence.until >= bindparam("day"),
        )
    )
    return own.correlate_except(Membership), lent.correlate_except(Membership, Absence)


def visible_to(person: Any) -> ColumnElement[bool]:
    """The same rule for many persons at once, for prepared statements over `act` and a column of
    persons; `sight_on` gives its parameters.
    """
    seat = Membership.body_key + "." + Membership.role
    sees_all = (
        exists(seats.where(any_of(seat, "see_all"))) for seats in _seats_of(person, Membership.id)
    )
    of_bodies = (
        ActBody.body_key.in_(seats.where(seat != bindparam("expert_seat")))
        for seats in _seats_of(person, Membership.body_key)
    )
    return or_(Act.visibility == "public", _inside(or_(*sees_all), person, or_(*of_bodies)))


def sight_on(assembly: Assembly, day: date) -> dict[str, Any]:
    """The parameters of `visible_to` on a date of the assembly."""
    parties = assembly.permissions.get("see_all_acts", ())
    seats = [seat for party in parties for seat in seats_of(assembly, party)]
    return {
        "day": day,
        "see_all": [f"{body}.{role}" for body, role in seats],
        "expert_seat": f"{assembly.experts.body}.{assembly.experts.role}",
    }


def sight(assembly: Assembly, actor: Actor) -> dict[str, Any]:
    """Who looks, as the parameters of `VISIBLE`."""
    return {
        "sees_all": may(assembly, actor, "see_all_acts"),
        "viewer": actor.person,
        "sees": bodies_of_actor(assembly, actor),
    }
