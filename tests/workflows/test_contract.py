"""The shipped procedures say what the contract's tables say, row by row and nothing more."""

import pytest

from tests.workflows.world import csto
from workflows.schema import STAYS

S = {"secretariat.staff"}
E = {"eab.secretary", "eab.chair"}
K = {"act:lead.secretary", "act:lead.chair"}
D = {"act:drafting.drafter"}
PARTIES = {"S": S, "E": E, "K": K, "D": D}

# action | from > to | who | may request | required fields
MODEL_LAW = """
open_concept | proposed > concept | S | |
approve_concept | concept > drafting | E | |
return_concept | concept > stays | E | | reason
start_drafting | proposed > drafting | S | D | reason
start_drafting | concept > drafting | S | D |
submit_to_eab | drafting > eab_review | S E | D |
refer_to_commission | eab_review > commission | E | | lead_body
return_for_revision | eab_review > drafting | E | | reason
return_for_revision | commission > drafting | K | | reason
return_for_revision | council plenary > drafting | S | | reason
ask_revision | commission > revision | K | | reason
ask_revision | council plenary > revision | S | | reason
resubmit_to_commission | revision > commission | S K | D |
refer_back_to_eab | commission revision > eab_review | K | | reason
rerefer | commission > commission | S | K | lead_body reason
continue_work | commission > stays | K | |
approve_in_main | commission > stays | K | |
open_circulation | proposed concept drafting eab_review council > stays | S | E | addressees due
open_circulation | commission revision > stays | S K | E | addressees due
close_circulation | proposed concept drafting eab_review council > stays | S | E |
close_circulation | commission revision > stays | S K | E |
approve_in_commission | commission > council | K | |
return_to_commission | council plenary > commission | S | | reason
include_in_agenda | council > plenary | S | | session
take_off_agenda | plenary > council | S | | reason
postpone | eab_review > stays | E | | reason
postpone | commission > stays | K | | reason
postpone | council plenary > stays | S | | reason
adopt | plenary > adopted | S | | session serial
dispatch | adopted > dispatched | S | |
reject | proposed council plenary > rejected | S | | reason
reject | commission > rejected | K | | reason
withdraw | proposed concept drafting eab_review > withdrawn | S | K D | reason
withdraw | commission revision council plenary > withdrawn | S | K D | reason
retitle | proposed drafting council plenary adopted > stays | S | | titles reason
retitle | concept eab_review > stays | S E | | titles reason
retitle | commission revision > stays | S K | | titles reason
change_kind | proposed drafting council plenary adopted > stays | S | | kind reason
change_kind | concept eab_review > stays | S E | | kind reason
change_kind | commission revision > stays | S K | | kind reason
"""

# lead_body? is required while the act has no lead commission
COUNCIL = """
start_drafting | proposed > drafting | S | D |
submit_to_commission | drafting > commission | S | D | lead_body?
submit_to_council | drafting > council | S | | reason
return_for_revision | commission > drafting | K | | reason
return_for_revision | council > drafting | S | | reason
continue_work | commission > stays | K | |
approve_in_main | commission > stays | K | |
open_circulation | proposed drafting council > stays | S | | addressees due
open_circulation | commission > stays | S K | | addressees due
close_circulation | proposed drafting council > stays | S | |
close_circulation | commission > stays | S K | |
approve_in_commission | commission > council | K | |
return_to_commission | council > commission | S | | reason lead_body?
postpone | commission > stays | K | | reason
postpone | council > stays | S | | reason
adopt | council > adopted | S | | serial
dispatch | adopted > dispatched | S | |
reject | proposed council > rejected | S | | reason
reject | commission > rejected | K | | reason
withdraw | proposed drafting commission council > withdrawn | S | K D | reason
retitle | proposed drafting council adopted > stays | S | | titles reason
retitle | commission > stays | S K | | titles reason
change_kind | proposed drafting council adopted > stays | S | | kind reason
change_kind | commission > stays | S K | | kind reason
"""

ASSEMBLY = """
start_drafting | proposed > drafting | S | D |
submit_to_commission | drafting > commission | S | D | lead_body?
submit_to_council | drafting > council | S | | reason
return_for_revision | commission > drafting | K | | reason
return_for_revision | council plenary > drafting | S | | reason
continue_work | commission > stays | K | |
approve_in_main | commission > stays | K | |
open_circulation | proposed drafting council > stays | S | | addressees due
open_circulation | commission > stays | S K | | addressees due
close_circulation | proposed drafting council > stays | S | |
close_circulation | commission > stays | S K | |
approve_in_commission | commission > council | K | |
return_to_commission | council plenary > commission | S | | reason lead_body?
include_in_agenda | council > plenary | S | | session
take_off_agenda | plenary > council | S | | reason
postpone | commission > stays | K | | reason
postpone | council plenary > stays | S | | reason
adopt | plenary > adopted | S | | session serial
dispatch | adopted > dispatched | S | |
reject | proposed council plenary > rejected | S | | reason
reject | commission > rejected | K | | reason
withdraw | proposed drafting commission council plenary > withdrawn | S | K D | reason
retitle | proposed drafting council plenary adopted > stays | S | | titles reason
retitle | commission > stays | S K | | titles reason
change_kind | proposed drafting council plenary adopted > stays | S | | kind reason
change_kind | commission > stays | S K | | kind reason
"""

TABLES = {
    "model_law": MODEL_LAW,
    "recommendations": MODEL_LAW,
    "statement_council": COUNCIL,
    "statement_assembly": ASSEMBLY,
}


def parties(letters):
    return frozenset(party for letter in letters.split() for party in PARTIES[letter])


def expected(table):
    """Every arrow of a table: (action, source) → (target, who, request, required fields)."""
    rows = {}
    for line in table.strip().splitlines():
        action, way, who, request, fields = (part.strip() for part in line.split("|"))
        sources, target = (part.split() for part in way.split(">"))
        for source in sources:
            rows[action, source] = (
                target[0],
                parties(who),
                parties(request),
                frozenset(fields.split()),
            )
    return rows


def written(procedure):
    rows = {}
    for name, action in procedure.definition.actions.items():
        for move in action.moves:
            for source in move.source:
                asked = procedure.fields(name, source)
                required = {field for field, need in asked.items() if need == "required"}
                required |= {f"{field}?" for field, need in asked.items() if need == "if_unknown"}
                rows[name, source] = (
                    move.to,
                    frozenset(map(str, move.who)),
                    frozenset(map(str, move.request)),
                    frozenset(required),
                )
    return rows


@pytest.mark.parametrize("key", TABLES)
def test_the_procedure_is_the_table(key):
    assert written(csto().procedures[key]) == expected(TABLES[key])


STAGES = {
    "model_law": {
        "initiative": {"proposed"},
        "concept": {"concept"},
        "drafting": {"drafting"},
        "eab": {"eab_review"},
        "commission": {"commission", "revision"},
        "council": {"council"},
        "plenary": {"plenary"},
        "done": {"adopted", "dispatched", "rejected", "withdrawn"},
    },
    "statement_council": {
        "initiative": {"proposed"},
        "drafting": {"drafting"},
        "commission": {"commission"},
        "council": {"council"},
        "done": {"adopted", "dispatched", "rejected", "withdrawn"},
    },
}
STAGES["recommendations"] = STAGES["model_law"]
STAGES["statement_assembly"] = STAGES["statement_council"] | {"plenary": {"plenary"}}


@pytest.mark.parametrize("key", STAGES)
def test_states_belong_to_their_stages(key):
    definition = csto().procedures[key].definition
    found = {stage: set() for stage in definition.stages}
    for state_key, state in definition.states.items():
        found[state.stage].add(state_key)
    assert found == STAGES[key]
    finals = {key for key, state in definition.states.items() if state.final}
    assert finals == {"dispatched", "rejected", "withdrawn"}
    assert csto().procedures[key].initial == "proposed"


GUARDS = {
    "submit_to_eab": {"edition_exists"},
    "refer_to_commission": {"reviews_closed", "opinion_given"},
    "resubmit_to_commission": {"new_edition"},
    "include_in_agenda": {"council_decided"},
    "adopt": {"number_free"},
    "change_kind": {"other_kind"},
    "open_circulation": {"circulation_closed"},
    "close_circulation": {"circulation_opened"},
}
WARNS = {
    "submit_to_eab": {"memorandum_missing"},
    "approve_in_commission": {"all_remarks_answered", "circulation_closed"},
}


@pytest.mark.parametrize("key", TABLES)
def test_only_the_steps_of_the_table_are_guarded(key):
    guards = dict(GUARDS)
    if key == "statement_council":  # the Council's decision is the adoption itself
        guards["adopt"] = {"council_decided", "number_free"}
    for name, action in csto().procedures[key].definition.actions.items():
        assert set(action.guards) == guards.get(name, set()), name
        assert (name == "adopt") == (action.number is not None)
        assert set(action.warns) == WARNS.get(name, set()), name


@pytest.mark.parametrize(
    ("key", "passes"),
    [
        (
            "model_law",
            {"refer_to_commission", "approve_in_commission", "council", "include_in_agenda"},
        ),
        ("statement_council", {"council"}),
        ("statement_assembly", {"council", "plenary", "include_in_agenda"}),
    ],
)
def test_nothing_is_adopted_past_those_who_decide(key, passes):
    rules = csto().procedures[key].definition.must_pass
    assert {(rule.to, rule.through) for rule in rules} == {("adopted", step) for step in passes}


def test_the_bodies_are_those_of_the_contract():
    assert set(csto().assembly.bodies) >= {
        "eab", "legal_centre", "defence", "political", "social", "coordination", "council",
        "assembly", "secretariat",
    }  # fmt: skip


def test_one_table_serves_laws_codes_agreements_and_recommendations():
    kinds = csto().assembly.kinds
    assert {kinds[key].procedure for key in ("model_law", "model_code", "model_agreement")} == {
        "model_law"
    }
    law, recommendations = (csto().procedures[key] for key in ("model_law", "recommendations"))
    assert law.definition.actions == recommendations.definition.actions
    assert law.definition.titles != recommendations.definition.titles
    assert law.hash == recommendations.hash == ""  # compiled here without their files


def test_a_step_that_moves_nothing_says_so():
    for procedure in csto().procedures.values():
        for name, action in procedure.definition.actions.items():
            for move in action.moves:
                if name != "rerefer":  # a new visit of the same state
                    assert move.to == STAYS or move.to not in move.source
