"""PDF with Cyrillic from the wheel's own fonts, and signs that mean something to Typst."""

from datetime import UTC, datetime

import pytest
import typst

from tracker.typeset import pdf

WORDS = "Статья 1. «Ёлка» № 5 – щёлок; Україна, Ўзбек, қазақ"
SIGNS = '#read("x") $x^2$ *bold* _it_ <label> @ref \\ // comment `raw` "quote" ]]'


def test_what_people_write_is_set_and_never_run():
    made = pdf("#data.words\n\n#data.signs", {"words": WORDS, "signs": SIGNS})
    assert made.startswith(b"%PDF-")
    assert b"Libertinus" in made


def test_the_fonts_come_with_the_package():
    families = {font.family for font in typst.Fonts(include_system_fonts=False).fonts()}
    assert "Libertinus Serif" in families


def test_the_same_page_has_the_same_bytes():
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert pdf("#data", "Да", at) == pdf("#data", "Да", at)


def test_nothing_is_read_from_the_machine():
    for place in ("/etc/passwd", "pyproject.toml"):
        with pytest.raises(typst.TypstError, match="not found"):
            pdf(f'#read("{place}")', None)
