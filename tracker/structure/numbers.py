"""Numbers of provisions: as written, normalised, and in order."""

from __future__ import annotations

import re

from tracker.structure.characters import SUPERSCRIPT_DIGITS, lowered

_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "перв перш first one",
            "втор друг second two",
            "трет third three",
            "четверт четвер fourth four",
            "пят fifth five п'ят п’ят",
            "шест шост sixth six",
            "седьм сьом seventh seven",
            "восьм eighth eight",
            "девят дев'ят дев’ят ninth nine",
            "десят tenth ten",
            "одиннадцат одинадцят eleventh",
            "двенадцат дванадцят twelfth",
            "тринадцат тринадцят thirteenth",
            "четырнадцат чотирнадцят fourteenth",
            "пятнадцат п'ятнадцят fifteenth",
        ),
        start=1,
    )
    for word in words.split()
}
_ENDINGS = re.compile("(?:ый|ой|ий|ая|ья|ое|ье|ій|а|я|є|е)$")
_LOOKALIKE = str.maketrans("ІХСМУЇіхсм", "IXCMVIixcm")
_ROMAN = re.compile(r"^(?=[IVXLCDM])M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_PIECES = re.compile(rf"\d+|[{SUPERSCRIPT_DIGITS}]+|[^\W\d_]+")
CYRILLIC_ORDER = "абвгдежзиклмнопрстуфхцчшщэюя"
UKRAINIAN_ORDER = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"


def ordinal(word: str) -> int | None:
    """The number an ordinal word stands for: "ПЕРВЫЙ", "Перша", "First"."""
    lower = word.casefold()
    return _ORDINALS.get(lower) or _ORDINALS.get(_ENDINGS.sub("", lower))


def roman(text: str) -> int | None:
    """The value of a Roman number, Cyrillic look-alikes included."""
    letters = text.translate(_LOOKALIKE).upper()
    if not _ROMAN.match(letters):
        return None
    values = [_ROMAN_VALUES[letter] for letter in letters]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)


def normalise(text: str) -> str:
    """A number without what surrounds it: "67¹." is "67.1", "10 - 1 ." is "10-1", "(a)" is "a",
    "первый" is "1", Roman numbers are in Latin capitals.
    """
    bare = text.strip(" \t.)(—–-:№N").strip()
    value = ordinal(bare)
    if value is not None:
        return str(value)
    if roman(bare) and bare.upper() == bare:
        return bare.translate(_LOOKALIKE)
    bare = re.sub(rf"(?<=\w)([{SUPERSCRIPT_DIGITS}]+)", r".\1", bare)
    bare = re.sub(r"\s*[-‑–—]\s*", "-", bare)
    return re.sub(r"\s+", "", lowered(bare)).strip(".")


def order(number: str) -> tuple[tuple[int, int, str], ...]:
    """A key that puts numbers in their order and makes "10.1", "10-1" and "10¹" equal; letters
    count by their place in the alphabet, so that а, б and a, b agree.
    """
    value = roman(number) if number.isupper() else None
    if value is not None:
        return ((value, 0, ""),)
    return tuple(_piece(piece) for piece in _PIECES.findall(number))


def _piece(piece: str) -> tuple[int, int, str]:
    digits = lowered(piece)
    if digits.isdecimal():
        return (int(digits[:9]), 0, "")
    letter = piece.casefold()
    if len(letter) > 1:
        return (0, 2, letter)
    return (letter_place(letter), 1, "")


def letter_place(letter: str) -> int:
    """The place of a letter among those that lists are lettered with; 0 when it has none."""
    if "a" <= letter <= "z":
        return ord(letter) - ord("a") + 1
    alphabet = UKRAINIAN_ORDER if letter in "ґєіїйь" else CYRILLIC_ORDER
    return alphabet.find(letter) + 1


def leading(number: str) -> int | None:
    """The whole number in front: 12 of "12-1"; Roman numbers by value."""
    pieces = order(number)
    return pieces[0][0] if pieces else None


def follows(number: str, before: str | None) -> bool:
    """Whether a number may come next: the first, the next, or one inserted (5.1 after 5)."""
    mine = order(number)
    if not mine:
        return False
    if before is None:
        return mine[0][0] == 1
    last = order(before)
    if len(mine) > 1 and mine[0] == last[0]:
        return mine > last
    return bool(last) and mine[0][0] == last[0][0] + 1
