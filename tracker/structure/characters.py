"""Characters: what is invisible goes, what looks alike is compared alike."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("«»„“”‟″", '"'),
        **dict.fromkeys("’‘‚‛ʼ′`", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "№": "N",
    }
)
SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def has_direction_marks(text: str) -> bool:
    """Whether marks that turn the direction of writing stand in a text."""
    return bool(_DIRECTION.search(text))


def has_control(text: str) -> bool:
    return bool(_CONTROL.search(text))


def clean(text: str) -> str:
    """Composed characters, none invisible, no control character; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """Every run of blanks, wrapped lines included, becomes one space."""
    return _SPACE.sub(" ", text)


def raised(text: str) -> str:
    """Digits as superscripts: "1" becomes "¹"."""
    return text.translate(_SUPERSCRIPTS)


def lowered(text: str) -> str:
    """Superscript digits as digits."""
    return text.translate(_DIGITS)


def key(text: str) -> str:
    """A text as it is compared: quotes, dashes and blanks of all kinds are equal."""
    return squeeze(lowered(text).translate(_ALIKE)).strip()
