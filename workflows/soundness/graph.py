"""Rules of the table as a graph: beginnings, ends, ways between them, and what they must pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from workflows.guards import NEEDS
from workflows.machine import Compiled
from workflows.schema import STAYS, Procedure
from workflows.soundness.fault import Fault, Place


class Arrow(NamedTuple):
    action: str
    number: int
    """Of the move that it belongs to, counted from 0 within the action."""
    source: str
    target: str

    @property
    def place(self) -> Place:
        return ("actions", self.action, "moves", self.number)


def arrows(procedure: Procedure) -> list[Arrow]:
    """List every arrow of the table, one a source state."""
    return [
        Arrow(name, number, source, source if move.to == STAYS else move.to)
        for name, action in procedure.actions.items()
        for number, move in enumerate(action.moves)
        for source in move.source
    ]


def check_graph(procedure: Procedure) -> Iterator[Fault]:
    """Find what is wrong with a table whose arrows all join states that exist."""
    yield from _ends(procedure)
    yield from _transitions(procedure)
    initial = [key for key, state in procedure.states.items() if state.initial]
    if len(initial) == 1:  # else there is nowhere to walk from
        yield from _ways(procedure, initial[0])
        yield from _must_pass(procedure, initial[0])
        yield from _scenarios(procedure)


def _ends(procedure: Procedure) -> Iterator[Fault]:
    states = procedure.states
    initial = [key for key, state in states.items() if state.initial]
    if len(initial) != 1:
        message = f"{len(initial)} initial states; there must be one"
        remedy = "Mark exactly one state `initial: true`."
        yield Fault(("states", *initial[1:2]), "initial", message, remedy)
    if not any(state.final for state in states.values()):
        remedy = "Mark at least one state `final: true`."
        yield Fault(("states",), "final", "no final state", remedy)
    for arrow in arrows(procedure):
        if states[arrow.source].final:
            message = f"{arrow.action} leaves the final state {arrow.source}"
            remedy = "A revived draft is a new act; remove this source."
            yield Fault((*arrow.place, "from"), "final_exit", message, remedy)


def _transitions(procedure: Procedure) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for arrow in arrows(procedure):
        if (arrow.action, arrow.source) in seen:
            message = f"{arrow.action} from {arrow.source} stands twice; the second is never used"
            yield Fault(arrow.place, "shadowed", message, "Join the two moves or remove one.")
        seen.add((arrow.action, arrow.source))
        within = procedure.states[arrow.source].within
        for guard in procedure.actions[arrow.action].guards:
            needs = NEEDS.get(guard, within)
            if needs and not set(needs) & set(within):
                message = f"{arrow.action} from {arrow.source} can never pass its guard {guard}"
                remedy = f"Allow {' or '.join(needs)} within {arrow.source}, or drop the guard."
                yield Fault(arrow.place, "dead", message, remedy)
    for name, action in procedure.actions.items():
        if not action.moves:
            remedy = "Add a move, or remove the action."
            yield Fault(("actions", name), "dead", f"{name} moves nothing", remedy)
        for number, move in enumerate(action.moves):
            place: Place = ("actions", name, "moves", number)
            if not move.source:
                message = f"{name} starts from no state"
                yield Fault((*place, "from"), "dead", message, "Name at least one source.")
            if not move.who:
                message = f"nobody may fire {name} from {', '.join(move.source)}"
                yield Fault(place, "no_role", message, "Say who: a party or a list of them.")


def _reached(ways: Iterable[tuple[str, str]], starts: Collection[str]) -> set[str]:
    onward: dict[str, list[str]] = {}
    for source, target in ways:
        onward.setdefault(source, []).append(target)
    seen, queue = set(starts), list(starts)
    while queue:
        for target in onward.get(queue.pop(), ()):
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return seen


def _ways(procedure: Procedure, initial: str) -> Iterator[Fault]:
    ways = [(arrow.source, arrow.target) for arrow in arrows(procedure)]
    reached = _reached(ways, [initial])
    finals = [key for key, state in procedure.states.items() if state.final]
    ending = _reached([(target, source) for source, target in ways], finals)
    for key in procedure.states:
        if key not in reached:
            message = f"nothing leads from {initial} to {key}"
            remedy = "Add a move into it or remove the state."
            yield Fault(("states", key), "unreachable", message, remedy)
        if key not in ending:
            message = f"an act in {key} can never end"
            remedy = "Add a move that leads from it to a final state."
            yield Fault(("states", key), "no_end", message, remedy)


def _must_pass(procedure: Procedure, initial: str) -> Iterator[Fault]:
    states = procedure.states
    for number, rule in enumerate(procedure.must_pass):
        place = ("must_pass", number)
        if rule.to not in states or rule.through not in {*states, *procedure.actions}:
            message = f"{rule.to} through {rule.through}: no such state or action"
            remedy = "Name a state as `to`, a state or an action as `through`."
            yield Fault(place, "must_pass", message, remedy)
            continue
        round_it = [
            (arrow.source, arrow.target)
            for arrow in arrows(procedure)
            if rule.through not in (arrow.action, arrow.source, arrow.target)
        ]
        if rule.to in _reached(round_it, [initial]):
            message = f"an act can become {rule.to} without {rule.through}"
            yield Fault(place, "must_pass", message, "Remove the way round it.")


def _scenarios(procedure: Procedure) -> Iterator[Fault]:
    compiled = Compiled(procedure)
    covered: set[tuple[str, str]] = set()
    for number, scenario in enumerate(procedure.scenarios):
        place = ("scenarios", number)

        def wrong(what: str, place: Place = place, title: str = scenario.title) -> Fault:
            return Fault(place, "scenarios", f"{title!r} {what}", "Correct the walk or the table.")

        steps = [*scenario.walk, *([scenario.refused] if scenario.refused else [])]
        strange = [step for step in steps if not _understood(procedure, step)]
        if strange:
            yield wrong(f"has the step {strange[0]!r}, which is no PARTY and action of this file")
            continue
        state = compiled.initial
        for step in scenario.walk:
            after = _step(compiled, state, step)
            if after is None:
                yield wrong(f"wants {step!r} in {state}, which is not possible")
                break
            covered.add((step.split()[1], state))
            state = after
        else:
            if scenario.ends not in (None, state):
                yield wrong(f"ends in {state}, not in {scenario.ends}")
            if scenario.refused and _step(compiled, state, scenario.refused):
                yield wrong(f"wants {scenario.refused!r} refused in {state}, where it is possible")
    for arrow in arrows(procedure):
        if (arrow.action, arrow.source) not in covered:
            message = f"no scenario takes {arrow.action} from {arrow.source}"
            yield Fault(arrow.place, "uncovered", message, "Add a walk that does.")


def _understood(procedure: Procedure, step: str) -> bool:
    party, _, action = step.partition(" ")
    return party in procedure.parties and action in procedure.actions


def _step(compiled: Compiled, state: str, step: str) -> str | None:
    """Give the state after `PARTY action`, or None where that party cannot do it."""
    party, action = step.split()
    move = compiled.move(action, state)
    if move is None or not set(compiled.definition.parties[party]) & set(move.who):
        return None
    return compiled.fire(action, state)
