"""The same step on several acts: by the same rules, each with its own outcome."""

from __future__ import annotations

import pytest

from tests.counting import counting
from tests.pages.test_steps import DAY
from tests.road import propose
from tests.seen import act_of, timeline
from tracker.acts.operations import advance


def chosen(client):
    return [field["value"] for field in client.last.select("input[name=act]")]


def test_a_step_is_chosen_looked_at_and_confirmed_for_many(enter, road):
    references = [road("commission"), road("commission"), road("proposed")]
    client = enter("secretariat")
    client.get("/acts")
    ticked = chosen(client)
    assert len(ticked) == 3
    client.send("/acts/bulk", {"act": ticked})
    offers = {
        button["value"]: button.parent.get_text(" ", strip=True)
        for button in client.last.select("button[name=action]")
    }
    assert "3 of 3 can take it now" in offers["withdraw"]
    assert "2 of 3 can take it now" in offers["rerefer"]
    client.send("/acts/bulk", {"act": ticked, "action": "rerefer"})
    assert "Lead commission" in client.text
    data = {**DAY, "act": ticked, "action": "rerefer", "lead_body": "social", "reason": "Профиль"}
    client.send("/acts/bulk", {**data, "look": "yes"})
    assert "Refer to another commission: 2 acts" in client.text
    assert "people will be told" in client.text
    assert all(act_of(each).version < 8 for each in references)
    answer = client.send("/acts/bulk", {**data, "confirm": "yes"})
    assert answer.status_code == 200
    assert "The step is recorded for 2 acts" in client.text
    assert "1 act stays as it is" in client.text
    entries = [timeline(each)[-1] for each in references[:2]]
    assert {entry.action for entry in entries} == {"rerefer"}
    assert len({entry.data["batch"] for entry in entries}) == 1
    assert act_of(references[2]).state == "proposed"


def test_each_act_can_have_a_serial_of_its_own(enter, road):
    one, two = road("plenary"), road("plenary")
    client = enter("secretariat")
    client.get("/acts")
    data = {**DAY, "act": chosen(client), "action": "adopt", "session": "18", "confirm": "yes"}
    client.send("/acts/bulk", {**data, f"serial:{one}": "3.1", f"serial:{two}": "3.1"})
    assert "The step is recorded for 1 act." in client.text
    assert "was given before" in client.text
    left = two if act_of(one).state == "adopted" else one
    client.get("/acts")
    data["act"] = [value for value in chosen(client) if value.startswith(left)]
    client.send("/acts/bulk", {**data, f"serial:{left}": "3.2"})
    assert act_of(left).state == "adopted"


def test_what_is_missing_is_said_once_and_nothing_moves(enter, road):
    references = [road("proposed"), road("proposed")]
    client = enter("secretariat")
    client.get("/acts")
    data = {**DAY, "act": chosen(client), "action": "withdraw", "confirm": "yes"}
    client.send("/acts/bulk", {**data, "letter_ref": "№ 5"})
    assert len(client.last.select(".error-summary li")) == 1
    assert client.last.select_one("#letter_ref")["value"] == "№ 5"
    assert {act_of(each).state for each in references} == {"proposed"}


def test_an_act_that_changed_meanwhile_stays_and_says_so(enter, road, as_, now):
    one, two = road("proposed"), road("proposed")
    client = enter("secretariat")
    client.get("/acts")
    ticked = chosen(client)
    advance(one, "change_kind", actor=as_("secretariat2"), now=now,
            data={"kind": "model_code", "reason": "Кодекс"})  # fmt: skip
    data = {**DAY, "act": ticked, "action": "withdraw", "reason": "Письмо", "confirm": "yes"}
    client.send("/acts/bulk", data)
    assert "The act has changed since you looked" in client.text
    assert (act_of(one).state, act_of(two).state) == ("proposed", "withdrawn")


def test_choosing_nothing_leads_back_to_the_list(enter):
    client = enter("secretariat")
    assert client.send("/acts/bulk", {}).location == "/acts"
    client.get("/acts")
    assert "Choose some acts first" in client.text


@pytest.mark.parametrize("values", [["MA-1999-001:1"], ["nonsense"], ["MA-2026-001:x"]])
def test_acts_that_are_not_there_are_answered_in_words(enter, road, values):
    road("proposed")
    client = enter("defence.secretary")
    assert client.send("/acts/bulk", {"act": values}).status_code == 200
    assert "None of these acts offers you a step now" in client.text
    answer = client.send("/acts/bulk", {"act": values, "action": "withdraw", "confirm": "yes"})
    assert answer.status_code == 200
    assert "The step is recorded" not in client.text


def test_many_acts_take_as_many_statements_as_few(enter, as_, now):
    client = enter("secretariat")
    sent = []
    for more in (2, 8):
        for _ in range(more):
            propose(as_, now)
        client.get("/acts")
        data = {**DAY, "act": chosen(client), "action": "withdraw", "reason": "Письмо"}
        client.send("/acts/bulk", data)
        with counting() as counted:
            client.send("/acts/bulk", data)
        sent.append(len(counted))
    assert sent[0] == sent[1]
