"""What is printed of the documentation is what the tables say now."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from docs.__main__ import HERE, printed

LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.fixture(scope="module")
def files() -> dict[Path, str]:
    return dict(printed())


def test_the_printed_files_are_current(files):
    stale = [
        path.name
        for path, text in files.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make docs`"


def test_nothing_of_a_procedure_that_is_no_more_is_left(files):
    assert {*HERE.glob("procedures/*"), *HERE.glob("*.svg")} <= files.keys()


def test_every_link_of_the_documentation_leads_somewhere():
    pages = [*HERE.rglob("*.md"), *HERE.parent.glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_pictures_bring_their_own_colours(files):
    pictures = [text for path, text in files.items() if path.suffix == ".svg"]
    assert pictures
    for text in pictures:
        root = ET.fromstring(text)
        assert root.attrib["color"] == "#1b2d48"
        paper = root[0]
        assert (paper.tag.rpartition("}")[2], paper.attrib["fill"]) == ("rect", "#ffffff")


def test_tables_have_a_cell_for_each_column(files):
    for path, text in files.items():
        for block in text.split("\n\n"):
            if block.startswith("| "):
                counts = {line.count("|") for line in block.splitlines()}
                assert len(counts) == 1, f"{path.name}: {block.splitlines()[0]}"
