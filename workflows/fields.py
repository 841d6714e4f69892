"""What a step can be told: its fields, what each accepts, and the words for what is wrong.

A page, the API and the command line give the same raw values here and get the same answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workflows.calendars import LAST_YEAR
from workflows.decided import Decided
from workflows.facts import ActFacts, Refusal

MAX_TEXT = 20_000
MAX_LINE = 500
MAX_OTHERS = 100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Unfit(Exception):
    """A value that a field does not accept."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def text(raw: Any, limit: int = MAX_TEXT) -> str:
    """Clean a person's words; those that no database or page can hold are refused."""
    if not isinstance(raw, str):
        raise Unfit("not_text")
    cleaned = raw.replace("\r\n", "\n").strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in cleaned):
        raise Unfit("control_characters")
    if len(cleaned) > limit:
        raise Unfit("too_long", limit=limit)
    return cleaned


def line(raw: Any) -> str:
    """Clean words that stand on one line: a title, a reference."""
    return " ".join(text(raw, MAX_LINE).split())


def _text(_facts: ActFacts, raw: Any) -> str:
    return text(raw)


def _line(_facts: ActFacts, raw: Any) -> str:
    return line(raw)


def _date(_facts: ActFacts, raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        day = raw
    else:
        written = line(raw)
        if not _DAY.fullmatch(written):
            raise Unfit("not_a_date")
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise Unfit("not_a_date") from None
    if day.year > LAST_YEAR:
        raise Unfit("date_too_late", year=LAST_YEAR)
    return day


def _decided(_facts: ActFacts, raw: Any) -> Decided:
    if isinstance(raw, Decided):
        return raw
    try:
        return Decided.parse(line(raw))
    except ValueError:
        raise Unfit("not_a_decided_date") from None


def _choice(raw: Any, known: Sequence[str]) -> str:
    if not isinstance(raw, str) or raw not in known:
        raise Unfit("not_a_choice", choices=", ".join(known))
    return raw


def _body(facts: ActFacts, raw: Any) -> str:
    return _choice(raw, choices("lead_body", facts))


def _bodies(facts: ActFacts, raw: Any) -> list[str]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise Unfit("not_a_list")
    known = choices("addressees", facts)
    return list(dict.fromkeys(_choice(item, known) for item in items))


def _others(_facts: ActFacts, raw: Any) -> str:
    """Clean the addressees that have no body here: text with one a line, or a list."""
    if isinstance(raw, str):
        rows = [raw_line.partition(";")[::2] for raw_line in text(raw).splitlines()]
    elif isinstance(raw, list | tuple) and all(isinstance(item, Mapping) for item in raw):
        rows = [(item.get("name") or "", item.get("address") or "") for item in raw]
    else:
        raise Unfit("not_addressees")
    cleaned = [(line(name).replace(";", ","), line(address)) for name, address in rows]
    if any(address and not name for name, address in cleaned):
        raise Unfit("not_addressees")
    named = [(name, address) for name, address in cleaned if name]
    if len(named) > MAX_OTHERS:
        raise Unfit("too_many", limit=MAX_OTHERS)
    return "\n".join(f"{name}; {address}" if address else name for name, address in named)


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
    """Clean a serial; the step's number format judges it later, when that is known."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unfit("not_a_serial")
    return line(str(raw))


def _titles(facts: ActFacts, raw: Any) -> dict[str, str]:
    return titles(raw, facts.setting.assembly.languages, facts.setting.assembly.authentic)


def titles(raw: Any, languages: tuple[str, ...], authentic: str) -> dict[str, str]:
    """Clean a title in some of the assembly's languages, the authentic one among them."""
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
    return _choice(raw, choices("kind", facts))


def kinds_open_to(facts: ActFacts) -> list[str]:
    """List the other kinds the act may become: those that pass through the same states."""
    kinds = facts.setting.assembly.kinds
    mine = kinds[facts.kind].procedure
    like = facts.setting.alike.get(mine, frozenset({mine}))
    return [key for key, kind in kinds.items() if kind.procedure in like and key != facts.kind]


def _basis(_facts: ActFacts, raw: Any) -> str:
    return _choice(raw, BASES)


BASES = ("document", "press", "assumed")
"""What shows that a step was taken: its document, the press, or nothing (assumed)."""

FIELDS: Mapping[str, tuple[str, Callable[[ActFacts, Any], Any]]] = {
    "reason": ("text", _text),
    "lead_body": ("choice", _body),
    "until": ("date", _date),
    "session": ("integer", _session),
    "serial": ("serial", _serial),
    "addressees": ("choices", _bodies),
    "other_addressees": ("text", _others),
    "due": ("date", _date),
    "titles": ("titles", _titles),
    "kind": ("choice", _kind),
    "decided_on": ("decided", _decided),
    "edition": ("integer", _edition),
    "minutes_ref": ("line", _line),
    "letter_ref": ("line", _line),
    "basis": ("choice", _basis),
}
"""Every field by name: its type, as the API tells it, and the function that accepts or refuses."""

INSTEAD = {"addressees": "other_addressees"}
"""What may be given in place of a required field."""
COMMON = ("decided_on", "edition", "minutes_ref", "letter_ref", "basis", "reason")
"""Fields that every step takes without asking for them."""


def choices(name: str, facts: ActFacts) -> list[str]:
    """List the values a field can have, where they can be listed."""
    assembly = facts.setting.assembly
    match name:
        case "lead_body":
            return list(assembly.bodies_of("commission"))
        case "addressees":
            sent = (body for body, _role in facts.seats(assembly.addressees))
            return list(dict.fromkeys((*sent, *assembly.addressable)))
        case "kind":
            return kinds_open_to(facts)
        case "basis":
            return list(BASES)
    return []


def is_required(need: str | None, facts: ActFacts) -> bool:
    """Whether a step cannot do without a field, given what the act says already."""
    return need == "required" or (need == "if_unknown" and not facts.bodies.get("lead"))


def clean(
    asked: Mapping[str, str], raw: Mapping[str, Any], facts: ActFacts
) -> tuple[dict[str, Any], list[Refusal]]:
    """Accept the values of a step; what is blank is left out.

    `asked` says which fields the step has and which it requires.
    """
    values: dict[str, Any] = {}
    faults: list[Refusal] = []
    for name, given in raw.items():
        if name not in asked and name not in COMMON:
            faults.append(Refusal("unknown_field", {"name": name}, name))
            continue
        try:
            value = None if given in (None, "", [], ()) else FIELDS[name][1](facts, given)
        except Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, name))
            continue
        if value not in (None, ""):
            values[name] = value
    wrong = {fault.field for fault in faults}
    for name, need in asked.items():
        lacks = name not in values and INSTEAD.get(name) not in values
        if is_required(need, facts) and lacks and name not in wrong:
            faults.append(Refusal("required", {"name": name}, name))
    return values, faults
