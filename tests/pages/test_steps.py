"""Taking a step: what is shown is what happens, and what was typed is never lost."""

from __future__ import annotations

import pytest

from tests.counting import counting
from tests.pages.conftest import both_databases
from tests.seen import act_of, actions, counts, notices, timeline
from tracker.acts.operations import advance
from tracker.db import db, unit_of_work
from tracker.people.models import Membership

DAY = {"decided_on-day": "24", "decided_on-month": "11", "decided_on-year": "2026"}


def open_step(client, reference, name):
    answer = client.get(f"/acts/{reference}/actions/{name}")
    assert answer.status_code == 200, client.text
    return hidden(client)


def hidden(client):
    return {
        field["name"]: field.get("value", "")
        for field in client.last.select("main form input[type=hidden]")
    }


def take(client, reference, name, seen, **data):
    url = f"/acts/{reference}/actions/{name}"
    return client.send(url, {**DAY, **seen, "confirm": "yes", **data})


@both_databases
def test_what_the_page_shows_is_what_happens(enter, road):
    reference = road("commission")
    client = enter("defence.chair")
    seen = open_step(client, reference, "approve_in_commission")
    shown = {each.get_text(strip=True) for each in client.last.select("#part-told ~ * .person")}
    assert "In the commission" in client.text
    assert "Before the Council" in client.text
    assert "Give a position on the draft" in client.text
    assert "Tue 15 Dec 2026" in client.text
    before = len(timeline(reference))
    answer = take(client, reference, "approve_in_commission", seen)
    assert (answer.status_code, answer.location) == (303, f"/acts/{reference}")
    assert len(timeline(reference)) == before + 1
    told = {row.person_id for row in notices(reference) if row.event.endswith(f":{before + 1}")}
    assert len(shown) == len(told)
    client.get(answer.location)
    said = client.last.select_one(".notice-box.tone-done").get_text(" ", strip=True)
    assert "Approved by the commission, not adopted." in said
    assert f"{len(told) - 1} people are told." in said or f"{len(told)} people are told." in said
    assert "Council members give their positions" in said


def test_a_step_that_depends_on_a_field_shows_its_consequences_after_it_is_filled_in(enter, road):
    reference = road("plenary")
    client = enter("secretariat")
    seen = open_step(client, reference, "adopt")
    assert "confirm" not in {each.get("name") for each in client.last.select("main button")}
    url = f"/acts/{reference}/actions/adopt"
    answer = client.send(url, {**DAY, **seen, "session": "18", "serial": "3.5", "look": "yes"})
    assert answer.status_code == 200
    assert "18-3.5" in client.last.select_one(".summary").get_text()
    assert act_of(reference).state == "plenary"
    seen = hidden(client)
    assert take(client, reference, "adopt", seen, session="18", serial="3.5").status_code == 303
    assert act_of(reference).state == "adopted"


def test_a_reason_alone_needs_no_second_look(enter, road):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    assert "people will be told" in client.text
    answer = take(client, reference, "return_to_commission", seen, reason="Нет кворума")
    assert answer.status_code == 303
    assert act_of(reference).state == "commission"


def test_what_is_missing_is_named_and_what_was_typed_is_kept(enter, road):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    before = counts()
    answer = take(
        client, reference, "return_to_commission", seen, **{"decided_on-day": "31"},
        minutes_ref="протокол № 4",
    )  # fmt: skip
    assert answer.status_code == 422
    summary = client.last.select_one(".error-summary")
    assert "Fill in" in summary.get_text()
    assert summary.a["href"] == "#reason"
    assert client.last.select_one("#reason")["aria-invalid"] == "true"
    assert client.last.select_one("#decided_on")["value"] == "31"
    assert client.last.select_one("#minutes_ref")["value"] == "протокол № 4"
    assert counts() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"decided_on-day": "32"}, "This is not a date"),
        ({"decided_on-month": "", "decided_on-day": "3"}, "This is not a date"),
        ({"decided_on-day": "25"}, "This lies in the future"),
        ({"decided_on-day": "1"}, "An earlier step was decided on"),
        ({"edition": "9"}, "There is no edition 9"),
        ({"basis": "rumour"}, "Choose something in"),
        ({"reason": "x" * 20_001}, "This is too long"),
        ({"reason": "a\x07b"}, "characters that cannot be kept"),
    ],
)
def test_a_bad_value_is_named_beside_its_field(enter, road, data, said):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    answer = take(client, reference, "return_to_commission", seen, **{"reason": "Причина", **data})
    assert answer.status_code == 422
    assert said in client.last.select_one(".error-summary").get_text()
    assert client.last.select_one(".is-wrong .error") is not None
    assert act_of(reference).state == "council"


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("", "11", "2026", ""), "2026-11"),
        (("", "", "2026", ""), "2026"),
        (("3", "12", "2026", "1"), "unknown"),
        (("24", "11", "2026", ""), "2026-11-24"),
    ],
)
def test_a_decision_is_dated_as_far_as_it_is_known(enter, road, parts, kept):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    names = ("day", "month", "year", "unknown")
    data = {f"decided_on-{name}": part for name, part in zip(names, parts, strict=True) if part}
    url = f"/acts/{reference}/actions/return_to_commission"
    empty = {"decided_on-day": "", "decided_on-month": "", "decided_on-year": ""}
    sent = {**seen, **empty, "reason": "Причина", **data}
    client.send(url, {**sent, "look": "yes"})
    assert client.send(url, {**sent, **hidden(client), "confirm": "yes"}).status_code == 303
    last = timeline(reference)[-1]
    given = "unknown" if last.decided_on is None else last.decided_on.isoformat()
    assert given.startswith(kept[:7] if kept != "unknown" else "unknown")
    assert last.decided_precision == {4: "year", 7: "month", 10: "day"}.get(
        0 if kept == "unknown" else len(kept), "unknown"
    )


@both_databases
def test_a_stale_page_shows_what_changed_and_keeps_what_was_typed(enter, road, as_, now):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    advance(reference, "postpone", actor=as_("secretariat2"), now=now, data={"reason": "позже"})
    answer = take(client, reference, "return_to_commission", seen, reason="Долгая причина")
    assert answer.status_code == 409
    assert "The act has changed since you looked at it" in client.text
    box = client.last.select_one(".notice-box").get_text(" ", strip=True)
    assert "Consideration postponed" in box
    assert "Boris Primerov" in box
    assert client.last.select_one("#reason").get_text(strip=True) == "Долгая причина"
    assert act_of(reference).state == "council"
    seen = hidden(client)
    assert (
        take(client, reference, "return_to_commission", seen, reason="Долгая причина").status_code
        == 303
    )
    assert act_of(reference).state == "commission"


def test_a_stale_page_whose_step_is_gone_says_why_not(enter, road, as_, now):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    advance(reference, "reject", actor=as_("secretariat2"), now=now, data={"reason": "нет"})
    answer = take(client, reference, "return_to_commission", seen, reason="Долгая причина")
    assert answer.status_code == 409
    assert "Долгая причина" in client.text
    assert act_of(reference).state == "rejected"


def test_nobody_confirms_consequences_they_were_not_shown(enter, road, as_, now):
    reference = road("council")
    client = enter("secretariat")
    seen = open_step(client, reference, "return_to_commission")
    with unit_of_work() as session:
        session.add(Membership(person_id=as_("eab.chair").person, body_key="defence",
                               role="secretary", since=now.date()))  # fmt: skip
    answer = take(client, reference, "return_to_commission", seen, reason="Причина")
    assert answer.status_code == 409
    assert "What you entered changes what will happen" in client.text
    assert act_of(reference).state == "council"
    seen = hidden(client)
    assert (
        take(client, reference, "return_to_commission", seen, reason="Причина").status_code == 303
    )


def test_a_new_due_date_is_shown_as_a_calendar_day(enter, road):
    reference = road("commission")
    client = enter("defence.secretary")
    seen = open_step(client, reference, "continue_work")
    url = f"/acts/{reference}/actions/continue_work"
    client.send(url, {**DAY, **seen, "until": "2026-12-31", "look": "yes"})
    assert "Thu 31 Dec 2026" in client.last.select_one(".summary").get_text(" ")


def test_whoever_may_only_ask_sends_a_request(enter, road):
    reference = road("commission")
    client = enter("defence.secretary")
    seen = open_step(client, reference, "withdraw")
    assert client.last.h1.get_text(strip=True) == "Ask for: Withdraw on the initiator's letter"
    assert "1 person will be told" in client.text or "2 people will be told" in client.text
    assert take(client, reference, "withdraw", seen, reason="Письмо").status_code == 303
    assert actions(reference)[-1] == "request"
    client.get(f"/acts/{reference}")
    assert "Your request is with those who may take the step" in client.text


def test_a_title_is_changed_in_each_language(enter, road):
    reference = road("proposed")
    client = enter("secretariat")
    seen = open_step(client, reference, "retitle")
    assert client.last.select_one('[name="titles-ru"]')["value"] == "О пробном деле"
    data = {"titles-ru": "О <b>деле</b>", "titles-en": "", "reason": "Уточнение"}
    assert take(client, reference, "retitle", seen, **data).status_code == 303
    client.get(f"/acts/{reference}")
    assert client.last.h1.get_text(strip=True) == "О <b>деле</b>"


def test_a_step_that_does_not_hold_says_every_reason(enter, road):
    reference = road("eab_review")
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}")
    assert client.get(f"/acts/{reference}/actions/refer_to_commission").status_code == 200
    seen = hidden(client)
    url = f"/acts/{reference}/actions/refer_to_commission"
    answer = client.send(url, {**DAY, **seen, "lead_body": "defence", "look": "yes"})
    assert answer.status_code == 409
    assert "No expert opinion is in. Assign an expert." in client.text


@pytest.mark.parametrize(
    ("login", "name", "status"),
    [
        ("drafter", "approve_in_commission", 403),
        ("secretariat", "approve_in_commission", 403),
        ("defence.chair", "adopt", 403),
        ("secretariat", "fly", 404),
        ("social.chair", "approve_in_commission", 404),
    ],
)
def test_steps_of_others_are_refused(enter, road, login, name, status):
    reference = road("commission")
    client = enter(login)
    assert client.get(f"/acts/{reference}/actions/{name}").status_code == status
    before = counts()
    assert (
        client.send(f"/acts/{reference}/actions/{name}", {"confirm": "yes"}).status_code == status
    )
    assert counts() == before


@both_databases
def test_a_wrong_last_step_is_corrected_by_its_recorder(enter, road):
    reference = road("commission")
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}/correct")
    assert "You recorded the step less than an hour ago" in client.text
    seen = hidden(client)
    assert client.send(f"/acts/{reference}/correct", {**seen, "reason": ""}).status_code == 422
    answer = client.send(f"/acts/{reference}/correct", {**seen, "reason": "Не та комиссия"})
    assert answer.status_code == 303
    assert act_of(reference).state == "eab_review"
    client.get(f"/acts/{reference}/timeline")
    assert "corrected by entry" in client.text
    assert "Не та комиссия" in client.text


def test_a_correction_by_others_needs_a_second_person(enter, road):
    reference = road("commission")
    first, second = enter("secretariat"), enter("secretariat2")
    first.get(f"/acts/{reference}/correct")
    assert "A second person of the Secretariat must confirm" in first.text
    first.send(f"/acts/{reference}/correct", {**hidden(first), "reason": "Ошибка"})
    assert act_of(reference).state == "commission"
    second.get("/desk")
    assert "Confirm a correction as the second person" in second.text
    second.get(f"/acts/{reference}/correct")
    assert "You confirm it as the second person" in second.text
    second.send(f"/acts/{reference}/correct", {**hidden(second), "reason": "Да, ошибка"})
    assert act_of(reference).state == "eab_review"


def test_there_is_nothing_to_correct_for_people_who_may_not(enter, road):
    reference = road("commission")
    assert enter("drafter").get(f"/acts/{reference}/correct").status_code == 403


def test_a_confirm_page_takes_few_statements(enter, road):
    reference = road("commission")
    client = enter("defence.chair")
    client.get(f"/acts/{reference}/actions/approve_in_commission")
    with counting() as sent:
        client.get(f"/acts/{reference}/actions/approve_in_commission")
    assert len(sent) <= 22, str(sent)
    db.session.remove()


def test_a_reason_links_the_page_on_which_it_is_seen_to(enter, road):
    reference = road("eab_review")
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}")
    [reviews] = client.last.select(f".not-yet a[href='/acts/{reference}/reviews']")
    assert reviews.get_text() == "Reviews"
    assert "Assign an expert." in reviews.parent.get_text()
    assert client.get(reviews["href"]).status_code == 200
