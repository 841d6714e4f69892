"""An act under way comes in with the history it had: dated or not, and nothing is sent for it."""

from datetime import date

import pytest
from sqlalchemy import select

from tests import seen
from tests.road import TITLES, bring_to, propose
from tracker.acts.models import ActNumber, Visit
from tracker.acts.operations import advance
from tracker.admission.operations import Past, Proposal, admit_act, past_from
from tracker.db import db
from tracker.errors import Forbidden, Invalid, Refused


@pytest.fixture
def admit(as_, now):
    def take(state, history=(), who="secretariat", **given):
        number = given.pop("number", None)
        values = {"kind": "model_law", "titles": TITLES, "initiator": "parliament_kz", **given}
        return admit_act(
            Proposal(**values),
            state,
            [past_from(item) for item in history],
            actor=as_(who),
            now=now,
            number=number,
        )

    return take


def test_a_dated_history_makes_dated_visits(app, as_, now, admit):
    reference = admit(
        "commission",
        [
            {"action": "open_concept", "decided_on": "2023-02-10"},
            {"action": "approve_concept", "decided_on": "2023-04-20", "basis": "document"},
            {"action": "submit_to_eab", "decided_on": "2023-06"},
            {"action": "refer_to_commission", "decided_on": "2024", "reason": "По предмету"},
        ],
        decided_on="2023-01-15",
        lead_body="defence",
    )
    act = seen.act_of(reference)
    assert (act.state, act.version, act.floor) == ("commission", 5, date(2024, 1, 1))
    assert all(entry.data["before_admission"] for entry in seen.timeline(reference))
    assert [
        (visit.state, visit.entered_on, visit.left_on) for visit in seen.of_act(Visit, reference)
    ] == [
        ("proposed", date(2023, 1, 15), date(2023, 2, 10)),
        ("concept", date(2023, 2, 10), date(2023, 4, 20)),
        ("drafting", date(2023, 4, 20), None),
        ("eab_review", None, None),
        ("commission", None, None),
    ]
    # Forty-five working days from the day of admission, not from 2024.
    assert seen.open_duties(reference)["consider"].due_on > now.date()
    assert seen.notices(reference) == []
    advance(reference, "approve_in_commission", actor=as_("defence.secretary"), now=now)
    assert seen.act_of(reference).state == "council"


def test_without_any_date_nothing_is_invented(app, as_, now, admit):
    reference = admit("council")
    entries = seen.timeline(reference)
    assert [(e.action, e.after, e.decided_precision) for e in entries] == [
        ("propose", "proposed", "unknown"),
        ("admit", "council", "unknown"),
    ]
    assert seen.act_of(reference).floor is None
    advance(
        reference,
        "return_to_commission",
        actor=as_("secretariat"),
        now=now,
        data={"reason": "По решению", "decided_on": "2020-05"},
    )


def test_an_adopted_act_keeps_its_number(app, as_, now, tmp_path, admit):
    reference = admit(
        "dispatched",
        [
            {"state": "plenary", "decided_on": "2021"},
            {"action": "adopt", "decided_on": "2021-11-30"},
            {"action": "dispatch"},
        ],
        number="18-3.5",
    )
    number = db.session.scalars(select(ActNumber)).one()
    assert (number.number, number.given_n) == ("18-3.5", 3)
    assert seen.open_duties(reference) == {}
    other = bring_to("plenary", as_, now, tmp_path)
    with pytest.raises(Refused, match="number_taken"):
        advance(
            other,
            "adopt",
            actor=as_("secretariat"),
            now=now,
            data={"session": 18, "serial": "3.5"},
        )
    with pytest.raises(Invalid, match="number_taken"):
        admit("adopted", number="18-3.5")


def test_its_bodies_see_it_as_if_it_had_come_their_way(app, as_, now, admit):
    reference = admit("council", lead_body="defence")
    assert {"eab", "council", "assembly", "defence"} <= seen.bodies(reference, "concerned")


def test_a_state_named_twice_makes_no_second_visit(app, now, admit):
    reference = admit("concept", [{"state": "concept"}, {"action": "return_concept"}])
    assert seen.visits(reference) == [(1, "proposed", 2, False), (2, "concept", None, False)]


@pytest.mark.parametrize(
    ("history", "field", "code"),
    [
        ([{"action": "open_concept"}, {"action": "fly"}], "history.1.action", "unknown_action"),
        ([{"action": ["open_concept"]}], "history.0.action", "unknown_action"),
        ([{"state": "limbo"}], "history.0.state", "not_a_choice"),
        ([{}], "history.0.state", "not_a_choice"),
        ([{"action": "adopt"}], "history.0.state", "not_from_here"),
        ([{"state": "concept", "decided_on": 2020}], "history.0.decided_on", "not_a_decided_date"),
        ([{"state": "concept", "decided_on": "2030"}], "history.0.decided_on", "in_the_future"),
        ([{"state": "concept", "decided_on": "2019"}], "history.0.decided_on", "before_previous"),
        ([{"state": "concept", "basis": "rumour"}], "history.0.basis", "not_a_choice"),
        ([{"state": "concept", "reason": 7}], "history.0.reason", "not_text"),
    ],
)
def test_a_wrong_row_of_the_history_is_named(app, now, admit, history, field, code):
    with pytest.raises(Invalid) as error:
        admit("concept", history, decided_on="2020-01-01")
    assert [(r.field, r.code) for r in error.value.refusals] == [(field, code)]
    assert seen.counts()["act"] == 0


def test_state_number_and_right_are_checked(app, now, admit):
    with pytest.raises(Invalid, match="not_a_choice"):
        admit(["council"])
    with pytest.raises(Invalid, match="not_text"):
        admit("adopted", number=18)
    with pytest.raises(Forbidden):
        admit("council", who="eab.chair")


def test_an_admitted_act_is_one_among_the_others(app, as_, now, admit):
    assert [propose(as_, now), admit("drafting")] == ["MA-2026-001", "MA-2026-002"]


def test_past_takes_only_what_it_knows():
    assert past_from({"state": "council", "extra": 1}) == Past(state="council")
