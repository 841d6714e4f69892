"""My settings, following, the calendar of deadlines, and the link that ends what a mail brought."""

from __future__ import annotations

import email
import email.policy

import icalendar
import pytest
from sqlalchemy import select, update

from tests.counting import counting
from tests.pages.conftest import both_databases
from tracker.acts.operations import advance
from tracker.db import db, unit_of_work
from tracker.following.links import Ends, unsubscribe_link
from tracker.following.models import Follow
from tracker.following.operations import follow_act, follow_body
from tracker.notices.models import Notice
from tracker.notices.relay import relay
from tracker.people import choices, throttle
from tracker.people.models import Absence, Account
from tracker.people.queries import find_person

PAGE = "/me/settings"


def first(column):
    """One value as it is in the database now."""
    db.session.remove()
    return db.session.scalar(select(column))


def person(login):
    db.session.remove()
    return find_person(db.session, f"{login}@demo.example.org")


@both_databases
def test_language_and_how_information_comes_are_chosen(enter):
    client = enter("drafter")
    client.get(PAGE)
    assert client.last.select_one("input[value=at_once]").has_attr("checked")
    data = {"language": "en", "information": "inbox_only"}
    assert client.send(f"{PAGE}/mail", data).status_code == 303
    assert (person("drafter").language, person("drafter").information) == ("en", "inbox_only")
    answer = client.send(f"{PAGE}/mail", {"language": "en", "information": "never"})
    assert answer.status_code == 422
    assert client.get("/me/settings/mail").status_code == 405


def test_an_absence_is_noted_changed_and_ended(enter):
    client = enter("eab.secretary")
    client.get(PAGE)
    names = [option.get_text() for option in client.last.select("#absence-deputy option")]
    assert person("eab.chair").name("en") in names
    assert person("drafter").name("en") not in names
    chair = str(person("eab.chair").id)
    days = {"absence-since": "2026-12-01", "absence-until": "2026-12-05"}
    assert client.send(f"{PAGE}/absences", days | {"absence-deputy": chair}).status_code == 303
    number = first(Absence.id)
    changed = {f"absence-{number}-since": "2026-12-01", f"absence-{number}-until": "2026-12-09"}
    answer = client.send(f"{PAGE}/absences/{number}", changed | {f"absence-{number}-deputy": ""})
    assert answer.status_code == 303
    wrong = {f"absence-{number}-since": "2026-12-09", f"absence-{number}-until": "2026-12-01"}
    answer = client.send(f"{PAGE}/absences/{number}", wrong | {f"absence-{number}-deputy": ""})
    assert answer.status_code == 422
    assert "2026-12-09" in answer.text
    assert enter("drafter").send(f"{PAGE}/absences/{number}", changed).status_code == 404
    assert enter("drafter").send(f"{PAGE}/absences/{number}/end").status_code == 403
    assert client.send(f"{PAGE}/absences/{number}/end").status_code == 303
    assert first(Absence.id) is None


def test_an_act_is_followed_from_its_page(enter, road):
    reference = road("commission")
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}")
    assert client.last.select_one(f'form[action="/acts/{reference}/follow"] button')
    assert client.send(f"/acts/{reference}/follow").status_code == 303
    client.get(f"/acts/{reference}")
    assert client.last.select_one(f'form[action="/acts/{reference}/unfollow"] button')
    client.get(PAGE)
    assert reference in client.text
    assert client.send(f"/acts/{reference}/unfollow").status_code == 303
    assert enter("political.secretary").send(f"/acts/{reference}/follow").status_code == 404


def test_a_body_is_followed_from_its_page_and_left_from_the_settings(enter):
    client = enter("eab.secretary")
    client.get("/bodies/defence")
    assert client.send("/bodies/defence/follow").status_code == 303
    assert client.send("/bodies/nowhere/follow").status_code == 404
    client.get(PAGE)
    assert "Commission on Defence" in client.text
    number = first(Follow.id)
    enter("drafter").send(f"{PAGE}/follows/{number}/end")
    assert first(Follow.id) == number
    assert client.send(f"{PAGE}/follows/{number}/end").status_code == 303
    assert first(Follow.id) is None


@both_databases
def test_the_confirm_page_says_how_many_followers_hear_of_it(enter, road, as_, now):
    reference = road("commission")
    client = enter("defence.secretary")
    client.get(f"/acts/{reference}/actions/continue_work")
    assert "follow" not in client.last.select_one("#part-told").get_text()
    follow_act(reference, actor=as_("eab.secretary"), now=now)
    page = client.get(f"/acts/{reference}/actions/continue_work")
    assert page.status_code == 200
    assert "1 person who follows the act is told too" in client.text


def test_the_menu_says_how_much_is_new(enter, road, as_, now):
    reference = road("proposed")
    client = enter("eab.secretary")
    client.get("/bodies")
    assert "Inbox (1)" in client.text
    with unit_of_work() as session:
        session.execute(update(Notice).values(read_at=now))
    client.get(f"/acts/{reference}")
    assert "Inbox (" not in client.text


# The calendar -----------------------------------------------------------------------------------


@pytest.fixture
def feed(enter, road):
    road("commission")
    client = enter("defence.secretary")
    page = client.send(f"{PAGE}/calendar")
    assert page.headers["Cache-Control"] == "private, no-store"
    link = client.last.select_one("#feed")["value"]
    return client, link.partition("8000")[2]


@both_databases
def test_the_calendar_has_my_deadlines_and_needs_no_log_in(feed, browser):
    _client, link = feed
    answer = browser.get(link)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["DTSTART"].to_ical() == b"20270204"
    assert "MA-2026-001" in event["SUMMARY"]
    assert "Москва" in event["DESCRIPTION"]
    again = browser.get(link, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_calendar_takes_as_many_statements_for_many_deadlines(feed, browser, road):
    _client, link = feed
    browser.get(link)
    with counting() as few:
        browser.get(link)
    for number in range(3):
        road("commission", serial=str(number + 5))
    with counting() as many:
        answer = browser.get(link)
    assert answer.data.count(b"BEGIN:VEVENT") == 4
    assert len(few) == len(many) <= 4


def test_a_revoked_calendar_is_gone_and_so_is_that_of_a_closed_account(feed, browser):
    client, link = feed
    with unit_of_work() as session:
        session.execute(update(Account).values(active=False))
    assert browser.get(link).status_code == 404
    with unit_of_work() as session:
        session.execute(update(Account).values(active=True))
    assert browser.get(link).status_code == 200
    assert client.send(f"{PAGE}/calendar/end").status_code == 303
    assert browser.get(link).status_code == 404


def test_who_guesses_addresses_is_slowed_down(feed, browser, monkeypatch):
    _client, link = feed
    monkeypatch.setitem(throttle.LIMITS, "feed", 3)
    assert [browser.get(f"/feeds/{n}.ics").status_code for n in range(4)] == [404, 404, 404, 429]
    assert browser.get(link).status_code == 429


# Unsubscribing ----------------------------------------------------------------------------------


@pytest.fixture
def mail(app, road, as_, now, tmp_path):
    """The mail that a follower gets of a move: by following the act, or the body that leads it."""

    def mail(by_body=False):
        reference = road("commission")
        follower = as_("eab.secretary")
        if by_body:
            follow_body("defence", actor=follower, now=now)
        else:
            follow_act(reference, actor=follower, now=now)
        advance(reference, "continue_work", actor=as_("defence.secretary"), now=now)
        relay(now=lambda: now)
        raw = db.session.scalars(select(Notice.message).where(Notice.name == "act_moved")).one()
        return email.message_from_string(raw, policy=email.policy.default)

    return mail


@pytest.mark.parametrize("by_body", [False, True])
def test_one_click_ends_what_brought_the_mail(mail, browser, by_body):
    found = mail(by_body)
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = found["List-Unsubscribe"].strip("<>").partition("8000")[2]
    assert "/me/settings" in found.get_body(("plain",)).get_content()
    page = browser.get(link)
    assert page.status_code == 200
    assert first(Follow.id) is not None
    assert browser.last.select_one('form[method="post"] button')
    answer = browser.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert first(Follow.id) is None
    assert browser.post(link).status_code == 200


def test_a_mail_that_follows_from_a_role_offers_no_such_thing(mail):
    mail()
    others = db.session.scalars(
        select(Notice.message).where(Notice.name != "act_moved", Notice.message.is_not(None))
    ).all()
    assert others
    assert not any("List-Unsubscribe" in each for each in others)


def test_the_link_for_information_keeps_it_in_the_inbox(app, browser):
    link = unsubscribe_link(Ends(person("drafter").id)).partition("8000")[2]
    browser.get(link)
    assert person("drafter").information == "at_once"
    browser.post(link)
    assert person("drafter").information == "inbox_only"


def test_a_link_that_was_not_made_here_opens_nothing(app, browser):
    link = unsubscribe_link(Ends(1, act=1)).partition("8000")[2]
    assert browser.get(f"{link}x").status_code == 404
    assert browser.post("/unsubscribe/WzEsMSxudWxsXQ.abc").status_code == 404


def test_an_office_is_kept_on_the_page_of_its_person(enter):
    client = enter("secretariat")
    number = person("council.am").id
    data = {"office-name": "Office of the member", "office-email": "office@a.example"}
    assert client.send(f"/people/{number}/office", data).status_code == 303
    client.get(f"/people/{number}")
    assert "office@a.example" in client.text
    wrong = {"office-name": "", "office-email": "office@a.example"}
    assert client.send(f"/people/{number}/office", wrong).status_code == 422
    assert enter("council.am").send(f"/people/{number}/office", data).status_code == 403
    assert person("council.am").office.email == "office@a.example"


def test_the_settings_take_the_same_few_statements(enter, road, as_, now):
    client = enter("eab.secretary")
    reference = road("commission")
    with counting() as few:
        client.get(PAGE)
    follow_act(reference, actor=as_("eab.secretary"), now=now)
    follow_body("defence", actor=as_("eab.secretary"), now=now)
    for days in range(1, 4):
        choices.note_absence(
            since=now.date(), until=now.date().replace(day=26 + days), deputy=None,
            actor=as_("eab.secretary"),
        )  # fmt: skip
    with counting() as many:
        client.get(PAGE)
    assert len(few) == len(many) <= 6
