"""A comment table as a spreadsheet: XLSX and CSV, read and written.

What comes in is data: no formula is computed, no link followed, and its size is bounded before it
is opened. What goes out holds nothing that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tracker.errors import invalid
from tracker.remarks.columns import TITLES, column_of
from tracker.structure.encoding import decode

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 2_000
_MAX_INSIDE = 60 * 1024 * 1024
_MAX_PARTS = 500
_MAX_COLUMNS = 40
_HEADER_WITHIN = 20
_FEWEST_KNOWN = 2
_MEANT_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"n": 6, "place": 18, "author": 24, "kind": 16, "text": 50, "wording": 50, "reason": 40}
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_NO_FORMULA = ("n", "carried_by")
"""Columns whose formulas do no harm: they are not read as words."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row by column; `number` is the one that the spreadsheet shows."""

    number: int
    values: Mapping[str, str]
    formulas: frozenset[str] = frozenset()
    """Columns that hold a formula instead of words."""


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A table as it was found: what its known columns are called, and those that are not known."""

    titles: Mapping[str, str]
    unknown: Sequence[str]
    rows: Sequence[SheetRow] = field(default_factory=tuple)


_Cells = Sequence[tuple[str, bool]]
"""A row: each cell's words, and whether it is a formula."""


def read_sheet(data: bytes, filename: str) -> SheetRead:
    """The table in a file; raises Invalid naming `file`."""
    if not data:
        raise invalid("file", "file_empty")
    if len(data) > MAX_BYTES:
        raise invalid("file", "file_too_large", limit=MAX_BYTES // (1024 * 1024))
    ending = filename.lower().rpartition(".")[2]
    if ending == "xlsx":
        rows = _workbook(data)
    elif ending == "csv":
        rows = _comma_separated(data)
    else:
        raise invalid("file", "file_type", types=".csv, .xlsx")
    return _table(list(islice(rows, _HEADER_WITHIN + MAX_ROWS + 1)))


def _workbook(data: bytes) -> Iterator[_Cells]:
    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        last = _HEADER_WITHIN + MAX_ROWS + 1
        for row in sheet.iter_rows(max_col=_MAX_COLUMNS, max_row=last):
            yield [(_words(cell.value), cell.data_type == "f") for cell in row]
    except Exception:  # noqa: BLE001 - a broken workbook fails in whatever way it likes
        raise invalid("file", "text_broken", format="XLSX") from None


def _check_archive(data: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError, zipfile.LargeZipFile):
        raise invalid("file", "text_broken", format="XLSX") from None
    if len(parts) > _MAX_PARTS:
        raise invalid("file", "text_archive", limit=_MAX_PARTS)
    if sum(part.file_size for part in parts) > _MAX_INSIDE:
        raise invalid("file", "text_bomb")
    names = {part.filename for part in parts}
    if any(name.endswith("vbaProject.bin") for name in names):
        raise invalid("file", "sheet_macros")
    if "xl/workbook.xml" not in names:
        raise invalid("file", "file_content", ending=".xlsx")


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _comma_separated(data: bytes) -> Iterator[_Cells]:
    text, _oddities = decode(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [(_unquoted(cell.strip()), False) for cell in row[:_MAX_COLUMNS]]
    except csv.Error:
        raise invalid("file", "text_broken", format="CSV") from None


def _unquoted(cell: str) -> str:
    """Without the mark that keeps a spreadsheet from computing."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_MEANT_AS_FORMULA) else cell


def _table(rows: Sequence[_Cells]) -> SheetRead:
    known = [
        (sum(column_of(words) is not None for words, _formula in row), -at)
        for at, row in enumerate(rows[:_HEADER_WITHIN])
    ]
    best, place = max(known, default=(0, 0))
    if best < _FEWEST_KNOWN:
        raise invalid("file", "sheet_without_header")
    columns: dict[str, int] = {}
    titles, unknown = {}, []
    for at, (words, _formula) in enumerate(rows[-place]):
        column = column_of(words)
        if column is not None and column not in columns:
            columns[column] = at
            titles[column] = f"{get_column_letter(at + 1)} «{words}»"
        elif words:
            unknown.append(f"{get_column_letter(at + 1)} «{words}»")
    if not {"text", "wording"} & columns.keys():
        raise invalid("file", "sheet_without_header")
    found = [
        SheetRow(
            number,
            {name: row[at][0] for name, at in columns.items() if at < len(row)},
            frozenset(
                name
                for name, at in columns.items()
                if at < len(row) and row[at][1] and name not in _NO_FORMULA
            ),
        )
        for number, row in enumerate(rows[1 - place :], start=2 - place)
    ]
    filled = [row for row in found if _says(row)]
    if len(filled) > MAX_ROWS:
        raise invalid("file", "too_many_remarks", limit=MAX_ROWS)
    if not filled:
        raise invalid("file", "no_remarks_in_file")
    return SheetRead(titles, unknown, filled)


def _says(row: SheetRow) -> bool:
    """Whether there is more in a row than its number, or the numbers of the columns."""
    said = [value for name, value in row.values.items() if name != "n" and value]
    return bool(row.formulas) or any(not value.isdecimal() for value in said)


Lines = Iterable[Mapping[str, str]]
"""Rows that go out: words by column."""


def write_xlsx(title: str, lines: Lines) -> bytes:
    """A workbook with one sheet: headed, its first row frozen, words as words."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_NO_TITLE.sub(" ", title)[:31])
    sheet.freeze_panes = "A2"
    for at, name in enumerate(TITLES, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, 18)
    sheet.append([_cell(sheet, str(said), bold=True) for said in TITLES.values()])
    for line in lines:
        sheet.append([_cell(sheet, line.get(name, "")) for name in TITLES])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, words: str, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(sheet, words[:32_767])
    cell.data_type = "s"  # never "f", whatever the words begin with
    cell.quotePrefix = words.startswith(_MEANT_AS_FORMULA)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def write_csv(lines: Lines) -> bytes:
    """UTF-8 with a mark, separated by semicolons: what office programs open as a table."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(said) for said in TITLES.values()])
    for line in lines:
        writer.writerow([_harmless(line.get(name, "")) for name in TITLES])
    return out.getvalue().encode("utf-8-sig")


def _harmless(words: str) -> str:
    return f"'{words}" if words.startswith(_MEANT_AS_FORMULA) else words
