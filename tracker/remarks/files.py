"""The comment table as a file, in one of four forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker import i18n
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.paging import Paging
from tracker.remarks.document import Heading, write_docx, write_pdf
from tracker.remarks.reading import Filter, RemarkPart, Sight, read_remarks
from tracker.remarks.sheet import write_csv, write_xlsx
from tracker.remarks.words import KINDS, RESPONSES, author_words, place_words

TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
MOST = 5_000
"""Remarks in one file."""


@dataclass(frozen=True, slots=True)
class TableFile:
    data: bytes
    media_type: str
    filename: str


def table_file(
    session: Session, sight: Sight, wanted: Filter, sort: str, form: str, now: datetime
) -> TableFile:
    """Those remarks that somebody sees, as one of the `TYPES`, in the present language."""
    page = read_remarks(session, sight, wanted, sort, Paging(1, MOST))
    lines = [_line(remark) for remark in page.items]
    reference = sight.facts.reference
    if form == "xlsx":
        made = write_xlsx(reference, lines)
    elif form == "csv":
        made = write_csv(lines)
    else:
        about = ngettext("%(num)s remark", "%(num)s remarks", page.total)
        heading = Heading(
            _("Summary table of comments and proposals"),
            f"{i18n.title(sight.facts.titles)} ({reference})",
            _("%(about)s, as of %(moment)s", about=about, moment=i18n.moment(now)),
            i18n.language(),
            now.replace(microsecond=0),
        )
        made = (write_docx if form == "docx" else write_pdf)(heading, lines)
    return TableFile(made, TYPES[form], f"{reference}-remarks.{form}")


def _line(remark: RemarkPart) -> Mapping[str, str]:
    """A remark by the columns of a table."""
    response = ""
    if remark.response is not None:
        response = str(RESPONSES[remark.response][0])
    reason = remark.reason or ""
    if remark.merged_into_n is not None:
        merged = _("See remark %(number)s.", number=remark.merged_into_n)
        reason = f"{merged} {reason}".strip()
    return {
        "n": str(remark.n),
        "place": place_words(remark),
        "author": author_words(remark.author),
        "kind": str(KINDS[remark.kind]),
        "text": remark.text,
        "wording": remark.wording or "",
        "response": response,
        "reason": reason,
        "carried_by": str(remark.carried_by or ""),
    }
