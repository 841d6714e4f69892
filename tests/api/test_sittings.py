"""Positions of the Council's members, and its decision as taken at a sitting."""

from __future__ import annotations

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.road import bring_to

KZ = "council.kz@demo.example.org"
BY = "council.by@demo.example.org"


@pytest.fixture
def before_council(as_, now, tmp_path) -> str:
    return bring_to("council", as_, now, tmp_path)


def vote(api, who: str, reference: str, **body):
    return api.post(who, f"/acts/{reference}/ballots", body)


@on_both
def test_positions_make_the_decision(api, before_council):
    first = vote(api, "council.kz", before_council, vote="no", text="Против статьи 5")
    assert first.status_code == 201, first.text
    ballot = first.json
    assert (ballot["vote"], ballot["text"]) == ("no", "Против статьи 5")
    assert ballot["member"]["email"] == ballot["entered_by"]["email"] == KZ
    shown = api.get("council.by", f"/acts/{before_council}/decision").json
    assert (shown["source"], shown["adopted"]) == ("positions", False)
    assert shown["result"]["counts"]["no"] == 1
    agenda = f"/acts/{before_council}/actions/include_in_agenda"
    refused = api.post("secretariat", agenda, {"version": 9, "session": 18})
    assert codes(problem(refused, 409, "refused")) == [("council_objection", None)]
    again = vote(api, "council.kz", before_council, vote="yes")
    assert again.json["id"] != ballot["id"]
    listed = api.get("council.ru", f"/acts/{before_council}/ballots").json["items"]
    assert [(each["vote"], each["replaced"]) for each in listed] == [("no", True), ("yes", False)]
    assert api.get("secretariat", f"/acts/{before_council}/decision").json["adopted"]
    placed = api.post("secretariat", agenda, {"version": 10, "session": 18})
    assert placed.json["state"] == "plenary"
    late = vote(api, "council.by", before_council, vote="yes")
    assert codes(problem(late, 409, "refused")) == [("not_before_the_council", None)]


def test_a_position_is_entered_from_a_letter(api, as_, before_council):
    entered = vote(
        api, "secretariat", before_council,
        vote="abstain", on_behalf_of=as_("council.by").person, letter_ref="Исх-17",
    )  # fmt: skip
    assert entered.status_code == 201, entered.text
    assert entered.json["member"]["email"] == BY
    assert entered.json["entered_by"]["email"] == "secretariat@demo.example.org"
    assert entered.json["letter_ref"] == "Исх-17"
    by_mail = vote(
        api, "secretariat", before_council, vote="yes", on_behalf_of=BY, letter_ref="Исх-18"
    )
    assert by_mail.status_code == 201


@pytest.mark.parametrize(
    ("who", "body", "expected"),
    [
        ("council.kz", {}, [("required", "vote")]),
        ("council.kz", {"vote": "maybe"}, [("not_a_choice", "vote")]),
        ("council.kz", {"vote": "no"}, [("objection_text", "text")]),
        ("council.kz", {"vote": ["yes"]}, [("not_text", "vote")]),
        ("council.kz", {"vote": "yes", "text": "\u0001"}, [("control_characters", "text")]),
        ("secretariat", {"vote": "yes"}, [("required", "on_behalf_of")]),
        ("secretariat", {"vote": "yes", "on_behalf_of": KZ}, [("required", "letter_ref")]),
        (
            "secretariat",
            {"vote": "yes", "on_behalf_of": "drafter@demo.example.org", "letter_ref": "1"},
            [("not_a_member", "on_behalf_of")],
        ),
        ("secretariat", {"vote": "yes", "on_behalf_of": {}}, [("not_text", "on_behalf_of")]),
    ],
)
def test_a_position_that_is_not_one(api, before_council, who, body, expected):
    fault = problem(vote(api, who, before_council, **body), 422, "invalid")
    assert [each for each in codes(fault) if each in expected] == expected
    assert api.get("secretariat", f"/acts/{before_council}/ballots").json["total"] == 0


def test_who_may_give_positions_and_see_them(api, before_council):
    for who in ("defence.secretary", "drafter", "parliament.kz"):
        problem(vote(api, who, before_council, vote="yes"), 403, "forbidden")
    problem(vote(api, "social.chair", before_council, vote="yes"), 404, "not_found")
    problem(vote(api, "council.kz", before_council, vote="yes", on_behalf_of=BY), 403, "forbidden")
    vote(api, "council.kz", before_council, vote="no", text="Возражение")
    hidden = api.get("defence.secretary", f"/acts/{before_council}/decision")
    assert hidden.json["adopted"] is False
    assert hidden.json["result"] is None
    assert "Возражение" not in hidden.text
    assert api.get("defence.secretary", f"/acts/{before_council}/ballots").json["items"] == []
    stale = vote(api, "council.kz", before_council, vote="yes", version=1)
    assert problem(stale, 409, "stale")["act"]["reference"] == before_council


SITTING = {
    "decided_on": "2026-11-24",
    "minutes_ref": "Протокол 4",
    "present": [KZ, BY],
    "objections": [],
}


@on_both
def test_a_decision_as_taken_at_a_sitting(api, as_, before_council):
    path = f"/acts/{before_council}/decision"
    missing = problem(api.get("secretariat", path), 404, "not_found")
    assert codes(missing) == [("no_decision", None)]
    kz = as_("council.kz").person
    body = {
        **SITTING,
        "present": [kz, BY, str(as_("council.ru").person)],
        "objections": [{"member": str(kz), "text": "Статья 5"}],
    }
    recorded = api.post("secretariat", path, body)
    assert recorded.status_code == 201, recorded.text
    decision = recorded.json
    assert (decision["source"], decision["adopted"], decision["body"]) == (
        "sitting", False, "council",
    )  # fmt: skip
    assert decision["id"]
    assert [person["email"] for person in decision["present"]][:2] == [KZ, BY]
    assert decision["objections"][0]["text"] == "Статья 5"
    assert decision["objections"][0]["member"]["id"] == str(kz)
    second = api.post("secretariat", path, SITTING).json
    assert second["adopted"] is True
    assert api.get("council.kz", path).json == second
    hidden = api.get("parliament.kz", path).json
    assert (hidden["adopted"], hidden["present"], hidden["objections"]) == (True, None, None)
    agenda = f"/acts/{before_council}/actions/include_in_agenda"
    assert api.post("secretariat", agenda, {"version": 10, "session": 18}).status_code == 200
    assert api.get("secretariat", path).json == second


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"decided_on": None}, [("required", "decided_on")]),
        ({"decided_on": "2027-01-01"}, [("in_the_future", "decided_on")]),
        ({"decided_on": "2020-01-01"}, [("before_previous", "decided_on")]),
        ({"minutes_ref": ""}, [("required", "minutes_ref")]),
        ({"present": None}, [("required", "present")]),
        ({"present": "all"}, [("not_a_list", "present")]),
        ({"present": [KZ, "drafter@demo.example.org"]}, [("not_a_member", "present.1")]),
        ({"present": [[]]}, [("not_text", "present.0")]),
        (
            {"objections": [{"member": "council.ru@demo.example.org", "text": "x"}]},
            [("not_present", "objections.0.member")],
        ),
        ({"objections": [{"member": KZ, "text": ""}]}, [("objection_text", "objections.0.text")]),
        ({"objections": [{"member": KZ}]}, [("required", "objections.0.text")]),
        ({"objections": [3]}, [("not_an_object", "objections.0")]),
        ({"quorum": 3}, [("unknown_field", "quorum")]),
    ],
)
def test_a_decision_that_is_not_one(api, before_council, change, expected):
    path = f"/acts/{before_council}/decision"
    fault = problem(api.post("secretariat", path, {**SITTING, **change}), 422, "invalid")
    assert codes(fault)[: len(expected)] == expected
    problem(api.get("secretariat", path), 404, "not_found")


def test_the_order_of_checks(api, before_council, as_, now, tmp_path):
    path = f"/acts/{before_council}/decision"
    problem(api.post("social.chair", path, {}), 404, "not_found")
    problem(api.post("council.kz", path, {}), 403, "forbidden")
    problem(api.post("secretariat", path, {}), 422, "invalid")
    problem(api.post("secretariat", path, {**SITTING, "version": 1}), 409, "stale")
    elsewhere = bring_to("commission", as_, now, tmp_path)
    refused = api.post("secretariat", f"/acts/{elsewhere}/decision", SITTING)
    assert codes(problem(refused, 409, "refused")) == [("not_before_the_council", None)]


def test_nobody_taking_part_is_no_decision(api, before_council):
    path = f"/acts/{before_council}/decision"
    none = api.post("secretariat", path, {**SITTING, "present": []})
    assert none.status_code == 201, none.text
    assert none.json["adopted"] is False
    agenda = f"/acts/{before_council}/actions/include_in_agenda"
    refused = api.post("secretariat", agenda, {"version": 9, "session": 18})
    assert codes(problem(refused, 409, "refused")) == [("council_undecided", None)]
