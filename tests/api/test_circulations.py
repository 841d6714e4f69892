"""Rounds of circulation by calls: beginning, replying, more time, reading."""

from __future__ import annotations

import io

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.road import bring_to

BODY = {"addressees": ["parliament_am", "parliament_kz", "agency"], "due": "2026-12-15"}
PDF = b"%PDF-1.7 a scan"


@pytest.fixture
def act(as_, now, tmp_path):
    return bring_to("commission", as_, now, tmp_path)


@pytest.fixture
def begun(api, act):
    answer = api.post("secretariat", f"/acts/{act}/circulations", BODY)
    assert answer.status_code == 201, answer.text
    return answer.json


def standings(answer):
    return {each["body"]: each["standing"] for each in answer["addressees"]}


@on_both
def test_a_round_from_beginning_to_end(api, act, begun):
    number = begun["id"]
    assert (begun["round"], begun["edition"], begun["state"], begun["due"]) == (
        1, 1, "open", "2026-12-15"
    )  # fmt: skip
    assert begun["counts"] == {"waiting": 3}
    replies = f"/circulations/{number}/replies"
    first = api.post("parliament.am", replies, {"kind": "remarks", "text": "Статья 3"})
    assert first.status_code == 201, first.text
    assert (first.json["kind"], first.json["recorded"], first.json["late"]) == (
        "remarks", False, False
    )  # fmt: skip
    form = {
        "addressee": "agency", "kind": "no_remarks", "letter_ref": "1-17/203",
        "letter_date": "2026-11-20", "file": (io.BytesIO(PDF), "letter.pdf"),
    }  # fmt: skip
    second = api.post("defence.secretary", replies, data=form)
    assert second.status_code == 201, second.text
    assert second.json["recorded"]
    url = second.json["file"]["url"].removeprefix("/api/v1")
    assert api.get("secretariat", url).data == PDF
    extension = {"addressee": "parliament_kz", "due": "2027-01-15", "reason": "По просьбе"}
    moved = api.post("secretariat", f"/circulations/{number}/extensions", extension)
    assert moved.status_code == 201, moved.text
    assert (moved.json["due"], moved.json["until"]) == ("2026-12-15", "2027-01-15")
    version = api.get("secretariat", f"/acts/{act}").json["version"]
    closed = api.post("secretariat", f"/acts/{act}/actions/close_circulation", {"version": version})
    assert closed.status_code == 200, closed.text
    found = api.get("secretariat", f"/circulations/{number}").json
    assert found["state"] == "by_hand"
    assert standings(found) == {
        "parliament_am": "remarks", "parliament_kz": "none", "agency": "no_remarks"
    }  # fmt: skip
    listed = api.get("secretariat", f"/acts/{act}/circulations").json
    assert listed["items"] == [found]


def test_the_date_is_the_procedures_when_left_out(api, act):
    answer = api.post("secretariat", f"/acts/{act}/circulations", {"addressees": ["agency"]})
    assert answer.json["due"] == "2026-12-24"


def test_the_action_and_its_preview_do_the_same(api, act):
    act_now = api.get("secretariat", f"/acts/{act}").json
    action = next(each for each in act_now["actions"] if each["name"] == "open_circulation")
    fields = {field["name"]: field for field in action["fields"]}
    assert (fields["addressees"]["required"], fields["due"]["type"]) == (True, "date")
    assert {"agency", "organ", "coordination"} <= set(fields["addressees"]["choices"])
    seen = api.post("secretariat", f"/acts/{act}/actions/open_circulation/preview", BODY).json
    assert {duty["holder"]["body"] for duty in seen["duties"]} == set(BODY["addressees"])
    assert {told["notices"][0] for told in seen["told"]} == {"circulation_opened"}
    body = {**BODY, "version": act_now["version"]}
    done = api.post("secretariat", f"/acts/{act}/actions/open_circulation", body)
    assert done.status_code == 200, done.text
    assert {told["person"]["id"] for told in done.json["told"]} == {
        told["person"]["id"] for told in seen["told"]
    }


def test_refusals_in_their_order(api, act, begun):
    path = f"/acts/{act}/circulations"
    assert api.get(None, path).status_code == 401
    problem(api.post("organ", path, BODY), 404, "not_found")
    problem(api.post("drafter", path, BODY), 403, "forbidden")
    problem(api.post("eab.secretary", path, BODY), 409, "refused")  # one is open
    problem(api.post("secretariat", path, BODY), 409, "refused")
    assert codes(problem(api.post("secretariat", path, {}), 422, "invalid")) == [
        ("required", "addressees")
    ]
    replies = f"/circulations/{begun['id']}/replies"
    sent = {"kind": "no_remarks"}
    problem(api.post("organ", replies, sent), 404, "not_found")
    problem(api.post("parliament.by", replies, sent), 404, "not_found")
    problem(api.post("eab.chair", replies, sent), 403, "forbidden")
    problem(api.post("parliament.am", replies, {"kind": "perhaps"}), 422, "invalid")
    problem(api.post("parliament.am", replies, {**sent, "version": 1}), 409, "stale")
    problem(api.post("secretariat", "/circulations/999/replies", sent), 404, "not_found")
    problem(api.get("secretariat", "/circulations/999"), 404, "not_found")
    wrong = {"kind": "no_remarks", "file": (io.BytesIO(b"MZ"), "letter.exe")}
    found = problem(api.post("parliament.am", replies, data=wrong), 422, "invalid")
    assert codes(found) == [("file_type", "file")]


def test_who_may_only_ask_asks_by_the_action(api, act):
    problem(api.post("eab.secretary", f"/acts/{act}/circulations", BODY), 403, "forbidden")
    assert api.get("secretariat", f"/acts/{act}/circulations").json["total"] == 0
    body = {**BODY, "version": api.get("eab.secretary", f"/acts/{act}").json["version"]}
    asked = api.post("eab.secretary", f"/acts/{act}/actions/open_circulation", body)
    assert asked.status_code == 200, asked.text


def test_an_addressee_reads_its_own_alone(api, begun):
    own = api.get("parliament.am", f"/circulations/{begun['id']}").json
    assert (standings(own), own["counts"]) == ({"parliament_am": "waiting"}, None)
    duties = api.get("parliament.am", "/me/duties").json["items"]
    assert [(duty["kind"], duty["due"]) for duty in duties] == [("reply", "2026-12-15")]


def test_a_repeated_call_with_its_key_replies_once(api, begun):
    path = f"/circulations/{begun['id']}/replies"
    sent = [
        api.post("parliament.am", path, {"kind": "no_remarks"}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert sent[0].json == sent[1].json
    found = api.get("secretariat", f"/circulations/{begun['id']}").json
    assert sum(len(each["replies"]) for each in found["addressees"]) == 1


def test_remarks_of_a_reply_are_in_the_table(api, act, begun):
    path = f"/circulations/{begun['id']}/replies"
    row = {"place": "Статья 1", "kind": "legal", "text": "Уточнить."}
    wrong = {"kind": "remarks", "remarks": [{**row, "kind": "perhaps"}]}
    found = problem(api.post("parliament.am", path, wrong), 422, "invalid")
    assert [field for _code, field in codes(found)] == ["remarks.0.kind"]
    assert api.post("parliament.am", path, {**wrong, "remarks": [row]}).status_code == 201
    items = api.get("parliament.am", f"/acts/{act}/remarks").json["items"]
    assert [(each["source"], each["place"], each["text"]) for each in items] == [
        ("reply", "Статья 1", "Уточнить.")
    ]
