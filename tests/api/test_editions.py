"""Delivering editions and reading them."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.api.conftest import codes, on_both, problem
from tests.road import bring_to, deliver
from tracker.acts.operations import set_visibility
from tracker.texts.files import path_of

TEXT = "Статья 1".encode()


def upload(api, who, reference, name="draft.txt", content=TEXT, **form):
    form = {"language": "ru", **form}
    sent = {key: value for key, value in form.items() if value is not None}
    if name is not None:
        sent["file"] = (io.BytesIO(content), name)
    return api.post(who, f"/acts/{reference}/editions", data=sent)


def docx() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return kept.getvalue()


@on_both
def test_an_edition_in_two_languages_with_its_memorandum(api, as_, now, tmp_path):
    reference = bring_to("drafting", as_, now, tmp_path)
    first = upload(api, "drafter", reference, "Проект закона.docx", docx(), version="2")
    assert first.status_code == 201, first.text
    assert first.json["id"]
    assert (first.json["act"], first.json["edition"]) == (reference, 1)
    assert upload(api, "drafter", reference, language="en", edition="1").status_code == 201
    both = upload(
        api, "secretariat", reference, "note.md", b"# Why", part="memorandum", edition="1"
    ).json
    assert [(file["language"], file["part"]) for file in both["files"]] == [
        ("ru", "text"), ("en", "text"), ("ru", "memorandum"),
    ]  # fmt: skip
    assert not both["frozen"]
    assert api.get("drafter", f"/acts/{reference}/editions/1").json == both
    listed = api.get("drafter", f"/acts/{reference}/editions").json
    assert (listed["total"], listed["items"]) == (1, [both])
    second = upload(api, "drafter", reference)
    assert second.json["edition"] == 2
    missing = api.get("drafter", f"/acts/{reference}/editions/3")
    assert codes(problem(missing, 404, "not_found")) == [("no_such_edition", None)]


def test_a_file_comes_back_as_it_was(api, as_, now, tmp_path):
    reference = bring_to("drafting", as_, now, tmp_path)
    edition = upload(api, "drafter", reference, "Проект.docx", docx()).json
    url = edition["files"][0]["url"]
    assert url == f"/api/v1/acts/{reference}/editions/1/files/ru"
    file = api.get("eab.secretary", url.removeprefix("/api/v1"))
    assert file.status_code == 200
    assert file.data == docx()
    assert file.mimetype.endswith("wordprocessingml.document")
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    tag = file.headers["ETag"]
    again = api.get("drafter", url.removeprefix("/api/v1"), headers={"If-None-Match": tag})
    assert again.status_code == 304
    for path in ("files/en", "files/ru?part=memorandum", "files/%00"):
        missing = api.get("drafter", f"/acts/{reference}/editions/1/{path}")
        assert codes(problem(missing, 404, "not_found")) == [("no_such_file", None)]
    path_of(tmp_path / "uploads", edition["files"][0]["sha256"]).unlink()
    lost = api.get("drafter", url.removeprefix("/api/v1"))
    assert codes(problem(lost, 404, "not_found")) == [("no_such_file", None)]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"name": None}, [("required", "file")]),
        ({"language": None}, [("required", "language")]),
        ({"language": "fr"}, [("not_a_choice", "language")]),
        ({"part": "cover", "edition": "0"}, [("not_a_number", "edition")]),
        ({"part": "cover"}, [("not_a_choice", "part"), ("edition_without_text", "edition")]),
        ({"part": "memorandum"}, [("edition_without_text", "edition")]),
        ({"edition": "x"}, [("not_a_number", "edition")]),
        ({"edition": "9"}, [("no_such_edition", "edition")]),
        ({"edition": "99999999999999999999"}, [("no_such_edition", "edition")]),
        ({"version": "x"}, [("not_a_number", "version")]),
        ({"colour": "blue"}, [("unknown_field", "colour")]),
        ({"name": "draft.exe"}, [("file_type", "file")]),
        ({"name": "draft"}, [("file_type", "file")]),
        ({"name": "draft.docx", "content": b"MZ\x90\x00 this program"}, [("file_content", "file")]),
        ({"name": "draft.docx", "content": b"PK\x03\x04broken"}, [("file_content", "file")]),
        ({"name": "draft.txt", "content": b"\x7fELF\x02"}, [("file_content", "file")]),
        ({"name": "draft.txt", "content": b""}, [("file_empty", "file")]),
        (
            {"name": "draft.exe", "language": None},
            [("required", "language"), ("file_type", "file")],
        ),
    ],
)
def test_what_is_wrong_with_an_upload_is_named(api, as_, now, tmp_path, form, expected):
    reference = bring_to("drafting", as_, now, tmp_path)
    answer = upload(api, "drafter", reference, **form)
    assert codes(problem(answer, 422, "invalid")) == expected
    assert api.get("drafter", f"/acts/{reference}").json["version"] == 2
    assert api.get("drafter", f"/acts/{reference}/editions").json["total"] == 0


def test_the_order_of_checks(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    wrong = {"name": "draft.exe", "language": "fr", "version": "1"}
    problem(upload(api, None, reference, **wrong), 401, "unauthorized")
    problem(upload(api, "council.am", reference, **wrong), 404, "not_found")
    problem(upload(api, "eab.secretary", reference, **wrong), 403, "forbidden")
    problem(upload(api, "drafter", reference, **wrong), 422, "invalid")
    stale = problem(upload(api, "drafter", reference, version="1"), 409, "stale")
    assert stale["act"]["reference"] == reference
    refused = problem(upload(api, "drafter", reference), 409, "refused")
    assert codes(refused) == [("no_uploads_now", None)]


def test_an_edition_that_was_decided_on_stays(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    api.post("defence.secretary", f"/acts/{reference}/actions/ask_revision",
             {"version": 7, "reason": "Доработать"})  # fmt: skip
    refused = upload(api, "drafter", reference, edition="1")
    assert codes(problem(refused, 409, "refused")) == [("edition_frozen", None)]
    assert upload(api, "drafter", reference).json["edition"] == 2
    shown = api.get("drafter", f"/acts/{reference}/editions").json["items"]
    assert [edition["frozen"] for edition in shown] == [True, False]


def test_the_public_reads_what_was_adopted(api, as_, now, tmp_path):
    draft = bring_to("commission", as_, now, tmp_path)
    adopted = bring_to("adopted", as_, now, tmp_path / "uploads")
    for reference in (draft, adopted):
        set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    assert api.get("social.chair", f"/acts/{draft}/editions").json["items"] == []
    problem(api.get("social.chair", f"/acts/{draft}/editions/1"), 404, "not_found")
    problem(api.get("social.chair", f"/acts/{draft}/editions/1/files/ru"), 404, "not_found")
    shown = api.get("social.chair", f"/acts/{adopted}/editions").json["items"]
    assert [edition["edition"] for edition in shown] == [1]
    assert api.get("social.chair", f"/acts/{adopted}/editions/1/files/ru").status_code == 200


def test_a_draft_carries_over_to_the_act_that_continues_it(api, as_, now, tmp_path):
    first = bring_to("drafting", as_, now, tmp_path)
    deliver(first, as_, now, tmp_path / "uploads")
    api.post("secretariat", f"/acts/{first}/actions/withdraw", {"version": 3, "reason": "Письмо"})
    second = api.post(
        "secretariat",
        "/acts",
        {"kind": "model_law", "titles": {"ru": "Снова"}, "initiator": "parliament_kz",
         "continues": first},
    ).json  # fmt: skip
    assert api.get("drafter", f"/acts/{second['reference']}/editions").json["total"] == 1
    assert api.get("drafter", f"/acts/{second['reference']}/editions/1/files/ru").status_code == 200
