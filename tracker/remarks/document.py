"""The comment table as a document in the usual form: DOCX and PDF, landscape, headed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from tracker.remarks.columns import TITLES
from tracker.typeset import docx, pdf

_WIDTHS: Mapping[str, float] = {
    "n": 1.0, "place": 2.4, "author": 3.2, "kind": 2.2, "text": 5.2, "wording": 5.2,
    "response": 2.4, "reason": 3.6, "carried_by": 1.8,
}  # fmt: skip
"""In centimetres; together what a landscape page of A4 has between its margins."""
_MARGIN = 1.35
_TYPST = """
#set document(title: data.title)
#set page("a4", flipped: true, margin: 1.35cm, numbering: "1 / 1")
#set text(lang: data.language, size: 9pt, hyphenate: true)
#set par(justify: false)
#align(center)[
  #text(13pt, weight: "bold", data.title) \\
  #text(11pt, data.act) \\
  #text(9pt, data.about)
]
#v(6pt)
#table(
  columns: data.widths.map(width => width * 1cm),
  inset: 4pt,
  stroke: 0.5pt + luma(120),
  table.header(..data.titles.map(title => table.cell(fill: luma(235), strong(title)))),
  ..data.rows.flatten()
)
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the table: its title, the act, and which remarks these are as of when."""

    title: str
    act: str
    about: str
    language: str
    made_at: datetime


def write_docx(heading: Heading, lines: Sequence[Mapping[str, str]]) -> bytes:
    """A landscape page of A4; the first row of the table comes again on every page."""
    document: Any = Document()
    _landscape(document.sections[0])
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(9)
    document.add_heading(heading.title, level=1)
    document.add_paragraph(heading.act)
    document.add_paragraph(heading.about)
    table = document.add_table(rows=1, cols=len(TITLES))
    table.style = "Table Grid"
    table.autofit = False
    for cell, (name, said) in zip(table.rows[0].cells, TITLES.items(), strict=True):
        cell.width = Cm(_WIDTHS[name])
        cell.paragraphs[0].add_run(str(said)).bold = True
    _repeat(table.rows[0])
    for line in lines:
        _add_row(table, line)
    return docx(document, title=heading.title, language=heading.language, made_at=heading.made_at)


def _landscape(section: Any) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(_MARGIN))


def _repeat(row: Any) -> None:
    """Let a row come again at the head of every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no call for it


def _add_row(table: Any, line: Mapping[str, str]) -> None:
    cells = table.add_row().cells
    for cell, name in zip(cells, TITLES, strict=True):
        cell.width = Cm(_WIDTHS[name])
        cell.paragraphs[0].text = line.get(name, "")


def write_pdf(heading: Heading, lines: Sequence[Mapping[str, str]]) -> bytes:
    """The same page as PDF."""
    data = {
        "title": heading.title,
        "act": heading.act,
        "about": heading.about,
        "language": heading.language,
        "titles": [str(said) for said in TITLES.values()],
        "widths": [_WIDTHS[name] for name in TITLES],
        "rows": [[line.get(name, "") for name in TITLES] for line in lines],
    }
    return pdf(_TYPST, data, heading.made_at)
