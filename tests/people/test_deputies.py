"""A deputy acts during an absence: both names stand in the timeline."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from tests import seen
from tests.road import bring_to, deliver, propose
from tracker.acts.operations import advance, set_visibility
from tracker.db import db, unit_of_work
from tracker.errors import Forbidden, NotFound
from tracker.people.models import Absence
from tracker.people.queries import actor_for, find_person
from tracker.reviews.operations import assign_review
from tracker.sittings.models import Position
from tracker.sittings.operations import give_position, record_decision


def person(login: str) -> int:
    return find_person(db.session, f"{login}@demo.example.org").id


@pytest.fixture
def away(now):
    def take(login, deputy, days=1):
        since = now.date()
        with unit_of_work() as session:
            session.execute(
                insert(Absence).values(
                    person_id=person(login),
                    deputy_id=person(deputy),
                    since=since,
                    until=since + timedelta(days=days - 1),
                )
            )

    return take


def names(reference):
    entry = seen.timeline(reference)[-1]
    return entry.action, entry.actor_id, entry.behalf_id


def test_a_deputy_takes_the_step_in_the_name_of_the_absent(app, as_, now, tmp_path, away):
    reference = bring_to("commission", as_, now, tmp_path)
    with pytest.raises(NotFound):
        advance(reference, "continue_work", actor=as_("political.secretary"), now=now)
    away("defence.secretary", "political.secretary")
    advance(reference, "continue_work", actor=as_("political.secretary"), now=now)
    assert names(reference) == (
        "continue_work",
        person("political.secretary"),
        person("defence.secretary"),
    )
    tomorrow = actor_for(db.session, person("political.secretary"), now.date() + timedelta(days=1))
    with pytest.raises(NotFound):
        advance(reference, "continue_work", actor=tomorrow, now=now + timedelta(days=1))


def test_who_holds_the_seat_themselves_stands_in_for_nobody(app, as_, now, tmp_path, away):
    away("eab.secretary", "eab.chair")
    reference = bring_to("eab_review", as_, now, tmp_path)
    advance(reference, "postpone", actor=as_("eab.chair"), now=now, data={"reason": "Ждём"})
    assert names(reference) == ("postpone", person("eab.chair"), None)


def test_deeds_beside_the_steps_carry_both_names(app, as_, now, tmp_path, away):
    away("secretariat", "defence.secretary")
    away("eab.secretary", "eab.expert1")
    away("drafter", "eab.expert2")
    deputy = as_("defence.secretary")
    stood_in = (person("defence.secretary"), person("secretariat"))
    reference = propose(lambda _login: deputy, now)
    assert names(reference) == ("propose", *stood_in)
    set_visibility(reference, "public", actor=deputy, now=now)
    assert names(reference) == ("visibility", *stood_in)
    deliver(reference, lambda _login: as_("eab.expert2"), now, tmp_path)
    assert names(reference) == ("deliver_edition", person("eab.expert2"), person("drafter"))
    advance(reference, "start_drafting", actor=deputy, now=now, data={"reason": "Без концепции"})
    advance(reference, "submit_to_eab", actor=deputy, now=now)
    assign_review(reference, "eab.expert3@demo.example.org", actor=as_("eab.expert1"), now=now)
    assert names(reference) == ("assign_review", person("eab.expert1"), person("eab.secretary"))
    reference = bring_to("council", as_, now, tmp_path)
    record_decision(
        reference,
        decided_on="2026-11-24",
        minutes_ref="П-1",
        present=["council.kz@demo.example.org"],
        actor=deputy,
        now=now,
    )
    assert names(reference) == ("record_decision", *stood_in)


def test_a_deputy_gives_the_absent_members_position(app, as_, now, tmp_path, away):
    away("council.am", "council.kg")  # a member cannot stand in: the seat is their own
    away("council.kz", "parliament.kz")
    reference = bring_to("council", as_, now, tmp_path)
    give_position(reference, "yes", actor=as_("parliament.kz"), now=now)
    give_position(reference, "yes", actor=as_("council.kg"), now=now)
    found = {p.person_id: p.entered_by for p in seen.of_act(Position, reference)}
    assert found == {
        person("council.kz"): person("parliament.kz"),
        person("council.kg"): person("council.kg"),
    }
    with pytest.raises(Forbidden):
        give_position(reference, "yes", actor=as_("parliament.am"), now=now)
