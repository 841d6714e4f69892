"""The tab of remarks: the table, one remark, several at once, files; and who sees what."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document

from tests import seen
from tests.circulation.rounds import open_round
from tests.counting import counting
from tests.pages.conftest import both_databases
from tests.remarks.conftest import row_of
from tests.remarks.test_sheets import workbook
from tracker.db import db
from tracker.people.queries import find_person
from tracker.remarks.answering import Answer, Chosen, answer_remarks, confirm_answers
from tracker.remarks.operations import GivenRemark, enter_remark, import_remarks


@pytest.fixture
def act(road):
    return road("commission")


@pytest.fixture
def put(act, as_, now):
    """Enter remarks; returns their ids."""

    def take(*texts, **given):
        values = {"author_body": "parliament_kz", "place": "Статья 1", **given}
        return [
            enter_remark(
                act, GivenRemark(text=text, **values), actor=as_("defence.secretary"), now=now
            )
            for text in texts
        ]

    return take


@pytest.fixture
def settle(act, as_, now):
    def take(*ids, response="accepted", reason="Так лучше"):
        given = [Answer(one, response, reason) for one in ids]
        answer_remarks(act, given, actor=as_("drafter"), now=now)
        chosen = [Chosen(one) for one in ids]
        confirm_answers(act, chosen, actor=as_("defence.secretary"), now=now)

    return take


@both_databases
def test_the_table_says_all_and_is_narrowed_and_grouped(enter, act, put, settle):
    one, two = put("Уточнить понятие", "Дополнить", wording="Новые слова")
    put("Иное", place="ст. 7", kind="treaty", author_body="parliament_by")
    settle(two)
    client = enter("defence.secretary")
    assert client.get(f"/acts/{act}/remarks").status_code == 200
    for said in ("3 remarks", "2 wait for an answer", "1 accepted", "Parliament of Kazakhstan",
                 "Новые слова", "Так лучше", "conflict with a treaty"):  # fmt: skip
        assert said in client.text, said
    assert len(client.last.select("table.remarks tbody tr")) == 3
    for query, found in [
        ("?state=unanswered", 2), ("?state=accepted", 1), ("?author=parliament_by", 1),
        ("?provision=7", 1), ("?kind=treaty", 1), ("?edition=1", 3), ("?assigned=nobody", 3),
        ("?kind=rude&sort=x&group=y&page=0&edition=9&assigned=x", 3), ("?provision=99", 0),
    ]:  # fmt: skip
        assert client.get(f"/acts/{act}/remarks{query}").status_code == 200
        assert len(client.last.select("table.remarks tbody tr")) == found, query
    client.get(f"/acts/{act}/remarks?group=author&sort=author")
    assert [h.get_text(" ", strip=True) for h in client.last.select("tr.remark-group th")] == [
        "Parliament of Belarus 1",
        "Parliament of Kazakhstan 2",
    ]
    assert one


def test_the_table_costs_the_same_however_long_it_is(enter, act, put):
    put("Одно")
    client = enter("defence.secretary")

    def cost():
        with counting() as counted:
            assert client.get(f"/acts/{act}/remarks?group=provision").status_code == 200
        return len(counted)

    once = cost()
    put(*(f"Ещё {number}" for number in range(12)))
    assert cost() == once <= 12


@both_databases
def test_a_remark_is_answered_confirmed_and_re_opened_on_its_page(enter, act, put):
    (one,) = put("Уточнить понятие", wording="Иначе")
    drafter, secretary = enter("drafter"), enter("defence.secretary")
    assert drafter.get(f"/remarks/{one}").status_code == 200
    assert "Иначе" in drafter.text
    answer = drafter.send(
        f"/remarks/{one}/answer", {"response": "partly", "reason": "", "version": "1"}
    )
    assert answer.status_code == 422
    assert "Say why" in drafter.text
    assert drafter.last.select_one("input[value=partly]").has_attr("checked")
    said = {"response": "partly", "reason": "Часть", "version": "1"}
    assert drafter.send(f"/remarks/{one}/answer", said).status_code == 303
    assert drafter.send(f"/remarks/{one}/answer", said).status_code == 409
    assert "has changed since you looked" in drafter.text
    assert drafter.send(f"/remarks/{one}/confirm").status_code == 403
    assert secretary.send(f"/remarks/{one}/confirm", {"version": "2"}).status_code == 303
    secretary.get(f"/remarks/{one}")
    assert "partly accepted" in secretary.text
    assert secretary.send(f"/remarks/{one}/reopen", {"reason": ""}).status_code == 422
    again = secretary.send(f"/remarks/{one}/reopen", {"reason": "Новое письмо", "version": "3"})
    assert again.status_code == 303
    secretary.get(f"/remarks/{one}")
    assert "Earlier answers" in secretary.text
    assert "Новое письмо" in secretary.text


def test_several_are_dealt_with_at_once(enter, act, put):
    one, two, three = put("Одинаково", "Одинаково", "Другое")
    client = enter("defence.secretary")
    url = f"/acts/{act}/remarks/chosen"
    assert client.get(f"{url}?do=answer").status_code == 422
    assert "Choose at least one remark" in client.text
    assert client.get(f"{url}?do=answer&remark={one}:1&remark={three}:1").status_code == 200
    assert [box["value"] for box in client.last.select("form input[name=remark]")] == [
        f"{one}:1",
        f"{three}:1",
    ]
    both = {"remark": [f"{one}:1", f"{three}:1"], "do": "answer"}
    assert client.send(url, {**both, "response": "not_accepted"}).status_code == 422
    assert client.text.count("Say why") == 2  # once above, once beside the field
    back = f"/acts/{act}/remarks?state=unanswered"
    done = client.send(url, {**both, "response": "noted", "back": back})
    assert (done.status_code, done.location) == (303, back)
    assert [row_of(i).response for i in (one, two, three)] == ["noted", None, "noted"]
    assert client.send(url, {**both, "response": "noted"}).status_code == 409
    elsewhere = client.send(url, {"remark": f"{two}:1", "do": "answer", "response": "noted",
                                  "back": "https://example.org/"})  # fmt: skip
    assert elsewhere.location == f"/acts/{act}/remarks"
    drafter = find_person(db.session, "drafter@demo.example.org").id
    assert (
        client.send(url, {"remark": f"{two}:2", "do": "assign", "person": drafter}).status_code
        == 303
    )
    assert row_of(two).assigned_to == drafter
    client.get(f"/acts/{act}/remarks/equal")
    assert "Одинаково" in client.text
    assert client.send(url, {"remark": [f"{one}:2", f"{two}:3"], "do": "merge"}).status_code == 303
    assert client.send(url, {"remark": f"{one}:2", "do": "confirm"}).status_code == 303
    assert client.get(f"/remarks/{two}").status_code == 200
    assert "answered together with" in client.text
    assert client.send(f"/remarks/{two}/unmerge").status_code == 303
    assert client.send(f"{url}", {"remark": "x", "do": "answer"}).status_code == 422
    assert client.get(f"/acts/{act}/remarks/carried").status_code == 200


def test_a_letter_is_entered_and_what_was_typed_is_kept(enter, act):
    client = enter("defence.secretary")
    url = f"/acts/{act}/remarks/enter"
    assert client.get(url).status_code == 200
    given = {
        "author_body": "", "author_name": "", "place": "ст. 3", "kind": "legal", "text": "Слова",
        "edition": "1", "language": "ru",
    }  # fmt: skip
    assert client.send(url, given).status_code == 422
    assert "Слова" in client.last.select_one("textarea[name=text]").get_text()
    done = client.send(url, {**given, "author_body": "parliament_tj"})
    assert done.status_code == 303
    client.get(done.location)
    assert "Parliament of Tajikistan" in client.text
    assert enter("drafter").get(url).status_code == 403


def test_looking_changes_nothing(enter, act, put):
    (one,) = put("Слова")
    client = enter("defence.secretary")
    before = seen.counts()
    for url in (
        f"/acts/{act}/remarks", f"/acts/{act}/remarks/equal", f"/acts/{act}/remarks/carried",
        f"/acts/{act}/remarks/chosen?do=confirm&remark={one}:1", f"/acts/{act}/remarks/import",
        f"/acts/{act}/remarks.csv", f"/remarks/{one}",
    ):  # fmt: skip
        assert client.get(url).status_code == 200, url
    for path in ("answer", "confirm", "reopen", "unmerge"):
        assert client.get(f"/remarks/{one}/{path}").status_code == 405
    assert seen.counts() == before


def test_an_expert_sees_their_own_and_what_became_of_them(enter, act, put, settle, as_, now):
    put("Чужое")
    expert = as_("eab.expert1").person
    mine = [GivenRemark(text=f"Моё {n}", author_person=str(expert)) for n in range(3)]
    import_remarks(act, mine, actor=as_("secretariat"), now=now)
    client = enter("eab.expert1")
    assert client.get(f"/acts/{act}/remarks").status_code == 200
    assert "3 remarks: 3 wait for an answer" in client.text
    assert "Чужое" not in client.text
    assert client.last.select("input[name=remark]") == []
    rows = [row["id"] for row in client.last.select("tr[id]")]
    assert rows == ["remark-2", "remark-3", "remark-4"]
    client.get("/remarks/1")
    assert client.get("/remarks/1").status_code == 404
    assert client.get("/remarks/2").status_code == 200
    assert client.get("/remarks/77").status_code == 404
    assert enter("eab.expert2").get(f"/acts/{act}/remarks").status_code == 404
    drafter = enter("drafter")
    drafter.get(f"/acts/{act}/remarks")
    assert "Expert 1" in drafter.text
    name = find_person(db.session, "eab.expert1@demo.example.org").name("en")
    assert name not in drafter.text
    for form in ("csv", "xlsx", "docx"):
        made = drafter.get(f"/acts/{act}/remarks.{form}").data
        assert name.encode() not in _inside(made)
    secretary = enter("defence.secretary")
    secretary.get(f"/acts/{act}/remarks")
    assert name in secretary.text


def _inside(data):
    if data[:2] != b"PK":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(part) for part in archive.namelist())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_table_is_saved_in_four_forms(enter, act, put, settle, language):
    settle(*put("Уточнить", "=1+1"))
    client = enter("defence.secretary", language)
    starts = {"xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF-", "csv": b"\xef\xbb\xbf"}
    for form, start in starts.items():
        answer = client.get(f"/acts/{act}/remarks.{form}?state=accepted")
        assert answer.status_code == 200
        assert answer.data.startswith(start), form
        assert "attachment" in answer.headers["Content-Disposition"]
    document = Document(io.BytesIO(client.get(f"/acts/{act}/remarks.docx").data))
    section = document.sections[0]
    assert section.page_width > section.page_height
    (table,) = document.tables
    assert len(table.rows) == 3
    title = {"en": "Summary table of comments and proposals"}.get(language)
    assert title is None or document.paragraphs[0].text == title
    assert client.get(f"/acts/{act}/remarks.doc").status_code == 404


def upload(client, act, data, name="a.xlsx", **given):
    values = {"edition": "1", "author_body": "", "file": (io.BytesIO(data), name), **given}
    return client.send(f"/acts/{act}/remarks/import", values, content_type="multipart/form-data")


ROWS = (
    [1, "ст. 1", "Парламент Казахстана", "Уточнить", "", "учтено", "", "x"],
    [2, "", "Ведомство", "", "Новая преамбула", "", "", "x"],
)


@both_databases
def test_a_table_is_looked_at_and_then_taken_in(enter, act):
    client = enter("defence.secretary")
    assert client.get(f"/acts/{act}/remarks/import").status_code == 200
    before = seen.counts()
    assert upload(client, act, workbook(*ROWS)).status_code == 200
    for said in ("2 new remarks on edition 1", "1 answer proposed", "H «Исполнитель»", "Ведомство"):
        assert said in client.text, said
    assert seen.counts() == before
    fields = {
        box["name"]: box["value"] for box in client.last.select("main form input[type=hidden]")
    }
    done = client.send(f"/acts/{act}/remarks/import/take", fields)
    assert done.status_code == 303
    client.get(done.location)
    assert "2 remarks were taken in" in client.text
    assert "Новая преамбула" in client.text
    assert client.send(f"/acts/{act}/remarks/import/take", fields).status_code == 404
    assert enter("drafter").get(f"/acts/{act}/remarks/import").status_code == 403


def test_a_faulty_table_is_told_by_row_and_column_and_not_taken_in(enter, act):
    client = enter("defence.secretary")
    wrong = [1, "ст. 1", "Парламент Казахстана", "Уточнить", "", "подумаем", ""]
    assert upload(client, act, workbook(wrong)).status_code == 422
    assert "Row 2, column F «Позиция/ответ»:" in client.text
    assert client.last.select_one("input[name=kept]") is None
    for data, name, said in [
        (b"", "a.xlsx", "empty"),
        (b"x", "a.xls", "Files of this type"),
        (b"PK", "a.xlsx", "damaged"),
    ]:  # fmt: skip
        assert upload(client, act, data, name).status_code == 422
        assert said in client.text, said
    client.send(f"/acts/{act}/remarks/import", {"edition": "1", "author_body": ""})
    assert "Choose a file" in client.text
    for kept in ("../../x", "", "1-" + "0" * 64 + ".xlsx"):
        answer = client.send(f"/acts/{act}/remarks/import/take", {"kept": kept})
        assert answer.status_code == 404


def test_rows_without_an_author_are_those_of_the_body_chosen(enter, act):
    client = enter("defence.secretary")
    row = [1, "ст. 1", "", "Уточнить", "", "", ""]
    assert upload(client, act, workbook(row), author_body="parliament_am").status_code == 200
    assert "Parliament of Armenia" in client.text


def test_a_table_comes_in_as_the_reply_of_an_addressee(enter, act, as_, now):
    round_id = open_round(act, as_, now)
    client = enter("defence.secretary")
    client.get(f"/acts/{act}/remarks/import")
    choice = client.last.find("option", string="Parliament of Kazakhstan")
    assert choice.parent["label"] == "Reply to the circulation, round 1"
    given = {"author_body": choice["value"], "letter_date": "2026-11-20"}
    data = workbook(*ROWS)
    assert upload(client, act, data, **given).status_code == 422
    assert "Fill in “Reference of the letter”" in client.text
    assert upload(client, act, data, letter_ref="1-17/203", **given).status_code == 200
    for said in ("As the reply of: Parliament of Kazakhstan", "1-17/203", "2 new remarks",
                 "The answers in it are left out"):  # fmt: skip
        assert said in client.text, said
    assert "Ведомство" not in client.text
    fields = {
        box["name"]: box["value"] for box in client.last.select("main form input[type=hidden]")
    }
    done = client.send(f"/acts/{act}/remarks/import/take", fields)
    assert done.location == f"/circulations/{round_id}"
    client.get(done.location)
    addressees = [
        " ".join(li.get_text(" ").split()) for li in client.last.select(".addressees > li")
    ]
    said = next(text for text in addressees if text.startswith("Parliament of Kazakhstan"))
    assert "Letter: 1-17/203, 20 Nov 2026" in said
    assert "2 remarks: 2 wait for an answer" in said
    client.get(f"/acts/{act}/remarks?author=parliament_kz&round=1")
    assert len(client.last.select("table.remarks tbody tr")) == 2


def test_only_who_records_replies_brings_in_a_table_as_one(enter, act, as_, now):
    open_round(act, as_, now)
    client = enter("eab.secretary")
    client.get(f"/acts/{act}/remarks/import")
    assert client.last.select("option[value^=reply]") == []
    assert client.last.select_one("input[name=letter_ref]") is None


def test_what_is_not_in_the_text_is_said_before_a_table_is_taken_in(enter, act):
    client = enter("defence.secretary")
    row = [1, "ст. 99", "Ведомство", "Уточнить", "", "", ""]
    assert upload(client, act, workbook(row)).status_code == 200
    assert "1 provision is not found in the text" in client.text


def test_nothing_of_remarks_is_public(browser, act, put, road):
    (one,) = put("Слова")
    for url in (f"/acts/{act}/remarks", f"/remarks/{one}", f"/acts/{act}/remarks.csv"):
        assert browser.get(url).status_code in (302, 303, 404), url


def test_an_act_without_an_edition_takes_no_remarks(enter, road):
    reference = road("proposed")
    client = enter("secretariat")
    assert client.get(f"/acts/{reference}/remarks").status_code == 200
    assert "There are no remarks yet" in client.text
    assert client.get(f"/acts/{reference}/remarks/enter").status_code == 200
    assert "No edition has been delivered yet" in client.text
