"""From bytes to text. What a file declares is a hint; what its letters look like decides."""

from __future__ import annotations

import codecs
import re

from tracker.errors import invalid
from tracker.structure.model import Oddity

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_CANDIDATES = ("cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic", "cp1252", "latin_1")
_CYRILLIC_WORD = re.compile("[А-ЯЁІЇЄҐ]?[а-яёіїєґў]+|[А-ЯЁІЇЄҐ]+")
_SAMPLE = 200_000
_COMMON = frozenset("оеаинтсрвлкмдпіьую")
_MOST_DAMAGED = 0.01


def decode(data: bytes) -> tuple[str, tuple[Oddity, ...]]:
    """The text of a file and what was odd about its encoding; raises Invalid naming `file` when
    the bytes are no text.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], name)
    declared = _declared(data)
    guess = _wide(data)
    if guess:
        return _strictly(data, guess)
    if b"\0" in data[:4096]:
        raise invalid("file", "text_binary")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _eight_bit(data, declared, error)
    if declared not in (None, "utf-8", "ascii") and not text.isascii():
        return _repaired(text, Oddity("encoding_declared", "", {"declared": declared}))
    return _repaired(text)


def _strictly(data: bytes, name: str) -> tuple[str, tuple[Oddity, ...]]:
    try:
        return _repaired(data.decode(name))
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        return text, (Oddity("encoding_damaged", "", {"count": text.count("\ufffd")}),)


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    if not found:
        return None
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ASCII or Cyrillic is 0 or 4."""
    head = data[:2000]
    half = len(head) // 2
    if half <= 1:
        return None
    for name, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if sum(byte in (0, 4) for byte in high) > half * 0.9:
            return name
    return None


def _eight_bit(
    data: bytes, declared: str | None, error: UnicodeDecodeError
) -> tuple[str, tuple[Oddity, ...]]:
    damaged = data.decode("utf-8", "replace")
    lost = damaged.count("\ufffd")
    if lost < max(3, len(damaged) * _MOST_DAMAGED):
        place = str(data.count(b"\n", 0, error.start) + 1)
        return damaged, (Oddity("encoding_damaged", place, {"count": lost}),)
    scores = {name: _likeness(data[:_SAMPLE], name) for name in _CANDIDATES}
    if declared in scores:
        scores[declared] += 0.05
    best = max(scores, key=lambda name: scores[name])
    text = data.decode(best, "replace")
    oddities = []
    if declared is not None and declared != best:
        oddities.append(Oddity("encoding_declared", "", {"declared": declared, "used": best}))
    else:
        oddities.append(Oddity("encoding_guessed", "", {"used": best}))
    return text, tuple(oddities)


def _likeness(data: bytes, name: str) -> float:
    """How much the text looks like words: 0 (noise) to about 1."""
    text = data.decode(name, "replace")
    high = sum(char > "\x7f" for char in text) or 1
    good = sum(len(word) for word in _CYRILLIC_WORD.findall(text) if len(word) > 1)
    common = sum(char in _COMMON for char in text)
    bad = sum(char == "\ufffd" or "\u2500" <= char <= "\u259f" for char in text)
    if name in ("cp1252", "latin_1"):
        letters = sum(char.isalpha() and char > "\x7f" for char in text)
        sparse = 1.0 if high < len(text) * 0.12 else 0.3
        return sparse * (letters + (high - letters) * 0.5) / high * 0.9
    return (good * 0.5 + common * 0.5 - bad * 2) / high


def _repaired(text: str, *oddities: Oddity) -> tuple[str, tuple[Oddity, ...]]:
    """Undo UTF-8 that was once read as cp1251 and saved again ("РџСЂРё")."""
    sample = text[:_SAMPLE]
    if sample.count("Р") + sample.count("С") < max(20, len(sample) * 0.2):
        return text, oddities
    try:
        mended = text.encode("cp1251").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text, oddities
    return mended, (*oddities, Oddity("encoding_twice"))
