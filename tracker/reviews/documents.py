"""The Board's opinion as a document to be taken away, DOCX or PDF: what is issued, always alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from tracker import assembly, i18n
from tracker.acts.summaries import Summary
from tracker.i18n import gettext as _
from tracker.reviews.models import BoardOpinion
from tracker.reviews.words import RECOMMENDATIONS
from tracker.typeset import docx, pdf
from workflows.calendars import local_date

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SOURCE = Path(__file__).with_name("opinion.typ")
_FONT = "Times New Roman"


@dataclass(frozen=True, slots=True)
class Paper:
    """The words of an opinion in its language; before it is issued without what that adds."""

    heading: str
    act: str
    lines: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str], ...]
    foot: str


def paper(opinion: BoardOpinion, act: Summary) -> Paper:
    """What the document says, whoever reads it."""
    rules = assembly.assembly()
    with i18n.speaking(opinion.language):
        board = i18n.title(rules.bodies[rules.experts.body].titles)
        said = [
            (_("Reference"), act.reference),
            (_("Edition"), str(opinion.edition or "–")),
            (_("Recommendation"), str(RECOMMENDATIONS[opinion.recommendation or ""])),
        ]
        if opinion.issued_at is not None:
            issued = i18n.day(local_date(opinion.issued_at, rules.zone))
            said.insert(2, (_("Issued"), issued))
        if opinion.experts:
            said.append((_("Experts"), ", ".join(opinion.experts)))
        return Paper(
            heading=_("Opinion of the body: %(body)s", body=board),
            act=i18n.title(act.titles),
            lines=tuple(said),
            sections=tuple((each["heading"], each["text"]) for each in opinion.sections),
            foot=_("The opinion advises. SHA-256 %(digest)s", digest=opinion.sha256)
            if opinion.sha256
            else "",
        )


def docx_of(said: Paper, language: str, issued_at: datetime) -> bytes:
    """The document as a word processor opens it."""
    document = Document()
    _plain(document, language)
    document.add_heading(said.heading, level=1)
    document.add_heading(said.act, level=2)
    for term, text in said.lines:
        line = document.add_paragraph()
        line.add_run(f"{term}: ").bold = True
        line.add_run(text)
    for heading, text in said.sections:
        if heading:
            document.add_heading(heading, level=3)
        for part in text.split("\n"):
            if part.strip():
                document.add_paragraph(part)
    document.add_paragraph(said.foot)
    title = f"{said.heading}: {said.act}"
    return docx(document, title=title, language=language, made_at=issued_at)


def pdf_of(said: Paper, language: str, issued_at: datetime) -> bytes:
    """The document as it is printed."""
    data = {
        "language": language,
        "heading": said.heading,
        "act": said.act,
        "lines": said.lines,
        "sections": said.sections,
        "foot": said.foot,
    }
    return pdf(_SOURCE.read_text(encoding="utf-8"), data, issued_at)


def _plain(document: Any, language: str) -> None:
    """One font that has Cyrillic, and the language for the spelling."""
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:eastAsia", "w:cs", "w:hAnsi", "w:ascii"):
            fonts.set(qn(kind), _FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    document.styles["Normal"].font.size = Pt(12)
    spelling = document.styles["Normal"].element.get_or_add_rPr()
    mark = spelling.makeelement(qn("w:lang"), {qn("w:val"): language})
    spelling.append(mark)
