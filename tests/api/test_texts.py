"""The text of an edition and what changed, by the API."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from tests.api.conftest import codes, problem
from tests.road import propose
from tests.texts.test_structures import FIRST, SECOND
from tracker.acts.operations import set_visibility
from tracker.structure.reading import read
from tracker.texts import comparing
from tracker.texts.comparing import compare_waiting
from tracker.texts.files import keep, uploads
from tracker.texts.operations import add_file


@pytest.fixture
def reference(app, as_, now):
    made = propose(as_, now)
    for text in (FIRST, SECOND):
        upload = keep(uploads(), "draft.txt", io.BytesIO(text.encode()))
        add_file(made, upload, language="ru", actor=as_("drafter"), now=now)
    return made


def test_the_structure_of_a_text(api, reference):
    answer = api.get("drafter", f"/acts/{reference}/editions/2/text?language=ru")
    assert answer.status_code == 200
    assert answer.json["state"] == "ready"
    assert answer.json["previous"] == 1
    found = {one["eid"]: one for one in answer.json["provisions"]}
    point = found["art_2__para_2__point_1"]
    assert (point["wid"], point["parent"]) == ("art_1__para_2__point_1", "art_2__para_2")
    assert (point["place"], point["number"]) == ("Article 2, paragraph 2, point 1", "1")
    assert point["text"] == "к государственным органам;"
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = api.get("drafter", f"/acts/{reference}/editions/2/text", headers=tag)
    assert again.status_code == 304


def test_akoma_ntoso_comes_out_and_reads_back(api, reference):
    answer = api.get("drafter", f"/acts/{reference}/editions/2/akn?language=ru")
    assert (answer.status_code, answer.mimetype) == (200, "application/akn+xml")
    back = read(answer.data, "x.xml")
    assert [one.eid for one in back.body] == ["art_1", "art_2", "art_3"]
    assert [one.wid for one in back.body] == ["art_1+2", "art_1", "art_2"]


def test_what_changed(api, reference):
    answer = api.get("drafter", f"/acts/{reference}/editions/2/compare?with=1&language=ru")
    assert answer.status_code == 200
    assert (answer.json["from"], answer.json["to"], answer.json["same"]) == (1, 2, False)
    assert answer.json["counts"]["added"] == 1
    found = {one["new"]: one["statuses"] for one in answer.json["changes"]}
    assert found == {"art_1": ["added"], "art_2": ["renumbered"], "art_3": ["renumbered"]}
    other = api.get("drafter", f"/acts/{reference}/editions/1/compare?with=2")
    assert other.json == answer.json


def test_long_texts_are_compared_when_asked(api, reference, now, monkeypatch):
    monkeypatch.setattr(comparing, "SHORT", 0)
    path = f"/acts/{reference}/editions/2/compare"
    assert api.get("drafter", f"{path}?with=1").json["state"] == "not_asked"
    asked = api.post("drafter", path, {"with": 1})
    assert (asked.status_code, asked.json["state"]) == (202, "waiting")
    assert api.get("drafter", f"{path}?with=1").json["state"] == "waiting"
    compare_waiting(now=lambda: now + timedelta(days=1))
    assert api.get("drafter", f"{path}?with=1").json["counts"]["added"] == 1


@pytest.mark.parametrize(("path", "status", "expected"), [
    ("3/text", 404, [("no_such_edition", None)]),
    ("1/text?language=en", 404, [("no_such_file", None)]),
    ("1/text?language=fr", 422, [("not_a_choice", "language")]),
    ("1/akn?language=en", 404, [("no_such_file", None)]),
    ("1/compare", 422, [("required", "with")]),
    ("1/compare?with=0", 422, [("out_of_range", "with")]),
    ("1/compare?with=9", 404, [("no_such_file", None)]),
    ("1/compare?with=99999999999999999999", 422, [("out_of_range", "with")]),
])  # fmt: skip
def test_what_is_not_there_is_said(api, reference, path, status, expected):
    answer = api.get("drafter", f"/acts/{reference}/editions/{path}")
    code = {404: "not_found", 422: "invalid"}[status]
    assert codes(problem(answer, status, code)) == expected


def test_a_text_that_cannot_be_read_says_why(api, reference, as_, now):
    upload = keep(uploads(), "scan.pdf", io.BytesIO(b"%PDF-1.7"))
    add_file(reference, upload, language="ru", actor=as_("drafter"), now=now)
    answer = api.get("drafter", f"/acts/{reference}/editions/3/text")
    assert (answer.json["state"], answer.json["problem"]["code"]) == ("unreadable", "text_format")
    missing = api.get("drafter", f"/acts/{reference}/editions/3/akn")
    assert codes(problem(missing, 404, "not_found")) == [("no_text_read", None)]
    assert (
        api.get("drafter", f"/acts/{reference}/editions/3/compare?with=1").json["state"] == "unread"
    )


def test_drafts_of_a_public_act_are_for_those_concerned(api, reference, as_, now):
    for call in ("text", "akn", "compare?with=2"):
        path = f"/acts/{reference}/editions/1/{call}"
        assert api.get("social.secretary", path).status_code == 404
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    for call in ("text", "akn", "compare?with=2"):
        path = f"/acts/{reference}/editions/1/{call}"
        assert api.get("social.secretary", path).status_code == 404
    assert (
        api.post(
            "social.secretary", f"/acts/{reference}/editions/1/compare", {"with": 2}
        ).status_code
        == 404
    )
