"""Files that are broken, hostile, or not what they say: a clear answer, and little memory."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from html import escape
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.structure.files import docx, p, part, texts
from tests.structure.shared import TEXTS, needs_shared
from tracker.errors import Invalid
from tracker.refusals import TEXTS as WORDS
from tracker.structure.limits import MAX_PARAGRAPH, MAX_TAGS
from tracker.structure.model import articles, block_text
from tracker.structure.reading import FORMATS, read

MEGABYTE = 1 << 20
LAW = "Статья 1. Общие положения\n\nНастоящий Закон определяет порядок.\n"
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
)


def _refusal(data: bytes, name: str) -> str:
    with pytest.raises(Invalid) as refused:
        read(data, name)
    (refusal,) = refused.value.refusals
    assert refusal.field == "file"
    assert refusal.code in WORDS
    return refusal.code


def test_every_refusal_has_words() -> None:
    assert _refusal(b"x", "law.odt") == "text_format"
    assert _refusal(b"", "law.txt") == "file_empty"
    assert _refusal(b" \r\n\t", "law.md") == "file_empty"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"this is not docx", "law.docx", "text_broken"),
        (b"PK\x03\x04broken", "law.docx", "text_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "law.docx", "text_other_format"),
        (b"{\\rtf1 text}", "law.docx", "text_other_format"),
        (b"%PDF-1.7 ...", "law.docx", "text_other_format"),
        (b"%PDF-1.7 ...", "law.txt", "text_other_format"),
        (b"{\\rtf1 text}", "law.html", "text_other_format"),
        (docx(p("Статья 1. Имя")), "law.txt", "text_other_format"),
        (b"abc\0\0def" * 40, "law.txt", "text_binary"),
        (b"<html></html>", "law.html", "text_missing"),
        (b"<akomaNtoso", "law.xml", "text_broken"),
        (b"<a/>", "law.xml", "text_not_akn"),
    ],
)
def test_what_is_not_what_it_says(data: bytes, name: str, code: str) -> None:
    assert _refusal(data, name) == code


def test_a_file_with_macros_is_refused() -> None:
    assert _refusal(docx(p("Текст"), {"word/vbaProject.bin": b"x"}), "law.docx") == "text_macros"
    types = "<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled.main'/>"
    made = docx(p("Текст"), {"[Content_Types].xml": types + "</Types>"})
    assert _refusal(made, "law.docx") == "text_macros"


def test_entities_are_refused_and_nothing_is_read_from_the_machine() -> None:
    document = part("document", f"<w:body>{p('&f;')}</w:body>")
    hostile = document.replace("?>", f"?>{BOMB}", 1)
    assert _refusal(docx("", {"word/document.xml": hostile}), "law.docx") == "text_doctype"
    styles = part("styles", "").replace("?>", f"?>{BOMB}", 1)
    assert _refusal(docx(p("Текст"), {"word/styles.xml": styles}), "law.docx") == "text_doctype"
    akn = '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"/>'
    assert _refusal((BOMB + akn).encode(), "law.xml") == "text_doctype"
    wide = ('<?xml version="1.0" encoding="utf-16"?>' + BOMB + akn).encode("utf-16")
    assert _refusal(wide, "law.xml") == "text_doctype"
    page = read(f"{BOMB}<p>Статья 1. Имя</p><p>&f;Текст&b;.</p>".encode(), "law.html")
    assert "root:" not in str(page)
    assert "aaaa" not in str(page)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert _refusal(docx(p(" " * (8 * MEGABYTE))), "law.docx") == "text_bomb"
    many = docx(p("Текст"), {f"word/media/{n}.png": b"" for n in range(5001)})
    assert _refusal(many, "law.docx") == "text_archive"


def test_deep_nesting_is_refused() -> None:
    table = p("x")
    for _ in range(60):
        table = f"<w:tbl><w:tr><w:tc>{table}</w:tc><w:tc/></w:tr></w:tbl>"
    assert _refusal(docx(table), "law.docx") == "text_too_deep"
    page = "<div>" * 5000 + "text"
    assert _refusal(page.encode(), "law.html") in ("text_too_deep", "text_broken")
    akn = "<section>" * 60 + "<content><p>x</p></content>" + "</section>" * 60
    named = f'<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><body>{akn}'
    assert _refusal(f"{named}</body></act></akomaNtoso>".encode(), "law.xml") == "text_too_deep"


def test_too_many_elements_and_too_long_a_paragraph_are_refused() -> None:
    assert _refusal(b"<b>a" * (MAX_TAGS + 1), "law.html") == "text_too_large_inside"
    long = ("слово " * (MAX_PARAGRAPH // 4)).encode()
    assert _refusal(long, "law.txt") == "text_paragraph_too_long"
    assert _refusal(b"<p>" + long, "law.html") == "text_paragraph_too_long"


_LIMITED = """
from pathlib import Path
from tests.structure.test_bad_input import {make}
from tracker.structure.reading import read
data, name = {make}()
try:
    read(data, name)
except Exception as error:
    print(error)
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""
"""The most this program had. `getrusage` would count what the process that started it had, too."""


def docx_of_300_megabytes() -> tuple[bytes, str]:
    """A paragraph of 300 MB."""
    made = BytesIO()
    start, end = part("document", "<w:body><w:p><w:r><w:t>|</w:t></w:r></w:p></w:body>").split("|")
    block = b"a" * MEGABYTE
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as out:
            out.write(start.encode())
            for _ in range(300):
                out.write(block)
            out.write(end.encode())
    return made.getvalue(), "law.docx"


def text_of_300_megabytes() -> tuple[bytes, str]:
    return b"a" * (300 * MEGABYTE), "law.txt"


def page_of_many_paragraphs() -> tuple[bytes, str]:
    return b"<p><b>a</b>b<i>c</i></p>" * (MAX_TAGS // 12), "law.html"


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        ("docx_of_300_megabytes", ("text_too_large_inside",)),
        ("text_of_300_megabytes", ("file_too_large",)),
        ("page_of_many_paragraphs", ()),
    ],
)
def test_memory_stays_under_500_megabytes(make: str, answer: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED.format(make=make)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    *said, memory = done.stdout.split()
    assert all(word in answer for word in said)
    assert bool(said) == bool(answer)
    assert int(memory) < 500


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8_r", "cp866", "iso8859_5"],
)
def test_cyrillic_in_every_encoding(encoding: str) -> None:
    law = read((LAW * 3).encode(encoding), "law.txt")
    assert articles(law)[0].title == "Общие положения"
    odd = [one.code for one in law.oddities if one.code.startswith("encoding")]
    assert odd == ([] if encoding.startswith("utf") else ["encoding_guessed"])


def test_a_wrong_declaration_is_noticed() -> None:
    page = '<meta charset="utf-8"><p>Статья 1. Общие положения</p><p>Текст закона о границе.</p>'
    law = read(page.encode("cp1251"), "law.html")
    assert articles(law)[0].title == "Общие положения"
    assert [(one.code, one.params["used"]) for one in law.oddities] == [
        ("encoding_declared", "cp1251")
    ]


def test_text_that_was_decoded_wrongly_once_is_repaired() -> None:
    twice = (LAW * 3).encode().decode("cp1251").encode()
    law = read(twice, "law.txt")
    assert articles(law)[0].title == "Общие положения"
    assert "encoding_twice" in [one.code for one in law.oddities]


def test_a_few_damaged_bytes_are_listed() -> None:
    data = (LAW * 20).encode()
    law = read(data[:200] + b"\xff" + data[200:], "law.txt")
    assert "encoding_damaged" in [one.code for one in law.oddities]


def test_marks_of_direction_and_invisible_signs_go_and_are_listed() -> None:
    law = read("Статья 1. И\u00adмя\n\n\u202eТе\u200bкст\u202c \x07закона.\n".encode(), "law.txt")
    assert articles(law)[0].title == "Имя"
    assert texts(articles(law)[0]) == ["Текст закона."]
    assert [(one.code, one.place) for one in law.oddities] == [
        ("direction_marks", "3"),
        ("control_marks", "3"),
    ]


@needs_shared
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("broken_not_a_zip.docx", "text_broken"),
        ("empty_text_with_attachment.docx", "text_missing"),
        ("ru_scan_only.docx", "text_scan"),
    ],
)
def test_the_awkward_files_get_a_clear_answer(name: str, code: str) -> None:
    assert _refusal((TEXTS / "awkward" / name).read_bytes(), name) == code


@needs_shared
def test_a_bill_that_was_deleted_by_tracked_changes() -> None:
    path = TEXTS / "awkward" / "en_scottish_bill_deleted_tracked.docx"
    bill = read(path.read_bytes(), path.name)
    assert articles(bill) == ()
    assert "Prevention of Domestic Abuse" in block_text(bill.preface)
    assert {one.kind for one in bill.changes} == {"deletion"}
    assert any("Notification requirements" in one.text for one in bill.changes)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(FORMATS)))
@example(b"\xff\xfe", ".txt")
@example(b"<a>&x;</a>", ".html")
def test_no_bytes_bring_it_down(data: bytes, ending: str) -> None:
    assert _answer(data, f"law{ending}") in {"", *WORDS}


def _answer(data: bytes, name: str) -> str:
    """The code of the refusal, or nothing."""
    try:
        read(data, name)
    except Invalid as refused:
        return refused.refusals[0].code
    return ""


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Статья 1. Имя",
                "Статья 2",
                "1. а",
                "1) б;",
                "(a) c",
                "«Статья 3",
                "»;",
                "- x",
                "\n",
                "Глава 1",
                "Приложение 1",
                "I. Имя",
                "1.1. Имя",
                "<b>",
                "| a | b |",
                "содержания:",
                "текст без конца",
                "СОДЕРЖАНИЕ",
                "[^1]: x",
                "Section 5",
                "РАЗДЕЛ ПЕРВЫЙ",
                "4.—(1) x",
            ]
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from([".txt", ".md", ".html", ".docx"]),
)
def test_no_order_of_lines_loses_text(lines: list[str], ending: str) -> None:
    """Every word of the file is somewhere in the document or its oddities."""
    marker = [f"слово{place}" for place in range(len(lines))]
    lines = ["Статья 1. Имя", *lines[1:]]
    written = [f"{line} {word}" for line, word in zip(lines, marker, strict=True)]
    joined = "<br>".join(written) if ending == ".html" else "\n".join(written)
    data = joined.encode()
    if ending == ".docx":
        data = docx("".join(p(escape(line)) for line in written))
    document = read(data, f"law{ending}")
    listed = any(one.code == "contents_left_out" for one in document.oddities)
    assert listed or all(word in str(document) for word in marker)
