"""Beginning and ending to follow. Everybody does so for themselves; a link in a mail ends for its
reader what brought it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from tracker import assembly
from tracker.acts.queries import act_id
from tracker.db import unit_of_work, upsert
from tracker.errors import Forbidden, NotFound
from tracker.following.links import Ends
from tracker.following.models import Follow
from tracker.people.models import Person
from workflows.facts import Actor, Refusal


def follow_act(reference: str, *, actor: Actor, now: datetime) -> None:
    """Be told of the moves of an act from now on; following twice is following once. Raises
    NotFound where the actor may not see it, Forbidden for nobody, Refused where it has ended.
    """
    person = _somebody(actor)
    with unit_of_work() as session:
        act = act_id(session, assembly.assembly(), actor, reference)
        if act is None:
            raise NotFound(Refusal("no_such_act"))
        values = {"person_id": person, "act_id": act, "since": now}
        session.execute(upsert(session, Follow).values(values).on_conflict_do_nothing())


def unfollow_act(reference: str, *, actor: Actor) -> None:
    """Hear no more of it; raises NotFound where the actor may not see it."""
    person = _somebody(actor)
    with unit_of_work() as session:
        act = act_id(session, assembly.assembly(), actor, reference)
        if act is None:
            raise NotFound(Refusal("no_such_act"))
        session.execute(delete(Follow).where(Follow.person_id == person, Follow.act_id == act))


def follow_body(key: str, *, actor: Actor, now: datetime) -> None:
    """Be told of the moves of every act that a body leads and the actor may see; raises NotFound
    or Refused.
    """
    person = _somebody(actor)
    rules = assembly.assembly()
    if key not in rules.bodies:
        raise NotFound(Refusal("not_found"))
    with unit_of_work() as session:
        values = {"person_id": person, "body_key": key, "since": now}
        session.execute(upsert(session, Follow).values(values).on_conflict_do_nothing())


def unfollow_body(key: str, *, actor: Actor) -> None:
    """Hear no more of the acts that a body leads."""
    person = _somebody(actor)
    with unit_of_work() as session:
        session.execute(delete(Follow).where(Follow.person_id == person, Follow.body_key == key))


def unfollow(follow_id: int, *, actor: Actor) -> None:
    """End one thing that the actor follows, by its number, whether or not they may see it."""
    person = _somebody(actor)
    with unit_of_work() as session:
        session.execute(delete(Follow).where(Follow.id == follow_id, Follow.person_id == person))


def end_by_link(ends: Ends) -> None:
    """End what a mail's link says. Doing it again changes nothing."""
    with unit_of_work() as session:
        mine = Follow.person_id == ends.person
        if ends.act is not None:
            session.execute(delete(Follow).where(mine, Follow.act_id == ends.act))
        elif ends.body is not None:
            session.execute(delete(Follow).where(mine, Follow.body_key == ends.body))
        else:
            quiet = update(Person).where(Person.id == ends.person)
            session.execute(quiet.values(information="inbox_only"))


def _somebody(actor: Actor) -> int:
    if actor.person is None:
        raise Forbidden(Refusal("not_permitted"))
    return actor.person
