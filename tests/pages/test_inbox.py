"""The inbox of each person, and what became of mails for who answers for them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from tests import seen
from tests.counting import counting
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.people.queries import find_person


def unread(login):
    db.session.remove()
    person = find_person(db.session, f"{login}@demo.example.org")
    return db.session.scalar(
        select(func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    )


def settle(reference, state, **values):
    """Let the first mail of an act have become this; returns its number."""
    notice = seen.notices(reference)[0]
    with unit_of_work() as session:
        session.execute(
            update(Notice).where(Notice.id == notice.id).values(
                state=state, due_at=None, token=None, **values
            )
        )  # fmt: skip
    return notice.id


def test_new_notices_stand_first_each_with_why_and_are_read_by_a_press(enter, road):
    reference = road("eab_review")
    client = enter("eab.secretary")
    count = unread("eab.secretary")
    assert count > 2
    client.get("/inbox")
    new = client.last.select(".notice.is-new")
    assert len(new) == count
    assert all("You are told because" in each.get_text() for each in new)
    assert "On a Trial Matter" in new[0].get_text()
    assert unread("eab.secretary") == count
    number = new[0].select_one("input[name=notice]")["value"]
    answer = client.send("/inbox/read", {"notice": number, "open": "1"})
    assert answer.location == f"/acts/{reference}"
    assert unread("eab.secretary") == count - 1
    client.get("/inbox")
    sections = [each.get_text(" ", strip=True) for each in client.last.select("main h2")]
    assert sections == [f"New {count - 1}", "Read before"]
    assert client.send("/inbox/read").location == "/inbox"
    assert unread("eab.secretary") == 0


def test_what_asks_for_something_opens_the_page_on_which_it_is_given(enter, road):
    reference = road("council")
    client = enter("council.kz")
    client.get("/inbox")
    asked = next(
        each for each in client.last.select(".notice.is-new")
        if each.select_one(f"a[href='/acts/{reference}/position']")
    )  # fmt: skip
    number = asked.select_one("input[name=notice]")["value"]
    answer = client.send("/inbox/read", {"notice": number, "open": "1"})
    assert answer.location == f"/acts/{reference}/position"
    assert client.get(answer.location).status_code == 200
    others = enter("council.by").send("/inbox/read", {"notice": number, "open": "1"})
    assert others.location == "/inbox"


def test_nobody_reads_or_marks_what_was_sent_to_another(enter, road):
    road("eab_review")
    count = unread("eab.secretary")
    secretary = enter("eab.secretary")
    secretary.get("/inbox")
    number = secretary.last.select_one("input[name=notice]")["value"]
    client = enter("council.kg")
    client.get("/inbox")
    assert "Nothing has been sent to you yet" in client.text
    for wrong in (number, "x", "9" * 30, "-1"):
        assert client.send("/inbox/read", {"notice": wrong}).status_code == 303, wrong
    assert client.post("/inbox/read").status_code == 400
    assert unread("eab.secretary") == count


def test_opening_leads_nowhere_else(enter, road):
    reference = road("proposed")
    client = enter("eab.secretary")
    client.get("/inbox")
    number = client.last.select_one(".notice.is-new input[name=notice]")["value"]
    answer = client.send("/inbox/read", {"notice": number, "open": "//evil.example"})
    assert answer.location == f"/acts/{reference}"
    assert client.send("/inbox/read", {"open": "//evil.example"}).location == "/inbox"


def test_who_was_told_of_what_stands_beside_each_event(enter, road):
    reference = road("eab_review")
    settle(reference, "failed", error="550 no such mailbox")
    client = enter("secretariat")
    client.get(f"/acts/{reference}/notices")
    for said in ("failed", "The mail server said: 550 no such mailbox", "waiting to be sent",
                 "Vera Uslovnaya", "Gleb Pokazov"):  # fmt: skip
        assert said in client.text, said
    headings = [each.get_text() for each in client.last.select(".event h3")]
    assert all(heading.startswith(reference) for heading in headings)
    assert len(headings) > 3


@pytest.mark.parametrize("login", ["eab.secretary", "drafter", "parliament.kz"])
def test_deliveries_are_for_whom_the_table_permits(enter, road, login):
    reference = road("eab_review")
    client = enter(login)
    assert client.get(f"/acts/{reference}/notices").status_code == 200
    assert "Gleb Pokazov" not in client.text
    assert "Open the inbox" in client.text
    assert client.get("/notices").status_code == 403
    assert client.send("/notices/1/resend").status_code == 403


@pytest.mark.parametrize(("state", "values", "said"), [
    ("failed", {"error": "550 no such mailbox"}, "failed"),
    ("held", {"why": "ambiguous"}, "held: it may have been sent: the mail server was lost"),
])  # fmt: skip
def test_a_mail_that_is_stuck_is_named_with_its_cause_and_sent_again(
    enter, road, state, values, said
):
    reference = road("eab_review")
    client = enter("secretariat")
    client.get("/notices")
    assert "No mail is stuck" in client.text
    number = settle(reference, state, **values)
    client.get("/notices")
    assert said in client.text
    assert ("It may arrive twice" in client.text) is (state == "held")
    assert client.post(f"/notices/{number}/resend").status_code == 400
    assert client.send(f"/notices/{number}/resend").status_code == 303
    db.session.remove()
    assert db.session.get_one(Notice, number).state == "queued"
    assert client.send(f"/notices/{number}/resend").status_code == 409
    assert client.send("/notices/999999999/resend").status_code == 404


@pytest.mark.parametrize("show", ["stuck", "waiting", "sent", "all", "nonsense"])
def test_mails_are_listed_by_what_became_of_them(enter, road, show):
    road("drafting")
    client = enter("secretariat")
    assert client.get("/notices", query_string={"show": show}).status_code == 200
    assert bool(client.last.select(".rows li")) is (show in ("waiting", "all"))


@pytest.mark.parametrize("page", ["/inbox", "/notices?show=all", "/acts/{}/notices"])
def test_the_pages_take_the_same_few_statements_for_any_number_of_notices(enter, road, page):
    reference = road("council", serial="99")
    client = enter("secretariat")
    client.get(page.format(reference))
    with counting() as few:
        client.get(page.format(reference))
    for serial in range(3):
        road("council", serial=str(serial))
    with counting() as many:
        client.get(page.format(reference))
    assert len(few) == len(many) <= 8, str(many)
