"""What holds for every page: a policy, safe headers, nothing inline, languages, errors in words."""

from __future__ import annotations

import re

import pytest

from tracker.people.access import MEMBERS, OPEN, policy_of
from workflows.schema import Deed


def test_every_route_has_a_policy(app):
    known = {OPEN, MEMBERS, *Deed.__args__}
    without = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/api/") and policy_of(app, rule.endpoint) not in known
    ]
    assert without == []


def test_a_view_without_a_policy_is_refused_to_everybody(app, enter, browser, monkeypatch):
    client = enter("secretariat")
    monkeypatch.setitem(app.view_functions, "acts.acts", lambda: "secret")
    for who in (browser, client):
        assert who.get("/acts").status_code == 403


def test_pages_that_are_not_public_ask_for_a_log_in(app, browser):
    for rule in app.url_map.iter_rules():
        if rule.arguments or rule.rule.startswith("/api/") or "GET" not in rule.methods:
            continue
        answer = browser.get(rule.rule)
        if policy_of(app, rule.endpoint) != OPEN:
            assert answer.status_code == 303, rule.rule
            assert answer.location.startswith("/log-in"), rule.rule


def test_the_policy_on_content_allows_nothing_inline_and_nothing_from_elsewhere(browser):
    headers = browser.get("/log-in").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"


INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)


def test_pages_have_nothing_inline(enter, browser):
    for client, url in ((browser, "/log-in"), (enter("secretariat"), "/account")):
        answer = client.get(url)
        assert answer.status_code == 200
        assert INLINE.search(answer.text) is None


def test_every_form_that_changes_something_needs_its_token(enter):
    client = enter("secretariat")
    answer = client.post("/me/settings/mail", data={"language": "ru"})
    assert answer.status_code == 400
    assert "The page was open for too long" in client.text


def test_cookies_are_kept_from_scripts_and_other_sites(browser):
    cookie = browser.get("/log-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(("login", "url", "status"), [
    ("drafter", "/no/such/page", 404),
    ("drafter", "/log-out", 405),
])  # fmt: skip
def test_errors_are_pages_in_words(enter, login, url, status):
    client = enter(login)
    assert client.get(url).status_code == status
    assert client.last.h1 is not None
    assert client.last.html["lang"] == "en"


def test_a_fault_of_ours_is_a_page_that_shows_nothing_of_it(app, enter, monkeypatch):
    client = enter("drafter")
    for kept, name, value in (
        (app.config, "PROPAGATE_EXCEPTIONS", False),
        (app.view_functions, "people.account", failing),
    ):
        monkeypatch.setitem(kept, name, value)
    assert client.get("/account").status_code == 500
    assert "It has been noted" in client.text
    assert "boom" not in client.text


def failing():
    raise RuntimeError("boom")


failing.policy = MEMBERS


def test_the_language_is_the_persons_own_until_they_choose_another(enter):
    client = enter("eab.secretary")
    client.delete_cookie("language")
    client.get("/account")
    assert client.last.html["lang"] == "ru"
    answer = client.send("/language", {"language": "en", "next": "/account"})
    assert (answer.status_code, answer.location) == (303, "/account")
    client.get("/account")
    assert client.last.html["lang"] == "en"
    assert client.send("/language", {"language": "xx", "next": "//evil.example"}).location == "/"
    client.get("/account")
    assert client.last.html["lang"] == "en"


def test_reading_a_page_in_another_language_needs_a_press_of_a_button(enter):
    client = enter("eab.secretary")
    assert client.get("/language").status_code == 405


def test_the_language_of_mails_is_kept_with_the_person(enter):
    client = enter("eab.secretary")
    chosen = {"language": "en", "information": "at_once"}
    assert client.send("/me/settings/mail", chosen).status_code == 303
    client.delete_cookie("language")
    client.get("/account")
    assert client.last.html["lang"] == "en"
    assert client.send("/me/settings/mail", chosen | {"language": "fr"}).status_code == 422


def test_somebody_else_in_the_same_browser_gets_their_own_language(enter):
    client = enter("eab.secretary", language="en")
    client.send("/log-out")
    assert client.get_cookie("language") is None
