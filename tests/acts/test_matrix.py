"""Who may do what where: every role by every action by every state, through `advance_many`.

What is expected comes from the contract's table, not from the procedure file.
"""

from __future__ import annotations

from itertools import count

import pytest

from tests import seen
from tests.road import TITLES, deliver, opinion
from tests.workflows.test_contract import MODEL_LAW, STAGES, expected
from tracker.acts.operations import Step, advance_many
from tracker.admission.operations import Proposal, admit_act
from tracker.errors import Forbidden, NotFound, Refused
from tracker.permissions import PUBLIC
from tracker.sittings.operations import give_position

TABLE = expected(MODEL_LAW)
STATES = sorted(set().union(*STAGES["model_law"].values()))
ACTIONS = sorted({action for action, _state in TABLE})
WHO = {
    "secretariat": "secretariat.staff",
    "eab.secretary": "eab.secretary",
    "eab.chair": "eab.chair",
    "defence.secretary": "act:lead.secretary",
    "defence.chair": "act:lead.chair",
    "drafter": "act:drafting.drafter",
    "political.secretary": None,
    "eab.expert1": None,
    "council.am": None,
    "parliament.kz": None,
    "admin": None,
    "nobody": None,
}
"""The sample people by what the table calls them; None is not in the table."""
SERIALS = count(1)


def stand(state, as_, now, tmp_path) -> str:
    """An act that stands in a state with all that its steps ask for."""
    proposal = Proposal("model_law", TITLES, "parliament_kz", lead_body="defence")
    reference = admit_act(proposal, state, actor=as_("secretariat"), now=now)
    if state in ("drafting", "revision"):
        deliver(reference, as_, now, tmp_path)
    elif state == "eab_review":
        opinion(reference, as_, now)
    elif state == "council":
        give_position(reference, "yes", actor=as_("council.ru"), now=now)
    return reference


def circulated(as_, now, tmp_path) -> dict[str, str]:
    """An act in each state, with a round of circulation wherever there can be one."""
    acts = {state: stand(state, as_, now, tmp_path) for state in STATES}
    advance_many(
        [Step(reference) for reference in acts.values()],
        "open_circulation",
        actor=as_("secretariat"),
        now=now,
        data=data_for("open_circulation"),
    )
    return acts


def data_for(action):
    given = {"reason": "Причина"}
    return given | {
        "refer_to_commission": {"lead_body": "defence"},
        "rerefer": {"lead_body": "defence"},
        "include_in_agenda": {"session": 18},
        "adopt": {"session": 18, "serial": next(SERIALS)},
        "retitle": {"titles": {"ru": "Иное название"}},
        "change_kind": {"kind": "model_code"},
        "open_circulation": {"addressees": ["parliament_am"], "due": "2026-12-15"},
    }.get(action, {})


def expect(action, state, seat):
    """`moves`, `requests`, `elsewhere` (the role's step, but not here) or `no`."""
    target, who, request, _fields = TABLE.get((action, state), (None, set(), set(), set()))
    if seat in who:
        return f"moves to {state if target == 'stays' else target}"
    if seat in request:
        return "requests"
    rows = [row for (name, _state), row in TABLE.items() if name == action]
    part = any(seat in row[1] or seat in row[2] for row in rows)
    return "elsewhere" if part and target is None else "no"


def answer(stepped, action):
    if isinstance(stepped.error, Forbidden | NotFound):
        return "no"
    if isinstance(stepped.error, Refused):
        assert [refusal.code for refusal in stepped.error.refusals] == ["wrong_state"]
        return "elsewhere"
    assert stepped.error is None, stepped.error
    outcome = stepped.outcome
    return f"moves to {outcome.state}" if outcome.entry.action == action else "requests"


@pytest.mark.parametrize("login", WHO)
def test_the_table_of_the_contract_holds(app, as_, now, tmp_path, login):
    actor = PUBLIC if login == "nobody" else as_(login)
    acts = {state: stand(state, as_, now, tmp_path) for state in STATES}
    for action in ACTIONS:
        if action == "close_circulation":  # of acts that are circulated, and then of new ones
            kept, acts = acts, circulated(as_, now, tmp_path)
        steps = {state: Step(reference) for state, reference in acts.items()}
        if action == "adopt":  # each gives a number
            steps = {s: Step(acts[s], data={"serial": next(SERIALS)}) for s in acts}
        found = advance_many(
            list(steps.values()), action, actor=actor, now=now, data=data_for(action)
        )
        for (state, reference), stepped in zip(acts.items(), found, strict=True):
            given = answer(stepped, action)
            assert given == expect(action, state, WHO[login]), (action, state)
            if given not in ("no", "elsewhere"):
                acts[state] = stand(state, as_, now, tmp_path)
            else:
                assert stepped.reference == reference
        if action == "close_circulation":
            acts = kept


def test_a_refused_step_writes_nothing(app, as_, now, tmp_path):
    acts = [stand(state, as_, now, tmp_path) for state in STATES]
    before = seen.counts()
    for action in ACTIONS:
        steps = [Step(reference) for reference in acts]
        actor = as_("parliament.am")
        advance_many(steps, action, actor=actor, now=now, data=data_for(action))
    assert seen.counts() == before
