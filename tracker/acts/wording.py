"""How acts and what happened to them are said on pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask

from tracker import assembly, i18n
from tracker.acts.forms import LABELS
from tracker.circulation.words import REPLIES, chamber_title
from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext as _later
from tracker.i18n import ngettext
from tracker.pages.words import body, today, weekday
from tracker.reviews.words import RECOMMENDED
from tracker.sittings.words import ANSWERS
from tracker.timeline.history import Happening
from workflows.calendars import local_date
from workflows.facts import Person
from workflows.machine import Compiled

PARTS: Mapping[str, Any] = {"text": _later("text"), "memorandum": _later("explanatory memorandum")}
VISIBILITY: Mapping[str, Any] = {"public": _later("public"), "internal": _later("internal")}
PERSONS = ("expert", "member", "present", "objecting", "owes")
"""What in an entry's data are numbers of persons."""

_TERMS: Mapping[str, Any] = {
    **LABELS,
    "former_lead": _later("Former lead commission"),
    "number": _later("Number"),
    "former_titles": _later("Former title"),
    "former_kind": _later("Former kind"),
    "action": _later("Step"),
    "corrects": _later("Corrects entry"),
    "expert": _later("Expert"),
    "due": _later("Due"),
    "recommendation": _later("Recommendation"),
    "member": _later("Member"),
    "vote": _later("Position"),
    "present": _later("Present"),
    "objecting": _later("Objecting"),
    "file": _later("File"),
    "part": _later("Part"),
    "language": _later("Language"),
    "visibility": _later("Visibility"),
    "continues": _later("Continues"),
    "initiator": _later("Initiator"),
    "drafting": _later("Who drafts"),
    "lead": _later("Lead commission"),
    "count": _later("Remarks"),
    "round": _later("Round"),
    "rounds": _later("Round"),
    "asked": _later("Asked"),
    "answered": _later("Replied"),
    "addressee": _later("Addressee"),
    "addressee_name": _later("Addressee"),
    "chamber": _later("Chamber"),
    "reply": _later("The reply"),
    "letter_date": _later("Date of the letter"),
    "former_due": _later("Former date"),
    "late": _later("After the date"),
    "owed": _later("What is owed"),
    "owes": _later("Owed by"),
    "from": _later("Date before"),
    "to": _later("New date"),
    "since": _later("Stopped since"),
    "paused_until": _later("Until"),
    "planned_on": _later("Reminder planned for"),
    "moves": _later("New dates"),
}


_DAYS = (
    "until",
    "due",
    "former_due",
    "letter_date",
    "from",
    "to",
    "since",
    "paused_until",
    "planned_on",
)


def init_app(app: Flask) -> None:
    app.jinja_env.filters["local_day"] = local_day
    app.jinja_env.globals.update(ended_well=ended_well, since_days=since_days)


def ended_well(procedure: Compiled) -> frozenset[str]:
    """The states of an adopted act: where a step led that gave a number, and what follows."""
    reached = {
        move.to
        for action in procedure.definition.actions.values()
        if action.number is not None
        for move in action.moves
    }
    while True:
        further = {
            move.to
            for action in procedure.definition.actions.values()
            for move in action.moves
            if reached.intersection(move.source) and move.to in procedure.definition.states
        }
        if further <= reached:
            return frozenset(reached)
        reached |= further


def since_days(since: date) -> str:
    """How many calendar days ago a day of the assembly was."""
    days = (today() - since).days
    if days == 0:
        return str(_("today"))
    return str(ngettext("%(num)s day", "%(num)s days", days))


def local_day(moment: datetime) -> str:
    """The day of an instant in the assembly's zone."""
    return i18n.day(local_date(moment, assembly.zone()))


def persons_in(entries: Iterable[Happening]) -> set[int]:
    """The numbers of the persons that entries speak of."""
    found: set[int] = set()
    for entry in entries:
        for name in PERSONS:
            value = entry.data.get(name, [])
            found.update(value if isinstance(value, list) else [value])
    return found


def details(
    entry: Happening, procedure: Compiled, people: Mapping[int, Person]
) -> list[tuple[str, str]]:
    """What an entry says beside its title: (term, text)."""
    return list(_details(entry, procedure, people))


def _details(
    entry: Happening, procedure: Compiled, people: Mapping[int, Person]
) -> Iterator[tuple[str, str]]:
    if entry.body is not None:
        yield str(_("Decided by")), body(entry.body)
    if entry.edition is not None:
        yield str(LABELS["edition"]), str(entry.edition)
    for name, value in entry.data.items():
        if name not in _TERMS or name == "edition" or value in (None, "", []):
            continue
        if name == "kind" and "review" in entry.data:
            yield str(_("What was asked")), str(_("guideline, advisory"))
        elif name == "chamber":
            yield str(_TERMS[name]), chamber_title(entry.data.get("addressee"), value)
        elif name != "count" or value > 1:
            yield str(_TERMS[name]), _say(name, value, procedure, people)


def _say(name: str, value: Any, procedure: Compiled, people: Mapping[int, Person]) -> str:
    if name in PERSONS:
        numbers = value if isinstance(value, list) else [value]
        named = [people[number].name(i18n.language()) for number in numbers if number in people]
        return ", ".join(named)
    said: Mapping[str, Callable[[Any], str]] = {
        "titles": _each_title,
        "former_titles": _each_title,
        "kind": i18n.kind_title,
        "former_kind": i18n.kind_title,
        "action": lambda key: i18n.title(procedure.action(key).titles),
        **dict.fromkeys(_DAYS, lambda text: weekday(date.fromisoformat(text))),
        "owed": lambda key: _duty(procedure, key),
        "moves": lambda moves: "; ".join(_moved(procedure, move) for move in moves),
        "reply": lambda key: str(REPLIES.get(key, key)),
        "rounds": lambda numbers: ", ".join(map(str, numbers)),
        "late": lambda _late: str(_("yes")),
        "vote": lambda key: str(ANSWERS[key][0] if key in ANSWERS else key),
        "recommendation": lambda key: str(RECOMMENDED.get(key, key)),
        "part": lambda key: str(PARTS.get(key, key)),
        "language": i18n.own_name,
        "visibility": lambda key: str(VISIBILITY.get(key, key)),
    }
    if name in said:
        return said[name](value)
    if isinstance(value, list):
        return "; ".join(body(key) for key in value)
    return body(value) if isinstance(value, str) else str(value)


def _duty(procedure: Compiled, key: str) -> str:
    kind = procedure.definition.duties.get(key)
    return i18n.title(kind.titles) if kind else key


def _moved(procedure: Compiled, move: Mapping[str, Any]) -> str:
    """A duty's new date, after the one it had."""
    days = [weekday(date.fromisoformat(day)) for day in (move["from"], move["to"]) if day]
    return f"{_duty(procedure, move['owed'])}: {' → '.join(days)}"


def _each_title(titles: Mapping[str, str]) -> str:
    return " / ".join(titles[tongue] for tongue in sorted(titles, key=assembly.by_tongue))
