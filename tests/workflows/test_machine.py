"""One shared machine a procedure, fired in the one safe way."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from transitions import MachineError

from tests.workflows.world import csto, lakes
from workflows.schema import STAYS

LAW = csto().procedures["model_law"]


def test_every_arrow_fires_to_its_end():
    for procedure in (*csto().procedures.values(), *lakes().procedures.values()):
        for name, action in procedure.definition.actions.items():
            for move in action.moves:
                for source in move.source:
                    after = source if move.to == STAYS else move.to
                    assert procedure.fire(name, source) == after
                    assert name in procedure.actions_from(source)


def test_no_other_arrow_fires():
    for state in LAW.definition.states:
        for name in LAW.definition.actions:
            if LAW.move(name, state) is None:
                with pytest.raises(MachineError):
                    LAW.fire(name, state)


def test_the_machine_holds_nothing():
    """No model stays in it and no helper methods hang on anything that lives on."""
    before = dict(vars(LAW.machine))
    LAW.fire("adopt", "plenary")
    assert LAW.machine.models == []
    assert vars(LAW.machine).keys() == before.keys()
    assert not LAW.machine.has_queue
    assert not LAW.machine.auto_transitions


def test_the_machine_has_the_states_and_actions_of_the_file():
    assert set(LAW.machine.states) == set(LAW.definition.states)
    assert set(LAW.machine.events) == set(LAW.definition.actions)


ROAD = [
    ("start_drafting", "proposed"),
    ("submit_to_eab", "drafting"),
    ("refer_to_commission", "eab_review"),
    ("approve_in_commission", "commission"),
    ("include_in_agenda", "council"),
    ("adopt", "plenary"),
    ("dispatch", "adopted"),
]
ENDS = [state for _action, state in ROAD[1:]] + ["dispatched"]


def test_eight_threads_fire_on_one_machine():
    """Each firing has a context of its own: no thread sees another's state."""

    def walk(number: int) -> list[str]:
        start = number % len(ROAD)
        steps = ROAD[start:] + ROAD[:start]
        return [LAW.fire(name, state) for _ in range(300) for name, state in steps]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(walk, range(8)))
    for number, states in enumerate(found):
        start = number % len(ROAD)
        assert states == (ENDS[start:] + ENDS[:start]) * 300


def test_the_machine_is_quiet():
    assert not logging.getLogger("transitions").isEnabledFor(logging.INFO)


def test_fields_come_from_the_action_and_the_move():
    assert LAW.fields("start_drafting", "proposed") == {"reason": "required"}
    assert LAW.fields("start_drafting", "concept") == {"reason": "optional"}
    assert LAW.fields("start_drafting", "council") == {}
    assert LAW.fields("adopt", "plenary") == {"session": "required", "serial": "required"}


def test_parties_are_all_who_fire_or_request():
    assert {str(party) for party in LAW.parties("resubmit_to_commission")} == {
        "secretariat.staff", "act:lead.secretary", "act:lead.chair", "act:drafting.drafter",
    }  # fmt: skip
