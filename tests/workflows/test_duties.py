"""What a step opens, closes, moves and cancels."""

from dataclasses import replace
from datetime import date

import pytest

from tests.workflows.world import NOW, PARTS, csto, duty, lakes
from workflows.decide import decide
from workflows.duties import new_duties
from workflows.facts import ReviewFacts

W = csto()
STAFF = W.actor("secretariat.staff")
K = W.actor("defence.chair")


def opened(answer):
    return [(new.kind, new.body, new.role, new.deadline.on) for new in answer.opens]


OPENS = [
    ("concept", "approve_concept", "eab.chair", {},
     [("deliver_edition", "institute", "drafter", date(2027, 1, 23))]),
    ("drafting", "submit_to_eab", "eab.chair", {},
     [("examine", "eab", "secretary", date(2027, 1, 14))]),
    ("commission", "ask_revision", "defence.chair", {"reason": "x"},
     [("revise", "institute", "drafter", date(2026, 12, 24))]),
    ("council", "include_in_agenda", "secretariat.staff", {"session": 18},
     [("record_adoption", "secretariat", "staff", None)]),
    ("commission", "rerefer", "secretariat.staff", {"lead_body": "social", "reason": "x"},
     [("consider", "social", "secretary", date(2027, 2, 4))]),
    ("adopted", "dispatch", "secretariat.staff", {}, []),
    ("commission", "continue_work", "defence.chair", {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("state", "action", "seat", "data", "expected"), OPENS)
def test_a_new_state_opens_its_duties(state, action, seat, data, expected):
    answer = decide(W.facts("model_law", state), action, W.actor(seat), NOW, data)
    assert opened(answer) == expected


def test_each_member_of_the_council_owes_a_position():
    answer = decide(W.facts("model_law", "commission"), "approve_in_commission", K, NOW, {})
    positions = [new for new in answer.opens if new.kind == "position"]
    assert [new.person for new in positions] == list(W.people["council", "member"])
    assert {(new.body, new.role, new.deadline.on) for new in positions} == {
        (None, None, date(2026, 12, 15))
    }
    (other,) = [new for new in answer.opens if new.kind == "put_to_council"]
    assert (other.deadline.on, other.deadline.why_not) == (None, "not_set")


STARTS = [
    ("2026-11-02", date(2026, 12, 2)),  # the day decided
    ("2026-11", date(2026, 12, 24)),  # only the month is known: the day recorded
    ("2025", date(2026, 12, 24)),
    ("unknown", date(2026, 12, 24)),
]


@pytest.mark.parametrize(("decided_on", "due"), STARTS)
def test_due_dates_run_from_the_day_decided_else_from_the_recording(decided_on, due):
    data = {"reason": "x", "decided_on": decided_on}
    answer = decide(W.facts("model_law", "commission"), "ask_revision", K, NOW, data)
    assert opened(answer) == [("revise", "institute", "drafter", due)]


def test_a_new_visit_closes_everything_and_a_stay_nothing():
    owed = (duty(1, "consider", "defence.secretary"), duty(2, "request", "secretariat.staff", "x"))
    facts = W.facts("model_law", "commission", duties=owed)
    assert decide(facts, "ask_revision", K, NOW, {"reason": "x"}).closes == owed
    data = {"lead_body": "defence", "reason": "x"}
    answer = decide(facts, "rerefer", STAFF, NOW, data)  # the same state, a new visit
    assert (answer.enters, answer.closes) == (True, owed)
    answer = decide(facts, "postpone", K, NOW, {"reason": "x"})
    assert (answer.enters, answer.closes, answer.redates) == (False, (), ())


def test_until_moves_the_duties_of_the_state_and_no_others():
    own, asked = duty(1, "consider", "defence.secretary"), duty(2, "request", None, "withdraw")
    facts = W.facts("model_law", "commission", duties=(own, asked))
    for action in ("postpone", "continue_work", "approve_in_main"):
        answer = decide(facts, action, K, NOW, {"reason": "x", "until": "2027-03-01"})
        ((moved, deadline),) = answer.redates
        assert (moved, deadline.on) == (own, date(2027, 3, 1))
        assert answer.entry.data["until"] == "2027-03-01"


BAD_UNTIL = [
    ("2026-11-23", "before_decision"),
    ("2201-01-01", "date_too_late"),
    ("9999-12-31", "date_too_late"),
    ("tomorrow", "not_a_date"),
    ("2027-02-30", "not_a_date"),
    ("20270301", "not_a_date"),
    ("2027-W10-1", "not_a_date"),
    (NOW, "not_text"),
]


@pytest.mark.parametrize(("until", "code"), BAD_UNTIL)
def test_until_is_a_date_after_the_decision(until, code):
    facts = W.facts("model_law", "commission")
    answer = decide(facts, "postpone", K, NOW, {"reason": "x", "until": until})
    assert [(refusal.code, refusal.field) for refusal in answer.refusals] == [(code, "until")]


def test_until_may_have_passed_for_a_step_recorded_late():
    facts = W.facts("model_law", "commission", duties=(duty(1, "consider", "defence.secretary"),))
    data = {"reason": "x", "decided_on": "2022-03-01", "until": "2022-06-01"}
    ((_moved, deadline),) = decide(facts, "postpone", K, NOW, data).redates
    assert deadline.on == date(2022, 6, 1)


class TestReviews:
    states = ("invited", "accepted", "declined", "submitted", "cancelled")
    reviews = tuple(
        ReviewFacts(n, W.person("eab.expert", n % 2), state, in_visit=True)
        for n, state in enumerate(states)
    )

    def test_leaving_the_state_cancels_those_at_work_and_tells_them(self):
        facts = W.facts("model_law", "eab_review", reviews=self.reviews)
        answer = decide(facts, "return_for_revision", W.actor("eab.chair"), NOW, {"reason": "x"})
        assert answer.cancels == (0, 1)
        told = [t.person for t in answer.tellings if t.notice == "review_cancelled"]
        assert told == [self.reviews[0].person, self.reviews[1].person]

    def test_staying_cancels_none(self):
        facts = W.facts("model_law", "eab_review", reviews=self.reviews)
        answer = decide(facts, "postpone", W.actor("eab.chair"), NOW, {"reason": "x"})
        assert answer.cancels == ()
        assert not any(t.notice == "review_cancelled" for t in answer.tellings)


def test_a_duty_of_nobody_yet_is_still_owed():
    """Without a lead commission the role is known and the body is not."""
    facts = W.facts("statement_council", "commission", bodies={})
    kind = facts.procedure.definition.duties["consider"]
    (new,) = new_duties(facts, "consider", kind, date(2026, 11, 24))
    assert (new.person, new.body, new.role) == (None, None, "secretary")


def test_a_duty_of_the_person_asked_is_opened_by_the_asking():
    facts = W.facts("model_law", "eab_review")
    kind = facts.procedure.definition.duties["review"]
    assert list(new_duties(facts, "review", kind, date(2026, 11, 24))) == []


def test_an_unknown_calendar_gives_no_invented_date():
    facts = W.facts("model_law", "proposed")
    facts = replace(facts, setting=replace(facts.setting, calendars={}))
    answer = decide(facts, "open_concept", STAFF, NOW, {})
    (new,) = answer.opens
    assert (new.deadline.on, new.deadline.why_not) == (None, "cannot_compute")


def test_who_sees_the_act_from_then_on():
    facts = W.facts("model_law", "commission")
    answer = decide(facts, "approve_in_commission", K, NOW, {})
    parliaments = {key for key in W.assembly.bodies if key.startswith("parliament_")}
    assert answer.concerns == {"council", "assembly", *parliaments}
    answer = decide(facts, "rerefer", STAFF, NOW, {"lead_body": "social", "reason": "x"})
    assert answer.concerns == {"social"}
    assert decide(facts, "postpone", K, NOW, {"reason": "x"}).concerns == frozenset()
    bill = lakes().facts("bill", "reading", bodies=PARTS["two_lakes"] | {"lead": ()})
    answer = decide(bill, "refer", lakes().actor("board.chair"), NOW, {"lead_body": "shores"})
    assert answer.concerns == {"shores", "north", "south"}


class TestLeadCommission:
    """A statement may have none: then the step that needs one asks."""

    without = W.facts("statement_council", "drafting", bodies={"drafting": ("institute",)})

    def test_it_is_asked_only_while_unknown(self):
        answer = decide(self.without, "submit_to_commission", STAFF, NOW, {})
        assert [(r.code, r.field) for r in answer.refusals] == [("required", "lead_body")]
        answer = decide(self.without, "submit_to_commission", STAFF, NOW, {"lead_body": "social"})
        assert (answer.lead, opened(answer)[0][:3]) == (
            "social",
            ("consider", "social", "secretary"),
        )
        known = W.facts("statement_council", "drafting")
        answer = decide(known, "submit_to_commission", STAFF, NOW, {})
        assert (answer.lead, opened(answer)[0][:3]) == (None, ("consider", "defence", "secretary"))

    def test_what_passed_over_the_commission_names_one_when_returned_to_it(self):
        facts = replace(self.without, state="council")
        answer = decide(facts, "return_to_commission", STAFF, NOW, {"reason": "x"})
        assert [(r.code, r.field) for r in answer.refusals] == [("required", "lead_body")]
