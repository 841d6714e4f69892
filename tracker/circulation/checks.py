"""What is typed of a reply or of a new date, checked: every fault is named, with its field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker import assembly
from tracker.circulation.models import KINDS, Addressee
from tracker.errors import Invalid
from tracker.texts.files import Upload
from workflows import fields
from workflows.calendars import LAST_YEAR
from workflows.facts import Refusal


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as it was typed. `chamber` is the number of the chamber that replies, None for a
    reply of the whole; `letter_on` and `asks_until` are dates of the assembly.
    """

    kind: Any
    chamber: Any = None
    text: Any = None
    letter_ref: Any = None
    letter_on: Any = None
    asks_until: Any = None
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A reply, cleaned."""

    kind: str
    chamber: int | None
    text: str
    letter_ref: str
    letter_on: date | None
    asks_until: date | None


@dataclass(slots=True)
class _Faults:
    """Takes what is typed field by field and remembers every fault."""

    found: list[Refusal] = field(default_factory=list)

    def add(self, place: str, code: str, **params: Any) -> None:
        self.found.append(Refusal(code, params, place))

    def text(self, name: str, raw: Any) -> str:
        try:
            return fields.text(raw if raw is not None else "")
        except fields.Unfit as unfit:
            self.add(name, unfit.code, **unfit.params)
        return ""

    def line(self, name: str, raw: Any) -> str:
        try:
            return fields.line(raw if raw is not None else "")
        except fields.Unfit as unfit:
            self.add(name, unfit.code, **unfit.params)
        return ""

    def day(self, name: str, raw: Any) -> date | None:
        if raw in (None, ""):
            return None
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        try:
            found = date.fromisoformat(fields.line(raw))
        except (ValueError, fields.Unfit):
            self.add(name, "not_a_date")
            return None
        if found.year > LAST_YEAR:
            self.add(name, "date_too_late", year=LAST_YEAR)
        return found


def chambers_of(body: str | None) -> int:
    """How many chambers may reply one by one for an addressee."""
    rules = assembly.assembly()
    known = rules.bodies.get(body or "")
    if known is None or known.kind != "parliament" or known.member not in rules.members:
        return 1
    return rules.members[known.member].chambers


def check_reply(whose: Addressee, said: Said, today: date, *, recorded: bool) -> Checked:
    """What was typed, cleaned; raises Invalid with every fault."""
    faults = _Faults()
    if said.kind not in KINDS:
        faults.add("kind", "not_a_choice", choices=", ".join(KINDS))
    chamber = None
    if said.chamber not in (None, ""):
        known = [str(n + 1) for n in range(chambers_of(whose.body_key))]
        if len(known) == 1 or str(said.chamber) not in known:
            faults.add("chamber", "not_a_chamber")
        else:
            chamber = int(said.chamber)
    words = faults.text("text", said.text)
    if said.kind == "remarks" and not words and said.upload is None:
        faults.add("text", "remarks_missing")
    letter = faults.line("letter_ref", said.letter_ref)
    if recorded and not letter:
        faults.add("letter_ref", "required", name="letter_ref")
    letter_on = faults.day("letter_date", said.letter_on)
    if letter_on is not None and letter_on > today:
        faults.add("letter_date", "in_the_future", today=today.isoformat())
    until = faults.day("until", said.asks_until) if said.kind == "extension" else None
    if until is not None and until <= whose.due_on:
        faults.add("until", "not_later", present=whose.due_on.isoformat())
    if faults.found:
        raise Invalid(*faults.found)
    return Checked(said.kind, chamber, words, letter, letter_on, until)


def check_extension(whose: Addressee, due_on: Any, reason: Any, today: date) -> tuple[date, str]:
    """A later date and why; raises Invalid with every fault."""
    faults = _Faults()
    until = faults.day("due", due_on)
    if until is None and not faults.found:
        faults.add("due", "required", name="due")
    elif until is not None and until <= whose.due_on:
        faults.add("due", "not_later", present=whose.due_on.isoformat())
    elif until is not None and until < today:
        faults.add("due", "in_the_past", today=today.isoformat())
    words = faults.text("reason", reason)
    if not words and not any(fault.field == "reason" for fault in faults.found):
        faults.add("reason", "required", name="reason")
    if faults.found or until is None:
        raise Invalid(*faults.found)
    return until, words
