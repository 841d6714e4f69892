"""Tables as files: what is read, what is refused, and what goes out comes back the same."""

import csv
import io
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from tests import seen
from tracker.db import db
from tracker.errors import Invalid
from tracker.i18n import speaking
from tracker.remarks import sheet
from tracker.remarks.answering import Answer, Chosen, answer_remarks, confirm_answers
from tracker.remarks.columns import body_of, column_of, kind_of, response_of
from tracker.remarks.operations import import_remarks
from tracker.remarks.sheet import read_sheet, write_csv, write_xlsx
from tracker.remarks.taking import Whose, plan_of

HEADER = [
    "№ п/п", "Структурная единица", "Автор", "Редакция/замечание", "Предлагаемая редакция",
    "Позиция/ответ", "Обоснование", "Исполнитель",
]  # fmt: skip
ROW = [
    1,
    "ст. 1, п. 2",
    "Парламент Казахстана",
    "Уточнить",
    "Иначе",
    "не учтено",
    "Вне предмета",
    "–",
]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def workbook(*rows, header=HEADER):
    book = Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fault_of(data, name="a.xlsx"):
    with pytest.raises(Invalid) as error:
        read_sheet(data, name)
    assert {refusal.field for refusal in error.value.refusals} == {"file"}
    return error.value.refusals[0].code


def test_a_table_in_the_usual_form_is_read(app):
    read = read_sheet(workbook(["Сводная таблица"], HEADER, ROW, header=[]), "Таблица.XLSX")
    assert read.unknown == ["H «Исполнитель»"]
    assert read.titles["response"] == "F «Позиция/ответ»"
    (row,) = read.rows
    assert row.number == 4
    assert row.values == {
        "n": "1",
        "place": "ст. 1, п. 2",
        "author": "Парламент Казахстана",
        "text": "Уточнить",
        "wording": "Иначе",
        "response": "не учтено",
        "reason": "Вне предмета",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_is_read_in_the_usual_encodings(app, encoding, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [HEADER, [*ROW[:3], "Уточнить\nи дополнить", *ROW[4:]]]
    )
    read = read_sheet(out.getvalue().replace("№", "N").encode(encoding), "a.csv")
    assert read.rows[0].values["text"].split() == ["Уточнить", "и", "дополнить"]
    assert read.rows[0].values["author"] == "Парламент Казахстана"


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("№ п/п", "n"), ("Статья", "place"), ("Provision", "place"), ("АВТОР", "author"),
        ("Замечания и предложения", "text"), ("Comments", "text"), ("Proposed wording", "wording"),
        ("Позиция (ответ)", "response"), ("Answer", "response"), ("Обоснование:", "reason"),
        ("Reason", "reason"), ("Исполнитель", None), ("", None),
    ],
)  # fmt: skip
def test_columns_are_known_in_both_languages(app, name, column):
    for language in ("ru", "en"):
        with speaking(language):
            assert column_of(name) == column


def test_what_stands_in_columns_is_known_in_both_languages(app):
    assert response_of("Учтено частично") == response_of("partly accepted") == "partly"
    assert response_of("Не учтено.") == response_of("Not accepted") == "not_accepted"
    assert response_of("подумаем") is None
    assert kind_of("Редакционное") == kind_of("editorial") == "editorial"
    assert body_of("парламент КАЗАХСТАНА") == body_of("Parliament of Kazakhstan") == "parliament_kz"
    assert body_of("Ведомство") is None


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (61 * 1024 * 1024))
    return out.getvalue()


def replaced(data, name, old, new):
    """A workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            target.writestr(part, content.replace(old, new) if part == name else content)
    return out.getvalue()


def with_macros(data):
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return out.getvalue()


def test_bad_files_are_refused_with_a_reason(app):
    good = workbook(ROW)
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    for data, code in [
        (b"", "file_empty"),
        (b"x" * (sheet.MAX_BYTES + 1), "file_too_large"),
        (b"PK\x03\x04 nonsense", "text_broken"),
        (good[: len(good) // 2], "text_broken"),
        (bomb(), "text_bomb"),
        (with_macros(good), "sheet_macros"),
        (replaced(good, "xl/worksheets/sheet1.xml", b"<worksheet", entities), "text_broken"),
        (workbook(["Привет"], header=["Да"]), "sheet_without_header"),
        (workbook(["ст. 1", "Автор"], header=["Статья", "Автор"]), "sheet_without_header"),
        (workbook(), "no_remarks_in_file"),
        (workbook([5, "", "", "", ""]), "no_remarks_in_file"),
    ]:
        assert fault_of(data) == code, code
    for name in ("a.xls", "a.xlsm", "a", "a.docx"):
        assert fault_of(good, name) == "file_type"
    assert fault_of(b"a,b\n1,2", "a.csv") == "sheet_without_header"
    assert fault_of(b"\x00\x01\x02" * 50, "a.csv") == "text_binary"
    assert fault_of(('a;"' + "x" * 200_000).encode(), "a.csv") == "text_broken"


def test_more_rows_than_are_taken_are_refused_in_a_moment(app):
    rows = [[n, "ст. 1", "Автор", "Слова"] for n in range(sheet.MAX_ROWS + 1)]
    data = workbook(*rows)
    begun = time.monotonic()
    assert fault_of(data) == "too_many_remarks"
    far = replaced(workbook(ROW), "xl/worksheets/sheet1.xml", b'r="2"', b'r="1048576"')
    fault_of(far)
    assert time.monotonic() - begun < 20


def test_a_formula_is_named_and_never_computed(act, app):
    data = workbook(["=1+1", "ст. 1", "Ведомство", '=HYPERLINK("http://x")', "", "", ""])
    read = read_sheet(data, "a.xlsx")
    plan = plan_of(db.session, seen.act_of(act).id, read, Whose())
    assert [(f.row, f.column, f.refusal.code) for f in plan.faults] == [
        (2, "D «Редакция/замечание»", "sheet_formula")
    ]


DANGEROUS = ['=cmd|"/c calc"!A1', "+1", "-1", "@SUM(A1)", "\t=1", "Обычное"]


def test_what_goes_out_is_no_formula_and_comes_back(app):
    lines = [
        {"n": str(n), "author": "Ведомство", "text": words} for n, words in enumerate(DANGEROUS)
    ]
    made = write_xlsx("MA-2026-001/[*]", lines)
    cells = [row[4] for row in load_workbook(io.BytesIO(made)).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value.strip() for cell in cells] == [words.strip() for words in DANGEROUS]
    assert cells[0].quotePrefix
    assert not cells[-1].quotePrefix
    text = write_csv(lines).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    for data, name in ((made, "a.xlsx"), (write_csv(lines), "a.csv")):
        back = [row.values["text"] for row in read_sheet(data, name).rows]
        assert [words.strip() for words in back] == [words.strip() for words in DANGEROUS]


def test_faults_name_row_and_column(act, app):
    rows = [
        [1, "ст. 1", "Ведомство", "Слова", "", "подумаем", ""],
        [2, "ст. 1", "", "Слова", "", "", ""],
        [3, "ст. 1", "Ведомство", "Слова", "", "не учтено", ""],
        [4, "ст. 1", "Ведомство", "", "", "учтено", ""],
    ]
    plan = plan_of(db.session, seen.act_of(act).id, read_sheet(workbook(*rows), "a.xlsx"), Whose())
    assert [(f.row, f.column[0], f.refusal.code) for f in plan.faults] == [
        (2, "F", "sheet_response"),
        (3, "C", "remark_without_author"),
        (4, "G", "reason_for_refusing"),
        (5, "D", "remark_without_words"),
    ]


def test_a_saved_table_is_filled_in_and_brought_back(act, enter, as_, now):
    one, two, three = enter("Первое"), enter("Второе", wording="Иначе"), enter("Третье")
    answer_remarks(act, [Answer(three, "accepted")], actor=as_("drafter"), now=now)
    confirm_answers(act, [Chosen(three)], actor=as_("defence.secretary"), now=now)
    lines = [
        {"n": "1", "text": "Первое", "response": "учтено", "author": "x"},
        {"n": "2", "text": "Второе", "wording": "иначе", "author": "x"},
        {"n": "3", "text": "Третье", "response": "учтено", "author": "x"},
        {
            "n": "1",
            "text": "Новое",
            "author": "Парламент Беларуси",
            "kind": "правовое",
            "place": "Весь проект",
        },
    ]
    read = read_sheet(write_xlsx("Таблица", lines), "a.xlsx")
    plan = plan_of(db.session, seen.act_of(act).id, read, Whose())
    assert plan.faults == []
    assert (plan.new[0].place, plan.new[0].author_body) == ("", "parliament_by")
    assert (len(plan.new), [a.remark for a in plan.answers], plan.same) == (1, [one], 2)
    count = import_remarks(act, plan.new, plan.answers, actor=as_("secretariat"), now=now)
    assert count == 1
    lines[2]["response"] = "не учтено"
    lines[2]["reason"] = "Передумали"
    read = read_sheet(write_xlsx("Таблица", lines[2:3]), "a.xlsx")
    plan = plan_of(db.session, seen.act_of(act).id, read, Whose())
    assert [f.refusal.code for f in plan.faults] == ["answer_is_confirmed"]
    assert two
