"""Decision rules, quorum, and a result that carries its own arithmetic."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.voting import (
    OUTCOMES,
    DecisionRule,
    InvalidVotesError,
    decide_vote,
    vote_of_position,
    votes_at_sitting,
    votes_from_positions,
)

COUNCIL = ("am", "by", "kg", "kz", "ru", "tj")
SHORT = {
    "y": "yes",
    "n": "no",
    "a": "abstained",
    "p": "present_not_voting",
    "-": "absent",
    "r": "recused",
}


def votes(letters):
    """Six votes in the order of COUNCIL, a letter each."""
    return {voter: SHORT[letter] for voter, letter in zip(COUNCIL, letters, strict=True)}


def codes(result):
    return [reason.code for reason in result.reasons]


CONSENSUS = DecisionRule("consensus")
MAJORITY = DecisionRule("simple_majority_present")
OF_PRESENT = DecisionRule("two_thirds_present")
OF_ENTITLED = DecisionRule("two_thirds_entitled")
UNANIMITY = DecisionRule("unanimity")
DELEGATIONS = DecisionRule("majority_of_delegations", at_least=3)


@pytest.mark.parametrize(
    ("rule", "letters", "reasons"),
    [
        (CONSENSUS, "yyyyyy", []),
        (CONSENSUS, "y-----", []),  # the silence of others blocks nothing
        (CONSENSUS, "pppp--", []),
        (CONSENSUS, "a-----", []),
        (CONSENSUS, "yyyyyn", ["objection"]),
        (CONSENSUS, "n-----", ["objection"]),
        (CONSENSUS, "------", ["nobody_took_part"]),
        (CONSENSUS, "rrr---", ["nobody_took_part"]),
        (MAJORITY, "yyyyyy", []),
        (MAJORITY, "yyn---", []),
        (MAJORITY, "yn----", ["majority_not_reached"]),  # a tie
        (MAJORITY, "yyaan-", ["majority_not_reached"]),  # of those present, not of votes cast
        (MAJORITY, "yyrrr-", []),
        (MAJORITY, "yypp--", ["majority_not_reached"]),
        (MAJORITY, "------", ["nobody_took_part", "majority_not_reached"]),
        (OF_PRESENT, "yyn---", []),
        (OF_PRESENT, "yyynn-", ["two_thirds_not_reached"]),
        (OF_PRESENT, "yyyynn", []),
        (OF_ENTITLED, "yyyynn", []),
        (OF_ENTITLED, "yyy---", ["two_thirds_not_reached"]),
        (OF_ENTITLED, "yyyrrr", ["two_thirds_not_reached"]),
        (UNANIMITY, "yyy--r", []),
        (UNANIMITY, "yyya--", ["not_unanimous"]),
        (UNANIMITY, "yyyn--", ["not_unanimous"]),
        (UNANIMITY, "------", ["nobody_took_part"]),
        (DELEGATIONS, "yyynn-", []),
        (DELEGATIONS, "yyn---", ["too_few_in_favour"]),
        (DELEGATIONS, "yyynnn", ["majority_not_reached"]),
        (DELEGATIONS, "yynn--", ["majority_not_reached", "too_few_in_favour"]),
    ],
)
def test_rules(rule, letters, reasons):
    result = decide_vote(rule, votes(letters))
    assert codes(result) == reasons
    assert result.adopted is (not reasons)
    assert result.quorum == "not_checked"


@pytest.mark.parametrize(
    ("letters", "passed", "reasons"),
    [
        ("------", True, []),
        ("ya-r--", True, []),
        ("------", False, ["deadline_not_passed"]),
        ("yyyyyy", False, ["deadline_not_passed"]),
        ("n-----", True, ["objection"]),
        ("n-----", False, ["deadline_not_passed", "objection"]),
    ],
)
def test_silence_procedure(letters, passed, reasons):
    result = decide_vote(DecisionRule("silence"), votes(letters), deadline_passed=passed)
    assert codes(result) == reasons


def test_silence_procedure_must_be_told_about_its_deadline():
    with pytest.raises(ValueError, match="deadline"):
        decide_vote(DecisionRule("silence"), votes("------"))


@pytest.mark.parametrize(
    ("quorum", "letters", "status"),
    [
        (None, "yyyyyy", "not_checked"),
        (4, "yapy--", "met"),
        (4, "yyy---", "not_met"),
        (4, "yyyrr-", "not_met"),  # the recused do not take part
        (7, "yyyyyy", "not_met"),
    ],
)
def test_quorum(quorum, letters, status):
    result = decide_vote(DecisionRule("consensus", quorum=quorum), votes(letters))
    assert result.quorum == status
    assert result.adopted is (status != "not_met")
    assert ("quorum_not_met" in codes(result)) is (status == "not_met")


def test_an_objection_names_who_objects_and_the_arithmetic_does_not():
    result = decide_vote(CONSENSUS, votes("ynyn--"))
    (objection,) = result.reasons
    assert objection.params == {"no": 2, "threshold": 0, "voters": ["by", "kz"]}
    assert '"by"' not in json.dumps(result.arithmetic)


def test_the_arithmetic_is_what_a_page_prints():
    result = decide_vote(DecisionRule("two_thirds_entitled", quorum=3), votes("yyyya-"))
    assert result.arithmetic == {
        "rule": "two_thirds_entitled",
        "counts": {
            "yes": 4,
            "no": 0,
            "abstained": 1,
            "present_not_voting": 0,
            "absent": 1,
            "recused": 0,
        },
        "entitled": 6,
        "taking_part": 5,
        "quorum": {"needed": 3, "status": "met"},
        "checks": [
            {
                "code": "quorum_not_met",
                "number": "taking_part",
                "value": 5,
                "comparison": ">=",
                "threshold": 3,
                "share": None,
                "base": None,
                "base_value": None,
                "holds": True,
            },
            {
                "code": "nobody_took_part",
                "number": "taking_part",
                "value": 5,
                "comparison": ">=",
                "threshold": 1,
                "share": None,
                "base": None,
                "base_value": None,
                "holds": True,
            },
            {
                "code": "two_thirds_not_reached",
                "number": "yes",
                "value": 4,
                "comparison": ">=",
                "threshold": 4,
                "share": "2/3",
                "base": "entitled",
                "base_value": 6,
                "holds": True,
            },
        ],
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "lot"},
        {"name": "consensus", "quorum": 0},
        {"name": "consensus", "at_least": 2},
        {"name": "majority_of_delegations"},
        {"name": "majority_of_delegations", "at_least": 0},
        {"name": "silence", "quorum": 3},
    ],
)
def test_impossible_rules_are_refused(fields):
    with pytest.raises(ValueError, match=r"rule|must be 1"):
        DecisionRule(**fields)


@pytest.mark.parametrize("wrong", [{}, {"am": "maybe"}, {"am": "abstain"}])
def test_votes_that_are_not_one_outcome_each_are_refused(wrong):
    with pytest.raises(InvalidVotesError):
        decide_vote(CONSENSUS, wrong)


@pytest.mark.parametrize(
    ("position", "vote"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("abstain", "abstained"),
        ("recuse", "recused"),
        (None, "absent"),
    ],
)
def test_positions_become_outcomes(position, vote):
    assert vote_of_position(position) == vote


def test_votes_from_positions():
    given_positions = {"am": "yes", "ru": "abstain", "tj": "recuse"}
    assert votes_from_positions(COUNCIL, given_positions) == votes("y---ar")


def test_votes_at_a_sitting_invent_no_yes():
    assert votes_at_sitting(COUNCIL, ["am", "by", "ru"], ["ru"]) == votes("pp--n-")


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: vote_of_position("perhaps"), "unknown position"),
        (lambda: votes_from_positions(COUNCIL, {"rs": "yes"}), "not entitled to vote: rs"),
        (lambda: votes_from_positions((*COUNCIL, "am"), {}), "twice"),
        (lambda: votes_at_sitting(COUNCIL, ["am", "rs"], []), "not entitled to vote: rs"),
        (lambda: votes_at_sitting(COUNCIL, ["am"], ["ru"]), "objecting but not present: ru"),
    ],
)
def test_strangers_and_ghosts_are_refused(make, match):
    with pytest.raises(InvalidVotesError, match=match):
        make()


rules = st.one_of(
    st.builds(
        DecisionRule,
        name=st.sampled_from(
            [
                "consensus",
                "simple_majority_present",
                "two_thirds_present",
                "two_thirds_entitled",
                "unanimity",
            ]
        ),
        quorum=st.none() | st.integers(1, 9),
    ),
    st.builds(
        DecisionRule,
        name=st.just("majority_of_delegations"),
        at_least=st.integers(1, 9),
        quorum=st.none() | st.integers(1, 9),
    ),
    st.just(DecisionRule("silence")),
)
ballots = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.sampled_from(OUTCOMES), min_size=1, max_size=12
)


@given(rule=rules, cast=ballots, passed=st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_result_follows_from_its_own_arithmetic(rule, cast, passed):
    result = decide_vote(rule, cast, deadline_passed=passed)
    stored = json.loads(json.dumps(result.arithmetic))
    assert sum(stored["counts"].values()) == stored["entitled"] == len(cast)
    compare = {"<=": int.__le__, ">=": int.__ge__}
    for check in stored["checks"]:
        assert check["holds"] == compare[check["comparison"]](check["value"], check["threshold"])
    assert result.adopted == all(check["holds"] for check in stored["checks"])
    failed = [check["code"] for check in stored["checks"] if not check["holds"]]
    assert codes(result) == failed


@given(cast=ballots)
@settings(max_examples=150, deadline=None)
def test_thresholds_are_the_exact_fractions(cast):
    yes = sum(vote == "yes" for vote in cast.values())
    present = sum(vote not in {"absent", "recused"} for vote in cast.values())
    adopted = {
        "simple_majority_present": present > 0 and Fraction(yes, present) > Fraction(1, 2),
        "two_thirds_present": present > 0 and Fraction(yes, present) >= Fraction(2, 3),
        "two_thirds_entitled": Fraction(yes, len(cast)) >= Fraction(2, 3),
        "unanimity": present > 0 and yes == present,
        "consensus": present > 0 and "no" not in cast.values(),
    }
    for name, expected in adopted.items():
        assert decide_vote(DecisionRule(name), cast).adopted is expected, name


@given(cast=ballots, rule=rules, turned=st.data())
@settings(max_examples=150, deadline=None)
def test_one_more_yes_never_loses_a_decision(cast, rule, turned):
    before = decide_vote(rule, cast, deadline_passed=True)
    voter = turned.draw(st.sampled_from(sorted(cast)))
    if cast[voter] in {"no", "abstained", "present_not_voting"} and before.adopted:
        assert decide_vote(rule, cast | {voter: "yes"}, deadline_passed=True).adopted
