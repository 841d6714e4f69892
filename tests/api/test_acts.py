"""Listing, proposing and reading acts, and showing them to the public."""

from __future__ import annotations

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.counting import counting
from tests.road import TITLES, bring_to, propose
from tracker.reviews.operations import assign_review
from tracker.sittings.operations import give_position

PROPOSAL = {"kind": "model_law", "titles": TITLES, "initiator": "parliament_kz"}


@on_both
def test_a_proposal_becomes_an_act(api):
    answer = api.post(
        "secretariat",
        "/acts",
        {**PROPOSAL, "lead_body": "defence", "decided_on": "2026-11"},
    )
    assert answer.status_code == 201, answer.text
    act = answer.json
    assert act["id"] == act["reference"]
    assert (act["state"], act["stage"], act["version"]) == ("proposed", "initiative", 1)
    assert act["titles"] == TITLES
    assert act["procedure"] == {"key": "model_law", "version": 3}
    assert act["holder"]["body"] == "secretariat"
    assert {person["email"] for person in act["holder"]["persons"]} == {
        "secretariat@demo.example.org",
        "secretariat2@demo.example.org",
    }
    assert act["since"] == "2026-11-24"
    assert act["last_event"]["decided_on"] == "2026-11"
    assert act["visibility"] == "internal"
    assert act["lead_body"] == "defence"
    again = api.get("secretariat", f"/acts/{act['reference']}")
    assert again.json == act


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "novel"}, [("not_a_choice", "kind")]),
        ({"kind": None}, [("required", "kind")]),
        ({"kind": 3}, [("not_text", "kind")]),
        ({"titles": {"en": "Only English"}}, [("no_authentic_title", "titles")]),
        ({"titles": "Untitled"}, [("not_an_object", "titles")]),
        ({"titles": {"ru": 5}}, [("not_text", "titles")]),
        ({"decided_on": "2026-12-01"}, [("in_the_future", "decided_on")]),
        ({"decided_on": "soon"}, [("not_a_decided_date", "decided_on")]),
        ({"lead_body": "council"}, [("not_a_choice", "lead_body")]),
        ({"continues": "MA-1999-001"}, [("no_such_act", "continues")]),
        ({"continues": "\u0000"}, [("no_such_act", "continues")]),
        ({"colour": "blue"}, [("unknown_field", "colour")]),
        ({"initiator": "a\u0000b"}, [("control_characters", "initiator")]),
        ({"initiator": "\ud800"}, [("control_characters", "initiator")]),
    ],
)
def test_a_proposal_that_is_not_acceptable_names_the_field(api, change, expected):
    answer = api.post("secretariat", "/acts", {**PROPOSAL, **change})
    assert codes(problem(answer, 422, "invalid")) == expected
    assert api.get("secretariat", "/acts").json["total"] == 0


def test_markup_in_a_title_is_text(api):
    title = "<script>alert(1)</script> & \u201eЗакон\u201c"
    act = api.post("secretariat", "/acts", {**PROPOSAL, "titles": {"ru": title}}).json
    assert act["titles"]["ru"] == title


def test_only_those_permitted_propose(api):
    for who in ("drafter", "eab.secretary", "council.kz", "admin"):
        problem(api.post(who, "/acts", PROPOSAL), 403, "forbidden")
        problem(api.post(who, "/acts", {}), 403, "forbidden")


def test_an_act_says_what_its_reader_may_do(api, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    act = api.get("eab.secretary", f"/acts/{reference}").json
    actions = {action["name"]: action for action in act["actions"]}
    refer = actions["refer_to_commission"]
    assert not refer["allowed"]
    assert refer["title"] == "Refer to the commission"
    assert refer["refusals"] == [
        {"code": "no_opinion", "message": "No expert opinion is in. Assign an expert."}
    ]
    asked = {field["name"]: field for field in refer["fields"]}
    assert asked["lead_body"] == {
        "name": "lead_body",
        "type": "choice",
        "required": True,
        "choices": ["defence", "political", "social"],
    }
    assert actions["return_for_revision"]["allowed"]
    assert actions["adopt"]["refusals"][0]["code"] == "not_your_step"
    assert "request" not in refer
    assert act["due"]
    assert [waiting["code"] for waiting in act["waiting_for"]] == ["examine", "no_opinion"]
    drafter = api.get("drafter", f"/acts/{reference}").json
    withdraw = next(each for each in drafter["actions"] if each["name"] == "withdraw")
    assert withdraw["allowed"]
    assert withdraw["request"] is True


def test_messages_are_in_the_language_asked_for(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    path = f"/acts/{reference}"
    russian = api.get("defence.secretary", path, headers={"Accept-Language": "ru"})
    assert russian.json["holder"]["title"].startswith("секретарь")
    english = api.get("defence.secretary", path)
    assert english.json["holder"]["title"].endswith("secretary")
    assert {"Authorization", "Accept-Language"} <= set(english.vary)


def test_an_act_that_one_may_not_know_of_is_not_there(api, as_, now, tmp_path):
    reference = bring_to("proposed", as_, now, tmp_path)
    for path in ("", "/timeline", "/editions", "/reviews", "/ballots", "/decision"):
        missing = problem(api.get("council.am", f"/acts/{reference}{path}"), 404, "not_found")
        assert codes(missing) == [("no_such_act", None)]
    assert api.get("council.am", "/acts").json["items"] == []


@pytest.fixture
def public(api, as_, now, tmp_path) -> str:
    """An act before the Council, with an objection, that everybody may know of."""
    reference = bring_to("council", as_, now, tmp_path)
    give_position(reference, "no", text="Против", actor=as_("council.kz"), now=now)
    answer = api.post("secretariat", f"/acts/{reference}/visibility", {"visibility": "public"})
    assert answer.json["visibility"] == "public"
    return reference


def test_the_public_form_has_no_persons_and_no_dates_owed(api, public):
    answer = api.get("social.chair", f"/acts/{public}")
    act = answer.json
    assert act["actions"] == []
    assert act["due"] is None
    assert act["holder"]["persons"] == []
    assert act["holder"]["body"] == "council"
    assert act["last_event"]["action"] == "approve_in_commission"
    assert act["last_event"]["actor"] is None
    assert act["last_event"]["recorded_at"] is None
    assert [waiting["code"] for waiting in act["waiting_for"]] == ["position"]
    assert "demo.example.org" not in answer.text
    listed = api.get("social.chair", "/acts")
    assert [item["reference"] for item in listed.json["items"]] == [public]
    assert "demo.example.org" not in listed.text


def test_what_is_inside_a_public_act_is_not_there_for_others(api, public):
    for path in ("timeline", "reviews", "ballots", "decision"):
        problem(api.get("social.chair", f"/acts/{public}/{path}"), 404, "not_found")
    assert api.get("social.chair", f"/acts/{public}/editions").json["items"] == []
    bodies = {"reviews": {"expert": "1"}, "ballots": {"vote": "yes"}, "decision": {}}
    for path, body in bodies.items():
        problem(api.post("social.chair", f"/acts/{public}/{path}", body), 404, "not_found")
    step = api.post("social.chair", f"/acts/{public}/actions/reject", {})
    problem(step, 403, "forbidden")


def test_lateness_is_not_found_by_asking(api, public):
    from datetime import timedelta

    import time_machine

    from tests.conftest import NOW

    with time_machine.travel(NOW + timedelta(days=200)):
        assert api.get("council.by", "/acts?overdue=true").json["total"] == 1
        assert api.get("social.chair", "/acts?overdue=true").json["total"] == 0
        assert api.get("social.chair", "/acts?overdue=false").json["total"] == 1


def test_visibility_is_the_secretariats(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    path = f"/acts/{reference}/visibility"
    problem(api.post("defence.secretary", path, {"visibility": "public"}), 403, "forbidden")
    problem(api.post("council.am", path, {"visibility": "public"}), 404, "not_found")
    fault = problem(api.post("secretariat", path, {"visibility": "secret"}), 422, "invalid")
    assert codes(fault) == [("not_a_choice", "visibility")]
    stale = api.post("secretariat", path, {"visibility": "public", "version": 1})
    assert problem(stale, 409, "stale")["act"]["reference"] == reference


@on_both
def test_lists_are_narrowed_sorted_and_paged(api, as_, now, tmp_path):
    references = [propose(as_, now, titles={"ru": f"О деле {n}"}) for n in range(5)]
    one = bring_to("commission", as_, now, tmp_path, titles={"ru": "Об ином", "en": "On Another"})
    listing = lambda query: api.get("secretariat", f"/acts{query}").json  # noqa: E731
    names = lambda query: [item["reference"] for item in listing(query)["items"]]  # noqa: E731
    assert names("") == [one, *reversed(references)]
    assert names("?sort=reference") == [*references, one]
    assert names("?sort=reference&per_page=2&page=2") == references[2:4]
    page = listing("?per_page=4&page=2")
    assert (page["total"], page["page"], page["per_page"], len(page["items"])) == (6, 2, 4, 2)
    assert listing("?page=99")["items"] == []
    assert names("?state=commission") == [one]
    assert names("?q=another") == [one]
    assert names("?holder=defence&lead_body=defence&stage=commission&kind=model_law") == [one]
    assert names("?state=&stage=&kind=&holder=&lead_body=&q=&overdue=")[0] == one
    assert listing("")["per_page"] == 100


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("per_page=501", [("out_of_range", "per_page")]),
        ("per_page=0", [("out_of_range", "per_page")]),
        ("page=0", [("out_of_range", "page")]),
        ("page=x", [("not_a_number", "page")]),
        ("page=99999999999999999999999", [("out_of_range", "page")]),
        ("state=nowhere", [("not_a_choice", "state")]),
        ("stage=nowhere", [("not_a_choice", "stage")]),
        ("kind=novel", [("not_a_choice", "kind")]),
        ("holder=nobody", [("not_a_choice", "holder")]),
        ("lead_body=council", [("not_a_choice", "lead_body")]),
        ("overdue=perhaps", [("not_a_choice", "overdue")]),
        ("sort=secrets", [("not_a_choice", "sort")]),
        ("q=%00", [("control_characters", "q")]),
        ("state=%00", [("not_a_choice", "state")]),
    ],
)
def test_a_list_that_cannot_be_given_says_why(api, query, expected):
    assert codes(problem(api.get("secretariat", f"/acts?{query}"), 422, "invalid")) == expected
    assert api.get("secretariat", "/acts?per_page=500").status_code == 200


def test_reading_twice_costs_no_second_answer(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    for path in (f"/acts/{reference}", "/acts", f"/acts/{reference}/timeline", "/me/duties"):
        first = api.get("defence.secretary", path)
        tag = first.headers["ETag"]
        assert tag
        assert first.headers["Cache-Control"] == "private, no-cache"
        second = api.get("defence.secretary", path, headers={"If-None-Match": tag})
        assert (second.status_code, second.text) == (304, "")
    api.post("defence.secretary", f"/acts/{reference}/actions/continue_work", {"version": 7})
    after = api.get(
        "defence.secretary", f"/acts/{reference}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert after.status_code == 200


def test_statements_do_not_grow_with_rows(api, as_, now, tmp_path):
    api.token("secretariat")
    counts: dict[str, list[int]] = {}
    references = []
    for _ in range(2):
        references += [bring_to(state, as_, now, tmp_path) for state in ("drafting", "commission")]
        narrowed = "/acts?state=commission&holder=defence&q=matter&overdue=false&sort=due"
        paths = ("/acts", narrowed, "/me/duties", "/me/notices", "/notices")
        api.get("secretariat", narrowed)  # the first one compiles the stored procedures
        for path in (*paths, f"/acts/{references[1]}", f"/acts/{references[1]}/timeline"):
            with counting() as statements:
                assert api.get("secretariat", path).status_code == 200
            counts.setdefault(path, []).append(len(statements))
    assert all(first == second for first, second in counts.values()), counts
    assert counts["/acts"][0] <= counts[narrowed][0] <= 6
    assert counts[f"/acts/{references[1]}"][0] <= 14


def test_the_timeline_tells_all_in_order(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    page = api.get("eab.secretary", f"/acts/{reference}/timeline").json
    entries = page["items"]
    assert page["total"] == len(entries) == 7
    assert [entry["n"] for entry in entries] == list(range(1, 8))
    assert [entry["action"] for entry in entries] == [
        "propose", "start_drafting", "deliver_edition", "submit_to_eab", "assign_review",
        "file_opinion", "refer_to_commission",
    ]  # fmt: skip
    first, second, last = entries[0], entries[1], entries[-1]
    assert (first["from"], first["to"]) == (None, "proposed")
    assert second["reason"] == "Концепция не нужна"
    assert second["decided_on"] == "2026-11-24"
    assert entries[2]["decided_on"] is None
    assert last["body"] == "eab"
    assert last["data"]["lead_body"] == "defence"
    assert last["actor"]["email"] == "eab.secretary@demo.example.org"
    assert last["on_behalf_of"] is None
    assert len(last["hash"]) == 64
    assert not any(entry["withheld"] for entry in entries)
    some = api.get("eab.secretary", f"/acts/{reference}/timeline?per_page=3&page=2").json
    assert [entry["n"] for entry in some["items"]] == [4, 5, 6]


def test_who_reviews_and_what_members_say_is_withheld(api, as_, now, tmp_path):
    reference = bring_to("council", as_, now, tmp_path)
    give_position(reference, "no", text="Против нормы", actor=as_("council.kz"), now=now)
    answer = api.get("drafter", f"/acts/{reference}/timeline")
    withheld = [entry for entry in answer.json["items"] if entry["withheld"]]
    assert [entry["n"] for entry in withheld] == [5, 6, 9]
    for entry in withheld:
        assert (entry["actor"], entry["data"], entry["texts"], entry["action"]) == (
            None,
            {},
            {},
            "",
        )
        assert len(entry["hash"]) == 64
    assert "Против нормы" not in answer.text
    assert "Замечаний нет" not in answer.text
    own = api.get("eab.expert1", f"/acts/{reference}/timeline").json["items"]
    opinion = next(entry for entry in own if entry["action"] == "file_opinion")
    assert opinion["texts"]["text"] == "Замечаний нет."


def test_an_expert_sees_what_they_review_and_nothing_else(api, as_, now, tmp_path):
    mine = bring_to("eab_review", as_, now, tmp_path)
    bring_to("eab_review", as_, now, tmp_path)
    assert api.get("eab.expert2", "/acts").json["total"] == 0
    assign_review(mine, "eab.expert2@demo.example.org", actor=as_("eab.secretary"), now=now)
    found = api.get("eab.expert2", "/acts").json
    assert [item["reference"] for item in found["items"]] == [mine]
