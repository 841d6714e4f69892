"""The comment table through the API: entering, answering alone and at once, finding, files."""

from __future__ import annotations

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.road import bring_to


@pytest.fixture
def act(as_, now, tmp_path) -> str:
    return bring_to("commission", as_, now, tmp_path)


@pytest.fixture
def enter(api, act):
    def take(text="Уточнить", who="defence.secretary", **given):
        values = {"author_body": "parliament_kz", "place": "ст. 1", "text": text, **given}
        return api.post(who, f"/acts/{act}/remarks", values)

    return take


@on_both
def test_a_remark_is_entered_answered_and_confirmed(api, act, enter):
    answer = enter(wording="Иначе", kind="treaty", letter_ref="12")
    assert answer.status_code == 201, answer.text
    remark = answer.json
    assert isinstance(remark["id"], str)
    assert (remark["act"], remark["n"], remark["edition"]) == (act, 1, 1)
    assert remark["author"] == {
        "person": None,
        "body": "parliament_kz",
        "name": None,
        "expert": None,
    }
    assert (remark["state"], remark["response"], remark["version"]) == ("unanswered", None, 1)
    path = f"/remarks/{remark['id']}"
    given = {"response": "partly", "reason": "Часть", "version": 1}
    answered = api.post("drafter", f"{path}/answer", given).json
    assert (answered["state"], answered["response"], answered["version"]) == (
        "proposed",
        "partly",
        2,
    )
    stale = problem(api.post("drafter", f"{path}/answer", given), 409, "stale")
    assert stale["act"]["reference"] == act
    assert codes(stale) == [("remark_changed", None)]
    confirmed = api.post("defence.secretary", f"{path}/confirm", {"version": 2}).json
    assert confirmed["state"] == "confirmed"
    problem(api.post("defence.secretary", f"{path}/confirm"), 409, "refused")
    again = api.post("defence.secretary", f"{path}/reopen", {"reason": "Письмо"}).json
    assert (again["state"], again["confirmed_at"]) == ("proposed", None)


def test_the_checks_come_in_their_order(api, act, enter):
    number = enter().json["id"]
    path = f"/remarks/{number}"
    problem(api.post(None, f"{path}/answer"), 401, "unauthorized")
    problem(api.post("drafter", "/remarks/99/answer", {"response": 5}), 404, "not_found")
    problem(api.post("eab.expert1", f"{path}/answer", {}), 404, "not_found")
    problem(api.post("social.secretary", f"{path}/answer", {}), 404, "not_found")
    problem(api.post("eab.chair", f"{path}/answer", {}), 403, "forbidden")
    wrong = problem(
        api.post("drafter", f"{path}/answer", {"response": "x", "version": 9}), 422, "invalid"
    )
    assert codes(wrong) == [("not_a_choice", "response")]
    empty = problem(api.post("drafter", f"{path}/answer", {}), 422, "invalid")
    assert codes(empty) == [("required", "response")]
    problem(api.post("drafter", f"/acts/{act}/remarks", {"text": "x"}), 403, "forbidden")
    assert codes(problem(enter("", author_body=None), 422, "invalid")) == [
        ("remark_without_words", "text"),
        ("remark_without_author", "author"),
    ]
    assert codes(problem(enter(edition=7), 422, "invalid")) == [("no_such_edition", "edition")]


def test_many_are_answered_all_or_none(api, act, enter):
    one, two = enter().json["id"], enter("Иначе").json["id"]
    path = f"/acts/{act}/remarks/answers"
    both = [{"remark": one, "response": "noted"}, {"remark": two, "response": "not_accepted"}]
    wrong = problem(api.post("drafter", path, {"answers": both}), 422, "invalid")
    assert codes(wrong) == [("reason_for_refusing", "answers.1.reason")]
    both[1]["reason"] = "Вне предмета"
    done = api.post("drafter", path, {"answers": both})
    assert done.status_code == 200, done.text
    assert [item["response"] for item in done.json["items"]] == ["noted", "not_accepted"]
    problem(api.post("drafter", path, {"answers": []}), 422, "invalid")
    problem(api.post("drafter", path, {}), 422, "invalid")
    problem(
        api.post("drafter", path, {"answers": [{"remark": "x", "response": "noted"}]}),
        404,
        "not_found",
    )


def test_remarks_are_listed_narrowed_and_paged(api, act, enter):
    for number in range(3):
        enter(f"Слова {number}", place=f"ст. {3 - number}")
    enter("Чужие", author_body="parliament_by", kind="legal")
    path = f"/acts/{act}/remarks"
    listed = api.get("drafter", f"{path}?sort=provision&per_page=2").json
    assert (listed["total"], [item["n"] for item in listed["items"]]) == (4, [3, 4])
    for query, found in [
        ("kind=legal", 1), ("author=parliament_by", 1), ("provision=2", 1), ("edition=1", 4),
        ("state=unanswered", 4), ("assigned=nobody", 4), ("assigned=7", 0),
    ]:  # fmt: skip
        assert api.get("drafter", f"{path}?{query}").json["total"] == found, query
    for query in ("kind=x", "state=x", "sort=x", "edition=x", "assigned=x", "format=odt", "page=0"):
        problem(api.get("drafter", f"{path}?{query}"), 422, "invalid")
    assert api.get("eab.expert1", path).json["total"] == 0
    problem(api.get("parliament.by", path), 404, "not_found")
    etag = api.get("drafter", path).headers["ETag"]
    assert api.get("drafter", path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("form", "start"),
    [("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf")],
)
def test_the_table_is_had_as_a_file(api, act, enter, form, start):
    enter()
    answer = api.get("drafter", f"/acts/{act}/remarks?format={form}")
    assert answer.status_code == 200
    assert answer.data.startswith(start)
    assert f"{act}-remarks.{form}" in answer.headers["Content-Disposition"]


def test_a_repeated_call_enters_one_remark(api, act, enter):
    values = {"author_body": "parliament_kz", "text": "Слова"}
    send = lambda: api.post(  # noqa: E731
        "defence.secretary", f"/acts/{act}/remarks", values, headers={"Idempotency-Key": "k"}
    )
    assert send().json["id"] == send().json["id"]
    assert api.get("drafter", f"/acts/{act}/remarks").json["total"] == 1
