"""What the columns of a comment table are called, and what stands in them, in both languages.

Names are compared without case, blanks and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tracker import assembly, i18n
from tracker.i18n import lazy_gettext as _
from tracker.remarks.words import KINDS, RESPONSES, WHOLE

TITLES: Mapping[str, object] = {
    "n": _("No."),
    "place": _("Provision"),
    "author": _("Author"),
    "kind": _("What it is about"),
    "text": _("Remark"),
    "wording": _("Proposed wording"),
    "response": _("Response"),
    "reason": _("Reason"),
    "carried_by": _("Carried by edition"),
}
"""The columns of a table that goes out, in their order."""
_NAMES: Mapping[str, Sequence[str]] = {
    "n": ("№ п/п", "№", "N", "п/п", "no", "number", "номер"),
    "place": (
        "структурная единица", "структурный элемент", "статья", "норма", "положение",
        "структурная единица проекта", "provision", "article", "structural unit", "section",
    ),
    "author": (
        "автор", "автор замечания", "кем внесено", "инициатор", "орган", "парламент", "государство",
        "author", "submitted by", "body", "parliament", "from",
    ),
    "kind": ("вид", "вид замечания", "характер замечания", "kind", "type", "what it is about"),
    "text": (
        "замечание", "замечания", "замечания и предложения", "замечание предложение",
        "редакция замечание", "содержание замечания", "текст замечания", "remark", "remarks",
        "comment", "comments", "comments and proposals",
    ),
    "wording": (
        "предлагаемая редакция", "предложение", "предлагаемая формулировка", "редакция",
        "proposed wording", "proposal", "proposed text", "suggested wording",
    ),
    "response": (
        "позиция", "ответ", "позиция разработчика", "позиция ответ", "результат рассмотрения",
        "учтено не учтено", "answer", "response", "position", "decision",
    ),
    "reason": (
        "обоснование", "причина", "комментарий", "примечание", "обоснование позиции", "reason",
        "reasons", "justification", "explanation", "note",
    ),
    "letter_ref": ("письмо", "номер письма", "исх", "вх", "letter", "letter number"),
    "carried_by": ("учтено в редакции", "вошло в редакцию", "carried by edition"),
}  # fmt: skip
_RESPONSES: Mapping[str, Sequence[str]] = {
    "accepted": ("учтено", "принято", "принимается", "согласны", "accept", "yes", "да"),
    "partly": ("учтено частично", "частично", "частично учтено", "принято частично", "partially"),
    "not_accepted": (
        "не учтено", "отклонено", "не принято", "не принимается", "отклонить", "reject", "rejected",
        "no", "нет",
    ),
    "noted": ("принято к сведению", "к сведению", "note"),
}  # fmt: skip
_KINDS: Mapping[str, Sequence[str]] = {
    "legal": ("правовое", "юридическое", "юридико-техническое"),
    "editorial": ("редакционное", "редакция", "лингвистическое"),
    "substantive": ("по существу", "содержательное", "концептуальное"),
    "treaty": ("противоречие договору", "международный договор"),
    "national_law": ("противоречие национальному законодательству", "национальное право"),
    "other": ("другое", "иное", "прочее"),
}
_WHOLE = ("весь проект", "ко всему проекту", "проект", "в целом", "draft", "whole draft")
_WORD = re.compile(r"[^\W_]+|№")


def folded(text: str) -> str:
    """A name as it is compared."""
    return " ".join(_WORD.findall(text.casefold().replace("ё", "е")))


def column_of(title: str) -> str | None:
    """Which column a header names, None when it is not known."""
    return _look_up(title, _NAMES, {key: [str(said)] for key, said in TITLES.items()})


def response_of(text: str) -> str | None:
    said = {key: _in_all(words) for key, (words, _tone) in RESPONSES.items()}
    return _look_up(text, _RESPONSES, said)


def kind_of(text: str) -> str | None:
    return _look_up(text, _KINDS, {key: _in_all(words) for key, words in KINDS.items()})


def body_of(text: str) -> str | None:
    """The body that is named, by its name in any language."""
    bodies = assembly.assembly().bodies
    return _look_up(text, {}, {key: list(body.titles.values()) for key, body in bodies.items()})


def is_whole(place: str) -> bool:
    """Whether a place says that the remark is on the whole draft."""
    return folded(place) in {folded(said) for said in (*_in_all(WHOLE), *_WHOLE)}


def _in_all(words: object) -> list[str]:
    found = []
    for tongue in assembly.assembly().languages:
        with i18n.speaking(tongue):
            found.append(str(words))
    return found


def _look_up(
    text: str, names: Mapping[str, Sequence[str]], said: Mapping[str, Sequence[str]]
) -> str | None:
    wanted = folded(text)
    for key in {**names, **said}:
        known = (key, *names.get(key, ()), *said.get(key, ()))
        if wanted and wanted in {folded(name) for name in known}:
            return key
    return None
