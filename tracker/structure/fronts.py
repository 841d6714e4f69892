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
_NAME = re.compile(r"[A-ZА-ЯІЇЄҐ]\.\s?(?:[A-ZА-ЯІЇЄҐ]\.\s?)?[A-ZА-ЯІЇЄҐ]\w+")
_LONGEST_SIGNATURE = 160
_MOST_SIGNATURE = 15
_SENTENCE = 90
_SHORT_SENTENCE = 60
_FEWEST_WORDS = 3


def split_end(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines of the body, of its signatures, and of the annexes."""
    first = first_annex(lines)
    start = first
    for at in range(first - 1, max(first - _MOST_SIGNATURE - 1, 0), -1):
        line = lines[at]
        if line.table is not None:
            text = block_text((line.table,)).strip()
            if len(text) < _SENTENCE * 4 and _OFFICE.match(text) and _NAME.search(text):
                start = at
            continue
        if not _could_sign(line):
            break
        if _OFFICE.match(line.text) or line.style.startswith("sig"):
            start = at
    return list(lines[:start]), list(lines[start:first]), list(lines[first:])


def first_annex(lines: Sequence[Line]) -> int:
    """The line of the first annex. What calls itself one on the title page ("Annex to the
    resolution …") is none: text or a provision must come before.
    """
    begun = False
    for at, line in enumerate(lines):
        if line.table is not None or line.quoted:
            continue
        text = line.text
        marker = heading_marker(text)
        if marker is not None and marker.kind == "annex" and begun:
            return at
        sentence = len(text) > _SHORT_SENTENCE and text.endswith((".", ":", ";"))
        begun = begun or sentence or (marker is not None and marker.kind != "annex")
    return len(lines)


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
            if not test(line.text) or not _could_title(line.text):
                continue
            if styled and test is _ACT.search:
                return styled[0].text
            return _whole(texts, at)
    if styled:
        return styled[0].text
    named = [line.text for line in texts if _could_title(line.text)]
    longer = [text for text in named if len(text.split()) >= _FEWEST_WORDS]
    return next(iter((*longer, *named)), "")


def _could_title(text: str) -> bool:
    return " " in text.strip() and not _FORMAL.match(text) and len(text) < _SENTENCE * 4


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
