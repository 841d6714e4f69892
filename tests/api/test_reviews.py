"""Asking experts and taking their answers."""

from __future__ import annotations

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.road import bring_to

EXPERT = "eab.expert1@demo.example.org"


@pytest.fixture
def examined(as_, now, tmp_path) -> str:
    return bring_to("eab_review", as_, now, tmp_path)


def assign(api, reference: str, expert: object = EXPERT, who: str = "eab.secretary", **more):
    return api.post(who, f"/acts/{reference}/reviews", {"expert": expert, **more})


@on_both
def test_an_expert_is_asked_accepts_and_gives_the_opinion(api, examined):
    answer = assign(api, examined, due="2026-12-10", version=4)
    assert answer.status_code == 201, answer.text
    review = answer.json
    assert isinstance(review["id"], str)
    assert (review["act"], review["state"], review["due"]) == (examined, "invited", "2026-12-10")
    assert review["expert"]["email"] == EXPERT
    duty = api.get("eab.expert1", "/me/duties").json["items"][0]
    assert (duty["kind"], duty["review"], duty["due"]) == ("review", review["id"], "2026-12-10")
    assert duty["act"]["reference"] == examined
    path = f"/reviews/{review['id']}"
    assert api.post("eab.expert1", f"{path}/accept").json["state"] == "accepted"
    assert codes(problem(api.post("eab.expert1", f"{path}/accept"), 409, "refused")) == [
        ("review_is_accepted", None)
    ]
    opinion = {"recommendation": "approve_with_remarks", "text": "Уточнить статью 3."}
    given = api.post("eab.expert1", f"{path}/opinion", opinion).json
    assert (given["state"], given["text"]) == ("submitted", "Уточнить статью 3.")
    problem(api.post("eab.expert1", f"{path}/opinion", opinion), 409, "refused")
    assert api.get("eab.expert1", "/me/duties").json["total"] == 0
    listed = api.get("eab.chair", f"/acts/{examined}/reviews").json["items"]
    assert listed == [given]
    assert api.get("drafter", f"/acts/{examined}/reviews").json["items"] == []
    assert api.get("eab.expert1", f"/acts/{examined}/reviews").json["items"] == [given]


@pytest.mark.parametrize("as_number", [True, False])
def test_an_expert_is_named_by_number_too(api, as_, examined, as_number):
    number = as_("eab.expert2").person
    answer = assign(api, examined, number if as_number else str(number))
    assert answer.json["expert"]["id"] == str(number)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"expert": None}, [("required", "expert")]),
        ({"expert": []}, [("not_text", "expert")]),
        ({"expert": True}, [("not_text", "expert")]),
        ({"expert": "nobody@example.org"}, [("not_an_expert", "expert")]),
        ({"expert": "drafter@demo.example.org"}, [("not_an_expert", "expert")]),
        ({"expert": "\u0000"}, [("not_an_expert", "expert")]),
        ({"expert": 10**40}, [("not_an_expert", "expert")]),
        ({"due": "2026-11-23"}, [("in_the_past", "due")]),
        ({"due": "soon"}, [("not_a_date", "due")]),
        ({"due": 5}, [("not_text", "due")]),
        ({"version": "4"}, [("not_a_number", "version")]),
        ({"colour": 1}, [("unknown_field", "colour")]),
    ],
)
def test_what_is_wrong_is_named(api, examined, given, expected):
    answer = api.post("eab.secretary", f"/acts/{examined}/reviews", {"expert": EXPERT, **given})
    assert codes(problem(answer, 422, "invalid")) == expected
    assert api.get("eab.secretary", f"/acts/{examined}/reviews").json["total"] == 0


def test_the_order_of_checks(api, examined, as_, now, tmp_path):
    wrong = {"due": "x", "version": 1}
    problem(assign(api, examined, who="council.am", **wrong), 404, "not_found")
    problem(assign(api, examined, who="secretariat", **wrong), 403, "forbidden")
    problem(assign(api, examined, **wrong), 422, "invalid")
    stale = problem(assign(api, examined, version=1), 409, "stale")
    assert stale["act"]["reference"] == examined
    assert assign(api, examined).status_code == 201
    assert codes(problem(assign(api, examined), 409, "refused")) == [("already_assigned", None)]
    elsewhere = bring_to("commission", as_, now, tmp_path)
    refused = problem(assign(api, elsewhere, "eab.expert2@demo.example.org"), 409, "refused")
    assert codes(refused) == [("no_reviews_now", None)]


def test_a_review_is_answered_by_its_expert_alone(api, examined):
    review = assign(api, examined).json["id"]
    assign(api, examined, "eab.expert2@demo.example.org")
    for deed, body in (
        ("accept", None),
        ("decline", {"reason": "Занят"}),
        ("opinion", {"recommendation": "approve", "text": "Да"}),
        ("opinion", {}),
    ):
        path = f"/reviews/{review}/{deed}"
        problem(api.post("eab.expert3", path, body), 404, "not_found")
        assert codes(problem(api.post("eab.expert2", path, body), 403, "forbidden")) == [
            ("not_your_review", None)
        ]
        problem(api.post("eab.secretary", path, body), 403, "forbidden")


def test_declining_needs_a_reason(api, examined):
    review = assign(api, examined).json["id"]
    path = f"/reviews/{review}/decline"
    for body in (None, {}, {"reason": ""}, {"reason": "  "}):
        assert codes(problem(api.post("eab.expert1", path, body), 422, "invalid")) == [
            ("required", "reason")
        ]
    declined = api.post("eab.expert1", path, {"reason": "Конфликт интересов"})
    assert declined.status_code == 200, declined.text
    assert declined.json["decline_reason"] == "Конфликт интересов"
    assert api.get("eab.expert1", "/me/duties").json["total"] == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("required", "recommendation"), ("required", "text")}),
        ({"recommendation": "praise", "text": "x"}, {("not_a_choice", "recommendation")}),
        ({"recommendation": "approve", "text": ""}, {("required", "text")}),
        ({"recommendation": ["approve"], "text": "x"}, {("not_text", "recommendation")}),
        ({"recommendation": "approve", "text": "\u0007"}, {("control_characters", "text")}),
    ],
)
def test_an_opinion_that_is_not_one(api, examined, body, expected):
    review = assign(api, examined).json["id"]
    fault = problem(api.post("eab.expert1", f"/reviews/{review}/opinion", body), 422, "invalid")
    assert set(codes(fault)) == expected


def test_reviewers_are_listed_in_the_order_to_ask_them(api, examined):
    found = api.get("eab.secretary", f"/acts/{examined}/reviewers").json
    assert found["total"] == 6
    last = found["items"][-1]
    assert (last["member"], [each["code"] for each in last["conflicts"]]) == (
        "kz", ["initiators_delegation"],
    )  # fmt: skip
    assert all(each["message"] for item in found["items"] for each in item["reasons"])
    advisers = api.get("eab.secretary", f"/acts/{examined}/reviewers?kind=guideline").json
    assert advisers["total"] == 1
    wrong = api.get("eab.secretary", f"/acts/{examined}/reviewers?field=magic")
    assert codes(problem(wrong, 422, "invalid")) == [("not_a_choice", "field")]
    problem(api.get("drafter", f"/acts/{examined}/reviewers"), 403, "forbidden")


def test_from_reserves_to_the_opinion_of_the_board(api, examined):
    first = assign(
        api, examined, "eab.expert2@demo.example.org", reserves=["eab.expert4@demo.example.org"]
    ).json
    assert [each["email"] for each in first["reserves"]] == ["eab.expert4@demo.example.org"]
    declined = api.post(
        "eab.expert2", f"/reviews/{first['id']}/decline", {"reason": "", "code": "busy"}
    ).json
    assert (declined["state"], declined["decline_code"], declined["reserves"]) == (
        "declined", "busy", [],
    )  # fmt: skip
    called = api.get("eab.chair", f"/acts/{examined}/reviews").json["items"][-1]
    assert (called["expert"]["email"], called["marks"]) == (
        "eab.expert4@demo.example.org", ["reserve"],
    )  # fmt: skip
    assert called["stands_for"]["email"] == "eab.expert2@demo.example.org"
    path = f"/reviews/{called['id']}"
    remark = {"place": "Статья 1", "kind": "legal", "text": "Уточнить."}
    opinion = {"recommendation": "revise", "text": "Доработать.", "interest": False}
    given = api.post("eab.expert4", f"{path}/opinion", {**opinion, "remarks": [remark]}).json
    assert (given["interest"], given["remarks"][0]["text"]) == (False, "Уточнить.")
    assert given["stands_for"] is None  # whom they stand for is not theirs to know
    added = api.post("eab.expert4", f"{path}/addenda", {"text": "Ещё."}).json
    assert [each["text"] for each in added["addenda"]] == ["Ещё."]
    problem(api.get("eab.chair", f"/acts/{examined}/opinion"), 404, "not_found")
    issued = api.post("eab.chair", f"/acts/{examined}/opinion", {"recommendation": "revise"})
    assert issued.status_code == 201, issued.text
    read = api.get("parliament.kz", f"/acts/{examined}/opinion").json
    assert (read["recommendation"], read["counts"], read["experts"]) == (
        "revise", {"revise": 1}, [],
    )  # fmt: skip
    assert "Оганян" not in str(read)
    again = api.post("eab.chair", f"/acts/{examined}/opinion", {"recommendation": "reject"})
    problem(again, 409, "refused")
