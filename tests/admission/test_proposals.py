"""A proposal opens an act; a revived draft is a new act that continues the old one."""

from datetime import UTC, date, datetime

import pytest

from tests import seen
from tests.road import TITLES, deliver, propose
from tracker.acts.operations import advance
from tracker.admission.operations import Proposal, propose_act
from tracker.errors import Forbidden, Invalid


def faults(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str | None, str]]:
    return {(refusal.field, refusal.code) for refusal in error.value.refusals}


def test_a_proposal_is_an_act_with_its_first_entry_duty_and_notices(app, as_, now):
    reference = propose(as_, now, lead_body="political", decided_on="2026-11-02")
    act = seen.act_of(reference)
    assert (reference, act.state, act.stage, act.version) == (
        "MA-2026-001",
        "proposed",
        "initiative",
        1,
    )
    assert act.visibility == "internal"
    (entry,) = seen.timeline(reference)
    assert (entry.action, entry.before, entry.after) == ("propose", None, "proposed")
    assert (entry.decided_on, entry.decided_precision) == (date(2026, 11, 2), "day")
    assert entry.recorded_at == now
    assert seen.bodies(reference, "lead") == {"political"}
    assert seen.bodies(reference, "initiator") == {"parliament_kz"}
    # Ten working days from the day decided; 4 November is a holiday of the assembly's calendar.
    assert seen.open_duties(reference)["begin"].due_on == date(2026, 11, 17)
    assert {notice.name for notice in seen.notices(reference)} == {"proposal_registered"}


def test_references_count_up_within_a_year_of_the_assembly(app, as_, now):
    assert [propose(as_, now) for _ in range(2)] == ["MA-2026-001", "MA-2026-002"]
    # In Moscow the new year has begun.
    new_year = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    assert propose(as_, new_year) == "MA-2027-001"


def test_only_the_secretariat_proposes(app, as_, now):
    with pytest.raises(Forbidden):
        propose_act(Proposal("model_law", TITLES, "x"), actor=as_("eab.secretary"), now=now)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"kind": "decree"}, ("kind", "not_a_choice")),
        ({"kind": ["model_law"]}, ("kind", "not_a_choice")),
        ({"kind": None}, ("kind", "required")),
        ({"titles": {"en": "Only English"}}, ("titles", "no_authentic_title")),
        ({"titles": "О чём-то"}, ("titles", "not_titles")),
        ({"titles": {"ru": "Да", "fr": "Oui"}}, ("titles", "unknown_language")),
        ({"titles": {"ru": "я" * 501}}, ("titles", "too_long")),
        ({"initiator": "  "}, ("initiator", "required")),
        ({"initiator": 7}, ("initiator", "not_text")),
        ({"lead_body": "eab"}, ("lead_body", "not_a_choice")),
        ({"decided_on": "2026-11-25"}, ("decided_on", "in_the_future")),
        ({"decided_on": "2026-13"}, ("decided_on", "not_a_decided_date")),
        ({"decided_on": 2026}, ("decided_on", "not_text")),
        ({"basis": "rumour"}, ("basis", "not_a_choice")),
        ({"continues": "MA-1999-001"}, ("continues", "no_such_act")),
        ({"continues": 5}, ("continues", "no_such_act")),
    ],
)
def test_what_is_wrong_with_a_proposal_is_named(app, as_, now, given, fault):
    with pytest.raises(Invalid) as error:
        propose(as_, now, **given)
    assert faults(error) == {fault}
    assert seen.counts()["act"] == 0


def test_a_title_is_text_whatever_it_holds(app, as_, now):
    title = "О <b>мерах</b> & прочем"
    assert seen.heading(propose(as_, now, titles={"ru": title})).titles == {"ru": title}


def test_a_revived_draft_carries_the_texts_over(app, as_, now, tmp_path):
    old = propose(as_, now)
    deliver(old, as_, now, tmp_path)
    advance(old, "reject", actor=as_("secretariat"), now=now, data={"reason": "Не поддержан"})
    new = propose(as_, now, continues=old)
    assert seen.act_of(new).edition == 1
    assert [edition.n for edition in seen.editions(new)] == [1]
    assert seen.act_of(new).continues_id == seen.act_of(old).id
    assert seen.timeline(new)[0].data["continues"] == old
    advance(
        new, "start_drafting", actor=as_("secretariat"), now=now, data={"reason": "Возобновлён"}
    )
    advance(new, "submit_to_eab", actor=as_("secretariat"), now=now)
