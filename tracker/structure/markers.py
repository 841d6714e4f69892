"""What a line says it is: "Глава 2", "Article 5", "1)", "(a)" in Russian, Ukrainian, English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.structure.characters import SUPERSCRIPT_DIGITS as SUP
from tracker.structure.lines import LONGEST_HEADING
from tracker.structure.numbers import normalise, ordinal, roman

_WORDS = {
    "book": "книга book",
    "part": "часть частина part",
    "section": "раздел розділ title",
    "subsection": "подраздел підрозділ subtitle",
    "chapter": "глава chapter",
    "division": "параграф § division",
    "article": "статья стаття article section clause regulation rule",
    "annex": "приложение додаток annex appendix schedule",
}
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_SPACED = "|".join(
    r"\s?".join(re.escape(letter) for letter in word)
    for word in sorted(_KIND_OF, key=len, reverse=True)
)
_NUMBER = (
    rf"(?:№\s*|N\s*|No\.?\s*)?(?P<number>\d+(?:\s?[-‑–]\s?\d+(?!\d*\s*г)|\.\d+)*"
    rf"(?:[{SUP}]+(?:-[{SUP}]+)*|[A-Z]{{1,2}}(?![\w]))?"
    rf"|[IVXLCDMІХСМ]+(?:[-.]\d+|[{SUP}]+)?(?!\w)|[A-ZА-Я](?!\w)|[^\W\d_]+(?:['’][^\W\d_]+)?)"
)
_HEADING = re.compile(
    rf"^(?P<word>{_SPACED})\s*{_NUMBER}(?P<mark>\s*[.:)]|\s*[—–]|\s-(?=\s))?\s*", re.IGNORECASE
)
_BARE_ANNEX = re.compile(
    r"^(?P<word>приложение|додаток|annex|appendix|schedule)\s*$", re.IGNORECASE
)
_ANNEX_OF = re.compile(
    r"^(?P<word>приложение|додаток|annex|appendix)(?P<mark>)\s+(?=(?:к|до|to)\s)", re.IGNORECASE
)
_APPROVED = re.compile(
    r"^(?P<word>утвержд[её]н[оаы]?|затверджен[оаі]?|approved)(?:$|\s+(?=by\s|\w+(?:ом|ою|ем)\b))",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^(?:regulation|section|article|paragraph|clause|rule|к|до|to|\()s?\b", re.IGNORECASE
)
LONGEST_SHORT = 120
_LONGEST_LABEL = 120
_END = re.compile(r"[.;:,—–-]$")
_EDITORS = re.compile(r"\s*(?:\([^()]{0,300}\)|\{[^{}]{0,300}\})\s*$")
_SENTENCE = re.compile(r"[^\W\d]{3,}\.\s+[A-ZА-ЯЁІЇЄҐ]")

_ENUMERATORS = (
    ("1.", re.compile(rf"(\d{{1,3}}(?:-\d{{1,3}})?[{SUP}]*[A-Z]{{0,2}})\.\s*[—–-]\s*(?=\()")),
    (
        "1.1.",
        re.compile(rf"(\d{{1,3}}(?:\.\d{{1,3}})+[{SUP}]*)(?:\.(?:\s+|(?=[^\W\d_]|[«\"“„(]))|\s+)"),
    ),
    (
        "1.",
        re.compile(
            rf"(\d{{1,3}}(?:\s?-\s?\d{{1,3}})?[{SUP}]*[A-Z]{{0,2}})\s?\."
            r"(?:\s+|$|(?=[A-ZА-ЯЁІЇЄҐ«\"“„(]))"
        ),
    ),
    ("1)", re.compile(rf"(\d{{1,3}}(?:\.\d{{1,3}}|\s?-\s?\d{{1,3}})*[{SUP}]*)\s?\)\s*")),
    ("(1)", re.compile(r"\((\d{1,3}(?:[.-]\d{1,3})*[A-Z]{0,2})\)\s*")),
    ("(i)", re.compile(r"\(([ivxl]{1,6})\)\s*")),
    ("(a)", re.compile(r"\(([a-zа-яіїєґ]{1,2})\)\s*")),
    ("(A)", re.compile(r"\(([A-Z]{1,2})\)\s*")),
    ("i)", re.compile(r"([ivxl]{1,6})\)\s*")),
    ("a)", re.compile(rf"([a-zа-яіїєґ](?:[{SUP}]+|[.-]\d{{1,2}})?)\)\s*")),
    ("a.", re.compile(r"([a-z])\.\s+")),
    ("-", re.compile(r"([-‑–—•·●▪*])\s+")),
)
_ROMAN_HEADING = re.compile(r"^([IVXLCІХС]{1,6})\.\s*(?=[A-ZА-ЯЁІЇЄҐ«\"“„])")
_DATE = re.compile(r"^\d{1,2}\.\d{1,2}\.\d{4}")
_DECIMAL = re.compile(r"^\d+\.\d+\s+[^\W\d_A-ZА-ЯЁІЇЄҐ]")


@dataclass(frozen=True, slots=True)
class Marker:
    """The beginning of a line that numbers it. `end` is where its own text begins; `form` is how
    an enumerator looks ("1.", "1)", "(a)") and empty for a word such as "Статья".
    """

    kind: str
    word: str
    label: str
    number: str
    end: int
    form: str = ""


def heading_marker(text: str) -> Marker | None:
    """The marker of a line that begins a container, a basic unit or an annex."""
    if not text or not (text[0].isupper() or text[0] == "§"):
        return None
    found = _HEADING.match(text[:_LONGEST_LABEL])
    if found:
        return _worded(text, found)
    bare = _BARE_ANNEX.match(text) or _ANNEX_OF.match(text) or _APPROVED.match(text)
    if bare and _calm(text):
        return Marker("annex", _word(bare["word"]), bare["word"], "", bare.end())
    return None


def _word(written: str) -> str:
    return re.sub(r"\s", "", written).casefold()


def _worded(text: str, found: re.Match[str]) -> Marker | None:
    word = _word(found["word"])
    kind = _KIND_OF[word]
    written = found["number"]
    if not _is_number(written):
        return _annex_of(text) if kind == "annex" else None
    rest = text[found.end() :]
    sign = (found["mark"] or "").strip()
    if len(rest) > LONGEST_HEADING and (kind != "article" or not sign):
        return None
    if kind == "annex":
        if rest and not _annex_heading(rest, sign):
            return None
    elif rest and not _heading_text(rest, sign):
        return None
    label = text[: found.end()].rstrip(" —–-") if sign in ("—", "–", "-") else text[: found.end()]
    return Marker(kind, word, label.strip(), normalise(written), found.end())


def _annex_of(text: str) -> Marker | None:
    found = _ANNEX_OF.match(text)
    if found is None or not _calm(text):
        return None
    return Marker("annex", _word(found["word"]), found["word"], "", found.end())


def _is_number(written: str) -> bool:
    if written[0].isdecimal() or roman(written) is not None or ordinal(written) is not None:
        return True
    if re.fullmatch(rf"[IVXLCDMІХСМ]+(?:[-.]\d+|[{SUP}]+)", written):
        return True
    return len(written) == 1 and written.isupper()


def _heading_text(rest: str, sign: str) -> bool:
    """Whether what follows the number is a heading and not the rest of a sentence."""
    if sign:
        return True
    first = rest[0]
    if not (first.isupper() or first in '«"“„([{<'):
        return False
    return _calm(rest) or first in "([{<"


def _annex_heading(rest: str, sign: str) -> bool:
    if not _calm(rest) or _SENTENCE.search(rest):
        return False
    return bool(sign) or rest[0].isupper() or bool(_REFERENCE.match(rest))


def _calm(text: str) -> bool:
    return len(text) <= LONGEST_HEADING and not _END.search(text.rstrip())


def is_sentence(text: str) -> bool:
    """Whether what follows an article's number is its text and not its heading."""
    if len(text) > LONGEST_HEADING:
        return True
    if not is_ended(text):
        return False
    own = _EDITORS.sub("", text).rstrip()
    return len(own) > LONGEST_SHORT or not own.endswith(".") or bool(_SENTENCE.search(own))


def is_ended(text: str) -> bool:
    """Whether a text ends as a sentence, an editor's remark after it left out."""
    return _EDITORS.sub("", text[-LONGEST_HEADING:]).rstrip().endswith((".", ";", ":"))


def is_reference(text: str) -> bool:
    """Whether text after an annex's number says what the annex belongs to."""
    return bool(_REFERENCE.match(text))


def enumerator(text: str, start: int = 0) -> Marker | None:
    """The number or letter that a line begins with, from a place in it on."""
    first = text[start : start + 1]
    if not first or first.isupper() or _DATE.match(text[start : start + 12]):
        return None
    for form, pattern in _ENUMERATORS:
        found = pattern.match(text, start)
        if not found:
            continue
        if form == "1.1." and _DECIMAL.match(text[start : start + 24]):
            continue
        label = text[start : found.end()].strip()
        number = "" if form == "-" else normalise(found[1])
        return Marker("", "", label, number, found.end(), form)
    return None


def roman_marker(text: str) -> Marker | None:
    """A container that is numbered without a word: "II. Heading"."""
    found = _ROMAN_HEADING.match(text)
    if not found or not _calm(text) or roman(found[1]) is None:
        return None
    return Marker("section", "", found[0].strip(), normalise(found[1]), found.end(), "I.")


def heading_like(text: str) -> bool:
    """Whether a line without a number could be a heading: short, capital first, no full stop."""
    if not text or len(text) > LONGEST_HEADING or not (text[0].isupper() or text[0] in '«"“„'):
        return False
    return text.isupper() or not re.search(r"[.;:,—–-]$", text)
