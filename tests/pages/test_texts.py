"""The page of editions: who reads, what comes down, what comes in, what is refused and kept."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import update

from tests import seen
from tests.counting import counting
from tests.road import propose
from tracker.acts.operations import set_visibility
from tracker.db import unit_of_work
from tracker.texts.models import EditionFile


def upload(client, reference, name="draft.txt", content=b"Article 1", **data):
    form = {"language": "ru", "part": "text", "edition": "new", **data}
    if name is not None:
        form["file"] = (io.BytesIO(content), name)
    return client.send(f"/acts/{reference}/text", form, content_type="multipart/form-data")


def test_an_edition_comes_in_with_its_languages_and_parts_newest_first(enter, as_, now):
    reference = propose(as_, now)
    client = enter("drafter")
    assert client.get(f"/acts/{reference}/text").status_code == 200
    assert "No edition has been delivered yet" in client.text
    answer = upload(client, reference)
    assert (answer.status_code, answer.location) == (303, f"/acts/{reference}/text")
    upload(client, reference, name="memo.pdf", content=b"%PDF-1.7", part="memorandum", edition="1")
    upload(client, reference, name="draft.md", language="en", edition="1")
    upload(client, reference)
    client.get(f"/acts/{reference}/text")
    headings = [each.get_text(" ", strip=True) for each in client.last.select(".edition h3")]
    assert [heading for heading in headings if heading.startswith("Edition")] == [
        "Edition 2 current", "Edition 1",
    ]  # fmt: skip
    assert "Explanatory memorandum" in client.text
    assert [choice.get_text(strip=True) for choice in client.last.select("#edition option")] == [
        "Begin edition 3", "Add to edition 2", "Add to edition 1",
    ]  # fmt: skip


def test_the_form_offers_what_the_open_edition_lacks(enter, as_, now):
    reference = propose(as_, now)
    client = enter("drafter")

    def offered():
        client.get(f"/acts/{reference}/text")
        chosen = client.last.select_one("#edition option[selected]")
        boxes = client.last.select("form[enctype] input[checked]")
        return chosen["value"], {box["name"]: box["value"] for box in boxes}

    assert offered() == ("new", {"part": "text", "language": "ru"})
    upload(client, reference)
    assert offered() == ("1", {"part": "text", "language": "en"})
    upload(client, reference, language="en", edition="1")
    assert offered() == ("1", {"part": "memorandum", "language": "ru"})
    for language in ("ru", "en"):
        upload(client, reference, part="memorandum", language=language, edition="1")
    assert offered() == ("new", {"part": "text", "language": "ru"})


def test_a_file_comes_down_to_be_saved_and_is_never_shown_as_a_page_of_ours(enter, as_, now):
    reference = propose(as_, now)
    client = enter("drafter")
    page = b"<script>alert(1)</script>"
    assert upload(client, reference, name="evil.html", content=page).status_code == 303
    client.get(f"/acts/{reference}/text")
    answer = client.get(client.last.select_one("a.file")["href"])
    assert answer.data == page
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename={reference}-edition-1-ru.html"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize(("login", "page", "file"), [
    ("secretariat", 200, 200), ("eab.secretary", 200, 200), ("parliament.kz", 200, 200),
    ("defence.secretary", 404, 404), ("eab.expert1", 404, 404), ("council.ru2", 404, 404),
])  # fmt: skip
def test_who_sees_the_draft_reads_its_texts(enter, road, login, page, file):
    reference = road("eab_review")
    client = enter(login)
    assert client.get(f"/acts/{reference}/text").status_code == page
    assert client.get(f"/acts/{reference}/text/1/ru/text").status_code == file


def test_of_a_public_act_whoever_is_not_concerned_gets_no_drafts(enter, as_, now, road):
    reference = road("commission")
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    client = enter("social.secretary")
    assert client.get(f"/acts/{reference}/text").status_code == 403
    assert client.get(f"/acts/{reference}/text/1/ru/text").status_code == 403


@pytest.mark.parametrize("path", ["1/ru/text", "1/en/text", "1/ru/memorandum", "2/ru/text",
                                  "1/ru/cover", "99999/ru/text"])  # fmt: skip
def test_a_file_that_is_not_there_is_not_found(enter, road, path):
    reference = road("eab_review")
    status = enter("secretariat").get(f"/acts/{reference}/text/{path}").status_code
    assert status == (200 if path == "1/ru/text" else 404)


def test_bytes_that_are_gone_are_not_found(enter, road):
    reference = road("eab_review")
    with unit_of_work() as session:
        session.execute(update(EditionFile).values(sha256="0" * 64))
    assert enter("secretariat").get(f"/acts/{reference}/text/1/ru/text").status_code == 404


@pytest.mark.parametrize(("name", "content", "said"), [
    (None, b"", "Choose a file"),
    ("draft.exe", b"MZ", "Files of this type are not accepted"),
    ("draft.docx", b"MZ\x90", "The content of this file is not what its ending"),
    ("draft.txt", b"", "This file is empty"),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_and_the_choices_stay(
    enter, as_, now, name, content, said
):
    reference = propose(as_, now)
    client = enter("drafter")
    upload(client, reference)
    before = seen.counts()
    answer = upload(client, reference, name, content, language="en", part="memorandum", edition="1")
    assert answer.status_code == 422
    assert said in client.last.select_one(".error-summary").get_text(" ", strip=True)
    assert client.last.select_one(".error-summary a")["href"] == "#file"
    checked = {each["name"]: each["value"] for each in client.last.select("input[checked]")}
    assert checked == {"language": "en", "part": "memorandum"}
    assert client.last.select_one("#edition option[selected]")["value"] == "1"
    assert seen.counts() == before


def test_a_request_that_is_too_large_is_answered_with_a_page(enter, as_, now):
    reference = propose(as_, now)
    client = enter("drafter")
    answer = upload(client, reference, content=b"x" * (51 * 1024 * 1024 + 10))
    assert answer.status_code == 413
    assert "The file is too large" in client.text


def test_a_choice_that_was_not_offered_is_refused(enter, as_, now):
    reference = propose(as_, now)
    client = enter("drafter")
    for wrong in ({"language": "fr"}, {"part": "cover"}, {"edition": "7"}, {"edition": "x"}):
        assert upload(client, reference, **wrong).status_code == 422, wrong
    assert seen.editions(reference) == []


def test_only_whom_the_table_permits_brings_texts_in(enter, road):
    reference = road("drafting")
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}/text")
    assert client.last.select_one("form[enctype]") is None
    assert upload(client, reference).status_code == 403
    assert enter("defence.secretary").get(f"/acts/{reference}/text").status_code == 404


def test_where_no_editions_are_taken_the_page_says_so_and_a_decided_one_stays(enter, road):
    reference = road("commission")
    client = enter("secretariat")
    client.get(f"/acts/{reference}/text")
    assert (
        "Decided on and closed: Approved by the EAB and referred to the commission" in client.text
    )
    assert "No editions are taken while the act stands here" in client.text
    assert client.last.select_one("form[enctype]") is None
    assert upload(client, reference).status_code == 422
    assert "No editions are taken" in client.text


def test_an_upload_needs_the_token_of_its_page(enter, as_, now):
    reference = propose(as_, now)
    answer = enter("drafter").post(f"/acts/{reference}/text", data={"language": "ru"})
    assert answer.status_code == 400


def test_the_page_takes_the_same_few_statements_for_any_number_of_editions(enter, as_, now):
    reference = propose(as_, now)
    client = enter("drafter")
    upload(client, reference)
    page = f"/acts/{reference}/text"
    client.get(page)
    with counting() as few:
        client.get(page)
    for _ in range(3):
        upload(client, reference)
    with counting() as many:
        client.get(page)
    assert len(few) == len(many) <= 8, str(many)
