"""Each notice goes to whom the contract says, each person once, with the reason."""

from dataclasses import replace

import pytest

from tests.workflows.world import NOW, csto, duty, lakes
from workflows.audience import Telling, tell
from workflows.decide import decide
from workflows.facts import Actor, Person, ReviewFacts

W = csto()
NOBODY = Actor(None)

EXPERTS = W.people["eab", "expert"]
TOLD = (W.person("social.chair"), W.person("council.member"))
WORKERS = (W.person("eab.chair"), W.person("institute.drafter"))
SUBJECT = Person(900, {"ru": "Эксперт"}, "ru")
CLOSED = (
    duty(1, "review", W.person("legal_centre.secretary")),
    duty(2, "examine", "eab.secretary"),
)
REVIEWS = (
    ReviewFacts(1, EXPERTS[0], "accepted", in_visit=True),
    ReviewFacts(2, EXPERTS[1], "declined", in_visit=True),
)
PARLIAMENTS = [f"parliament_{member}" for member in W.assembly.members]

SECRETARY_AND_CHAIR = ["eab.secretary", "eab.chair"]
LEAD = ["defence.secretary", "defence.chair"]
FORMER = ["political.secretary", "political.chair"]
DRAFTER = ["institute.drafter"]
INITIATOR = ["parliament_kz.liaison"]
LIAISONS = [f"{parliament}.liaison" for parliament in PARLIAMENTS]
HEADS = [f"{parliament}.head" for parliament in PARLIAMENTS]
COUNCIL = ["council.member"]
STAFF = ["secretariat.staff"]
COMMISSION = [f"defence.{role}" for role in W.assembly.bodies["defence"].roles]
AT_WORK = [EXPERTS[0]]
CSTO_BODIES = ["coordination.secretary", "legal_centre.secretary"]
CLOSED_HOLDERS = ["eab.secretary", W.person("legal_centre.secretary")]

# notice: whom the contract names, in a state where it is sent
NOTICES = {
    "proposal_registered": ("proposed", ["eab.secretary", *INITIATOR]),
    "concept_opened": ("concept", ["eab.secretary", *DRAFTER, *INITIATOR]),
    "concept_returned": ("concept", ["eab.secretary", *DRAFTER, *INITIATOR]),
    "concept_approved": ("drafting", ["eab.secretary", *DRAFTER, *INITIATOR]),
    "drafting_started": ("drafting", ["eab.secretary", *DRAFTER, *INITIATOR]),
    "edition_delivered": ("revision", ["defence.secretary", *AT_WORK]),
    "draft_submitted": ("eab_review", SECRETARY_AND_CHAIR),
    "review_assigned": ("eab_review", [SUBJECT]),
    "review_cancelled": ("eab_review", [SUBJECT]),
    "review_declined": ("eab_review", ["eab.secretary"]),
    "opinion_filed": ("eab_review", ["eab.secretary"]),
    "opinion_issued": ("eab_review", [*LEAD, *DRAFTER, *INITIATOR, *LIAISONS]),
    "remarks_assigned": ("commission", [SUBJECT]),
    "draft_referred": (
        "commission",
        [*SECRETARY_AND_CHAIR, *LEAD, *FORMER, *DRAFTER, *INITIATOR, *AT_WORK],
    ),
    "draft_rereferred": ("commission", [*LEAD, *FORMER, *DRAFTER, *INITIATOR, *AT_WORK]),
    "draft_resubmitted": ("commission", [*LEAD, *DRAFTER, *INITIATOR, *AT_WORK]),
    "draft_returned": ("drafting", [*DRAFTER, *INITIATOR, *CLOSED_HOLDERS]),
    "revision_asked": ("revision", [*DRAFTER, *INITIATOR, *CLOSED_HOLDERS]),
    "draft_back_at_eab": ("eab_review", ["eab.secretary", *DRAFTER, *INITIATOR, *CLOSED_HOLDERS]),
    "work_continued": ("commission", [*DRAFTER, *COMMISSION, *INITIATOR]),
    "approved_in_main": ("commission", [*DRAFTER, *COMMISSION, *INITIATOR]),
    "draft_approved": (
        "council",
        [*STAFF, *COUNCIL, *LIAISONS, *SECRETARY_AND_CHAIR, *DRAFTER, *INITIATOR],
    ),
    "position_asked": ("council", COUNCIL),
    "objection_recorded": ("council", [*STAFF, *LEAD]),
    "draft_on_agenda": ("plenary", [*HEADS, "defence.rapporteur", *INITIATOR, *DRAFTER]),
    "draft_off_agenda": ("council", [*HEADS, "defence.rapporteur", *INITIATOR, *DRAFTER]),
    "circulation_opened": ("commission", LIAISONS),
    "circulation_extended": ("commission", LIAISONS),
    "circulation_closed": ("commission", LIAISONS),
    "reply_received": ("commission", [*STAFF, *LEAD]),
    "draft_postponed": ("plenary", [*HEADS, "defence.rapporteur", *INITIATOR, *DRAFTER]),
    "act_adopted": ("adopted", WORKERS),
    "act_dispatched": ("dispatched", [*LIAISONS, *CSTO_BODIES]),
    "draft_rejected": ("rejected", TOLD),
    "draft_withdrawn": ("withdrawn", TOLD),
    "act_retitled": ("commission", TOLD),
    "step_corrected": ("commission", TOLD),
    "step_requested": ("commission", STAFF),
    "correction_requested": ("commission", STAFF),
}


def everybody(seats):
    """The ids of all who hold these seats; a person stands for themselves."""
    found = set()
    for seat in seats:
        people = [seat] if isinstance(seat, Person) else W.people[tuple(seat.split("."))]
        found |= {person.id for person in people}
    return found


def facts_in(state, procedure="model_law"):
    facts = W.facts(procedure, state, reviews=REVIEWS, told=TOLD, workers=WORKERS)
    return replace(facts, bodies={**facts.bodies, "former_lead": ("political",)})


def told(facts, notice):
    return list(tell(facts, notice, NOBODY, closed=CLOSED, subject=SUBJECT))


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_goes_to_whom_the_contract_says(notice):
    state, seats = NOTICES[notice]
    tellings = told(facts_in(state), notice)
    assert {telling.person.id for telling in tellings} == everybody(seats)
    assert len(tellings) == len(everybody(seats))
    assert all(telling.reasons for telling in tellings)


def test_the_table_has_every_notice():
    for key in ("model_law", "recommendations"):
        assert set(W.procedures[key].definition.notices) == set(NOTICES)


@pytest.mark.parametrize("key", ["statement_council", "statement_assembly"])
def test_statements_tell_the_same_people_but_for_the_board(key):
    """No EAB takes part in a statement, so it is told of none."""
    board = everybody([*SECRETARY_AND_CHAIR, *AT_WORK])
    for notice in W.procedures[key].definition.notices:
        state, seats = NOTICES[notice]
        if state not in W.procedures[key].definition.states:
            state = "commission" if state == "revision" else "council"
        found = {telling.person.id for telling in told(facts_in(state, key), notice)}
        if notice == "edition_delivered":
            assert found == everybody(["defence.secretary"])
        elif notice == "draft_returned":
            assert found == everybody(seats)  # the closed duties are the test's own
        elif notice in ("act_adopted", "act_retitled", "draft_rejected", "draft_withdrawn"):
            assert found == everybody(seats)
        elif notice != "step_corrected":
            assert found == everybody(seats) - board


def test_every_reason_is_given_once_a_person():
    """The holder of the returned draft is its drafter: one telling, two reasons."""
    tellings = told(facts_in("drafting"), "draft_returned")
    drafter = [t for t in tellings if t.person == W.person("institute.drafter")]
    assert drafter == [
        Telling(
            "draft_returned",
            W.person("institute.drafter"),
            ("holder", "act:drafting.drafter"),
        )
    ]


def test_the_actor_s_own_step_is_marked():
    chair = W.actor("defence.chair")
    tellings = list(tell(facts_in("council"), "objection_recorded", chair))
    assert [t.person for t in tellings if t.own] == [W.person("defence.chair")]


def test_addressees_are_the_parliaments_named_else_all():
    facts = W.facts("model_law", "adopted")
    staff = W.actor("secretariat.staff")

    def receivers(data):
        answer = decide(facts, "dispatch", staff, NOW, data)
        return {t.person.id for t in answer.tellings} - everybody(CSTO_BODIES)

    assert receivers({}) == everybody(LIAISONS)
    assert receivers({"addressees": []}) == everybody(LIAISONS)
    assert receivers({"addressees": ["parliament_am"]}) == everybody(["parliament_am.liaison"])


def test_those_whose_duty_the_step_closes_are_told_of_the_return():
    owed = (
        duty(1, "consider", "defence.secretary"),
        duty(2, "position", W.person("council.member")),
    )
    facts = replace(facts_in("council"), duties=owed)
    answer = decide(
        facts, "return_for_revision", W.actor("secretariat.staff"), NOW, {"reason": "x"}
    )
    found = {t.person.id for t in answer.tellings if "closed_duties" in t.reasons}
    assert found == everybody(["defence.secretary", W.person("council.member")])


def test_a_notice_without_an_audience_tells_nobody():
    assert told(facts_in("commission"), "no_such_notice") == []


def test_a_board_in_another_assembly_is_its_own():
    lake = lakes()
    facts = lake.facts("bill", "drafting")
    tellings = list(tell(facts, "begun", NOBODY, closed=[duty(1, "read", "board.chair")]))
    assert [telling.person for telling in tellings] == [
        *lake.people["authors", "author"],
        *lake.people["board", "chair"],
    ]
