"""The result of a body's decision, computed from the votes and kept with its arithmetic.

Every entitled voter (a member or a delegation, as the body votes) has exactly one of six outcomes,
so that their sum is the entitled list. Voters with the outcome yes, no, abstained or
present_not_voting take part; the absent and the recused do not. A decision is adopted when every
check holds, and `Result.arithmetic` names each with its numbers: views print it and count nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

Vote = Literal["yes", "no", "abstained", "present_not_voting", "absent", "recused"]
Position = Literal["yes", "no", "abstain", "recuse"]
RuleName = Literal[
    "consensus",
    "simple_majority_present",
    "two_thirds_present",
    "two_thirds_entitled",
    "unanimity",
    "majority_of_delegations",
    "silence",
]
Quorum = Literal["met", "not_met", "not_checked"]

OUTCOMES: tuple[Vote, ...] = get_args(Vote)
_TAKING_PART: tuple[Vote, ...] = ("yes", "no", "abstained", "present_not_voting")
_VOTE_OF_POSITION: dict[Position, Vote] = {
    "yes": "yes",
    "no": "no",
    "abstain": "abstained",
    "recuse": "recused",
}
# Rule → the code when it is not reached, the share of yes votes, and what it is a share of.
_SHARES: dict[RuleName, tuple[str, str, str]] = {
    "simple_majority_present": ("majority_not_reached", "1/2", "taking_part"),
    "majority_of_delegations": ("majority_not_reached", "1/2", "taking_part"),
    "two_thirds_present": ("two_thirds_not_reached", "2/3", "taking_part"),
    "two_thirds_entitled": ("two_thirds_not_reached", "2/3", "entitled"),
    "unanimity": ("not_unanimous", "1", "taking_part"),
}


class InvalidVotesError(ValueError):
    """The votes are not one known outcome for each entitled voter."""


@dataclass(frozen=True)
class DecisionRule:
    """How a body decides.

    * `consensus`: no objection ("no") among those taking part; who is silent blocks nothing.
    * `simple_majority_present`: more than half of those taking part vote yes.
    * `two_thirds_present`, `two_thirds_entitled`: at least two thirds of those taking part, or of
      the entitled list, vote yes.
    * `unanimity`: all who take part vote yes; an abstention breaks it.
    * `majority_of_delegations`: more than half of those taking part vote yes, and at least
      `at_least` of them.
    * `silence`: deemed approved at the deadline unless somebody objects; it needs no taking part
      and knows no quorum.

    `quorum` is the number of voters who must take part; None means that none is set: it is then
    "not_checked", never "met". Raises ValueError for a rule that cannot be applied.
    """

    name: RuleName
    at_least: int | None = None
    quorum: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that are missing, out of place or below 1."""
        if self.name not in get_args(RuleName):
            raise ValueError(f"unknown decision rule {self.name!r}")
        if (self.at_least is not None) != (self.name == "majority_of_delegations"):
            raise ValueError(
                "'at_least' belongs to the rule 'majority_of_delegations', and only there"
            )
        if self.name == "silence" and self.quorum is not None:
            raise ValueError("the rule 'silence' knows no quorum")
        if any(number is not None and number < 1 for number in (self.at_least, self.quorum)):
            raise ValueError("'at_least' and 'quorum' must be 1 or more")


@dataclass(frozen=True)
class Check:
    """One comparison of a result; `code` names the reason when it does not hold.

    For a share of voters, `share`, `base` and `base_value` tell what the threshold comes from.
    """

    code: str
    number: str
    value: int
    comparison: Literal["<=", ">="]
    threshold: int
    share: str | None = None
    base: str | None = None
    base_value: int | None = None

    @property
    def holds(self) -> bool:
        if self.comparison == "<=":
            return self.value <= self.threshold
        return self.value >= self.threshold


@dataclass(frozen=True)
class Reason:
    """Why a decision was not adopted."""

    code: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Result:
    """The outcome to store. `arithmetic` is JSON-able and holds counts and checks, no names."""

    adopted: bool
    reasons: tuple[Reason, ...]
    quorum: Quorum
    counts: Mapping[Vote, int]
    arithmetic: Mapping[str, object]


def vote_of_position(position: Position | None) -> Vote:
    """Give the outcome of a member's position; who gave none is absent, not a silent yes."""
    if position is None:
        return "absent"
    if position not in _VOTE_OF_POSITION:
        raise InvalidVotesError(f"unknown position {position!r}")
    return _VOTE_OF_POSITION[position]


def votes_from_positions(
    entitled: Collection[str], positions: Mapping[str, Position]
) -> dict[str, Vote]:
    """Give each entitled voter the outcome of the position they gave (written procedure).

    Raises InvalidVotesError for a position of somebody who is not entitled.
    """
    _require_entitled(entitled, positions)
    return {voter: vote_of_position(positions.get(voter)) for voter in entitled}


def votes_at_sitting(
    entitled: Collection[str], present: Collection[str], objecting: Collection[str]
) -> dict[str, Vote]:
    """Give the outcomes of a sitting where the chair asked for objections and nobody voted.

    Who was present and did not object is "present_not_voting": no yes is invented. Raises
    InvalidVotesError for somebody who is not entitled, or who objects without being present.
    """
    _require_entitled(entitled, present)
    if absent := set(objecting) - set(present):
        raise InvalidVotesError(f"objecting but not present: {', '.join(sorted(absent))}")
    votes: dict[str, Vote] = dict.fromkeys(entitled, "absent")
    votes |= dict.fromkeys(present, "present_not_voting")
    votes |= dict.fromkeys(objecting, "no")
    return votes


def decide_vote(
    rule: DecisionRule, votes: Mapping[str, Vote], *, deadline_passed: bool | None = None
) -> Result:
    """Compute the result of `votes`, whose keys are the entitled list.

    `deadline_passed` is needed by the silence procedure and used by no other rule. Raises
    InvalidVotesError where nobody is entitled or an outcome is unknown, and ValueError where the
    silence procedure is not told about its deadline.
    """
    counts = _count_votes(votes)
    checks = list(_checks(rule, counts, deadline_passed=deadline_passed))
    quorum: Quorum = "not_checked"
    if rule.quorum is not None:
        present = _taking_part(counts)
        check = Check("quorum_not_met", "taking_part", present, ">=", rule.quorum)
        quorum = "met" if check.holds else "not_met"
        checks.insert(0, check)
    return Result(
        adopted=all(check.holds for check in checks),
        reasons=tuple(_reason(check, votes) for check in checks if not check.holds),
        quorum=quorum,
        counts=counts,
        arithmetic={
            "rule": rule.name,
            "counts": dict(counts),
            "entitled": len(votes),
            "taking_part": _taking_part(counts),
            "quorum": {"needed": rule.quorum, "status": quorum},
            "checks": [asdict(check) | {"holds": check.holds} for check in checks],
        },
    )


def _checks(
    rule: DecisionRule, counts: Mapping[Vote, int], *, deadline_passed: bool | None
) -> Iterator[Check]:
    present, yes = _taking_part(counts), counts["yes"]
    if rule.name == "silence":
        if deadline_passed is None:
            raise ValueError("the silence procedure must know whether its deadline has passed")
        yield Check("deadline_not_passed", "deadline_passed", int(deadline_passed), ">=", 1)
    else:
        yield Check("nobody_took_part", "taking_part", present, ">=", 1)
    if rule.name in _SHARES:
        code, share, base = _SHARES[rule.name]
        base_value = present if base == "taking_part" else sum(counts.values())
        threshold = _threshold(share, base_value)
        yield Check(code, "yes", yes, ">=", threshold, share, base, base_value)
    else:
        yield Check("objection", "no", counts["no"], "<=", 0)
    if rule.at_least is not None:
        yield Check("too_few_in_favour", "yes", yes, ">=", rule.at_least)


def _threshold(share: str, of: int) -> int:
    """Give the least number of votes: more than a half, at least two thirds, or all."""
    return {"1/2": of // 2 + 1, "2/3": -(-2 * of // 3), "1": of}[share]


def _reason(check: Check, votes: Mapping[str, Vote]) -> Reason:
    params: dict[str, object] = {check.number: check.value, "threshold": check.threshold}
    if check.code == "objection":
        params["voters"] = sorted(voter for voter, vote in votes.items() if vote == "no")
    return Reason(check.code, params)


def _count_votes(votes: Mapping[str, Vote]) -> dict[Vote, int]:
    if not votes:
        raise InvalidVotesError("nobody is entitled to vote")
    counts = dict.fromkeys(OUTCOMES, 0)
    for voter, vote in votes.items():
        if vote not in counts:
            raise InvalidVotesError(f"unknown outcome {vote!r} of {voter}")
        counts[vote] += 1
    return counts


def _taking_part(counts: Mapping[Vote, int]) -> int:
    return sum(counts[vote] for vote in _TAKING_PART)


def _require_entitled(entitled: Collection[str], voters: Collection[str]) -> None:
    if len(set(entitled)) != len(entitled):
        raise InvalidVotesError("the entitled list names somebody twice")
    if strangers := set(voters) - set(entitled):
        raise InvalidVotesError(f"not entitled to vote: {', '.join(sorted(strangers))}")
