"""Rules of `assembly.yaml`: its bodies, calendars, numbers and kinds fit together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

import holidays

from workflows.assembly_schema import Assembly, NumberFormat
from workflows.calendars import Calendar
from workflows.soundness.fault import Fault, Place, check_party, check_titles, unknown
from workflows.voting import DecisionRule

_REFERENCE = re.compile(r"[A-Za-z0-9-]+")


def check_assembly_file(assembly: Assembly, procedures: Collection[str]) -> Iterator[Fault]:
    """Find what is wrong with an assembly that has these procedures."""
    yield from unknown(
        ("authentic",),
        "languages",
        [assembly.authentic],
        assembly.languages,
        "the authentic language is",
    )
    yield from _zone(assembly.zone)
    yield from _reference(assembly.reference)
    yield from _bodies(assembly)
    yield from _calendars(assembly)
    for key, kind in assembly.kinds.items():
        place = ("kinds", key, "procedure")
        yield from unknown(
            place, "kinds", [kind.procedure], procedures, f"kind {key} follows the procedure"
        )
    for key, form in assembly.numbers.items():
        yield from _number(key, form)
    yield from _decisions(assembly)
    yield from check_titles(assembly, _texts(assembly))


def _zone(zone: str) -> Iterator[Fault]:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        message = f"{zone} is no time zone"
        yield Fault(("zone",), "zone", message, "Use a name such as Europe/Moscow.")


def _reference(form: str) -> Iterator[Fault]:
    remedy = "Use Latin letters, digits, hyphens, {year} and {serial}."
    try:
        first, second = (form.format(year=2026, serial=serial) for serial in (1, 2))
    except (KeyError, IndexError, ValueError, AttributeError):
        yield Fault(("reference",), "reference", f"{form} cannot be filled in", remedy)
        return
    if not _REFERENCE.fullmatch(first):
        message = f"{form} gives {first}, which is no reference"
        yield Fault(("reference",), "reference", message, remedy)
    if first == second:
        message = f"{form} gives every act of a year the reference {first}"
        yield Fault(("reference",), "reference", message, "Add {serial}.")


def _bodies(assembly: Assembly) -> Iterator[Fault]:
    for key, body in assembly.bodies.items():
        place: Place = ("bodies", key)
        yield from unknown(
            (*place, "roles"), "roles", body.roles, assembly.roles, f"body {key} has the role"
        )
        if body.member is not None:
            yield from unknown(
                (*place, "member"),
                "members",
                [body.member],
                assembly.members,
                f"body {key} belongs to the member",
            )
    yield from unknown(
        ("drafting_body",), "bodies", [assembly.drafting_body], assembly.bodies, "drafting_body is"
    )
    for part in ("experts", "addressees", "guidelines"):
        party = getattr(assembly, part)
        if party is not None:
            yield from check_party(assembly, party, (part,))
    for key, expertise in assembly.expertise.items():
        yield from unknown(
            ("expertise", key, "bodies"),
            "bodies",
            expertise.bodies,
            assembly.bodies,
            f"the field {key} belongs to the body",
        )
    for deed, parties in assembly.permissions.items():
        for number, party in enumerate(parties):
            yield from check_party(assembly, party, ("permissions", deed, number))


def _calendars(assembly: Assembly) -> Iterator[Fault]:
    supported = holidays.list_supported_countries(include_aliases=False)
    for key, calendar in assembly.calendars.items():
        place: Place = ("calendars", key)
        try:
            Calendar(
                key,
                calendar.country,
                days_off=calendar.days_off,
                working=frozenset(calendar.working),
                recess=calendar.recess,
            )
        except ValueError as error:
            yield Fault(place, "calendars", str(error), "Correct the days.")
        if calendar.country is None:
            if calendar.known_through is None:
                message = f"calendar {key} knows no year"
                remedy = "Name its country, or say `known_through` which year its days are given."
                yield Fault(place, "calendars", message, remedy)
        elif calendar.country not in supported:
            message = f"no public holidays are known of the country {calendar.country}"
            remedy = "Use its two-letter code, or leave it out and give days_off, known_through."
            yield Fault((*place, "country"), "calendars", message, remedy)
    for key, member in assembly.members.items():
        yield from unknown(
            ("members", key, "calendar"),
            "calendars",
            [member.calendar],
            assembly.calendars,
            f"member {key} has the calendar",
        )


def _number(key: str, form: NumberFormat) -> Iterator[Fault]:
    place: Place = ("numbers", key)
    try:
        form.format.format(session=1, serial="1", year=2026)
        usable = "serial" in form.parts
    except (KeyError, IndexError, ValueError, AttributeError):
        usable = False
    if not usable:
        message = f"the format {form.format} makes no number"
        remedy = "Use {serial} and, where needed, {session} and {year}."
        yield Fault((*place, "format"), "numbers", message, remedy)
    try:
        re.compile(form.serial)
    except re.error as error:
        message = f"the serial {form.serial} is no pattern: {error}"
        yield Fault((*place, "serial"), "numbers", message, "Write a regular expression.")


def _decisions(assembly: Assembly) -> Iterator[Fault]:
    for body in assembly.decision:
        yield from unknown(
            ("decision", body), "decisions", [body], assembly.bodies, "decision names the body"
        )
    for body in assembly.quorum:
        yield from unknown(
            ("quorum", body), "decisions", [body], assembly.decision, "quorum names the body"
        )
    for body, rule in assembly.decision.items():
        try:
            DecisionRule(rule, quorum=assembly.quorum.get(body))
        except ValueError as error:
            remedy = "Correct the decision or the quorum of this body."
            yield Fault(("decision", body), "decisions", f"{body}: {error}", remedy)


def _texts(assembly: Assembly) -> Iterator[tuple[Place, Mapping[str, str]]]:
    yield ("titles",), assembly.titles
    yield ("short",), assembly.short
    yield ("not_binding",), assembly.not_binding
    for key, titles in assembly.roles.items():
        yield ("roles", key), titles
    for table in ("bodies", "members", "kinds", "expertise"):
        for key, item in getattr(assembly, table).items():
            yield (table, key, "titles"), item.titles
