"""The forms by which acts come in."""

from __future__ import annotations

from sqlalchemy import select

from tests.pages.conftest import both_databases
from tests.seen import act_of, heading, timeline
from tracker.acts.models import Act
from tracker.db import db

ROWS = {
    f"history-{row}-{name}": ""
    for row in range(4)
    for name in ("what", "decided_on", "basis", "reason")
}
PROPOSAL = {
    "titles-ru": "О пробе",
    "titles-en": "On a Trial",
    "initiator": "parliament_kz",
    "drafting_body": "institute",
}


def test_only_the_secretariat_brings_acts_in(enter):
    client = enter("eab.secretary")
    for page in ("/acts/propose", "/acts/admit"):
        assert client.get(page).status_code == 403
        assert client.send(f"{page}?kind=model_law", PROPOSAL).status_code == 403


@both_databases
def test_a_proposal_is_registered(enter):
    client = enter("secretariat")
    client.get("/acts/propose")
    assert "/acts/propose?kind=model_law" in {a["href"] for a in client.last.select(".kinds a")}
    client.get("/acts/propose?kind=model_law")
    data = {**PROPOSAL, "decided_on-day": "", "decided_on-month": "10", "decided_on-year": "2026"}
    answer = client.send("/acts/propose?kind=model_law", data)
    assert answer.status_code == 303
    reference = answer.location.rpartition("/")[2]
    assert heading(reference).titles == {"ru": "О пробе", "en": "On a Trial"}
    assert timeline(reference)[0].decided_precision == "month"
    client.get(answer.location)
    assert f"The proposal is registered as {reference}" in client.text


def test_a_proposal_without_its_authentic_title_is_sent_back_with_what_was_typed(enter):
    client = enter("secretariat")
    client.get("/acts/propose?kind=model_law")
    data = {**PROPOSAL, "titles-ru": "", "initiator": "", "decided_on-year": "2027"}
    assert client.send("/acts/propose?kind=model_law", data).status_code == 422
    links = {link["href"]: link.get_text() for link in client.last.select(".error-summary a")}
    assert "Give the title in the authentic language" in links["#titles-ru"]
    assert "Fill in" in links["#initiator"]
    assert "future" in links["#decided_on"]
    assert client.last.select_one("#titles-en")["value"] == "On a Trial"
    assert db.session.scalar(select(Act.id)) is None


def test_an_initiator_can_be_written_in_words(enter):
    client = enter("secretariat")
    client.get("/acts/propose?kind=model_law")
    data = {**PROPOSAL, "initiator": "", "initiator_other": "Агентство по делам проб"}
    reference = client.send("/acts/propose?kind=model_law", data).location.rpartition("/")[2]
    assert act_of(reference).initiator == "Агентство по делам проб"


def test_there_is_no_such_kind(enter):
    client = enter("secretariat")
    assert client.get("/acts/propose?kind=novel").status_code == 404


@both_databases
def test_an_act_under_way_is_admitted_with_its_history(enter):
    client = enter("secretariat")
    client.get("/acts/admit?kind=model_law")
    data = {
        **PROPOSAL,
        **ROWS,
        "decided_on-unknown": "1",
        "decided_on-year": "",
        "state": "commission",
        "lead_body": "defence",
        "history-0-what": "step:start_drafting",
        "history-0-decided_on": "2025-03",
        "history-0-basis": "press",
        "history-2-what": "state:commission",
        "history-2-decided_on": "",
        "history-2-basis": "assumed",
        "history-2-reason": "по памяти",
    }
    answer = client.send("/acts/admit?kind=model_law", data)
    assert answer.status_code == 303, client.text
    reference = answer.location.rpartition("/")[2]
    entries = timeline(reference)
    assert [entry.action for entry in entries] == ["propose", "start_drafting", "admit"]
    assert act_of(reference).state == "commission"
    client.get(f"/acts/{reference}/timeline")
    assert client.text.count("before admission") == 3
    assert "no source" in client.text
    assert "March 2025" in client.text


def test_a_fault_in_a_history_names_its_row(enter):
    client = enter("secretariat")
    client.get("/acts/admit?kind=model_law")
    data = {
        **PROPOSAL,
        **ROWS,
        "decided_on-year": "2024",
        "state": "drafting",
        "history-1-what": "step:start_drafting",
        "history-1-decided_on": "yesterday",
    }
    assert client.send("/acts/admit?kind=model_law", data).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == "#history-1-decided_on"
    assert client.last.select_one("#history-1-decided_on")["value"] == "yesterday"


def test_more_rows_come_by_a_button_and_keep_what_was_typed(enter):
    client = enter("secretariat")
    client.get("/acts/admit?kind=model_law")
    rows = len(client.last.select(".past-row"))
    data = {**PROPOSAL, **ROWS, "history-1-reason": "слова", "more": "yes"}
    assert client.send("/acts/admit?kind=model_law", data).status_code == 200
    assert len(client.last.select(".past-row")) > rows
    assert client.last.select_one("#history-1-reason")["value"] == "слова"
    assert client.last.select_one("#titles-ru")["value"] == "О пробе"
