"""The desk of each role: what is asked, until when, since when, and the button."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.counting import counting
from tests.explaining import crowd, explaining
from tests.pages.conftest import both_databases
from tests.road import deliver, opinion, propose
from tracker.acts.operations import advance
from tracker.db import db, unit_of_work
from tracker.desk import queries
from tracker.duties.models import Duty
from tracker.duties.queries import duties_of
from tracker.notices.models import Notice
from tracker.reviews.operations import assign_review


def group(client, name):
    section = client.last.select_one(f".group-{name}")
    if section is None:
        return []
    return [" ".join(task.get_text(" ").split()) for task in section.select(".task, .done-list li")]


@both_databases
def test_the_secretariat_sees_a_proposal_with_its_date_and_where_it_came_from(enter, road):
    reference = road("proposed")
    client = enter("secretariat")
    assert client.get("/desk").status_code == 200
    [row] = group(client, "later")
    assert reference in row
    assert "On a Trial Matter" in row
    assert "Decide how work on the draft begins" in row
    assert "Proposal registered · since Nov 24, 2026" in row or "since 24 Nov 2026" in row
    assert "in 10 working days" in row
    assert "Tue 8 Dec 2026" in row
    assert client.last.select_one(".task-do a")["href"] == f"/acts/{reference}"


@both_databases
def test_what_is_mine_is_found_by_one_index_for_persons_and_one_for_seats(enter, road, as_):
    road("proposed")
    crowd(Duty, body_key="eab", role="secretary")
    client = enter("secretariat")
    with explaining("SELECT anon_1.id, anon_1.own") as of_desk:
        client.get("/desk")
    actor = as_("secretariat")
    with explaining("SELECT count(*)") as of_list, explaining("SELECT duty.id, ") as page:
        assert duties_of(db.session(), actor, 0, 100)[0] == 1
    for plan in (*of_desk, *of_list, *page):
        assert "ix_duty_open_person" in plan
        assert "ix_duty_open_seat" in plan


def test_what_is_late_comes_first_and_says_so(enter, road, now):
    road("proposed", at=now - timedelta(days=40))
    client = enter("secretariat")
    client.get("/desk")
    [row] = group(client, "late")
    assert "days late" in row
    assert client.last.select_one(".group-late .due-late svg") is not None


def test_the_board_secretary_sees_opinions_owed_then_what_is_ripe(enter, road, as_, now, tmp_path):
    reference = road("eab_review")
    client = enter("eab.secretary")
    client.get("/desk")
    assert "no expert has been asked yet" in group(client, "later")[0]
    assign_review(reference, "eab.expert2@demo.example.org", actor=as_("eab.secretary"), now=now)
    client.get("/desk")
    assert "1 opinion awaited" in group(client, "later")[0]
    assert "Give an expert opinion: 1 person" in group(client, "waiting")[0]
    other = road("eab_review")
    opinion(other, as_, now)
    client.get("/desk")
    [ripe] = [row for row in group(client, "later") if other in row]
    assert "1 opinion is in, ripe for the decision" in ripe


def test_an_edition_that_came_in_is_a_package_for_who_takes_it_on(enter, road, as_, now, tmp_path):
    reference = road("drafting")
    client = enter("drafter")
    client.get("/desk")
    assert "Deliver an edition of the draft" in group(client, "later")[0]
    assert "Drafting started" in group(client, "later")[0]
    deliver(reference, as_, now, tmp_path)
    client.get("/desk")
    assert group(client, "later") == []
    assert "Edition 1 is in and waits to be taken on" in group(client, "waiting")[0]
    client = enter("eab.secretary")
    client.get("/desk")
    assert "Edition 1 has come in: look at it and take it on" in group(client, "week")[0]


def test_a_council_member_sees_what_is_asked_and_what_changed(enter, road, as_, now):
    reference = road("council")
    client = enter("council.am")
    client.get("/desk")
    [row] = group(client, "later")
    assert "Give a position on the draft" in row
    assert "Approved by the commission, not adopted" in row
    assert "since you looked" not in row
    client.get(f"/acts/{reference}")
    advance(reference, "retitle", actor=as_("secretariat"), now=now,
            data={"titles": {"ru": "Новое имя"}, "reason": "опечатка"})  # fmt: skip
    client.get("/desk")
    assert "1 change since you looked" in group(client, "later")[0]
    client.get(f"/acts/{reference}")
    assert "1 change since you last looked" in client.text
    assert "Title changed" in client.last.select_one(".notice-box").get_text()
    client.get(f"/acts/{reference}")
    assert "since you last looked" not in client.text


def test_the_secretariat_is_asked_for_steps_that_others_request(enter, road, as_, now):
    reference = road("commission")
    advance(reference, "withdraw", actor=as_("defence.chair"), now=now, data={"reason": "письмо"})
    client = enter("secretariat")
    client.get("/desk")
    [row] = [row for row in group(client, "week") if reference in row]
    assert "Answer a request for a step: Withdraw on the initiator's letter" in row


def test_the_secretariat_sees_that_mails_failed(enter, road):
    road("proposed")
    with unit_of_work() as session:
        notice = session.query(Notice).first()
        notice.state, notice.due_at, notice.token = "failed", None, None
    client = enter("secretariat")
    client.get("/desk")
    assert "1 mail could not be delivered" in client.text
    client = enter("drafter")
    client.get("/desk")
    assert "could not be delivered" not in client.text


def test_what_one_did_lately_is_at_the_end(enter, road):
    road("commission")
    client = enter("eab.secretary")
    client.get("/desk")
    assert "Approved by the EAB and referred to the commission" in group(client, "done")[0]


def test_an_empty_desk_says_so_and_offers_the_list(enter):
    client = enter("social.secretary")
    client.get("/desk")
    assert "Nothing awaits you" in client.text
    assert client.last.select_one(".empty a")["href"] == "/acts"


@both_databases
def test_what_others_owe_is_found_by_its_kind(enter, road):
    road("drafting")
    client = enter("eab.secretary")
    with explaining("SELECT anon_1.id, anon_1.own") as plans:
        client.get("/desk")
    assert "Deliver an edition of the draft" in group(client, "waiting")[0]
    assert "ix_duty_open_kind" in plans[0]


@both_databases
def test_a_desk_shows_the_soonest_and_says_that_there_is_more(enter, road, now, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 2)
    for days in (40, 30):
        road("proposed", at=now - timedelta(days=days))
    road("drafting")
    client = enter("secretariat")
    client.get("/desk")
    assert "Only the soonest are shown here." not in client.text
    last = road("proposed")
    client.get("/desk")
    rows = group(client, "late") + group(client, "later")
    assert len(rows) == 2
    assert not any(last in row for row in rows)
    assert client.text.count("Only the soonest are shown here.") == 1
    assert client.last.select_one(".group-late .count").get_text() == "2+"
    assert "Only the soonest" in client.last.select_one(".group-late").get_text()


@pytest.mark.parametrize("login", ["secretariat", "eab.secretary", "defence.secretary"])
def test_a_desk_takes_ten_statements_however_much_is_on_it(enter, road, as_, now, login):
    client = enter(login)
    road("commission")
    road("eab_review")
    propose(as_, now)
    client.get("/desk")
    with counting() as few:
        client.get("/desk")
    for _ in range(4):
        road("commission")
        road("eab_review")
        propose(as_, now)
    with counting() as many:
        client.get("/desk")
    assert len(few) == len(many) <= 10, str(many)
