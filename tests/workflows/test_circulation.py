"""How an addressee stands after what it has said, and what steps do to rounds."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workflows
from tests.workflows.breaking import check
from tests.workflows.world import NOW, csto
from workflows.circulation import ANSWERS, ReplyFacts, standing_of
from workflows.decide import decide
from workflows.facts import RoundFacts

SHIPPED = Path(workflows.__file__).parent / "assemblies" / "csto_pa"
W = csto()
DUE = date(2026, 12, 15)
EARLY, LATE = date(2026, 12, 1), date(2026, 12, 16)


def said(kind, chamber=None, on=EARLY):
    return ReplyFacts(kind, chamber, on)


@pytest.mark.parametrize(
    ("replies", "chambers", "over", "code", "late"),
    [
        ([], 1, False, "waiting", False),
        ([], 1, True, "none", False),
        ([said("extension")], 1, False, "waiting", False),
        ([said("extension")], 1, True, "none", False),
        ([said("no_remarks")], 1, False, "no_remarks", False),
        ([said("no_remarks", on=DUE)], 1, True, "no_remarks", False),
        ([said("no_remarks", on=LATE)], 1, True, "no_remarks", True),
        ([said("no_remarks"), said("remarks", on=LATE)], 1, True, "remarks", False),
        ([said("no_remarks")], 2, False, "no_remarks", False),
        ([said("no_remarks", 1)], 2, False, "partly", False),
        ([said("no_remarks", 1)], 2, True, "partly", False),
        ([said("no_remarks", 1), said("no_remarks", 2, LATE)], 2, True, "no_remarks", True),
        ([said("no_remarks", 1), said("not_supported", 2)], 2, False, "not_supported", False),
        ([said("not_supported", 1), said("remarks")], 2, False, "remarks", False),
        ([said("no_remarks"), said("remarks", 2)], 2, False, "remarks", False),
        ([said("not_participating")], 1, False, "not_participating", False),
    ],
)
def test_standing(replies, chambers, over, code, late):
    found = standing_of(replies, chambers, DUE, over=over)
    assert (found.code, found.late) == (code, late)


REPLIES = st.lists(
    st.builds(
        ReplyFacts,
        st.sampled_from([*ANSWERS, "extension"]),
        st.sampled_from([None, 1, 2]),
        st.dates(date(2026, 11, 1), date(2027, 2, 1)),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(REPLIES, st.booleans())
def test_what_is_said_is_never_taken_back(replies, over):
    """A later reply never makes an addressee unanswered, nor a timely one late."""
    before = standing_of(replies, 2, DUE, over=over)
    after = standing_of([*replies, said("remarks", 1, LATE)], 2, DUE, over=over)
    if before.answered:
        assert after.answered
        assert after.late == before.late


def round_(n=1, *, closed=False, over=False):
    return RoundFacts(n, DUE, closed, over, ("parliament_am",), asked=2, answered=1)


def facts(state="commission", *rounds):
    return W.facts("model_law", state, rounds=rounds)


SECRETARIAT = W.actor("secretariat.staff")


def outcome(facts, action, **data):
    return decide(facts, action, SECRETARIAT, NOW, data)


def test_a_round_is_numbered_after_the_last_and_asks_by_its_date():
    found = outcome(
        facts("commission", round_(closed=True)), "open_circulation",
        addressees=["parliament_am", "organ"], due="2026-12-20", other_addressees="Институт; Минск",
    )  # fmt: skip
    begun = found.circulates
    assert (begun.n, begun.edition, begun.due_on) == (2, 2, date(2026, 12, 20))
    assert begun.others == (("Институт", "Минск"),)
    assert {(duty.kind, duty.body, duty.role, duty.deadline.on) for duty in found.opens} == {
        ("reply", "parliament_am", "liaison", begun.due_on),
        ("reply", "organ", "contact", begun.due_on),
    }
    assert found.concerns == {"parliament_am", "organ"}
    assert not found.enters
    assert found.closes == ()


def test_a_round_that_is_over_stands_in_no_way():
    assert outcome(
        facts("commission", round_(over=True)), "open_circulation",
        addressees=["organ"], due="2026-12-20",
    ).circulates  # fmt: skip


@pytest.mark.parametrize(
    ("state", "action", "data", "ends"),
    [
        ("commission", "close_circulation", {}, (1,)),
        ("commission", "return_for_revision", {"reason": "Нет"}, ()),
        ("council", "include_in_agenda", {"session": 18}, (1,)),
        ("council", "return_to_commission", {"reason": "Нет"}, ()),
        ("commission", "withdraw", {"reason": "Письмо"}, (1,)),
    ],
)
def test_which_steps_end_a_round(state, action, data, ends):
    actor = W.actor("secretariat.staff", "defence.secretary")
    found = decide(facts(state, round_()), action, actor, NOW, data)
    assert found.ends == ends


BROKEN = [
    ("circulation", "due: required}\n", "due: optional}\n", "without a due that it requires"),
    ("circulation", "    circulation: close\n", "", "that no step there ends"),
    ("duties", "    holder: addressee\n", "    holder: council.member\n", "nobody owes one"),
    ("notices", "  reply_received: [K, S]\n", "", "reply_received tells nobody of it"),
    (
        "circulation",
        "[proposed, concept, drafting, eab_review, council], to: stays",
        "[proposed, concept, drafting, eab_review, council], to: commission",
        "and moves the act",
    ),
]


@pytest.mark.parametrize(("rule", "old", "new", "says"), BROKEN)
def test_a_circulation_that_lacks_something_is_named(tmp_path, rule, old, new, says):
    folder = tmp_path / "csto_pa"
    shutil.copytree(SHIPPED, folder)
    path = folder / "model_law.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    named = [each for each in check(folder) if each.rule == rule and says in each.message]
    assert named
    assert named[0].remedy.endswith(".")
