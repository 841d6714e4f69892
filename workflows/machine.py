"""A procedure compiled for use: indexes over its moves and one shared `transitions.Machine`.

The machine holds no model. `fire` gives it a throw-away context, so that nothing of one act can
reach another; guards run in `decide`, before, so that every reason is named.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from transitions import Machine

from workflows.schema import STAYS, Action, Move, Party, Procedure, State


class _Context:
    """What one firing happens to; `transitions` writes the new state into it."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Compiled:
    """One version of one procedure, ready to answer and to fire."""

    def __init__(self, definition: Procedure, hash_: str = "") -> None:
        self.definition = definition
        self.hash = hash_
        self.key = definition.procedure
        self.version = definition.version
        self._moves: dict[tuple[str, str], Move] = {
            (name, source): move
            for name, action in definition.actions.items()
            for move in action.moves
            for source in move.source
        }
        self._by_state: dict[str, list[str]] = defaultdict(list)
        for name, source in self._moves:
            self._by_state[source].append(name)
        self._parties = {
            name: frozenset(party for move in action.moves for party in (*move.who, *move.request))
            for name, action in definition.actions.items()
        }
        self._circulating = frozenset(
            source
            for (name, source) in self._moves
            if definition.actions[name].circulation == "close"
        )
        self.machine = Machine(
            model=None,
            states=list(definition.states),
            transitions=[
                {"trigger": name, "source": source, "dest": move.to if move.to != STAYS else source}
                for (name, source), move in self._moves.items()
            ],
            initial=None,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )

    @cached_property
    def initial(self) -> str:
        return next(key for key, state in self.definition.states.items() if state.initial)

    def state(self, key: str) -> State:
        return self.definition.states[key]

    def action(self, name: str) -> Action:
        return self.definition.actions[name]

    def move(self, name: str, state: str) -> Move | None:
        """Find the arrow that `name` takes from `state`, if there is one."""
        return self._moves.get((name, state))

    def actions_from(self, state: str) -> list[str]:
        return self._by_state.get(state, [])

    def circulates(self, state: str) -> bool:
        """Whether a round of circulation can be open in a state: a step from it could end it."""
        return state in self._circulating

    def fields(self, name: str, state: str) -> dict[str, str]:
        """Name the fields asked when `name` is fired from `state`, and how much they are needed."""
        move = self.move(name, state)
        return {**self.action(name).fields, **(move.fields if move else {})}

    def parties(self, name: str) -> frozenset[Party]:
        """Name everybody who may fire or request `name` from some state."""
        return self._parties[name]

    def fire(self, name: str, state: str) -> str:
        """Give the state after `name`; raises MachineError where the graph has no such arrow."""
        context = _Context(state)
        if not self.machine.events[name].trigger(context):
            raise RuntimeError(f"{self.key}: {name} did not fire from {state}")
        return context.state
