"""The pages of what notices say, of refused addresses and of mails that went together."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from tests.counting import counting
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.notices.suppression import suppress
from tracker.people.queries import find_person

PAGE = "/notices/words/draft_referred/en"
OWN = {"subject": "{reference} goes on", "body": "Now with: {lead}."}


def test_words_are_changed_previewed_and_taken_back(enter, road):
    road("commission")
    client = enter("secretariat")
    client.get("/notices/words")
    assert client.last.select_one(f"a[href='{PAGE}']")
    client.get(PAGE)
    assert client.last.select_one("[name=subject]")["value"] == "{reference}: {done}, {day}"
    assert "{lead}" in client.last.select_one("[name=body]").get_text()
    assert client.send(PAGE, {**OWN, "preview": "1"}).status_code == 200
    assert "Now with: Defence and Security Commission." in " ".join(client.text.split())
    assert "Nothing is changed yet" in client.text
    assert "goes on" not in client.get(PAGE).text
    assert client.send(PAGE, OWN).location == PAGE
    assert "changed here" in client.get(PAGE).text
    assert "changed here" in client.get("/notices/words").text
    assert client.send(f"{PAGE}/shipped").location == PAGE
    client.get(PAGE)
    assert "as shipped" in client.text
    assert "Back to the shipped words." in client.text


def test_what_is_wrong_keeps_what_was_typed(enter):
    client = enter("secretariat")
    answer = client.send(PAGE, {"subject": "No number", "body": "{leed}"})
    assert answer.status_code == 422
    assert "The placeholder {reference} has to be in it." in client.text
    assert "Line 1, column 1: there is no placeholder {leed}. Did you mean {lead}?" in client.text
    assert client.last.select_one("[name=subject]")["value"] == "No number"


def test_only_who_may_sees_them_and_nothing_else_exists(enter):
    assert enter("eab.secretary").get("/notices/words").status_code == 403
    assert enter("eab.secretary").send(PAGE, OWN).status_code == 403
    client = enter("secretariat")
    for path in ("nothing/en", "draft_referred/xx", "several/en"):
        assert client.get(f"/notices/words/{path}").status_code == 404


def test_a_preview_without_a_notice_shows_what_stands_for_what(enter):
    client = enter("secretariat")
    client.send("/notices/words/act_dispatched/en", {**OWN, "body": "{not_binding}", "preview": 1})
    assert "‹the number of the act›" in client.text


def test_refused_addresses_are_listed_and_tried_again(enter, road, now):
    reference = road("eab_review")
    person = find_person(db.session, "eab.secretary@demo.example.org")
    with unit_of_work() as session:
        suppress(session, person.id, person.email, "550 5.1.1 No such user", now)
        skipped = {"state": "skipped", "why": "address_refused", "due_at": None}
        session.execute(update(Notice).where(Notice.person_id == person.id).values(skipped))
    client = enter("secretariat")
    for page in ("/notices", f"/acts/{reference}/notices", f"/people/{person.id}"):
        assert "550 5.1.1 No such user" in client.get(page).text, page
    assert client.send(f"/notices/refused/{person.id}/lift").location == "/notices"
    assert "550 5.1.1" not in client.get("/notices").text
    assert client.send(f"/notices/refused/{person.id}/lift").status_code == 404
    assert enter("eab.secretary").send(f"/notices/refused/{person.id}/lift").status_code == 403


def test_each_row_says_with_how_many_it_went(enter, road, now):
    road("eab_review")
    first, *others = sorted(db.session.scalars(db.select(Notice.id)))
    sent = {"state": "sent", "sent_at": now + timedelta(minutes=1), "due_at": None, "why": None}
    with unit_of_work() as session:
        session.execute(update(Notice).values(sent))
        session.execute(update(Notice).where(Notice.id == first).values(folded=len(others)))
        session.execute(update(Notice).where(Notice.id != first).values(leader_id=first))
    client = enter("secretariat")
    with counting() as counted:
        client.get("/notices?show=sent")
    assert client.text.count(f"in one mail with {len(others)} others") == len(others) + 1
    few = len(counted)
    road("eab_review")
    with counting() as counted:
        client.get("/notices?show=all")
    assert len(counted) == few
