"""Rules of the words in a procedure: whatever it names must exist and fit where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from workflows.assembly_schema import Assembly
from workflows.fields import FIELDS
from workflows.guards import GUARDS, WARNINGS
from workflows.reminders import BY_HAND
from workflows.schema import (
    ACT_BODIES,
    REPLY,
    REQUEST,
    STAYS,
    WITHIN,
    Action,
    Party,
    Procedure,
    State,
)
from workflows.soundness.fault import Fault, Place, check_party, check_titles, unknown

_SENT_WITHIN: Mapping[str, tuple[str, ...]] = {
    "upload_edition": ("edition_delivered",),
    "assign_review": ("review_assigned", "review_cancelled", "review_declined", "opinion_filed"),
    "give_position": ("objection_recorded",),
    "record_decision": ("objection_recorded",),
}
"""The notices of what is done within a state."""


def check_references(procedure: Procedure) -> Iterator[Fault]:
    """Find stages and states that do not exist; no graph can be walked with these."""
    if STAYS in procedure.states:
        message = f"a state is called {STAYS}, which means no state"
        yield Fault(("states", STAYS), "states", message, "Rename it.")
    for key, state in procedure.states.items():
        place: Place = ("states", key, "stage")
        yield from unknown(
            place, "stages", [state.stage], procedure.stages, f"state {key} is in the stage"
        )
    for name, action in procedure.actions.items():
        for number, move in enumerate(action.moves):
            place = ("actions", name, "moves", number)
            yield from unknown(
                (*place, "from"), "states", move.source, procedure.states, f"{name} goes from"
            )
            if move.to != STAYS:
                yield from unknown(
                    (*place, "to"), "states", [move.to], procedure.states, f"{name} goes to"
                )


def check_names(
    procedure: Procedure, assembly: Assembly, notices: frozenset[str] | None
) -> Iterator[Fault]:
    """Find names that nothing stands behind. `notices` have texts; None leaves that aside."""
    for key, parties in procedure.parties.items():
        for party in parties:
            yield from check_party(assembly, party, ("parties", key))
    for key, state in procedure.states.items():
        yield from _state(procedure, assembly, key, state)
    for key, action in procedure.actions.items():
        yield from _action(procedure, assembly, key, action)
        yield from _moves(assembly, key, action)
        yield from _number(assembly, key, action)
    yield from _duties(procedure, assembly)
    yield from _reminders(procedure, assembly)
    yield from _requests(procedure)
    yield from _circulation(procedure)
    yield from _notices(procedure, assembly, notices)
    yield from check_titles(assembly, _texts(procedure))


def _state(procedure: Procedure, assembly: Assembly, key: str, state: State) -> Iterator[Fault]:
    place: Place = ("states", key)
    for part in ("holder", "secretary"):
        party = getattr(state, part)
        if party is not None:
            yield from check_party(assembly, party, (*place, part))
    if not state.final and state.holder is None:
        yield Fault(place, "holder", f"nobody holds an act in {key}", "Name its holder.")
    if not state.final and not state.duties and not state.no_duty:
        message = f"nothing falls due in {key} and no reason says why"
        remedy = "List its duties, or give the reason under `no_duty`."
        yield Fault(place, "due", message, remedy)
    yield from unknown(
        (*place, "duties"), "duties", state.duties, procedure.duties, f"{key} opens the duty"
    )
    yield from unknown((*place, "within"), "forms", state.within, WITHIN, f"{key} allows")
    for deed in state.within:
        for notice in _SENT_WITHIN.get(deed, ()):
            if notice not in procedure.notices:
                message = f"{key} allows {deed}, and {notice} tells nobody of it"
                yield Fault((*place, "within"), "notices", message, "Add it under `notices`.")
    for number, body in enumerate(state.concerns):
        yield from _body(assembly, body, (*place, "concerns", number))


def _body(assembly: Assembly, name: str, place: Place) -> Iterator[Fault]:
    scope, _, key = name.rpartition(":")
    kinds = {body.kind for body in assembly.bodies.values()}
    if key not in {"": assembly.bodies, "act": ACT_BODIES, "kind": kinds}.get(scope, ()):
        remedy = "Use a body of assembly.yaml, act:PART or kind:KIND."
        yield Fault(place, "bodies", f"{name} names no body", remedy)


def _action(procedure: Procedure, assembly: Assembly, name: str, action: Action) -> Iterator[Fault]:
    place: Place = ("actions", name)
    yield from _fields(action.fields, (*place, "fields"))
    yield from unknown((*place, "guards"), "guards", action.guards, GUARDS, f"{name} is guarded by")
    yield from unknown((*place, "warns"), "guards", action.warns, WARNINGS, f"{name} warns of")
    yield from unknown(
        (*place, "notices"), "notices", action.notices, procedure.notices, f"{name} sends"
    )
    if action.body is not None:
        yield from _body(assembly, action.body, (*place, "body"))
    if name == REQUEST:
        message = f"{REQUEST} is how the timeline calls asking for a step"
        yield Fault(place, "unique", message, "Rename the action.")


def _moves(assembly: Assembly, name: str, action: Action) -> Iterator[Fault]:
    for number, move in enumerate(action.moves):
        place: Place = ("actions", name, "moves", number)
        for part in ("who", "request"):
            for party in getattr(move, part):
                yield from check_party(assembly, party, (*place, part))
        if move.body is not None:
            yield from _body(assembly, move.body, (*place, "body"))
        yield from _fields(move.fields, (*place, "fields"))


def _fields(fields: Mapping[str, str], place: Place) -> Iterator[Fault]:
    for name, need in fields.items():
        if name not in FIELDS:
            message = f"no form knows the field {name}"
            yield Fault((*place, name), "forms", message, f"Use some of: {', '.join(FIELDS)}.")
        elif need == "if_unknown" and name != "lead_body":
            message = f"nothing tells whether {name} is unknown"
            yield Fault((*place, name), "forms", message, "Make it required or optional.")


def _number(assembly: Assembly, name: str, action: Action) -> Iterator[Fault]:
    """Find numbers that could not be written: every part must be asked for in every move."""
    if action.number is None:
        return
    place: Place = ("actions", name, "number")
    yield from unknown(place, "numbers", [action.number], assembly.numbers, f"{name} numbers by")
    form = assembly.numbers.get(action.number)
    for part in sorted({*form.parts, "serial"} - {"year"}) if form else ():
        asked = (move.fields.get(part, action.fields.get(part)) for move in action.moves)
        if any(need != "required" for need in asked):
            message = f"{name} gives a number with a {part} that it does not require"
            yield Fault(place, "numbers", message, f"Add `{part}: required` to its fields.")


def _duties(procedure: Procedure, assembly: Assembly) -> Iterator[Fault]:
    for key, duty in procedure.duties.items():
        place: Place = ("duties", key)
        if isinstance(duty.holder, Party):
            yield from check_party(assembly, duty.holder, (*place, "holder"))
        yield from unknown(
            (*place, "reminders"),
            "reminders",
            [duty.reminders],
            procedure.reminders,
            f"duty {key} is reminded by",
        )
        yield from unknown(
            (*place, "due"),
            "calendars",
            [duty.due.calendar],
            assembly.calendars,
            f"duty {key} counts by the calendar",
        )


def _reminders(procedure: Procedure, assembly: Assembly) -> Iterator[Fault]:
    for key, steps in procedure.reminders.items():
        times = Counter(step.id for step in steps)
        for number, step in enumerate(steps):
            place: Place = ("reminders", key, number)
            if isinstance(step.to, Party):
                yield from check_party(assembly, step.to, place)
            if step.id == BY_HAND:
                message = f"the reminders {key} have the step {BY_HAND}, which means none of a plan"
                yield Fault(place, "unique", message, "Rename it.")
            if times[step.id] > 1:
                message = f"the reminders {key} have the step {step.id} {times[step.id]} times"
                yield Fault(place, "unique", message, "Give each step an id of its own.")


def _requests(procedure: Procedure) -> Iterator[Fault]:
    """Find requests that nobody would have to answer."""
    for name, action in procedure.actions.items():
        for number, move in enumerate(action.moves):
            if not move.request:
                continue
            place = ("actions", name, "moves", number, "request")
            if REQUEST not in procedure.duties:
                message = f"{name} can be requested, and nobody owes an answer"
                yield Fault(place, "duties", message, f"Describe the duty `{REQUEST}`.")
            if "step_requested" not in procedure.notices:
                message = f"{name} can be requested, and nobody is told"
                yield Fault(place, "notices", message, "Add `step_requested` under `notices`.")


def _circulation(procedure: Procedure) -> Iterator[Fault]:
    """Find circulations that lack what they need, and duties of addressees that have none."""
    for key, kind in procedure.duties.items():
        if kind.holder == "addressee" and key != REPLY:
            message = f"the duty {key} has addressees, which only `{REPLY}` has"
            yield Fault(("duties", key, "holder"), "duties", message, "Name its holder.")
    ends = {
        source
        for action in procedure.actions.values()
        for move in action.moves
        for source in move.source
        if action.circulation == "close"
    }
    for name, action in procedure.actions.items():
        if action.circulation != "open":
            continue
        place: Place = ("actions", name)
        duty = procedure.duties.get(REPLY)
        if duty is None or duty.holder != "addressee":
            message = f"{name} asks for replies, and nobody owes one"
            remedy = f"Describe the duty `{REPLY}` with `holder: addressee`."
            yield Fault(place, "duties", message, remedy)
        for notice in ("circulation_closed", "circulation_extended", "reply_received"):
            if notice not in procedure.notices:
                message = f"{name} begins a circulation, and {notice} tells nobody of it"
                yield Fault(place, "notices", message, "Add it under `notices`.")
        for number, move in enumerate(action.moves):
            yield from _opens(name, action, number, ends)
            if move.to != STAYS:
                message = f"{name} begins a circulation and moves the act"
                yield Fault((*place, "moves", number), "circulation", message, "Say `to: stays`.")


def _opens(name: str, action: Action, number: int, ends: set[str]) -> Iterator[Fault]:
    """Find what one move lacks that begins a circulation."""
    move = action.moves[number]
    place: Place = ("actions", name, "moves", number)
    for field in ("addressees", "due"):
        if {**action.fields, **move.fields}.get(field) != "required":
            message = f"{name} begins a circulation without a {field} that it requires"
            yield Fault(place, "circulation", message, f"Add `{field}: required` to its fields.")
    if endless := [source for source in move.source if source not in ends]:
        message = f"{name} begins a circulation in {', '.join(endless)} that no step there ends"
        remedy = "Let an action with `circulation: close` start from there too."
        yield Fault(place, "circulation", message, remedy)


def _notices(
    procedure: Procedure, assembly: Assembly, texts: frozenset[str] | None
) -> Iterator[Fault]:
    for key, audience in procedure.notices.items():
        for party in audience:
            if isinstance(party, Party):
                yield from check_party(assembly, party, ("notices", key))
        if texts is not None and key not in texts:
            remedy = f"Write templates/notices/{key}/ or correct the name."
            yield Fault(("notices", key), "notices", f"the notice {key} has no text", remedy)


def _texts(procedure: Procedure) -> Iterator[tuple[Place, Mapping[str, str]]]:
    yield ("titles",), procedure.titles
    for key, titles in procedure.stages.items():
        yield ("stages", key), titles
    for key, state in procedure.states.items():
        for part in ("titles", "explain", "waits", "no_duty"):
            if getattr(state, part) is not None:
                yield ("states", key, part), getattr(state, part)
    for key, action in procedure.actions.items():
        yield ("actions", key, "titles"), action.titles
        yield ("actions", key, "done"), action.done
    for key, duty in procedure.duties.items():
        yield ("duties", key, "titles"), duty.titles
        if duty.due.not_set is not None:
            yield ("duties", key, "due", "not_set"), duty.due.not_set
