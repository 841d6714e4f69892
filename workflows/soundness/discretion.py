"""Rules of what is owed: an office is never reproached, and only a term can stop."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.assembly_schema import DISCREET, OFFICES, Assembly
from workflows.schema import Party, Procedure, Reminder
from workflows.soundness.fault import Fault


def check_discretion(procedure: Procedure, assembly: Assembly) -> Iterator[Fault]:
    """Find reminders after the due day that an office would get, or that others would get of it.

    An office is a Council's or a parliament's. Bodies that are found in the act are not known
    here; whoever sends looks at them again.
    """
    for key, duty in procedure.duties.items():
        if not isinstance(duty.holder, Party) or not _is_office(assembly, duty.holder):
            continue
        for number, step in enumerate(procedure.reminders.get(duty.reminders, ())):
            if _last_day(step) <= 0 or _may_know(assembly, step):
                continue
            whom = "the office that owes it" if step.to == "holder" else str(step.to)
            yield Fault(
                ("reminders", duty.reminders, number),
                "discretion",
                f"{step.id} tells {whom} after the day that {key} is late",
                f"Let it go out by the day, or to a body of the kind {DISCREET}.",
            )


def check_stops(procedure: Procedure) -> Iterator[Fault]:
    """Find duties whose clock may stop and that have no term."""
    for key, duty in procedure.duties.items():
        if duty.stops and duty.due.not_set is not None:
            message = f"the clock of {key} may stop, and nothing runs"
            yield Fault(("duties", key, "stops"), "due", message, "Give it a term, or leave it.")


def _is_office(assembly: Assembly, party: Party) -> bool:
    return any(kind in OFFICES for kind in _kinds(assembly, party))


def _may_know(assembly: Assembly, step: Reminder) -> bool:
    return isinstance(step.to, Party) and _kinds(assembly, step.to) == {DISCREET}


def _kinds(assembly: Assembly, party: Party) -> set[str]:
    """The kinds of the bodies that a party names; none where the act has yet to tell."""
    if party.scope == "kind":
        return {party.body}
    if party.scope == "act":
        return set()
    body = assembly.bodies.get(party.body)
    return {body.kind} if body is not None else set()


def _last_day(step: Reminder) -> int:
    return step.days + (step.times - 1) * (step.every or 0)
