"""Experts: asked, accepting or declining, writing, sending once; and who sees their opinions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import seen
from tests.counting import counting
from tracker.acts.operations import advance
from tracker.db import db
from tracker.reviews.models import Review
from tracker.reviews.operations import assign_review, cancel_review, file_opinion, save_opinion

OPINION = {
    "interest": "no",
    "recommendation": "revise",
    "text": "Article 3 contradicts Article 9.",
}


@pytest.fixture
def asked(road, as_, now):
    """An act under examination and the review of one expert who has been asked."""
    reference = road("eab_review")
    review = assign_review(
        reference, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    return reference, review


def state_of(review):
    db.session.remove()
    return db.session.get_one(Review, review)


def test_the_page_of_the_act_leads_the_expert_to_what_they_owe(enter, asked):
    reference, review = asked
    client = enter("eab.expert1")
    client.get(f"/acts/{reference}")
    button = client.last.select_one(".actions a.btn-primary")
    assert (button.get_text(strip=True), button["href"]) == (
        "Answer the invitation", f"/reviews/{review}",
    )  # fmt: skip
    assert "Nothing is asked of you" not in client.text
    client.send(f"/reviews/{review}/accept")
    client.get(f"/acts/{reference}")
    assert client.last.select_one(".actions a.btn-primary").get_text() == "Write the opinion"
    client.send(f"/reviews/{review}/decline", {"code": "busy"})
    client.get(f"/acts/{reference}")
    assert client.last.select_one(".actions a") is None


def test_the_text_stands_beside_the_opinion_and_on_a_page_of_its_own(enter, asked):
    _reference, review = asked
    client = enter("eab.expert1")
    client.get(f"/reviews/{review}")
    assert client.last.select_one(".opinion-draft") is None
    client.send(f"/reviews/{review}/accept")
    client.get(f"/reviews/{review}")
    assert "Проба" in client.last.select_one(".opinion-draft").get_text()
    client.get(f"/reviews/{review}/read")
    assert client.last.select_one('link[href*="texts.css"]') is not None
    assert "Проба" in client.last.select_one(".text-column").get_text()


def test_declining_without_a_reason_asks_for_one_where_it_is_chosen(enter, asked):
    _reference, review = asked
    client = enter("eab.expert1")
    assert client.send(f"/reviews/{review}/decline").status_code == 422
    fault = client.last.select_one(".error-summary a")
    assert fault.get_text() == "Choose why you cannot, or write it in your words."
    assert client.last.select_one(fault["href"])["type"] == "radio"
    assert state_of(review).state == "invited"


def test_the_expert_reads_what_is_asked_by_whom_until_when_and_against_what(enter, asked):
    _reference, review = asked
    client = enter("eab.expert1")
    assert client.get(f"/reviews/{review}").status_code == 200
    for said in ("On a Trial Matter", "Vera Uslovnaya", "in 15 working days", "Edition 1"):
        assert said in client.text, said
    assert client.get(client.last.select_one("a.file")["href"]).status_code == 200
    assert client.last.select_one("textarea[name=text]") is None
    assert state_of(review).state == "invited"


def test_looking_changes_nothing(enter, asked):
    _reference, review = asked
    client = enter("eab.expert1")
    before = seen.counts()
    for path in ("", "/look"):
        client.get(f"/reviews/{review}{path}")
    for path in ("/accept", "/decline", "/save", "/opinion"):
        assert client.get(f"/reviews/{review}{path}").status_code == 405, path
    assert seen.counts() == before
    assert state_of(review).state == "invited"


def test_from_accepting_to_sending_once(enter, asked):
    reference, review = asked
    client = enter("eab.expert1")
    assert client.send(f"/reviews/{review}/accept").status_code == 303
    client.get(f"/reviews/{review}")
    assert client.last.select_one('script[src*="opinion.js"]') is not None
    assert client.send(f"/reviews/{review}/save", OPINION).status_code == 303
    client.get(f"/reviews/{review}")
    assert client.last.select_one("textarea[name=text]").get_text().strip() == OPINION["text"]
    assert client.last.select_one("input[name=recommendation][checked]")["value"] == "revise"
    assert state_of(review).submitted_at is None
    answer = client.send(f"/reviews/{review}/look", OPINION)
    assert answer.location == f"/reviews/{review}/look"
    client.get(answer.location)
    assert OPINION["text"] in client.text
    assert "Return the draft for revision" in client.text
    sent = {"looked_at": client.last.select_one("input[name=looked_at]")["value"]}
    assert client.send(f"/reviews/{review}/opinion", sent).status_code == 303
    client.get(f"/reviews/{review}")
    assert "Your opinion has been sent" in client.text
    assert OPINION["text"] in client.text
    assert state_of(review).text == OPINION["text"]
    assert seen.actions(reference)[-2:] == ["accept_review", "file_opinion"]
    assert client.send(f"/reviews/{review}/opinion", sent).status_code == 409
    assert state_of(review).text == OPINION["text"]


def test_an_opinion_is_saved_as_it_is_typed(enter, asked, as_, now):
    _reference, review = asked
    client = enter("eab.expert1")
    client.send(f"/reviews/{review}/accept")
    headers = {"Accept": "application/json"}
    answer = client.send(f"/reviews/{review}/save", {"text": "Half a sen"}, headers=headers)
    assert (answer.status_code, answer.json) == (200, {"message": "Saved."})
    assert state_of(review).draft_text == "Half a sen"
    too_long = client.send(f"/reviews/{review}/save", {"text": "x" * 20_001}, headers=headers)
    assert too_long.status_code == 422
    assert "too long" in too_long.json["message"]
    assert state_of(review).draft_text == "Half a sen"
    cancel_review(review, "No longer needed", actor=as_("eab.secretary"), now=now)
    lost = client.send(f"/reviews/{review}/save", {"text": "Half a sentence"}, headers=headers)
    assert lost.status_code == 409
    assert "was cancelled" in lost.json["message"]


def test_an_opinion_that_is_not_complete_is_kept_and_the_gap_is_named(enter, asked):
    _reference, review = asked
    client = enter("eab.expert1")
    client.send(f"/reviews/{review}/accept")
    assert client.send(f"/reviews/{review}/look", {"text": "Only words."}).status_code == 422
    summary = client.last.select_one(".error-summary")
    assert "Choose what you recommend" in summary.get_text()
    assert [link["href"] for link in summary.select("a")] == ["#interest-0", "#recommendation-0"]
    assert client.last.select_one("textarea[name=text]").get_text().strip() == "Only words."
    assert state_of(review).draft_text == "Only words."
    long = {"interest": "no", "recommendation": "approve", "text": "y" * 20_001}
    assert client.send(f"/reviews/{review}/look", long).status_code == 422
    assert "y" * 20_001 in client.last.select_one("textarea[name=text]").get_text()
    assert client.get(f"/reviews/{review}/look").location == f"/reviews/{review}"


def test_declining_needs_a_reason_and_then_asks_nothing_more(enter, asked):
    _reference, review = asked
    client = enter("eab.expert1")
    assert client.send(f"/reviews/{review}/decline", {"reason": " "}).status_code == 422
    assert client.last.select_one("details[open] textarea[name=reason]") is not None
    answer = client.send(f"/reviews/{review}/decline", {"reason": "I am away."})
    assert answer.status_code == 303
    client.get(f"/reviews/{review}")
    assert "You have declined" in client.text
    assert "I am away." in client.text
    assert client.last.select("a.file, textarea") == []


def test_a_review_that_was_taken_back_says_so(enter, asked, as_, now):
    _reference, review = asked
    cancel_review(review, "Another expert will do it", actor=as_("eab.secretary"), now=now)
    client = enter("eab.expert1")
    client.get(f"/reviews/{review}")
    assert "no longer needed" in client.text
    assert client.last.select("main form") == []
    assert client.send(f"/reviews/{review}/accept").status_code == 409
    assert "was cancelled" in client.text


@pytest.mark.parametrize(("login", "status"), [
    ("eab.expert1", 200), ("eab.secretary", 303), ("secretariat", 303), ("eab.expert2", 404),
    ("drafter", 404), ("parliament.kz", 404), ("defence.secretary", 404),
])  # fmt: skip
def test_only_the_expert_has_the_page_and_who_sees_reviews_is_led_to_them(
    enter, asked, login, status
):
    reference, review = asked
    answer = enter(login).get(f"/reviews/{review}")
    assert answer.status_code == status
    if status == 303:
        assert answer.location == f"/acts/{reference}/reviews#review-{review}"


@pytest.mark.parametrize("path", ["accept", "decline", "save", "look", "opinion", "cancel"])
def test_nobody_answers_for_an_expert(enter, asked, path):
    reference, review = asked
    before = seen.actions(reference)
    client = enter("drafter")
    data = {**OPINION, "reason": "x"}
    assert client.send(f"/reviews/{review}/{path}", data).status_code in (403, 404)
    assert enter("eab.expert1").post(f"/reviews/{review}/{path}", data=data).status_code == 400
    assert client.send("/reviews/9999999999/accept").status_code == 404
    assert seen.actions(reference) == before


def test_what_is_written_and_not_sent_is_seen_by_nobody_else(enter, asked, as_, now):
    reference, review = asked
    save_opinion(review, "reject", "A secret draft", actor=as_("eab.expert1"), now=now)
    for login in ("eab.secretary", "secretariat"):
        client = enter(login)
        for path in (f"/acts/{reference}/reviews", f"/acts/{reference}"):
            assert "A secret draft" not in client.get(path).text


def test_the_secretary_sees_who_was_asked_and_what_they_say(enter, asked, as_, now):
    reference, review = asked
    file_opinion(review, "approve", "All is well.", actor=as_("eab.expert1"), now=now)
    assign_review(
        reference, "eab.expert2@demo.example.org", due_on=now.date(),
        actor=as_("eab.secretary"), now=now,
    )  # fmt: skip
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}/reviews")
    for said in ("1 opinion is in", "1 is awaited", "All is well.", "Approve the draft",
                 "Egor Znatkin", "asked, not answered yet", "today"):  # fmt: skip
        assert said in client.text, said
    offered = client.last.select(".expert")
    assert not any("Expertova" in each.get_text() for each in offered)
    assert any("owes no opinion" in each.get_text() for each in offered)


@pytest.mark.parametrize(("login", "sees"), [
    ("secretariat", True), ("eab.chair", True), ("defence.secretary", True),
    ("drafter", False), ("parliament.kz", False), ("eab.expert1", False),
])  # fmt: skip
def test_reviews_are_shown_to_whom_the_table_permits(enter, road, login, sees):
    reference = road("commission")
    client = enter(login)
    assert client.get(f"/acts/{reference}/reviews").status_code == 200
    assert ("Замечаний нет." in client.text) is sees
    assert ("Daria Expertova" in client.last.main.get_text()) is sees
    assert client.last.select_one("input[name=expert]") is None


def test_an_expert_is_asked_until_the_day_that_is_shown_or_another(enter, road, now):
    reference = road("eab_review")
    client = enter("eab.secretary")
    page = f"/acts/{reference}/reviews"
    client.get(page)
    assert "in 15 working days" in client.last.select_one(".upload").get_text(" ")
    label = next(each for each in client.last.select("label") if "Znatkin" in each.get_text())
    expert = client.last.find(id=label["for"])["value"]
    for wrong, said in (
        ({"expert": ""}, "not an expert"),
        ({"expert": expert, "due": "2026-11-23"}, "lies in the past"),
        ({"expert": expert, "due": "soon"}, "not a date"),
    ):
        assert client.send(page, wrong).status_code == 422
        assert said in client.last.select_one(".error-summary").get_text(), said
    assert client.last.select_one("input[name=due]")["value"] == "soon"
    assert client.last.select_one("input[name=expert][checked]")["value"] == expert
    assert client.send(page, {"expert": expert, "due": "2026-12-24"}).status_code == 303
    client.get(page)
    assert "Thu 24 Dec 2026" in client.text
    assert client.send(page, {"expert": expert}).status_code == 422
    assert "has been asked already" in client.text
    assert len(seen.reviews(reference)) == 1
    assert enter("defence.secretary").send(page, {"expert": expert}).status_code == 404
    assert enter("drafter").send(page, {"expert": expert}).status_code == 403


def test_an_expert_who_is_away_is_marked(enter, road, as_, now):
    from tracker.people.operations import record_absence

    record_absence(
        "eab.expert2@demo.example.org", since=now.date(), until=now.date() + timedelta(days=5),
        actor=as_("secretariat"),
    )  # fmt: skip
    client = enter("eab.secretary")
    client.get(f"/acts/{road('eab_review')}/reviews")
    assert "away 24 Nov 2026 to 29 Nov 2026" in client.text


def test_an_invitation_is_taken_back_with_a_reason(enter, asked):
    reference, review = asked
    client = enter("eab.secretary")
    assert client.get(f"/reviews/{review}/cancel").status_code == 200
    assert client.send(f"/reviews/{review}/cancel", {"reason": ""}).status_code == 422
    answer = client.send(f"/reviews/{review}/cancel", {"reason": "Another will do it"})
    assert answer.status_code == 303
    client.get(f"/acts/{reference}/reviews")
    assert "taken back" in client.text
    assert client.send(f"/reviews/{review}/cancel", {"reason": "Twice"}).status_code == 409
    client.get(f"/reviews/{review}/cancel")
    assert "There is nothing to take back" in client.text
    assert enter("secretariat").get(f"/reviews/{review}/cancel").status_code == 403


def test_reviews_of_an_earlier_examination_stand_apart(enter, road, as_, now):
    reference = road("eab_review")
    for expert, login in ((1, "eab.expert1"), (2, "eab.expert2")):
        review = assign_review(
            reference, f"eab.expert{expert}@demo.example.org", actor=as_("eab.secretary"), now=now
        )
        file_opinion(review, "approve", "Fine", actor=as_(login), now=now)
        if expert == 1:
            for step, who, data in (
                ("return_for_revision", "eab.secretary", {"reason": "Again"}),
                ("submit_to_eab", "secretariat", {}),
            ):
                advance(reference, step, actor=as_(who), now=now, data=data)
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}/reviews")
    headings = client.last.select("main section > h2:not(#board)")
    assert [each.get_text() for each in headings][:2] == [
        "This examination", "Examination begun 24 Nov 2026",
    ]  # fmt: skip


def test_the_pages_take_the_same_few_statements_for_any_number_of_reviews(enter, road, as_, now):
    reference = road("eab_review")
    secretary = as_("eab.secretary")
    client = enter("eab.secretary")
    page = f"/acts/{reference}/reviews"
    ask = lambda n: assign_review(  # noqa: E731
        reference, f"eab.expert{n}@demo.example.org", actor=secretary, now=now
    )
    ask(1)
    client.get(page)
    with counting() as few:
        client.get(page)
    for number in range(2, 6):
        ask(number)
    with counting() as many:
        client.get(page)
    assert len(few) == len(many) <= 14, str(many)


def test_the_boards_opinion_is_looked_at_with_who_will_be_told_before_it_is_issued(
    enter, road, as_, now
):
    reference = road("eab_review", lead_body="defence")
    review = assign_review(
        reference, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    file_opinion(review, "approve", "Одобрить.", actor=as_("eab.expert1"), now=now)
    client, page = enter("eab.secretary"), f"/acts/{reference}/opinion/edit"
    client.get(page)
    fields = {
        field["name"]: field.get_text() if field.name == "textarea" else field.get("value", "")
        for field in client.last.select("main form [name]")
        if field.get("type") not in ("radio", "submit")
    }
    assert client.send(page, {**fields, "look": "1"}).status_code == 422
    assert "Choose something in “The Board recommends to”." in client.text
    fields["revision"] = client.last.select_one("input[name=revision]")["value"]
    fields["recommendation"] = "approve_with_remarks"
    answer = client.send(page, {**fields, "look": "1"})
    assert answer.location == f"/acts/{reference}/opinion/look"
    client.get(answer.location)
    for said in ("Одобрить.", "4 people will be told", "Uliana Razrabotchikova", "drafter"):
        assert said in client.text, said
    stale = {"revision": "1"}
    assert client.send(answer.location, stale).status_code == 409
    client.get(answer.location)
    held = {"revision": client.last.select_one("input[name=revision]")["value"]}
    assert client.send(answer.location, held).location == f"/acts/{reference}/opinion"
    client.get(f"/acts/{reference}/opinion")
    assert "The opinion is issued" in client.text
    assert client.get(f"/acts/{reference}/opinion/look").status_code == 303
    assert enter("drafter").get(f"/acts/{reference}/opinion/look").status_code == 403


def test_the_timeline_says_that_a_guideline_was_asked(enter, road, as_, now):
    reference = road("eab_review")
    assign_review(
        reference, "legal.secretary@demo.example.org", kind="guideline",
        actor=as_("eab.secretary"), now=now,
    )  # fmt: skip
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}/timeline")
    assert "What was asked guideline, advisory" in client.text
    assert "Kind guideline" not in client.text
