"""The link of an invitation: what it opens without log-in, and that it opens nothing else."""

from __future__ import annotations

import io
import logging
import re
from datetime import timedelta

import pytest

from tests import seen
from tracker.db import db
from tracker.logging import HANDLER, configure_logging
from tracker.notices.words import Told, words
from tracker.people.queries import find_person
from tracker.reviews.invitations import token_of
from tracker.reviews.models import Review, ReviewLink
from tracker.reviews.operations import assign_review, cancel_review, end_link

EXPERT = "eab.expert1@demo.example.org"
OPINION = {
    "interest": "yes",
    "interest_text": "I advise the ministry.",
    "recommendation": "approve_with_remarks",
    "text": "Good as a whole.",
    "remarks-0-place": "Статья 1",
    "remarks-0-kind": "legal",
    "remarks-0-text": "Say what a trial is.",
    "remarks-0-wording": "A trial is a test.",
}


@pytest.fixture
def asked(road, as_, now):
    reference = road("eab_review")
    review = assign_review(reference, EXPERT, actor=as_("eab.secretary"), now=now)
    return reference, review


@pytest.fixture
def link(asked):
    _reference, review = asked
    return f"/invitation/{token_of(review, db.session.get_one(ReviewLink, review).nonce)}"


def state_of(review):
    db.session.remove()
    return db.session.get_one(Review, review)


def test_from_the_link_to_the_opinion_and_an_addendum_without_log_in(browser, asked, link):
    reference, review = asked
    browser.set_cookie("language", "en")
    answer = browser.get(link)
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "You answer here as Daria Expertova" in browser.text
    file = browser.last.select_one("a.file")["href"]
    assert file.startswith(link)
    assert browser.get(file).status_code == 200
    assert browser.get(file.replace("/1/", "/2/")).status_code == 404
    browser.get(link)
    assert browser.send(f"{link}/accept").location == link
    assert browser.send(f"{link}/save", OPINION).status_code == 303
    assert browser.send(f"{link}/look", OPINION).location == f"{link}/look"
    browser.get(f"{link}/look")
    for said in ("I advise the ministry.", "Say what a trial is.", "A trial is a test."):
        assert said in browser.text, said
    looked_at = browser.last.select_one("input[name=looked_at]")["value"]
    assert browser.send(f"{link}/opinion", {"looked_at": looked_at}).location == link
    sent = state_of(review)
    assert (sent.state, sent.interest, len(sent.remarks)) == ("submitted", True, 1)
    browser.get(link)
    assert "Your opinion has been sent" in browser.text
    assert browser.send(f"{link}/addendum", {"text": ""}).status_code == 422
    assert browser.send(f"{link}/addendum", {"text": "One thing more."}).location == link
    browser.get(link)
    assert "One thing more." in browser.text
    assert seen.actions(reference)[-3:] == ["accept_review", "file_opinion", "add_addendum"]
    expert = find_person(db.session, EXPERT).id
    assert {entry.actor_id for entry in seen.timeline(reference)[-3:]} == {expert}


def test_looking_changes_nothing(browser, asked, link):
    before = seen.counts()
    for path in ("", "/look", "/read"):
        browser.get(f"{link}{path}")
    for path in ("/accept", "/decline", "/save", "/opinion", "/addendum"):
        assert browser.get(f"{link}{path}").status_code == 405, path
    assert seen.counts() == before


def test_a_form_needs_its_token(browser, asked, link):
    _reference, review = asked
    for path in ("accept", "decline", "save", "look", "opinion", "addendum"):
        assert browser.post(f"{link}/{path}", data=OPINION).status_code == 400, path
    assert state_of(review).state == "invited"


def test_nothing_else_is_opened_by_it(app, browser, asked, link):
    """Every page of the product answers a holder of the link as it answers nobody."""
    reference, review = asked
    stranger = app.test_client()
    browser.get(link)
    values = {
        "reference": reference, "review": review, "number": 1, "language": "ru", "part": "text",
        "name": "withdraw", "person": 1, "key": "eab", "version": 1, "action": "withdraw",
        "vote": "yes", "seat": 1, "absence": 1, "notice": 1, "filename": "tracker.css",
    }  # fmt: skip
    tried = 0
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        rules = [
            rule for rule in app.url_map.iter_rules()
            if not rule.endpoint.startswith(("invitations.", "static", "bootstrap"))
        ]  # fmt: skip
        paths = []
        for rule in rules:
            given = {name: values.get(name, 1) for name in rule.arguments}
            try:
                paths.append((rule, adapter.build(rule.endpoint, given)))
            except Exception:  # noqa: BLE001  # a converter of its own
                continue
    for rule, address in paths:
        path = re.sub(r"^https?://[^/]+", "", address)
        for method in {"GET", "POST"} & (rule.methods or set()):
            mine = browser.open(path, method=method)
            theirs = stranger.open(path, method=method)
            assert mine.status_code == theirs.status_code, (method, path)
            assert mine.location == theirs.location, (method, path)
            tried += 1
    assert tried > 80


def test_a_link_that_is_over_says_no_more(browser, asked, link, as_, now):
    reference, review = asked
    cancel_review(review, "No longer needed", actor=as_("eab.secretary"), now=now)
    answer = browser.get(link)
    assert answer.status_code == 410
    for hidden in (reference, "Trial Matter", "Expertova"):
        assert hidden not in answer.text
    assert browser.send(f"{link}/accept").status_code == 410


def test_declining_by_the_link_ends_it(browser, asked, link):
    _reference, review = asked
    browser.get(link)
    assert browser.send(f"{link}/decline", {"code": "conflict"}).status_code == 200
    assert (state_of(review).state, state_of(review).decline_code) == ("declined", "conflict")
    assert browser.get(link).status_code == 410


def test_guesses_are_counted(browser, asked, link, now):
    wrong = link[:-3] + ("aaa" if not link.endswith("aaa") else "bbb")
    for _guess in range(20):
        assert browser.get(wrong).status_code == 404
    assert browser.get(link).status_code == 403
    import time_machine

    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert browser.get(link).status_code == 200


def test_the_secretary_ends_a_link_and_gives_another(enter, browser, asked, link):
    reference, review = asked
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}/reviews")
    assert "End the link" in client.text
    assert client.send(f"/reviews/{review}/link", {"do": "end"}).status_code == 303
    assert browser.get(link).status_code == 410
    assert client.send(f"/reviews/{review}/link", {"do": "renew"}).status_code == 303
    assert browser.get(link).status_code == 404
    assert enter("secretariat").send(f"/reviews/{review}/link", {"do": "end"}).status_code == 403


def test_the_mail_carries_the_link_and_the_log_does_not(app, browser, asked, link):
    reference, _review = asked
    (notice,) = seen.notices(reference, name="review_assigned")
    from tracker import assembly

    procedure = assembly.procedure(db.session(), *notice.facts["procedure"])
    said = words(Told(notice.name, notice.facts, procedure), {})
    assert said["link"].endswith(link)
    assert said["opens"] == "review"
    configure_logging("production")
    stream = io.StringIO()
    for handler in logging.getLogger().handlers:
        if handler.get_name() == HANDLER:
            handler.setStream(stream)
    try:
        browser.get(link)
        browser.send(f"{link}/accept")
        app.logger.error("Exception on %s [GET]", link)
    finally:
        configure_logging("test")
    lines = stream.getvalue()
    assert link.rpartition("-")[2] not in lines
    assert "/invitation/[token]" in lines


def test_a_reminder_carries_it_to_the_expert_and_not_to_a_deputy(asked, as_, now):
    from tracker.duties.sweep import sweep
    from tracker.people.operations import record_absence

    reference, review = asked
    record_absence(
        EXPERT, since=now.date(), until=now.date() + timedelta(days=60),
        deputy="eab.expert2@demo.example.org", actor=as_("secretariat"),
    )  # fmt: skip
    sweep(now + timedelta(days=18))
    told = {
        notice.person_id: notice.facts.get("link")
        for name in ("duty_reminder", "duty_overdue")
        for notice in seen.notices(reference, name=name)
        if notice.facts["due"]["duty"] == "review"
    }
    expert = find_person(db.session, EXPERT).id
    deputy = find_person(db.session, "eab.expert2@demo.example.org").id
    assert told[expert]["review"] == review
    assert told.get(deputy) is None
    end_link(review, actor=as_("eab.secretary"), now=now)
