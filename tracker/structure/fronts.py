"""Title page, preamble and signatures: what stands before and after the provisions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.structure.lines import Line
from tracker.structure.markers import enumerator, heading_marker
from tracker.structure.model import Block, Paragraph, block_text

_ABOUT = re.compile(r"^(?:об?|про|щодо|on|concerning|regarding)\s", re.IGNORECASE)
_ACT = re.compile(
    r"\b(?:кодекс\w*|конституци\w+|закон\w*|положени\w+|регламент\w*|соглашени\w+|договор\w*|устав\w*"
    r"|рекомендаци\w+|концепци\w+|угод\w+|кодексу|act|bill|code|law|regulations?|by-?law|rules"
    r"|agreement|order|constitution|measure|directive)\b",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"^(?:принят|одобрен|прийнят|утвержд|в редакции|made|coming into force|\(|\[|\{|<|от |№"
    r"|г\.\s?[А-Я]|draft regulations laid|верховна рада)",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"^(?:временно\s+|в\.\s?о\.\s+|и\.\s?о\.\s+)?(?:президент|председател\w+|глава(?!\s*[\dIVX№])"
    r"|премьер|прем['’]єр|спикер|голова|мэр|губернатор|министр|міністр|руководител\w+|секретар\w+"
    r"|president|speaker|chair(?:man|woman|person)?|prime minister|minister"
    r"|.{0,20}\bsecretary|signed)\b",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 160
_MOST_SIGNATURE = 15
_SENTENCE = 90


def split_end(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines of the body, of its signatures, and of the annexes."""
    first = next((at for at, line in enumerate(lines) if at and _is_annex(line)), len(lines))
    start = first
    for at in range(first - 1, max(first - _MOST_SIGNATURE - 1, 0), -1):
        line = lines[at]
        if line.table is not None:
            if _OFFICE.match(block_text((line.table,)).strip()):
                start = at
            continue
        if not _could_sign(line):
            break
        if _OFFICE.match(line.text) or line.style.startswith("sig"):
            start = at
    return list(lines[:start]), list(lines[start:first]), list(lines[first:])


def _is_annex(line: Line) -> bool:
    marker = None if line.quoted or line.table else heading_marker(line.text)
    return marker is not None and marker.kind == "annex"


def _could_sign(line: Line) -> bool:
    text = line.text
    if line.quoted or len(text) > _LONGEST_SIGNATURE or text.endswith((";", ":")):
        return False
    return heading_marker(text) is None and enumerator(text) is None


def split_front(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The title page, and the sentences after it that open the text."""
    start = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if line.table is not None or line.centred or "title" in line.style:
            break
        if _opens(line.text):
            start = at
        elif start == len(lines):
            continue
        else:
            break
    return list(lines[:start]), list(lines[start:])


def _opens(text: str) -> bool:
    if _FORMAL.match(text):
        return False
    return len(text) >= _SENTENCE or text.endswith(":")


def find_title(lines: Sequence[Line]) -> str:
    """The title of the act as its title page gives it; empty when it has none."""
    texts = [line for line in lines if line.table is None and line.text.strip()]
    styled = [line for line in texts if line.style in ("title", "heading 1", "h1", "longtitle")]
    for test in (_ABOUT.match, _ACT.search):
        for at, line in enumerate(texts):
            if test(line.text) and not _FORMAL.match(line.text) and len(line.text) < _SENTENCE * 4:
                if styled and test is _ACT.search:
                    return styled[0].text
                return _whole(texts, at)
    if styled:
        return styled[0].text
    short = [
        line for line in texts if not _FORMAL.match(line.text) and len(line.text) < _SENTENCE * 4
    ]
    return short[0].text if short else ""


def _whole(lines: Sequence[Line], at: int) -> str:
    """A title that goes on over the next lines."""
    text = lines[at].text
    for line in lines[at + 1 : at + 5]:
        if line.after_blank or _FORMAL.match(line.text) or line.style != lines[at].style:
            break
        text = f"{text} {line.text}"
    return text


def blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Lines as blocks of text."""
    return tuple(line.table if line.table is not None else Paragraph(line.runs) for line in lines)
