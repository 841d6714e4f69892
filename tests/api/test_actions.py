"""Taking steps, foreseeing them, taking them on many acts, correcting the last one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.counting import counting
from tests.road import bring_to, deliver, propose
from tracker.acts.operations import set_visibility
from tracker.reviews.operations import assign_review


def version(api, reference: str) -> int:
    return api.get("secretariat", f"/acts/{reference}").json["version"]


@on_both
def test_a_step_answers_with_the_act_and_who_is_told(api, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    problem(api.post("eab.secretary", f"/acts/{reference}/actions/refer_to_commission",
                     {"version": 4, "lead_body": "defence"}), 409, "refused")  # fmt: skip
    from tests.road import opinion

    opinion(reference, as_, now)
    answer = api.post(
        "eab.secretary",
        f"/acts/{reference}/actions/refer_to_commission",
        {
            "version": version(api, reference),
            "lead_body": "defence",
            "decided_on": "2026-11-24",
            "minutes_ref": "П-12",
            "reason": "Одобрен",
            "basis": "document",
            "edition": 1,
        },
    )
    assert answer.status_code == 200, answer.text
    act = answer.json
    assert (act["state"], act["lead_body"]) == ("commission", "defence")
    assert act["holder"]["body"] == "defence"
    told = {each["person"]["email"].partition("@")[0]: each for each in act["told"]}
    assert {"defence.secretary", "defence.chair", "drafter", "eab.expert1"} <= told.keys()
    assert told["defence.chair"]["notices"] == ["draft_referred"]
    assert told["defence.chair"]["reasons"] == [
        {
            "code": "act:lead.chair",
            "message": "chair, lead commission",
        }
    ]
    entry = api.get("eab.secretary", f"/acts/{reference}/timeline").json["items"][-1]
    assert (entry["action"], entry["body"], entry["edition"]) == ("refer_to_commission", "eab", 1)
    assert entry["data"]["minutes_ref"] == "П-12"
    assert entry["basis"] == "document"


@on_both
def test_checks_come_in_the_order_of_the_contract(api, as_, now, tmp_path):
    """Each call is wrong in every later way too; the first check that fails answers."""
    reference = bring_to("eab_review", as_, now, tmp_path)
    path = f"/acts/{reference}/actions/refer_to_commission"
    everything_wrong = {"version": 1, "decided_on": "2027-01-01", "colour": 1}
    problem(api.post(None, path, everything_wrong), 401, "unauthorized")
    problem(api.post("council.am", path, everything_wrong), 404, "not_found")
    problem(api.post("drafter", path, everything_wrong), 403, "forbidden")
    invalid = problem(api.post("eab.secretary", path, everything_wrong), 422, "invalid")
    assert set(codes(invalid)) == {
        ("in_the_future", "decided_on"),
        ("unknown_field", "colour"),
        ("required", "lead_body"),
    }
    stale = problem(
        api.post("eab.secretary", path, {"version": 1, "lead_body": "defence"}), 409, "stale"
    )
    assert stale["act"]["reference"] == reference
    assert stale["act"]["version"] == 4
    assert any(action["name"] == "refer_to_commission" for action in stale["act"]["actions"])
    refused = problem(
        api.post("eab.secretary", path, {"version": 4, "lead_body": "defence"}), 409, "refused"
    )
    assert codes(refused) == [("no_opinion", None)]
    assert "act" not in refused
    assert version(api, reference) == 4


@pytest.mark.parametrize("given", [{}, {"version": None}, {"version": "1"}, {"version": 1.5}])
def test_a_step_needs_the_version_as_a_number(api, as_, now, given):
    reference = propose(as_, now)
    path = f"/acts/{reference}/actions/open_concept"
    fault = problem(api.post("secretariat", path, given), 422, "invalid")
    code = "required" if given.get("version") is None else "not_a_number"
    assert codes(fault) == [(code, "version")]
    problem(api.post("council.am", path, given), 404, "not_found")
    problem(api.post("eab.secretary", path, given), 403, "forbidden")
    assert version(api, reference) == 1
    page = api.get("secretariat", f"/acts/{reference}/timeline").json
    assert [entry["action"] for entry in page["items"]] == ["propose"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reason": None}, [("required", "reason")]),
        ({"reason": "   "}, [("required", "reason")]),
        ({"reason": 5}, [("not_text", "reason")]),
        ({"reason": "x" * 20_001}, [("too_long", "reason")]),
        ({"reason": "a\u0000b"}, [("control_characters", "reason")]),
        ({"decided_on": "2022-13"}, [("not_a_decided_date", "decided_on")]),
        ({"decided_on": ["2022"]}, [("not_text", "decided_on")]),
        ({"decided_on": "2026-11-25"}, [("in_the_future", "decided_on")]),
        ({"decided_on": "2026-11-23"}, [("before_previous", "decided_on")]),
        ({"decided_on": "2025"}, [("before_previous", "decided_on")]),
        ({"edition": 7}, [("no_such_edition", "edition")]),
        ({"edition": 10**30}, [("out_of_range", "edition")]),
        ({"basis": "rumour"}, [("not_a_choice", "basis")]),
        ({"basis": {}}, [("not_a_choice", "basis")]),
        ({"minutes_ref": "x" * 501}, [("too_long", "minutes_ref")]),
        ({"session": 18}, [("unknown_field", "session")]),
    ],
)
def test_a_field_that_is_not_acceptable_is_named(api, as_, now, change, expected):
    reference = propose(as_, now)
    body = {"version": 1, "reason": "Без концепции", **change}
    answer = api.post("secretariat", f"/acts/{reference}/actions/start_drafting", body)
    assert codes(problem(answer, 422, "invalid")) == expected
    assert version(api, reference) == 1


@pytest.mark.parametrize("decided", ["2026-11-24", "2026-11", "2026", "unknown"])
def test_a_date_is_known_as_far_as_it_is(api, as_, now, decided):
    reference = propose(as_, now)
    answer = api.post(
        "secretariat",
        f"/acts/{reference}/actions/open_concept",
        {"version": 1, "decided_on": decided},
    )
    assert answer.json["last_event"]["decided_on"] == decided


def test_unknown_actions_and_acts(api, as_, now):
    reference = propose(as_, now)
    unknown = problem(
        api.post("secretariat", f"/acts/{reference}/actions/fly", {"version": 1}), 404, "not_found"
    )
    assert codes(unknown) == [("unknown_action", None)]
    problem(api.post("secretariat", "/acts/X-1/actions/adopt", {}), 404, "not_found")
    wrong = api.post("secretariat", f"/acts/{reference}/actions/dispatch", {"version": 1})
    assert codes(problem(wrong, 409, "refused")) == [("wrong_state", None)]


def test_who_may_only_ask_files_a_request(api, as_, now, tmp_path):
    reference = bring_to("drafting", as_, now, tmp_path)
    deliver(reference, as_, now, tmp_path)
    path = f"/acts/{reference}/actions/submit_to_eab"
    answer = api.post("drafter", path, {"version": 3})
    assert (answer.status_code, answer.json["state"]) == (200, "drafting")
    duties = api.get("secretariat", "/me/duties").json["items"]
    asked = [duty for duty in duties if duty["kind"] == "request"]
    assert [duty["action"] for duty in asked] == ["submit_to_eab"]
    again = api.post("drafter", path, {"version": 4})
    assert codes(problem(again, 409, "refused")) == [("already_requested", None)]
    granted = api.post("secretariat", path, {"version": 4})
    assert granted.json["state"] == "eab_review"


@on_both
def test_a_preview_says_what_the_step_then_does(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    path = f"/acts/{reference}/actions/approve_in_commission"
    before = version(api, reference)
    preview = api.post("defence.secretary", f"{path}/preview", {"version": before}).json
    assert (preview["state"], preview["stage"]) == ("council", "council")
    assert not preview["request"]
    kinds = [duty["kind"] for duty in preview["duties"]]
    assert kinds.count("position") == 10
    assert kinds.count("put_to_council") == 1
    position = next(duty for duty in preview["duties"] if duty["kind"] == "position")
    assert position["due"] == "2026-12-15"
    assert position["holder"]["persons"]
    unset = next(duty for duty in preview["duties"] if duty["kind"] == "put_to_council")
    assert unset["due"] is None
    assert "not fixed" in unset["why_no_date"]
    assert version(api, reference) == before
    done = api.post("defence.secretary", path, {"version": before}).json
    told = lambda shape: [(each["person"]["id"], each["notices"]) for each in shape["told"]]  # noqa: E731
    assert told(done) == told(preview)
    assert done["state"] == preview["state"]


def test_a_preview_is_refused_as_the_step_would_be(api, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    path = f"/acts/{reference}/actions/refer_to_commission/preview"
    problem(api.post("council.am", path, {}), 404, "not_found")
    problem(api.post("drafter", path, {}), 403, "forbidden")
    problem(api.post("eab.secretary", path, {"version": "x"}), 422, "invalid")
    problem(api.post("eab.secretary", path, {"lead_body": "defence", "version": 1}), 409, "stale")
    problem(api.post("eab.secretary", path, {"lead_body": "defence"}), 409, "refused")
    unknown = api.post("eab.secretary", f"/acts/{reference}/actions/fly/preview", {})
    problem(unknown, 404, "not_found")


def test_a_warning_is_told_and_does_not_stop(api, as_, now, tmp_path):
    reference = bring_to("drafting", as_, now, tmp_path)
    deliver(reference, as_, now, tmp_path)
    path = f"/acts/{reference}/actions/submit_to_eab"
    preview = api.post("secretariat", f"{path}/preview", {}).json
    assert [warning["code"] for warning in preview["warnings"]] == ["no_memorandum"]
    assert api.post("secretariat", path, {"version": 3}).status_code == 200


def test_a_wrong_last_step_is_corrected(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    path = f"/acts/{reference}/actions/correct"
    reason = {"version": 7, "reason": "Не та комиссия"}
    problem(api.post("drafter", path, reason), 403, "forbidden")
    missing = problem(api.post("eab.secretary", path, {"version": 7}), 422, "invalid")
    assert codes(missing) == [("required", "reason")]
    more = problem(api.post("eab.secretary", path, {**reason, "edition": 1}), 422, "invalid")
    assert codes(more) == [("unknown_field", "edition")]
    problem(api.post("eab.secretary", path, {**reason, "version": 6}), 409, "stale")
    preview = api.post("eab.secretary", f"{path}/preview", reason).json
    assert (preview["state"], preview["request"]) == ("eab_review", False)
    assert {"defence.secretary@demo.example.org"} <= {
        each["person"]["email"] for each in preview["told"]
    }
    done = api.post("eab.secretary", path, reason)
    assert (done.status_code, done.json["state"]) == (200, "eab_review")
    assert done.json["last_event"]["action"] == "correct"


def test_after_the_hour_a_second_person_is_needed(api, as_, now, tmp_path):
    from datetime import timedelta

    import time_machine

    from tests.conftest import NOW

    reference = bring_to("commission", as_, now, tmp_path)
    path = f"/acts/{reference}/actions/correct"
    with time_machine.travel(NOW + timedelta(hours=2)):
        late = api.post("eab.secretary", path, {"version": 7, "reason": "Ошибка"})
        assert codes(problem(late, 409, "refused")) == [("hour_is_over", None)]
        preview = api.post("secretariat", f"{path}/preview", {"reason": "Ошибка"}).json
        assert (preview["state"], preview["request"]) == ("commission", True)
        assert [duty["kind"] for duty in preview["duties"]] == ["confirm_correction"]
        asked = api.post("secretariat", path, {"version": 7, "reason": "Ошибка"}).json
        assert asked["state"] == "commission"
        again = api.post("secretariat", path, {"version": 8, "reason": "Ошибка"})
        assert codes(problem(again, 409, "refused")) == [("second_person_needed", None)]
        done = api.post("secretariat2", path, {"version": 8, "reason": "Да"}).json
        assert done["state"] == "eab_review"


@on_both
def test_many_acts_in_one_batch(api, as_, now, tmp_path):
    ready = [propose(as_, now) for _ in range(3)]
    moved = bring_to("commission", as_, now, tmp_path)
    body = {
        "action": "start_drafting",
        "reason": "Концепция не нужна",
        "acts": [
            {"ref": ready[0], "version": 1},
            {"ref": ready[1], "version": 1, "reason": "Своя причина"},
            {"ref": ready[2], "version": 9},
            {"ref": moved, "version": 7},
            {"ref": "MA-1999-001", "version": 1},
            {"ref": "\u0000", "version": 1},
            {"ref": ready[0], "version": 1},
        ],
    }
    answer = api.post("secretariat", "/acts/bulk", body)
    assert answer.status_code == 200, answer.text
    items = answer.json["items"]
    assert [(item["status"], item["code"]) for item in items] == [
        (200, "done"),
        (200, "done"),
        (409, "stale"),
        (409, "refused"),
        (404, "not_found"),
        (404, "not_found"),
        (422, "invalid"),
    ]
    assert [item["act"]["state"] if item["act"] else None for item in items] == [
        "drafting", "drafting", "proposed", "commission", None, None, "drafting",
    ]  # fmt: skip
    assert items[3]["refusals"][0]["code"] == "wrong_state"
    entries = [api.get("secretariat", f"/acts/{ref}/timeline").json["items"][-1] for ref in ready]
    assert entries[0]["data"]["batch"] == entries[1]["data"]["batch"] == answer.json["batch"]
    assert [entry["reason"] for entry in entries[:2]] == ["Концепция не нужна", "Своя причина"]
    assert entries[2]["action"] == "propose"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("required", "action"), ("required", "acts")}),
        ({"action": "withdraw", "acts": []}, {("out_of_range", "acts")}),
        ({"action": "withdraw", "acts": "all"}, {("not_a_list", "acts")}),
        ({"action": "withdraw", "acts": [{"ref": "A"}]}, {("required", "acts.0.version")}),
        ({"action": "withdraw", "acts": [3]}, {("not_an_object", "acts.0")}),
    ],
)
def test_a_batch_of_another_shape(api, body, expected):
    fault = problem(api.post("secretariat", "/acts/bulk", body), 422, "invalid")
    assert set(codes(fault)) == expected


def test_a_batch_costs_the_same_however_large(api, as_, now):
    api.token("secretariat")
    counts = []
    for size in (3, 6):
        acts = [{"ref": propose(as_, now), "version": 1} for _ in range(size)]
        with counting() as statements:
            answer = api.post("secretariat", "/acts/bulk", {"action": "open_concept", "acts": acts})
        assert {item["code"] for item in answer.json["items"]} == {"done"}
        counts.append(len(statements))
    assert counts[0] == counts[1]


ROLES = (
    "secretariat",
    "eab.secretary",
    "eab.chair",
    "defence.secretary",
    "defence.chair",
    "drafter",
    "council.kz",
    "parliament.kz",
    "eab.expert1",
    "social.secretary",
    "admin",
)


def test_what_is_offered_is_what_is_permitted(api, as_, now, tmp_path):
    """For every role and action in two states: `allowed` in the act is what the call answers."""
    for state in ("commission", "council"):
        reference = bring_to(state, as_, now, tmp_path)
        set_visibility(reference, "public", actor=as_("secretariat"), now=now)
        names = [
            action["name"]
            for action in api.get("secretariat", f"/acts/{reference}").json["actions"]
        ]
        for who in ROLES:
            act = api.get(who, f"/acts/{reference}").json
            offered = {action["name"]: action for action in act["actions"]}
            for name in names:
                answer = api.post(who, f"/acts/{reference}/actions/{name}/preview", {})
                action = offered.get(name)
                if action is None or (action["refusals"][:1] and action["refusals"][0]["code"] in (
                    "not_your_step", "not_permitted",
                )):  # fmt: skip
                    assert answer.status_code == 403, (state, who, name, answer.text)
                elif action["allowed"]:
                    assert answer.status_code in (200, 422), (state, who, name, answer.text)
                else:
                    assert answer.status_code in (409, 422), (state, who, name, answer.text)


def test_only_one_of_two_at_once_moves_it(api, as_, now):
    reference = propose(as_, now)
    api.token("secretariat")
    path = f"/acts/{reference}/actions/open_concept"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.post("secretariat", path, {"version": 1}), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"stale"}


def test_an_open_review_is_named_among_the_reasons(api, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    assign_review(reference, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now)
    refused = api.post(
        "eab.secretary",
        f"/acts/{reference}/actions/refer_to_commission",
        {"version": 5, "lead_body": "defence"},
    )
    assert codes(problem(refused, 409, "refused")) == [("reviews_open", None), ("no_opinion", None)]
