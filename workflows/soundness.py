"""What makes a procedure sound, beyond being well written.

Every rule has a name, finds its faults with their place in the file, and says how to mend them.
The checks run when an assembly is loaded, in the test run, and by `tracker procedure check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

from workflows.fields import FIELDS
from workflows.guards import GUARDS, WARNINGS
from workflows.loader import AssemblyFiles, BadFile, Loaded, Problem
from workflows.machine import Compiled
from workflows.schema import STAYS, Assembly, Party, Procedure
from workflows.voting import RuleName

WITHIN = ("upload_edition", "assign_review", "give_position", "record_decision")
"""What may be done inside a state without moving the act."""
ACT_PARTS = ("lead", "former_lead", "drafting", "initiator")
"""The parts a body can have in one act."""


@dataclass
class _Check:
    loaded: Loaded
    assembly: Assembly
    problems: list[Problem] = field(default_factory=list)

    @property
    def procedure(self) -> Procedure:
        return self.loaded.procedure

    def fault(self, path: tuple[object, ...], rule: str, message: str, remedy: str) -> None:
        self.problems.append(self.loaded.source.problem(path, rule, message, remedy))

    def arrows(self) -> Iterator[tuple[str, int, str, str]]:
        """Every arrow as action, number of its move, source, destination."""
        for name, action in self.procedure.actions.items():
            for number, move in enumerate(action.moves):
                for source in move.source:
                    yield name, number, source, source if move.to == STAYS else move.to


def problems(
    loaded: Loaded, assembly: Assembly, notices: frozenset[str] | None = None
) -> list[Problem]:
    """Every fault of a procedure. `notices` are the names that have templates; None skips that."""
    check = _Check(loaded, assembly)
    _names(check)
    if check.problems:  # the graph cannot be walked with arrows into nowhere
        return check.problems
    _ends(check)
    _ways(check)
    _arrows(check)
    _holders(check)
    _words(check, notices)
    _must_pass(check)
    _scenarios(check)
    return check.problems


def check_assembly(files: AssemblyFiles, notices: frozenset[str] | None = None) -> None:
    """Raise `BadFile` with all faults of an assembly's procedures."""
    found = _assembly_problems(files)
    for loaded in files.procedures:
        found.extend(problems(loaded, files.assembly, notices))
    if found:
        raise BadFile(found)


def _assembly_problems(files: AssemblyFiles) -> list[Problem]:
    assembly, source = files.assembly, files.source
    keys = {loaded.procedure.procedure for loaded in files.procedures}
    found = [
        source.problem(
            ["kinds", key, "procedure"],
            "kinds",
            f"kind {key} follows procedure {kind.procedure}, which has no file",
            f"Write one of: {', '.join(sorted(keys))}.",
        )
        for key, kind in assembly.kinds.items()
        if kind.procedure not in keys
    ]
    for key, body in assembly.bodies.items():
        found.extend(
            source.problem(
                ["bodies", key, "roles"],
                "roles",
                f"body {key} has the role {role}, which is not among the roles",
                "Add it to `roles` with its titles.",
            )
            for role in body.roles
            if role not in assembly.roles
        )
        if body.member is not None and body.member not in assembly.members:
            found.append(
                source.problem(
                    ["bodies", key, "member"],
                    "members",
                    f"body {key} belongs to {body.member}, which is no member",
                    "Add the member or correct the key.",
                )
            )
    found.extend(
        source.problem(
            ["decision", body],
            "decisions",
            f"{body} decides by {rule}, which is no decision rule",
            f"Use one of: {', '.join(sorted(get_args(RuleName)))}.",
        )
        for body, rule in assembly.decision.items()
        if rule not in get_args(RuleName)
    )
    if assembly.drafting_body not in assembly.bodies:
        found.append(
            source.problem(
                ["drafting_body"],
                "bodies",
                f"drafting_body {assembly.drafting_body} is no body",
                "Name one of `bodies`.",
            )
        )
    if assembly.authentic not in assembly.languages:
        found.append(
            source.problem(
                ["authentic"],
                "languages",
                f"the authentic language {assembly.authentic} is not among the languages",
                "Name one of `languages`.",
            )
        )
    return found


def _names(check: _Check) -> None:
    procedure = check.procedure
    for key, state in procedure.states.items():
        if state.stage not in procedure.stages:
            check.fault(
                ("states", key, "stage"),
                "stages",
                f"state {key} belongs to stage {state.stage}, which is not among the stages",
                "Add the stage or correct the name.",
            )
    for name, number, source, target in check.arrows():
        for end, state_key in (("from", source), ("to", target)):
            if state_key not in procedure.states:
                check.fault(
                    ("actions", name, "moves", number, end),
                    "states",
                    f"{name} goes {end} {state_key}, which is no state",
                    f"Use one of: {', '.join(procedure.states)}.",
                )


def _ends(check: _Check) -> None:
    states = check.procedure.states
    initial = [key for key, state in states.items() if state.initial]
    if len(initial) != 1:
        check.fault(
            ("states", *initial[1:2]),
            "initial",
            f"{len(initial)} initial states; there must be one",
            "Mark exactly one state `initial: true`.",
        )
    if not any(state.final for state in states.values()):
        check.fault(
            ("states",), "final", "no final state", "Mark at least one state `final: true`."
        )
    for name, number, source, _target in check.arrows():
        if states[source].final:
            check.fault(
                ("actions", name, "moves", number, "from"),
                "final_exit",
                f"{name} leaves the final state {source}",
                "A revived draft is a new act; remove this source.",
            )


def _reached(arrows: list[tuple[str, str]], start: str) -> set[str]:
    ways: dict[str, list[str]] = {}
    for source, target in arrows:
        ways.setdefault(source, []).append(target)
    seen, queue = {start}, [start]
    while queue:
        for target in ways.get(queue.pop(), ()):
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return seen


def _ways(check: _Check) -> None:
    states = check.procedure.states
    initial = next((key for key, state in states.items() if state.initial), None)
    if initial is None:
        return
    arrows = [(source, target) for _, _, source, target in check.arrows()]
    back = [(target, source) for source, target in arrows]
    reached = _reached(arrows, initial)
    ending: set[str] = set()
    for key, state in states.items():
        if state.final:
            ending |= _reached(back, key)
    for key in states:
        if key not in reached:
            check.fault(
                ("states", key),
                "unreachable",
                f"nothing leads from {initial} to {key}",
                "Add a move into it or remove the state.",
            )
        if key not in ending:
            check.fault(
                ("states", key),
                "no_end",
                f"an act in {key} can never end",
                "Add a move that leads from it to a final state.",
            )


def _arrows(check: _Check) -> None:
    seen: dict[tuple[str, str], int] = {}
    for name, number, source, _target in check.arrows():
        place: tuple[object, ...] = ("actions", name, "moves", number)
        if (name, source) in seen:
            check.fault(
                place,
                "shadowed",
                f"{name} from {source} stands twice; the second is never used",
                "Join the two moves or remove one.",
            )
        seen[name, source] = number
    for name, action in check.procedure.actions.items():
        for number, move in enumerate(action.moves):
            if not move.who:
                check.fault(
                    ("actions", name, "moves", number),
                    "no_role",
                    f"nobody may fire {name} from {', '.join(move.source)}",
                    "Say who: a party or a list of them.",
                )
            if not move.source:
                check.fault(
                    ("actions", name, "moves", number),
                    "dead",
                    f"{name} starts from no state",
                    "Name at least one source.",
                )


def _holders(check: _Check) -> None:
    procedure = check.procedure
    for key, state in procedure.states.items():
        if state.final:
            continue
        if state.holder is None:
            check.fault(
                ("states", key), "holder", f"nobody holds an act in {key}", "Name its holder."
            )
        if not state.duties and not state.no_duty:
            check.fault(
                ("states", key),
                "due",
                f"nothing falls due in {key} and no reason says why",
                "List its duties, or give the reason under `no_duty`.",
            )
        for duty in state.duties:
            if duty not in procedure.duties:
                check.fault(
                    ("states", key, "duties"),
                    "duties",
                    f"{key} opens the duty {duty}, which is not described",
                    "Describe it under `duties`.",
                )
    for key, duty_kind in procedure.duties.items():
        if duty_kind.reminders not in procedure.reminders:
            check.fault(
                ("duties", key, "reminders"),
                "reminders",
                f"duty {key} is reminded by {duty_kind.reminders}, which is not described",
                f"Use one of: {', '.join(procedure.reminders)}.",
            )
        if duty_kind.due.calendar not in check.assembly.calendars:
            check.fault(
                ("duties", key, "due"),
                "calendars",
                f"duty {key} counts by the calendar {duty_kind.due.calendar}, which is unknown",
                f"Use one of: {', '.join(check.assembly.calendars)}.",
            )


def _party(check: _Check, party: object, place: tuple[object, ...]) -> None:
    if not isinstance(party, Party):
        return
    assembly = check.assembly
    if party.role not in assembly.roles:
        check.fault(
            place, "roles", f"{party}: {party.role} is no role", "Add it to assembly.yaml's roles."
        )
        return
    if party.scope == "act":
        if party.body not in ACT_PARTS:
            check.fault(
                place,
                "bodies",
                f"{party}: an act has no body called {party.body}",
                f"Use one of: {', '.join(ACT_PARTS)}.",
            )
        return
    bodies = (
        [assembly.bodies[key] for key in assembly.bodies_of(party.body)]
        if party.scope == "kind"
        else [assembly.bodies[party.body]]
        if party.body in assembly.bodies
        else []
    )
    if not bodies:
        check.fault(
            place,
            "bodies",
            f"{party}: the assembly has no body {party.body}",
            "Add it to assembly.yaml or correct the name.",
        )
    elif not any(party.role in body.roles for body in bodies):
        check.fault(
            place,
            "roles",
            f"{party}: nobody can be {party.role} there",
            "Add the role to the body in assembly.yaml.",
        )


def _words(check: _Check, notices: frozenset[str] | None) -> None:
    procedure, assembly = check.procedure, check.assembly
    _titles(check)
    for name, action in procedure.actions.items():
        for number, move in enumerate(action.moves):
            place: tuple[object, ...] = ("actions", name, "moves", number)
            for party in (*move.who, *move.request):
                _party(check, party, place)
            _fields(check, move.fields, place)
        _fields(check, action.fields, ("actions", name, "fields"))
        for guard in action.guards:
            if guard not in GUARDS:
                check.fault(
                    ("actions", name, "guards"),
                    "guards",
                    f"{name} is guarded by {guard}, which is no guard",
                    f"Use one of: {', '.join(GUARDS)}.",
                )
        for warning in action.warns:
            if warning not in WARNINGS:
                check.fault(
                    ("actions", name, "warns"),
                    "guards",
                    f"{name} warns of {warning}, which is no warning",
                    f"Use one of: {', '.join(WARNINGS)}.",
                )
        for notice in action.notices:
            if notice not in procedure.notices:
                check.fault(
                    ("actions", name, "notices"),
                    "notices",
                    f"{name} sends {notice}, which has no audience",
                    "Give it one under `notices`.",
                )
        if action.number is not None and action.number not in assembly.numbers:
            check.fault(
                ("actions", name, "number"),
                "numbers",
                f"{name} gives a number by the format {action.number}, which is unknown",
                f"Use one of: {', '.join(assembly.numbers)}.",
            )
    for key, state in procedure.states.items():
        _party(check, state.holder, ("states", key, "holder"))
        _party(check, state.secretary, ("states", key, "secretary"))
        for deed in state.within:
            if deed not in WITHIN:
                check.fault(
                    ("states", key, "within"),
                    "forms",
                    f"{key} allows {deed}, which is nothing one can do",
                    f"Use some of: {', '.join(WITHIN)}.",
                )
        for body in state.concerns:
            _concern(check, body, ("states", key, "concerns"))
    for key, duty in procedure.duties.items():
        _party(check, duty.holder, ("duties", key, "holder"))
    for key, steps in procedure.reminders.items():
        for number, step in enumerate(steps):
            _party(check, step.to, ("reminders", key, number))
    for key, audience in procedure.notices.items():
        for party in audience:
            _party(check, party, ("notices", key))
        if notices is not None and key not in notices:
            check.fault(
                ("notices", key),
                "notices",
                f"the notice {key} has no text",
                "Write templates/notices/<name>/ or correct the name.",
            )


def _concern(check: _Check, body: str, place: tuple[object, ...]) -> None:
    scope, _, key = body.rpartition(":")
    known = {
        "": check.assembly.bodies,
        "act": dict.fromkeys(ACT_PARTS),
        "kind": dict.fromkeys(item.kind for item in check.assembly.bodies.values()),
    }.get(scope)
    if known is None or key not in known:
        check.fault(place, "bodies", f"{body} names no body", "Use BODY, act:PART or kind:KIND.")


def _fields(check: _Check, fields: Mapping[str, str], place: tuple[object, ...]) -> None:
    for name in fields:
        if name not in FIELDS:
            check.fault(
                place,
                "forms",
                f"the field {name} is not one the forms know",
                f"Use some of: {', '.join(FIELDS)}.",
            )


def _titles(check: _Check) -> None:
    procedure, authentic = check.procedure, check.assembly.authentic
    named: list[tuple[tuple[object, ...], Mapping[str, str]]] = [(("titles",), procedure.titles)]
    named += [(("stages", key), titles) for key, titles in procedure.stages.items()]
    for key, state in procedure.states.items():
        named += [
            (("states", key, "titles"), state.titles),
            (("states", key, "explain"), state.explain),
        ]
    for key, action in procedure.actions.items():
        named += [
            (("actions", key, "titles"), action.titles),
            (("actions", key, "done"), action.done),
        ]
    named += [(("duties", key, "titles"), duty.titles) for key, duty in procedure.duties.items()]
    for place, titles in named:
        if authentic not in titles:
            check.fault(
                place,
                "languages",
                f"{'.'.join(map(str, place))} is missing in the authentic language {authentic}",
                "Write it in that language too.",
            )


def _must_pass(check: _Check) -> None:
    procedure = check.procedure
    initial = next((key for key, state in procedure.states.items() if state.initial), None)
    for number, rule in enumerate(procedure.must_pass):
        place = ("must_pass", number)
        if rule.to not in procedure.states or (
            rule.through not in procedure.states and rule.through not in procedure.actions
        ):
            check.fault(
                place,
                "must_pass",
                f"{rule.to} through {rule.through}: no such state or action",
                "Name a state as `to`, a state or an action as `through`.",
            )
            continue
        without = [
            (source, target)
            for name, _, source, target in check.arrows()
            if rule.through not in (name, source, target)
        ]
        if initial is not None and rule.to in _reached(without, initial):
            check.fault(
                place,
                "must_pass",
                f"an act can become {rule.to} without {rule.through}",
                "Remove the way round it.",
            )


def _scenarios(check: _Check) -> None:
    compiled = Compiled(check.procedure)
    covered: set[tuple[str, str]] = set()
    for number, scenario in enumerate(check.procedure.scenarios):
        place = ("scenarios", number)
        state: str | None = compiled.initial
        for step in scenario.walk:
            after = _step(check, compiled, state or "", step)
            if after is None:
                check.fault(
                    place,
                    "scenarios",
                    f"{scenario.title!r}: {step!r} is not possible in {state}",
                    "Correct the walk or the table.",
                )
                break
            covered.add((step.split()[-1], state or ""))
            state = after
        else:
            if scenario.ends is not None and state != scenario.ends:
                check.fault(
                    place,
                    "scenarios",
                    f"{scenario.title!r} ends in {state}, not in {scenario.ends}",
                    "Correct the walk or the table.",
                )
            if scenario.refused and _step(check, compiled, state or "", scenario.refused):
                check.fault(
                    place,
                    "scenarios",
                    f"{scenario.title!r}: {scenario.refused!r} is possible in {state}",
                    "Correct the walk or the table.",
                )
    for name, move_number, source, _target in check.arrows():
        if (name, source) not in covered:
            check.fault(
                ("actions", name, "moves", move_number),
                "uncovered",
                f"no scenario takes {name} from {source}",
                "Add a walk that does.",
            )


def _step(check: _Check, compiled: Compiled, state: str, step: str) -> str | None:
    """The state after `PARTY action`, or None where that party cannot do it."""
    party, _, name = step.partition(" ")
    move = compiled.move(name, state)
    if move is None or not set(check.procedure.parties.get(party, ())) & set(move.who):
        return None
    return compiled.fire(name, state)
