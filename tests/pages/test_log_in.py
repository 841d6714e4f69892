"""Logging in: who gets in, who is kept out, and that the answer tells nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from tests.pages.conftest import PASSWORD, both_databases
from tracker.db import db, unit_of_work
from tracker.people import throttle
from tracker.people.models import Account, LoginFailure, Person


def try_in(browser, email, password, **more):
    browser.get("/log-in")
    return browser.send("/log-in", {"email": email, "password": password, **more})


@both_databases
def test_the_right_password_opens_the_desk_and_log_out_closes_it(browser, with_password):
    email = with_password("eab.secretary")
    answer = try_in(browser, email.upper(), PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/account").status_code == 200
    assert "Вера Условная" in browser.text
    answer = browser.send("/log-out")
    assert answer.status_code == 303
    assert browser.get("/account").location.startswith("/log-in")


def test_a_wrong_password_an_unknown_address_and_a_closed_account_get_one_answer(
    browser, with_password
):
    known = with_password("eab.secretary")
    closed = with_password("eab.chair")
    gone = with_password("drafter")
    with unit_of_work() as session:
        session.execute(update(Account).where(Account.email == closed).values(active=False))
        session.execute(update(Person).where(Person.email == gone).values(active=False))
    browser.set_cookie("language", "en")
    said = set()
    for email in (known, "nobody@demo.example.org", closed, gone):
        answer = try_in(browser, email, "wrong" if email == known else PASSWORD)
        assert answer.status_code == 422
        said.add(browser.last.select_one(".error-summary").get_text(" ", strip=True))
        assert browser.last.select_one("#email")["value"] == email
    assert len(said) == 1
    assert "do not belong together" in said.pop()


@both_databases
def test_after_ten_failures_even_the_right_password_waits_a_quarter_of_an_hour(
    browser, with_password
):
    email = with_password("eab.secretary")
    browser.set_cookie("language", "en")
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False) as clock:
        for _ in range(10):
            try_in(browser, email, "wrong")
        assert try_in(browser, email, PASSWORD).status_code == 422
        assert "Too many attempts failed. Try again after" in browser.text
        assert "12:15 (Moscow)" in browser.text
        clock.shift(timedelta(minutes=15, seconds=1))
        assert try_in(browser, email, PASSWORD).status_code == 303


def test_an_unknown_address_is_barred_just_as_a_known_one(browser):
    browser.set_cookie("language", "en")
    for _ in range(11):
        try_in(browser, "nobody@demo.example.org", "wrong")
    assert "Too many attempts failed" in browser.text


def test_one_client_that_tries_many_addresses_is_barred(browser, with_password, monkeypatch):
    monkeypatch.setitem(throttle.LIMITS, "client", 3)
    email = with_password("eab.secretary")
    for number in range(3):
        try_in(browser, f"nobody{number}@demo.example.org", "wrong")
    assert try_in(browser, email, PASSWORD).status_code == 422
    other = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    browser.get("/log-in")
    assert (
        browser.send("/log-in", {"email": email, "password": PASSWORD}, **other).status_code == 303
    )


def test_failures_keep_no_address_and_success_forgets_them(browser, with_password):
    email = with_password("eab.secretary")
    try_in(browser, email, "wrong")
    keys = db.session.scalars(select(LoginFailure.key)).all()
    assert len(keys) == 2
    assert not any("secretary" in key or "127.0" in key for key in keys)
    try_in(browser, email, PASSWORD)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(LoginFailure)) == 1


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "/\t/evil.example", "http:/evil.example", "evil"],
)  # fmt: skip
def test_log_in_sends_nobody_elsewhere(browser, with_password, target):
    email = with_password("eab.secretary")
    browser.get("/log-in", query_string={"next": target})
    assert browser.last.select_one("#next")["value"] == ""
    assert try_in(browser, email, PASSWORD, next=target).location == "/"


def test_log_in_goes_on_to_the_page_that_was_asked_for(browser, with_password):
    email = with_password("eab.secretary")
    answer = browser.get("/account?x=1")
    assert answer.status_code == 303
    browser.get(answer.location)
    wanted = browser.last.select_one("#next")["value"]
    assert wanted == "/account?x=1"
    assert try_in(browser, email, PASSWORD, next=wanted).location == wanted


def test_a_new_password_logs_other_devices_out(app, browser, enter, with_password):
    email = with_password("eab.secretary")
    other = enter("eab.secretary")
    try_in(browser, email, PASSWORD)
    browser.set_cookie("language", "en")
    browser.get("/account")
    short = {"old": PASSWORD, "password": "short", "again": "short"}
    assert browser.send("/account/password", short).status_code == 422
    assert "Use at least 12 characters" in browser.text
    wrong = {"old": "not it at all", "password": "another good one", "again": "another good one"}
    assert browser.send("/account/password", wrong).status_code == 422
    assert "This is not your present password" in browser.text
    unlike = {"old": PASSWORD, "password": "another good one", "again": "another good two"}
    assert browser.send("/account/password", unlike).status_code == 422
    good = {"old": PASSWORD, "password": "another good one", "again": "another good one"}
    assert browser.send("/account/password", good).status_code == 303
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_a_person_who_is_no_longer_active_is_logged_out(enter):
    client = enter("drafter")
    assert client.get("/account").status_code == 200
    with unit_of_work() as session:
        session.execute(
            update(Person).where(Person.email == "drafter@demo.example.org").values(active=False)
        )
    assert client.get("/account").status_code == 303


def test_a_deputy_has_the_seats_of_whom_they_stand_in_for(app, as_, now):
    from tracker.people.models import Absence
    from tracker.people.queries import actor_for

    away, deputy = as_("eab.secretary").person, as_("eab.chair").person
    with unit_of_work() as session:
        session.add(Absence(person_id=away, deputy_id=deputy, since=now.date(), until=now.date()))
    actor = actor_for(db.session, deputy, now.date())
    assert actor.roles == {("eab", "chair"), ("eab", "secretary")}
    assert actor.deputises == {("eab", "secretary"): away}
    assert actor_for(db.session, deputy, now.date() + timedelta(days=1)).deputises == {}


def test_production_keeps_its_cookies_to_https(tmp_path):
    from tracker import create_app
    from tracker.config import Settings

    app = create_app(
        Settings.load(
            {
                "TRACKER_DATA_DIR": str(tmp_path),
                "TRACKER_SECRET_KEY": "x" * 40,
                "TRACKER_PUBLIC_URL": "https://acts.example",
                "TRACKER_MAIL_FROM": "acts@acts.example",
            },
            dotenv=None,
        )
    )
    assert app.config["SESSION_COOKIE_SECURE"] is True
    answer = app.test_client().get("/static/tracker.css")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
