"""What a step can be told: its fields, what each accepts, and the words for what is wrong.

A page, the API and the command line give the same raw values here and get the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflows.decided import Decided
from workflows.facts import ActFacts, Refusal

MAX_TEXT = 20_000
MAX_LINE = 500


class Unfit(Exception):
    """A value that a field does not accept."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def text(raw: Any, limit: int = MAX_TEXT) -> str:
    """Words of a person, without characters that no database or page can hold."""
    if not isinstance(raw, str):
        raise Unfit("not_text")
    cleaned = raw.replace("\r\n", "\n").strip()
    if any(ord(char) < 32 and char not in "\n\t" for char in cleaned):
        raise Unfit("control_characters")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in cleaned):
        raise Unfit("control_characters")
    if len(cleaned) > limit:
        raise Unfit("too_long", limit=limit)
    return cleaned


def line(raw: Any) -> str:
    """Words on one line: a title, a reference."""
    return " ".join(text(raw, MAX_LINE).split())


def _text(_facts: ActFacts, raw: Any) -> str:
    return text(raw)


def _line(_facts: ActFacts, raw: Any) -> str:
    return line(raw)


def _date(_facts: ActFacts, raw: Any) -> date:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(text(raw, MAX_LINE))
    except ValueError:
        raise Unfit("not_a_date") from None


def _decided(_facts: ActFacts, raw: Any) -> Decided:
    if isinstance(raw, Decided):
        return raw
    try:
        return Decided.parse(text(raw, MAX_LINE))
    except ValueError:
        raise Unfit("not_a_decided_date") from None


def _body(facts: ActFacts, raw: Any) -> str:
    choices = facts.setting.assembly.bodies_of("commission")
    if raw not in choices:
        raise Unfit("not_a_choice", choices=", ".join(choices))
    return str(raw)


def _bodies(facts: ActFacts, raw: Any) -> list[str]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise Unfit("not_a_list")
    choices = facts.setting.assembly.bodies_of("parliament")
    if any(item not in choices for item in items):
        raise Unfit("not_a_choice", choices=", ".join(choices))
    return list(dict.fromkeys(items))


def _integer(raw: Any, top: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise Unfit("not_a_number")
    if isinstance(raw, str) and not re.fullmatch(r"\s*[0-9]{1,9}\s*", raw):
        raise Unfit("not_a_number")
    if not 1 <= int(raw) <= top:
        raise Unfit("out_of_range", low=1, high=top)
    return int(raw)


def _session(_facts: ActFacts, raw: Any) -> int:
    return _integer(raw, 9999)


def _edition(facts: ActFacts, raw: Any) -> int:
    number = _integer(raw, 99_999)
    if number not in facts.edition.numbers:
        raise Unfit("no_such_edition", number=number)
    return number


def _serial(_facts: ActFacts, raw: Any) -> str:
    """Held to the form of the step's number format later, when that is known."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unfit("not_a_serial")
    return line(str(raw))


def _titles(facts: ActFacts, raw: Any) -> dict[str, str]:
    return titles(raw, facts.setting.assembly.languages, facts.setting.assembly.authentic)


def titles(raw: Any, languages: tuple[str, ...], authentic: str) -> dict[str, str]:
    """A title in some of the assembly's languages, the authentic one among them."""
    if not isinstance(raw, Mapping):
        raise Unfit("not_titles", languages=", ".join(languages))
    if any(key not in languages for key in raw):
        raise Unfit("unknown_language", languages=", ".join(languages))
    cleaned = {key: line(value) for key, value in raw.items() if value is not None}
    cleaned = {key: value for key, value in cleaned.items() if value}
    if authentic not in cleaned:
        raise Unfit("no_authentic_title", language=authentic)
    return cleaned


def _kind(facts: ActFacts, raw: Any) -> str:
    choices = kinds_open_to(facts)
    if raw not in choices:
        raise Unfit("not_a_choice", choices=", ".join(choices))
    return str(raw)


def kinds_open_to(facts: ActFacts) -> list[str]:
    """Kinds the act may become: those that pass through the same states."""
    assembly = facts.setting.assembly
    mine = assembly.kinds[facts.kind].procedure
    like = facts.setting.alike.get(mine, frozenset({mine}))
    return [key for key, kind in assembly.kinds.items() if kind.procedure in like]


def _basis(_facts: ActFacts, raw: Any) -> str:
    if raw not in BASES:
        raise Unfit("not_a_choice", choices=", ".join(BASES))
    return str(raw)


BASES = ("document", "press", "assumed")
"""What shows that a step was taken: its document, the press, or nothing (assumed)."""

FIELDS: Mapping[str, tuple[str, Callable[[ActFacts, Any], Any]]] = {
    "reason": ("text", _text),
    "lead_body": ("choice", _body),
    "until": ("date", _date),
    "session": ("integer", _session),
    "serial": ("serial", _serial),
    "addressees": ("choices", _bodies),
    "titles": ("titles", _titles),
    "kind": ("choice", _kind),
    "decided_on": ("decided", _decided),
    "edition": ("integer", _edition),
    "minutes_ref": ("line", _line),
    "letter_ref": ("line", _line),
    "basis": ("choice", _basis),
}
"""Every field by name: its type, as the API tells it, and the function that accepts or refuses."""

COMMON = ("decided_on", "edition", "minutes_ref", "letter_ref", "basis", "reason")
"""Fields that every step takes without asking for them."""


def choices(name: str, facts: ActFacts) -> list[str]:
    """The values a field can have, where they can be listed."""
    assembly = facts.setting.assembly
    match name:
        case "lead_body":
            return list(assembly.bodies_of("commission"))
        case "addressees":
            return list(assembly.bodies_of("parliament"))
        case "kind":
            return kinds_open_to(facts)
        case "basis":
            return list(BASES)
    return []


def clean(
    asked: Mapping[str, str], raw: Mapping[str, Any], facts: ActFacts
) -> tuple[dict[str, Any], list[Refusal]]:
    """Accept the values of a step. `asked` says which fields it has and which it requires."""
    values: dict[str, Any] = {}
    faults: list[Refusal] = []
    for name, given in raw.items():
        if name not in asked and name not in COMMON:
            faults.append(Refusal("unknown_field", {"name": name}, name))
        elif given is not None and given not in ("", []):
            try:
                values[name] = FIELDS[name][1](facts, given)
            except Unfit as unfit:
                faults.append(Refusal(unfit.code, unfit.params, name))
    named = {fault.field for fault in faults}
    for name, need in asked.items():
        needed = need == "required" or (need == "if_unknown" and not facts.bodies.get("lead"))
        if needed and name not in named and not values.get(name):
            faults.append(Refusal("required", {"name": name}, name))
    return values, faults
