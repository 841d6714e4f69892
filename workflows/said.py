"""What an actor says of a step: read from raw data, cleaned, or with every fault of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows import fields
from workflows.decided import Decided
from workflows.facts import ActFacts, Refusal


@dataclass(frozen=True, slots=True)
class Said:
    """What an actor says of a step, cleaned."""

    values: Mapping[str, Any]
    decided: Decided
    number: tuple[str, str] | None


def read_said(
    facts: ActFacts, action: str, data: Mapping[str, Any], today: date
) -> Said | tuple[Refusal, ...]:
    """Accept what an actor says of a step, or name every fault of it."""
    values, faults = fields.clean(facts.procedure.fields(action, facts.state), data, facts)
    decided: Decided = values.get("decided_on") or Decided.day(today)
    faults.extend(_date_faults(facts, decided, values, today))
    number = None
    key = facts.procedure.action(action).number
    if key is not None and not faults:
        number = _number(facts, key, values, decided)
    if isinstance(number, Refusal):
        faults.append(number)
    if faults or isinstance(number, Refusal):
        return tuple(faults)
    return Said(values, decided, number)


def _date_faults(
    facts: ActFacts, decided: Decided, values: Mapping[str, Any], today: date
) -> Iterator[Refusal]:
    if decided.on is None or decided.last is None:
        return
    if decided.on > today:
        yield Refusal("in_the_future", {"today": today.isoformat()}, "decided_on")
    elif facts.floor is not None and decided.last < facts.floor:
        yield Refusal("before_previous", {"previous": facts.floor.isoformat()}, "decided_on")
    for name in ("until", "due"):
        if name in values and values[name] < decided.on:
            yield Refusal("before_decision", {"decided": str(decided)}, name)


def _number(
    facts: ActFacts, key: str, values: Mapping[str, Any], decided: Decided
) -> tuple[str, str] | Refusal:
    """Give the number that the step gives, as (format, number), or what it lacks."""
    form = facts.setting.assembly.numbers[key]
    if not re.fullmatch(form.serial, values["serial"]):
        return Refusal("not_a_serial", {"form": form.serial}, "serial")
    if decided.on is None and "year" in form.parts:
        return Refusal("number_needs_year", {}, "decided_on")
    return key, form.format.format(**values, year=decided.on and decided.on.year)
