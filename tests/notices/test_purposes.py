"""What asks and what informs: the line that decides whether a person may mute it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.notices.operations import NewNotice, queue
from tracker.notices.purposes import informs
from tracker.people.queries import cadences, find_person

DUE = {"duty": "position", "on": "2026-12-15", "zone": "Europe/Moscow"}


@pytest.mark.parametrize(
    ("duty_id", "reasons", "facts", "informing"),
    [
        (None, ("act:initiator.liaison",), {"due": None}, True),
        (None, ("told", "workers"), {}, True),
        (None, ("council.member",), {"due": DUE}, False),
        (7, ("eab.chair",), {}, False),
        (None, ("holder", "closed_duties"), {"due": None}, False),
        (None, ("subject",), {}, False),
    ],
)
def test_what_asks_for_something_is_not_information(duty_id, reasons, facts, informing):
    assert informs(duty_id, reasons, facts) is informing


@pytest.mark.parametrize(
    ("chosen", "facts", "stands"),
    [
        ("inbox_only", {"due": None}, ("skipped", "chosen")),
        ("inbox_only", {"due": DUE}, ("queued", None)),
        ("at_once", {"due": None}, ("queued", None)),
    ],
)
def test_information_may_stay_in_the_inbox_and_a_duty_never(app, now, chosen, facts, stands):
    person = find_person(db.session, "drafter@demo.example.org")
    told = NewNotice("test:1", "act_adopted", replace(person, information=chosen), ("told",), facts)
    with unit_of_work() as session:
        queue(session, [told], now)
    assert db.session.execute(select(Notice.state, Notice.why)).one() == stands


def test_everybody_is_told_at_once_until_they_choose(app):
    person = find_person(db.session, "drafter@demo.example.org")
    assert cadences(db.session(), [person.id, 10**9]) == {person.id: "at_once"}
    assert cadences(db.session(), []) == {}
