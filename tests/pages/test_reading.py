"""Reading and comparing texts: who may, what is found, what waits, what the public sees."""

from __future__ import annotations

import io

import pytest

from tests import seen
from tests.counting import counting
from tests.road import propose
from tests.structure.files import docx
from tests.texts.test_structures import FIRST, SECOND
from tracker.acts.operations import advance, set_visibility
from tracker.db import db
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.sittings.operations import give_position
from tracker.texts import comparing, readings
from tracker.texts.comparing import compare_waiting, prepare
from tracker.texts.files import keep, uploads
from tracker.texts.importing import read_waiting
from tracker.texts.models import TextSeen
from tracker.texts.operations import add_file

ENGLISH = """Article 1. Scope

1. This Law governs relations in the protection of forests and reserves.

Article 2. Terms

A forest is all trees that grow on one piece of land.
"""


@pytest.fixture
def add(as_, now):
    def take(reference, text, name="draft.txt", language="ru", who="secretariat", **given):
        data = text if isinstance(text, bytes) else text.encode()
        upload = keep(uploads(), name, io.BytesIO(data))
        return add_file(reference, upload, language=language, actor=as_(who), now=now, **given)

    return take


@pytest.fixture
def reference(as_, now, add):
    """An act with two editions, the first in two languages."""
    made = propose(as_, now)
    add(made, FIRST)
    add(made, ENGLISH, language="en", edition=1)
    add(made, SECOND)
    return made


def test_the_text_is_read_with_contents_and_an_anchor_for_every_provision(enter, reference):
    client = enter("drafter")
    client.get(f"/acts/{reference}/text")
    link = next(a for a in client.last.select(".text-states a") if "Read the text" in a.get_text())
    answer = client.get(link["href"])
    assert answer.status_code == 200
    ids = {one["id"] for one in client.last.select(".text section[id]")}
    assert {"art_1", "art_2", "art_2__para_2__point_1"} <= ids
    links = {a["href"] for a in client.last.select(".text-contents a")}
    assert links == {"#art_1", "#art_2", "#art_3"}
    assert "Compare with edition 1" in client.text


def test_the_authentic_text_is_listed_first(enter, reference):
    client = enter("drafter")
    client.get(f"/acts/{reference}/text")
    for links in (".text-states a.with-icon span[lang]", "a.file span[lang]"):
        section = client.last.select("section.edition")[-1]
        assert [each["lang"] for each in section.select(links)] == ["ru", "en"], links


def test_the_language_of_the_page_comes_first(enter, reference):
    client = enter("drafter")
    assert client.get(f"/acts/{reference}/text/1").location.endswith("/text/1/en")
    assert client.get(f"/acts/{reference}/text/2").location.endswith("/text/2/ru")
    assert client.get(f"/acts/{reference}/text/9").status_code == 404
    assert client.get(f"/acts/{reference}/text/2/en").status_code == 404


def test_a_remark_on_an_earlier_edition_stands_beside_its_provision_where_it_went(
    enter, reference, as_, now
):
    def remark(text, **given):
        values = {"author_name": "Ведомство", **given}
        enter_remark(
            reference,
            GivenRemark(text=text, **values),
            edition=1,
            actor=as_("secretariat"),
            now=now,
        )

    remark("Термин не определён.", place="Статья 2")
    remark("Ко всему проекту.")
    client = enter("drafter")
    client.get(f"/acts/{reference}/text/1/ru")
    assert "made on edition" not in client.text
    assert "Термин" in client.last.select_one("#art_2 > .margin").get_text()
    client.get(f"/acts/{reference}/text/2/ru")
    beside = client.last.select_one("#art_3 > .margin").get_text(" ", strip=True)
    assert "Термин не определён." in beside
    assert "not answered yet" in beside
    assert "made on edition 1" in beside
    assert len(client.last.select(".margin")) == 1


def test_words_are_found_whatever_their_case_and_marked(enter, reference):
    client = enter("drafter")
    client.get(f"/acts/{reference}/text/1/ru", query_string={"q": "ЛЕСОВ  и"})
    assert "Found in 1 provision" in client.text
    hit = client.last.select_one(".hits a")
    assert (hit.get_text(), hit["href"]) == ("Article 1, paragraph 1", "#art_1__para_1")
    assert client.last.select_one(".text-column mark").get_text() == "лесов и"
    client.get(f"/acts/{reference}/text/1/ru", query_string={"q": "<script>"})
    assert "Found in 0 provisions" in client.text
    assert client.last.select_one("main script") is None


def test_two_languages_stand_beside_each_other_and_what_lacks_is_said(enter, reference):
    client = enter("drafter")
    for address in ("1/en?beside=ru", "1/ru?beside=en"):
        client.get(f"/acts/{reference}/text/{address}")
        heads = [one.get_text() for one in client.last.select(".two-tongues th")]
        assert heads == ["Русский", "English"]
        assert "3 provisions are missing in the translation" in client.text
        assert "Missing in the translation: Article 1, paragraph 2" in client.text


def test_what_changed_since_one_last_read_is_one_step_away(enter, as_, now, reference, add):
    client = enter("drafter")
    client.get(f"/acts/{reference}/text/1/ru")
    assert client.last.select_one(".since") is None
    client.get(f"/acts/{reference}/text/2/ru")
    assert "You read edition 1 before" in client.text
    client.get(f"/acts/{reference}/text/2/ru")
    assert "You read edition 1 before" in client.text
    assert client.get(client.last.select_one(".since a")["href"]).status_code == 200
    add(reference, FIRST)
    client.get(f"/acts/{reference}/text/3/ru")
    assert "You read edition 2 before" in client.text
    client.get(f"/acts/{reference}/text/1/ru")
    assert [(row.n, row.before_n) for row in seen.of_act(TextSeen, reference)] == [(3, 2)]


def test_a_comparison_names_what_became_of_each_provision(enter, reference):
    client = enter("drafter")
    client.get(f"/acts/{reference}/text/compare")
    counts = {
        one.select_one("dt").get_text(): one.select_one("dd").get_text()
        for one in client.last.select(".counts div")
    }
    assert counts["Provisions added"] == "1"
    assert counts["Provisions renumbered"] == "2"
    assert client.last.select_one("#art_1 .redline-status").get_text() == "added"
    assert client.last.select_one("#art_2 .redline-status").get_text() == "renumbered"
    client.get(f"/acts/{reference}/text/compare?old=2&new=1&language=ru&view=side&whole=1")
    assert len(client.last.select(".redline-side tbody tr")) == 7
    answer = client.get(f"/acts/{reference}/text/compare.pdf?old=1&new=2&language=ru")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


@pytest.mark.parametrize("asked", [
    "old=x&new=2", "old=1&new=7", "old=1&new=2&language=en", "old=2",
    "old=0&new=0", "old=99999999999&new=1", "language=fr",
])  # fmt: skip
def test_a_comparison_that_cannot_be_is_answered_with_words(enter, reference, asked):
    client = enter("drafter")
    assert client.get(f"/acts/{reference}/text/compare?{asked}").status_code == 200
    assert client.get(f"/acts/{reference}/text/compare.pdf?{asked}").status_code == 404


def test_a_long_comparison_is_made_by_the_worker(enter, reference, now, monkeypatch):
    monkeypatch.setattr(comparing, "SHORT", 0)
    client = enter("drafter")
    page = f"/acts/{reference}/text/compare?old=1&new=2&language=ru"
    client.get(page)
    assert "These are long texts" in client.text
    before = seen.counts()
    client.get(page)
    assert seen.counts() == before
    form = {"old": "1", "new": "2", "language": "ru"}
    answer = client.send(f"/acts/{reference}/text/compare", form)
    assert answer.status_code == 303
    answer = client.get(answer.location)
    assert "The comparison is being made" in client.text
    assert answer.headers["Refresh"] == "3"
    assert compare_waiting(now=lambda: now) == 1
    answer = client.get(page)
    assert "Refresh" not in answer.headers
    assert client.last.select_one("#art_1 .redline-status").get_text() == "added"
    client.get(f"{page}&whole=1")
    assert "Настоящий Закон регулирует" in client.text
    assert client.get(page.replace("compare?", "compare.pdf?")).data.startswith(b"%PDF-")


def test_the_usual_comparison_of_a_long_text_is_made_beforehand(enter, as_, now, add, monkeypatch):
    monkeypatch.setattr(comparing, "SHORT", 0)
    monkeypatch.setattr(readings, "SMALL_BYTES", 0)
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, SECOND)
    client = enter("drafter")
    answer = client.get(f"/acts/{reference}/text/2/ru")
    assert "The text is being read" in client.text
    assert answer.headers["Refresh"] == "5"
    assert read_waiting(now=lambda: now, then=prepare) == 2
    assert compare_waiting(now=lambda: now) == 1
    client.get(f"/acts/{reference}/text/compare")
    assert client.last.select_one(".redline-inline") is not None


def test_a_broken_comparison_is_said_and_can_be_asked_again(enter, reference, now, monkeypatch):
    monkeypatch.setattr(comparing, "SHORT", 0)
    client = enter("drafter")
    form = {"old": "1", "new": "2", "language": "ru"}
    client.send(f"/acts/{reference}/text/compare", form)
    with monkeypatch.context() as broken:
        broken.setattr(comparing, "redline", None)
        compare_waiting(now=lambda: now)
    client.get(f"/acts/{reference}/text/compare?old=1&new=2&language=ru")
    assert "could not be made" in client.text
    client.send(f"/acts/{reference}/text/compare", form)
    assert compare_waiting(now=lambda: now) == 1


def test_the_match_is_shown_and_corrected_by_who_may_bring_editions(enter, reference):
    page = f"/acts/{reference}/text/2/ru/match"
    client = enter("drafter")
    client.get(page)
    assert "Article 2 Сфера применения Article 1" in client.text.replace("was ", "")
    form = {"old": "art_2", "new": "art_1", "said": "same"}
    assert client.send(page, form).status_code == 303
    client.get(page)
    assert "said by a person" in client.text
    entry = seen.timeline(reference)[-1]
    assert (entry.action, entry.data["old"], entry.data["new"]) == (
        "correct_match",
        "art_2",
        "art_1",
    )
    assert client.send(page, {**form, "old": "nowhere"}).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == "#old"
    assert client.send(page, {**form, "said": "apart"}).status_code == 303
    client.get(page)
    assert "said by a person" not in client.text
    reader = enter("eab.secretary")
    assert reader.get(page).status_code == 200
    assert reader.last.select_one("form[action$=match]") is None
    assert reader.send(page, form).status_code == 403
    assert client.get(f"/acts/{reference}/text/1/ru/match").status_code == 404


def test_remarks_stand_in_the_margin_of_their_provision(enter, as_, now, reference):
    for place in ("Статья 1, часть 2", ""):
        enter_remark(
            reference,
            GivenRemark(text="Уточнить круг лиц", author_body="parliament_kz", place=place),
            edition=1,
            actor=as_("secretariat"),
            now=now,
        )
    client = enter("secretariat")
    client.get(f"/acts/{reference}/text/1/ru")
    aside = client.last.select_one("#art_1__para_2 > aside")
    assert "not answered yet" in aside.get_text(" ", strip=True)
    assert "Уточнить круг лиц" in aside.get_text(" ", strip=True)
    assert client.get(aside.select_one("a")["href"]).status_code == 200
    client.get(f"/acts/{reference}/text/1/ru")
    assert "Уточнить" in client.last.select_one(".on-whole").get_text()
    client.get(f"/acts/{reference}/text/2/ru")
    assert client.last.select_one(".on-whole") is None


def test_a_file_that_cannot_be_read_says_why_and_comes_down(enter, as_, now, add):
    reference = propose(as_, now)
    add(reference, b"%PDF-1.7", "scan.pdf")
    client = enter("drafter")
    client.get(f"/acts/{reference}/text")
    assert "The text cannot be read from .pdf" in client.text
    client.get(f"/acts/{reference}/text/1/ru")
    assert "The text cannot be read from .pdf" in client.text
    assert client.get(f"/acts/{reference}/text/1/ru/text").data == b"%PDF-1.7"
    assert client.get(f"/acts/{reference}/text/1/ru/akoma-ntoso").status_code == 404


TRACKED = docx(
    '<w:p><w:r><w:t>Статья 1. Проба</w:t></w:r></w:p><w:p><w:r><w:t xml:space="preserve">Это </w:t>'
    '</w:r><w:ins w:id="1" w:author="Иванов Иван" w:date="2026-01-02T00:00:00Z"><w:r><w:t>новое'
    "</w:t></w:r></w:ins></w:p>"
)


def test_revision_marks_are_reported_inside_and_their_authors_never_in_public(
    enter, browser, road, as_, now, add
):
    reference = road("drafting")
    add(reference, TRACKED, "draft.docx")
    client = enter("drafter")
    client.get(f"/acts/{reference}/text/1/ru")
    assert "Иванов Иван" in client.text
    step = lambda name, who, **data: advance(  # noqa: E731
        reference, name, actor=as_(who), now=now, data=data
    )
    step("submit_to_eab", "secretariat")
    from tests.road import opinion

    opinion(reference, as_, now)
    step("refer_to_commission", "eab.secretary", lead_body="defence")
    step("approve_in_commission", "defence.secretary")
    give_position(reference, "yes", actor=as_("council.kz"), now=now)
    step("include_in_agenda", "secretariat", session=18)
    public = f"/public/{reference}/text/1/ru"
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    assert browser.get(public).status_code == 404
    step("adopt", "secretariat", session=18, serial="4.1")
    browser.get(f"/public/{reference}")
    link = next(a for a in browser.last.select("a") if "/text/1/ru" in a["href"])
    answer = browser.get(link["href"])
    assert answer.status_code == 200
    assert "Это новое" in browser.text
    assert "Иванов" not in answer.text
    made = browser.get(f"{public}/akoma-ntoso")
    assert made.mimetype == "application/akn+xml"
    assert "Иванов" not in made.text
    assert 'value="/akn/csto-pa/act/model-law/' in made.text


@pytest.mark.parametrize(("login", "status"), [
    ("secretariat", 200), ("eab.secretary", 200), ("defence.secretary", 404), ("council.ru2", 404),
])  # fmt: skip
@pytest.mark.parametrize("page", ["1/ru", "1/ru/akoma-ntoso", "compare", "2/ru/match"])
def test_who_sees_the_draft_reads_its_text(enter, reference, login, status, page):
    assert enter(login).get(f"/acts/{reference}/text/{page}").status_code == status


def test_the_pages_take_the_same_few_statements_for_any_number_of_editions(enter, reference, add):
    client = enter("drafter")
    pages = {"2/ru": 18, "compare?old=1&new=2&language=ru": 10, "2/ru/match": 8}
    few = {}
    client.get(f"/acts/{reference}/text/2/ru")
    for page, most in pages.items():
        with counting() as counted:
            client.get(f"/acts/{reference}/text/{page}")
        few[page] = len(counted)
        assert len(counted) <= most, str(counted)
    for _ in range(3):
        add(reference, SECOND)
    for page in pages:
        with counting() as counted:
            client.get(f"/acts/{reference}/text/{page}")
        assert len(counted) == few[page], str(counted)
    db.session.remove()
