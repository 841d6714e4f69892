"""Which languages a text is written in, told by its letters."""

from __future__ import annotations

from collections import Counter

_OWN = {
    "uk": "іїєґ",
    "be": "ўі",
    "kk": "әғқңөұүһі",
    "ky": "ңөү",
    "tg": "ғӣқӯҳҷ",
    "ru": "ыэъё",
}
_SAMPLE = 400_000
_SHARE = 0.1


def languages(text: str) -> tuple[str, ...]:
    """ISO 639-1 codes, the main language first; a language with a tenth of the letters counts.
    A Latin text is taken for English: the assembly's files decide what they accept.
    """
    counts: Counter[str] = Counter()
    for paragraph in text[:_SAMPLE].split("\n"):
        counts[_of(paragraph)] += len(paragraph)
    del counts[""]
    undecided = counts.pop("?", 0)
    cyrillic = [code for code, _ in counts.most_common() if code in _OWN]
    if undecided:
        counts[cyrillic[0] if cyrillic else "ru"] += undecided
    total = counts.total()
    return tuple(code for code, size in counts.most_common() if size and size >= total * _SHARE)


def _of(paragraph: str) -> str:
    """The language of one paragraph; "?" for Cyrillic without letters of one language."""
    found = Counter(char for char in paragraph.casefold() if char.isalpha())
    letters = found.total()
    if not letters:
        return ""
    armenian = sum(count for char, count in found.items() if "\u0530" <= char <= "\u058f")
    cyrillic = sum(count for char, count in found.items() if "\u0400" <= char <= "\u052f")
    if armenian * 2 > letters:
        return "hy"
    if cyrillic * 2 < letters:
        return "en"
    scores = {code: sum(found[char] for char in own) for code, own in _OWN.items()}
    if not any(scores.values()):
        return "?"
    special = {"be": "ў", "kk": "әғұһ", "tg": "ӣӯҳҷ", "uk": "їєґ"}
    for code, own in special.items():
        if any(found[char] for char in own):
            return code
    return max(scores, key=lambda code: scores[code])
