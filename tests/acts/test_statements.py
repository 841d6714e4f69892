"""How many statements a step costs, and that a set costs no more of them than a pair."""

from __future__ import annotations

import pytest

from tests.counting import counting
from tests.road import bring_to, deliver, opinion, propose
from tracker.acts.operations import Step, advance, advance_many
from tracker.sittings.operations import give_position

BUDGET = 14


@pytest.fixture
def step(as_, now):
    def take(reference, action, login, **data):
        actor = as_(login)
        with counting() as counted:
            advance(reference, action, actor=actor, now=now, data=data)
        return counted

    return take


def test_each_step_of_the_usual_road_is_within_the_budget(as_, now, tmp_path, step):
    act = propose(as_, now)
    seen = {"start_drafting": step(act, "start_drafting", "secretariat", reason="Без концепции")}
    deliver(act, as_, now, tmp_path)
    seen["submit_to_eab"] = step(act, "submit_to_eab", "secretariat")
    opinion(act, as_, now)
    seen["refer_to_commission"] = step(
        act, "refer_to_commission", "eab.secretary", lead_body="defence"
    )
    seen["rerefer"] = step(act, "rerefer", "secretariat", lead_body="social", reason="Профиль")
    seen["approve_in_commission"] = step(act, "approve_in_commission", "social.secretary")
    give_position(act, "yes", actor=as_("council.kz"), now=now)
    seen["include_in_agenda"] = step(act, "include_in_agenda", "secretariat", session=18)
    seen["adopt"] = step(act, "adopt", "secretariat", session=18, serial="3.5")
    seen["dispatch"] = step(act, "dispatch", "secretariat")
    over = {name: str(counted) for name, counted in seen.items() if len(counted) > BUDGET}
    assert not over, over


@pytest.mark.parametrize(
    ("state", "action", "login", "data"),
    [
        ("proposed", "withdraw", "secretariat", {"reason": "Письмо инициатора"}),
        ("eab_review", "return_for_revision", "eab.secretary", {"reason": "Замечания"}),
        (
            "commission",
            "postpone",
            "defence.secretary",
            {"reason": "Нет кворума", "until": "2027-02-01"},
        ),
        ("council", "reject", "secretariat", {"reason": "Решение Совета"}),
        ("plenary", "retitle", "secretariat", {"titles": {"ru": "Иначе"}, "reason": "Опечатка"}),
    ],
)
def test_steps_off_the_road_are_within_the_budget(
    as_, now, tmp_path, step, state, action, login, data
):
    act = bring_to(state, as_, now, tmp_path)
    counted = step(act, action, login, **data)
    assert len(counted) <= BUDGET, str(counted)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("open_concept", {}),
        ("start_drafting", {"reason": "Без концепции"}),
        ("withdraw", {"reason": "Письмо инициатора"}),
        ("retitle", {"titles": {"ru": "Иначе"}, "reason": "Опечатка"}),
    ],
)
def test_fifty_acts_cost_the_statements_of_two(as_, now, action, data):
    acts = [propose(as_, now) for _ in range(52)]
    actor = as_("secretariat")

    def move(references):
        with counting() as counted:
            answers = advance_many(
                [Step(reference) for reference in references],
                action,
                actor=actor,
                now=now,
                data=data,
            )
        assert all(answer.outcome for answer in answers)
        return counted.statements

    assert move(acts[:2]) == move(acts[2:])
