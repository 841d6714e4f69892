"""Deciding: who may, in which order refusals come, and what a step changes."""

from dataclasses import replace
from datetime import date

import pytest

from tests.workflows.world import NOBODY, NOW, OBJECTED, csto, duty, lakes
from workflows.decide import behalf, decide, examine, number_of
from workflows.decided import Decided
from workflows.facts import EditionFacts, ReviewFacts, RoundFacts
from workflows.fields import choices
from workflows.outcome import Denied, Outcome

W = csto()
SEATS = {
    "S": "secretariat.staff",
    "E": "eab.secretary",
    "E chair": "eab.chair",
    "K": "defence.secretary",
    "K chair": "defence.chair",
    "other K": "social.secretary",
    "D": "institute.drafter",
    "expert": "eab.expert",
    "member": "council.member",
    "liaison": "parliament_kz.liaison",
}
FILLED = {
    "addressees": ["organ"],
    "due": "2027-01-15",
    "reason": "so decided",
    "lead_body": "political",
    "session": 18,
    "serial": "7",
    "titles": {"ru": "О воде и льде"},
    "kind": "model_code",
}


def data_for(facts, action):
    """What fills the required fields of an action that is possible from here."""
    asked = facts.procedure.fields(action, facts.state)
    filled = FILLED
    if kinds := choices("kind", facts):
        filled = FILLED | {"kind": kinds[0]}
    return {name: filled[name] for name, need in asked.items() if need == "required"}


def take(facts, action, seat, data=None, version=None, **more):
    given = data_for(facts, action) if data is None else data
    return decide(facts, action, W.actor(seat), NOW, {**given, **more}, version)


def codes(denied):
    return [refusal.code for refusal in denied.refusals]


EVERY = [
    (key, state, action)
    for key, procedure in W.procedures.items()
    if key != "recommendations"
    for state in procedure.definition.states
    for action in procedure.definition.actions
]


@pytest.mark.parametrize("who", SEATS)
def test_role_by_state_by_action(who):
    """Everybody in every state with every action: done, requested, refused or forbidden."""
    for key, state, action in EVERY:
        facts = W.facts(key, state)
        if action == "close_circulation":
            facts = replace(
                facts, rounds=(RoundFacts(1, date(2027, 1, 15), closed=False, over=False),)
            )
        actor = W.actor(SEATS[who])
        answer = decide(facts, action, actor, NOW, data_for(facts, action))
        chance = examine(facts, action, actor, {})
        move = facts.procedure.move(action, state)

        def holds(parties, facts=facts, who=who):
            return any(SEATS[who].split(".") == list(s) for p in parties for s in facts.seats(p))

        if action == "change_kind" and key.startswith("statement") and not chance.forbidden:
            assert codes(answer) == ["not_a_choice"]  # no other kind goes this way
            assert chance.refusals[0].code in ("no_other_kind", "wrong_state")
        elif move is None:
            known = holds(facts.procedure.parties(action))
            assert answer.status == ("refused" if known else "forbidden"), (key, state, action)
            assert codes(answer) == ["wrong_state" if known else "not_your_step"]
        elif holds(move.who) or holds(move.request):
            assert isinstance(answer, Outcome), (key, state, action, answer)
            assert answer.entry.action == (action if holds(move.who) else "request")
            assert chance.request != holds(move.who)
        else:
            assert (answer.status, codes(answer)) == ("forbidden", ["not_your_step"])
        assert chance.allowed == isinstance(answer, Outcome)
        assert chance.forbidden == (isinstance(answer, Denied) and answer.status == "forbidden")


def test_an_unknown_action_is_refused_by_name():
    facts = W.facts("statement_council", "drafting")
    for actor in (W.actor("secretariat.staff"), W.actor("eab.expert")):
        answer = decide(facts, "refer_to_commission", actor, NOW, {"anything": 1})
        assert (answer.status, codes(answer)) == ("refused", ["unknown_action"])
        assert not examine(facts, "refer_to_commission", actor, {}).allowed
    assert number_of(facts, "refer_to_commission", {}, NOW) is None


class TestOrder:
    """403, then 422, then 409 stale, then 409 refused."""

    bare = replace(W.facts("model_law", "eab_review"), reviews=(), edition=EditionFacts())

    def test_forbidden_comes_first(self):
        answer = take(self.bare, "refer_to_commission", "eab.expert", {"nonsense": 1}, version=1)
        assert answer.status == "forbidden"

    def test_then_what_is_badly_formed(self):
        answer = take(self.bare, "refer_to_commission", "eab.chair", {}, version=1)
        assert (answer.status, codes(answer)) == ("invalid", ["required"])

    def test_then_what_is_stale(self):
        answer = take(self.bare, "refer_to_commission", "eab.chair", version=1)
        assert (answer.status, codes(answer)) == ("stale", ["stale"])
        assert answer.refusals[0].params == {"version": 7}

    def test_then_everything_that_must_hold(self):
        open_review = ReviewFacts(5, W.reader, "accepted", in_visit=True)
        facts = replace(self.bare, reviews=(open_review,))
        answer = take(facts, "refer_to_commission", "eab.chair", version=7)
        assert (answer.status, codes(answer)) == ("refused", ["reviews_open", "no_opinion"])
        assert answer.refusals[0].params == {"count": 1}

    def test_who_lost_a_race_is_stale_not_forbidden(self):
        """The commission's secretary looked at the act before another sent it to the Council."""
        facts = W.facts("model_law", "council")
        answer = take(facts, "approve_in_commission", "defence.secretary", version=6)
        assert answer.status == "stale"
        answer = take(facts, "return_for_revision", "defence.secretary", version=6)
        assert answer.status == "stale"
        answer = take(facts, "return_for_revision", "eab.expert", version=6)
        assert answer.status == "forbidden"
        answer = take(facts, "return_for_revision", "defence.secretary", version=7)
        assert answer.status == "forbidden"

    def test_no_version_means_whatever_it_is(self):
        assert isinstance(
            take(W.facts("model_law", "proposed"), "open_concept", SEATS["S"]), Outcome
        )


GUARDED = [
    ("drafting", "submit_to_eab", {"edition": EditionFacts()}, ["no_edition"]),
    ("revision", "resubmit_to_commission", {"edition": EditionFacts(2)}, ["no_new_edition"]),
    ("council", "include_in_agenda", {"council": None}, ["council_undecided"]),
    ("council", "include_in_agenda", {"council": NOBODY}, ["council_undecided"]),
    ("council", "include_in_agenda", {"council": OBJECTED}, ["council_objection"]),
    ("plenary", "adopt", {"taken_numbers": frozenset({"18-7"})}, ["number_taken"]),
]


@pytest.mark.parametrize(("state", "action", "changes", "says"), GUARDED)
def test_a_guard_refuses_and_names_its_reason(state, action, changes, says):
    facts = W.facts("model_law", state, **changes)
    answer = take(facts, action, "secretariat.staff")
    assert (answer.status, codes(answer)) == ("refused", says)


def test_an_opinion_of_an_earlier_visit_does_not_count():
    old = ReviewFacts(1, W.reader, "submitted", in_visit=False)
    answer = take(
        W.facts("model_law", "eab_review", reviews=(old,)), "refer_to_commission", "eab.chair"
    )
    assert codes(answer) == ["no_opinion"]


def test_a_warning_does_not_stop():
    facts = W.facts("model_law", "drafting", edition=EditionFacts(1, numbers=frozenset({1})))
    answer = take(facts, "submit_to_eab", "secretariat.staff")
    assert [warning.code for warning in answer.warnings] == ["no_memorandum"]
    chance = examine(facts, "submit_to_eab", W.actor("secretariat.staff"), {})
    assert (chance.allowed, chance.warnings) == (True, answer.warnings)


DATES = [
    # decided_on, the latest known earlier date, what is said of it
    ("2026-11-24", None, []),
    ("2026-11-25", None, ["in_the_future"]),
    ("2026-11", None, []),  # the month is not over, and may lie before today
    ("2026-12", None, ["in_the_future"]),
    ("2026", None, []),
    ("2027", None, ["in_the_future"]),
    ("unknown", date(2026, 5, 1), []),
    ("2026-05-01", date(2026, 5, 1), []),  # Council and plenary may share a day
    ("2026-04-30", date(2026, 5, 1), ["before_previous"]),
    ("2026-05", date(2026, 5, 20), []),
    ("2026-04", date(2026, 5, 1), ["before_previous"]),
    ("2026", date(2026, 5, 1), []),
    ("2025", date(2026, 1, 1), ["before_previous"]),
    ("24.11.2026", None, ["not_a_decided_date"]),
    ("2026-02-30", None, ["not_a_decided_date"]),
    ("2026-13", None, ["not_a_decided_date"]),
    ("0000", None, ["not_a_decided_date"]),
    ("٢٠٢٦", None, ["not_a_decided_date"]),
    ("today", None, ["not_a_decided_date"]),
]


@pytest.mark.parametrize(("decided_on", "floor", "says"), DATES)
def test_dates_of_decisions(decided_on, floor, says):
    facts = W.facts("model_law", "commission", floor=floor)
    answer = take(facts, "approve_in_commission", "defence.chair", decided_on=decided_on)
    if says:
        assert (answer.status, codes(answer)) == ("invalid", says)
        assert answer.refusals[0].field == "decided_on"
    else:
        assert str(answer.entry.decided) == decided_on


def test_today_is_the_assembly_s():
    """At 22:30 UTC it is tomorrow in Moscow."""
    late = NOW.replace(hour=22, minute=30)
    facts = W.facts("model_law", "proposed")
    staff = W.actor("secretariat.staff")
    assert decide(facts, "open_concept", staff, late, {}).entry.decided == Decided.day(
        date(2026, 11, 25)
    )
    assert isinstance(
        decide(facts, "open_concept", staff, late, {"decided_on": "2026-11-25"}), Outcome
    )


class TestNumbers:
    plenary = W.facts("model_law", "plenary")

    def test_the_number_is_session_and_serial(self):
        answer = take(self.plenary, "adopt", "secretariat.staff", {"session": "18", "serial": 3.5})
        assert answer.number == ("plenary", "18-3.5")
        assert answer.entry.data == {"session": 18, "serial": "3.5", "number": "18-3.5"}

    @pytest.mark.parametrize("serial", ["seven", "7a", "-1", "", "7.", "1.2.3", "7\n"])
    def test_a_serial_has_its_form(self, serial):
        answer = take(self.plenary, "adopt", "secretariat.staff", {"session": 18, "serial": serial})
        if serial == "7\n":
            assert answer.number == ("plenary", "18-7")
        else:
            assert answer.status == "invalid"
            assert answer.refusals[0].field == "serial"

    def test_the_council_s_number_has_the_year_decided(self):
        facts = W.facts("statement_council", "council")
        answer = take(facts, "adopt", "secretariat.staff", serial="5", decided_on="2022-12")
        assert answer.number == ("council", "5/2022")
        answer = take(facts, "adopt", "secretariat.staff", serial="5")
        assert answer.number == ("council", "5/2026")

    def test_no_year_is_invented(self):
        facts = W.facts("statement_council", "council")
        answer = take(facts, "adopt", "secretariat.staff", serial="5", decided_on="unknown")
        assert (answer.status, codes(answer)) == ("invalid", ["number_needs_year"])
        answer = take(self.plenary, "adopt", "secretariat.staff", decided_on="unknown")
        assert answer.number == ("plenary", "18-7")

    def test_the_number_is_known_before_the_facts_of_numbers(self):
        data = {"session": 18, "serial": "7"}
        assert number_of(self.plenary, "adopt", data, NOW) == "18-7"
        assert number_of(self.plenary, "adopt", {"session": 18}, NOW) is None
        assert number_of(self.plenary, "postpone", {"reason": "x"}, NOW) is None


class TestDeputies:
    facts = W.facts("model_law", "commission")

    def test_who_stands_in_is_named_with_whom_they_stand_in_for(self):
        deputy = W.actor("eab.expert", standing_in={"defence.chair": "defence.chair"})
        answer = decide(self.facts, "approve_in_commission", deputy, NOW, {})
        assert answer.entry.behalf == W.person("defence.chair").id

    def test_a_right_of_one_s_own_comes_first(self):
        own = W.actor("defence.secretary", standing_in={"defence.chair": "defence.chair"})
        answer = decide(self.facts, "approve_in_commission", own, NOW, {})
        assert answer.entry.behalf is None

    def test_a_deputy_in_another_body_acts_as_nobody(self):
        deputy = W.actor("eab.expert", standing_in={"social.chair": "social.chair"})
        assert (
            behalf(self.facts, deputy, self.facts.procedure.parties("approve_in_commission"))
            is None
        )
        assert decide(self.facts, "approve_in_commission", deputy, NOW, {}).status == "forbidden"

    def test_a_deputy_may_request_too(self):
        deputy = W.actor("eab.expert", standing_in={"institute.drafter": "institute.drafter"})
        answer = decide(self.facts, "withdraw", deputy, NOW, {"reason": "letter"})
        assert (answer.entry.action, answer.entry.behalf) == (
            "request",
            W.person("institute.drafter").id,
        )


class TestRequests:
    facts = W.facts("model_law", "commission")

    def test_a_request_moves_nothing_and_asks_for_an_answer(self):
        answer = take(self.facts, "rerefer", "defence.chair", decided_on="2026-11-20")
        assert (answer.state, answer.enters, answer.closes, answer.cancels) == (
            "commission", False, (), (),
        )  # fmt: skip
        assert (answer.lead, answer.number, answer.freezes) == (None, None, None)
        (opened,) = answer.opens
        assert (opened.kind, opened.body, opened.role, opened.action) == (
            "request", "secretariat", "staff", "rerefer",
        )  # fmt: skip
        assert opened.deadline.on == date(2026, 12, 1)  # five working days
        assert {telling.notice for telling in answer.tellings} == {"step_requested"}

    def test_its_entry_says_what_is_asked_and_is_no_move(self):
        answer = take(self.facts, "rerefer", "defence.chair", decided_on="2026-11-20")
        assert answer.entry.decided is None
        assert answer.entry.data == {
            "lead_body": "political", "action": "rerefer", "decided_on": "2026-11-20",
        }  # fmt: skip
        assert answer.entry.texts == {"reason": "so decided"}
        assert answer.entry.body is None

    def test_once_is_enough(self):
        facts = replace(self.facts, duties=(duty(4, "request", "secretariat.staff", "rerefer"),))
        answer = take(facts, "rerefer", "defence.chair")
        assert (answer.status, codes(answer)) == ("refused", ["already_requested"])
        assert isinstance(take(facts, "withdraw", "defence.chair"), Outcome)

    def test_a_request_is_guarded_like_the_step(self):
        facts = W.facts("model_law", "drafting", edition=EditionFacts())
        assert codes(take(facts, "submit_to_eab", "institute.drafter")) == ["no_edition"]

    def test_the_step_answers_it(self):
        asked = duty(4, "request", "secretariat.staff", "change_kind")
        other = duty(5, "request", "secretariat.staff", "withdraw")
        own = duty(6, "consider", "defence.secretary")
        facts = replace(self.facts, duties=(asked, other, own))
        assert take(facts, "change_kind", "secretariat.staff").closes == (asked,)
        assert take(facts, "continue_work", "defence.chair").closes == ()
        assert take(facts, "withdraw", "secretariat.staff").closes == (asked, other, own)


DECIDERS = [
    ("eab_review", "refer_to_commission", "eab.chair", "eab"),
    ("eab_review", "return_for_revision", "eab.chair", "eab"),
    ("eab_review", "postpone", "eab.chair", None),
    ("concept", "approve_concept", "eab.chair", "eab"),
    ("commission", "return_for_revision", "defence.chair", "defence"),
    ("commission", "ask_revision", "defence.chair", "defence"),
    ("commission", "refer_back_to_eab", "defence.chair", "defence"),
    ("commission", "reject", "defence.chair", "defence"),
    ("commission", "approve_in_commission", "defence.chair", "defence"),
    ("commission", "continue_work", "defence.chair", "defence"),
    ("council", "include_in_agenda", "secretariat.staff", "council"),
    ("council", "return_for_revision", "secretariat.staff", None),
    ("plenary", "adopt", "secretariat.staff", "assembly"),
    ("drafting", "submit_to_eab", "secretariat.staff", None),
    ("proposed", "reject", "secretariat.staff", None),
]


class TestEntry:
    def test_what_was_before_is_kept(self):
        facts = W.facts("model_law", "commission")
        answer = take(facts, "rerefer", "secretariat.staff")
        assert answer.entry.data == {"lead_body": "political", "former_lead": ["defence"]}
        assert (answer.lead, answer.bodies["former_lead"]) == ("political", ("defence",))
        answer = take(facts, "retitle", "secretariat.staff")
        assert answer.entry.data["former_titles"] == {"ru": "О воде"}
        assert answer.titles == {"ru": "О воде и льде"}
        answer = take(facts, "change_kind", "secretariat.staff")
        assert (answer.entry.data["former_kind"], answer.kind) == ("model_law", "model_code")

    def test_documents_and_basis_have_their_places(self):
        answer = take(
            W.facts("model_law", "plenary"), "adopt", "secretariat.staff",
            minutes_ref=" No  4 ", letter_ref="", basis="press", edition="1", reason=" late ",
        )  # fmt: skip
        entry = answer.entry
        assert (entry.basis, entry.edition, entry.texts) == ("press", 1, {"reason": "late"})
        assert entry.data["minutes_ref"] == "No 4"
        assert "letter_ref" not in entry.data
        assert answer.freezes == 1

    @pytest.mark.parametrize(("state", "action", "seat", "body"), DECIDERS)
    def test_a_decision_names_its_body_and_freezes_the_edition(self, state, action, seat, body):
        answer = take(W.facts("model_law", state), action, seat)
        assert answer.entry.body == body
        assert answer.freezes == (2 if body else None)


def test_another_assembly_decides_by_its_own_words():
    facts = lakes().facts("bill", "talks")
    clerk = lakes().actor("office.clerk")
    answer = decide(facts, "adopt", clerk, NOW, {"serial": "12"})
    assert answer.number == ("yearly", "12/2026")
    assert answer.entry.body == "waters"
    assert choices("lead_body", facts) == ["waters", "shores"]
    assert choices("addressees", facts) == ["north", "south"]
