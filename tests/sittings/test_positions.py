"""The Council decides by positions that its members give, or as it did at a sitting."""

import pytest

from tests import seen
from tests.road import bring_to, deliver, propose
from tracker.acts.operations import advance
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tracker.people.queries import find_person
from tracker.sittings.models import Decision, Position
from tracker.sittings.operations import give_position, record_decision

MEMBERS = ("am", "by", "by2", "kz", "kz2", "kg", "ru", "ru2", "tj", "tj2")


@pytest.fixture
def act(app, as_, now, tmp_path):
    return bring_to("council", as_, now, tmp_path)


@pytest.fixture
def vote(as_, now):
    def take(reference, who, vote, **given):
        return give_position(reference, vote, actor=as_(who), now=now, **given)

    return take


@pytest.fixture
def sit(as_, now):
    def take(reference, who="secretariat", present=("council.kz", "council.am"), **given):
        given.setdefault("decided_on", "2026-11-24")
        given.setdefault("minutes_ref", "Протокол 2")
        return record_decision(
            reference,
            present=[f"{login}@demo.example.org" for login in present],
            actor=as_(who),
            now=now,
            **given,
        )

    return take


@pytest.fixture
def include(as_, now):
    def take(reference):
        data = {"session": 18}
        return advance(reference, "include_in_agenda", actor=as_("secretariat"), now=now, data=data)

    return take


def person(login):
    return find_person(db.session, f"{login}@demo.example.org").id


def owing(reference):
    return {
        duty.person_id
        for duty in seen.of_act(seen.Duty, reference)
        if duty.kind == "position" and duty.closed_at is None
    }


def test_every_member_owes_a_position_and_giving_it_ends_that(act, vote):
    assert owing(act) == {person(f"council.{member}") for member in MEMBERS}
    vote(act, "council.kz", "yes")
    assert owing(act) == {person(f"council.{member}") for member in MEMBERS if member != "kz"}
    entry = seen.timeline(act)[-1]
    assert (entry.action, entry.data, entry.behalf_id) == (
        "give_position",
        {"vote": "yes", "member": person("council.kz")},
        None,
    )


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ({}, "council_undecided"),
        ({"council.kz": "recuse"}, "council_undecided"),
        ({"council.kz": "yes", "council.am": "no"}, "council_objection"),
        ({"council.kz": "yes"}, None),
        ({"council.kz": "abstain"}, None),
        ({"council.kz": "yes", "council.am": "recuse", "council.tj": "abstain"}, None),
    ],
)
def test_consensus_is_no_objection_among_those_taking_part(act, vote, include, votes, reason):
    for who, given in votes.items():
        vote(act, who, given, text="Довод" if given == "no" else None)
    if reason is None:
        include(act)
        assert seen.act_of(act).state == "plenary"
        return
    with pytest.raises(Refused) as error:
        include(act)
    assert [refusal.code for refusal in error.value.refusals] == [reason]


def test_a_later_position_replaces_and_both_stay(act, vote, include):
    first = vote(act, "council.am", "no", text="Статья 2 неясна.")
    second = vote(act, "council.am", "yes")
    include(act)
    rows = seen.of_act(Position, act)
    assert [(p.n, p.vote, p.text, p.replaced_n) for p in rows] == [
        (first, "no", "Статья 2 неясна.", second),
        (second, "yes", None, None),
    ]
    assert seen.actions(act).count("give_position") == 2


def test_an_objection_is_told_with_its_words(act, vote):
    vote(act, "council.am", "no", text="Статья 2 неясна.")
    found = seen.notices(act, name="objection_recorded")
    assert {person("secretariat"), person("defence.secretary")} <= {n.person_id for n in found}
    objections = [{"member": person("council.am"), "text": "Статья 2 неясна."}]
    assert all(notice.facts["objections"] == objections for notice in found)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"vote": "no"}, ("text", "objection_text")),
        ({"vote": "aye"}, ("vote", "not_a_choice")),
        ({"vote": None}, ("vote", "not_a_choice")),
        ({"vote": "yes", "text": 4}, ("text", "not_text")),
        ({"vote": "yes", "letter_ref": "x" * 501}, ("letter_ref", "too_long")),
    ],
)
def test_what_is_wrong_with_a_position_is_named(act, vote, given, fault):
    with pytest.raises(Invalid) as error:
        vote(act, "council.kz", **given)
    assert [(r.field, r.code) for r in error.value.refusals] == [fault]
    assert seen.of_act(Position, act) == []


def test_the_secretariat_enters_a_position_from_a_letter(act, vote):
    member = "council.tj@demo.example.org"
    with pytest.raises(Invalid) as error:
        vote(act, "secretariat", "yes", on_behalf_of=member)
    assert [(r.field, r.code) for r in error.value.refusals] == [("letter_ref", "required")]
    with pytest.raises(Invalid, match="not_a_member"):
        vote(act, "secretariat", "yes", on_behalf_of="drafter@demo.example.org", letter_ref="1")
    with pytest.raises(Invalid, match="required"):
        vote(act, "secretariat", "yes", letter_ref="1")
    vote(act, "secretariat", "yes", on_behalf_of=member, letter_ref="02-17")
    (row,) = seen.of_act(Position, act)
    assert (row.person_id, row.entered_by, row.letter_ref) == (
        person("council.tj"),
        person("secretariat"),
        "02-17",
    )
    entry = seen.timeline(act)[-1]
    assert (entry.actor_id, entry.behalf_id) == (person("secretariat"), person("council.tj"))
    assert person("council.tj") not in owing(act)


def test_nobody_else_gives_positions(act, vote):
    for who in ("eab.chair", "parliament.kz", "defence.secretary"):
        with pytest.raises(Forbidden):
            vote(act, who, "yes")
    with pytest.raises(NotFound):
        vote(act, "eab.expert6", "yes")
    other = "council.am@demo.example.org"
    with pytest.raises(Forbidden):
        vote(act, "council.kz", "yes", on_behalf_of=other, letter_ref="1")


def test_positions_are_given_before_the_council_only(app, as_, now, tmp_path, vote, sit, act):
    with pytest.raises(Stale):
        vote(act, "council.kz", "yes", version=1)
    elsewhere = bring_to("plenary", as_, now, tmp_path)
    with pytest.raises(Refused, match="not_before_the_council"):
        vote(elsewhere, "council.kz", "yes")
    with pytest.raises(Refused, match="not_before_the_council"):
        vote(
            elsewhere,
            "secretariat",
            "yes",
            on_behalf_of="council.am@demo.example.org",
            letter_ref="1",
        )
    with pytest.raises(Refused, match="not_before_the_council"):
        sit(elsewhere)


def test_a_sitting_decides_with_those_present(act, sit, include):
    result = sit(act, decided_on="2026-11-24", present=["council.kz", "council.am"])
    assert result.adopted
    assert result.counts == {
        "yes": 0,
        "no": 0,
        "abstained": 0,
        "present_not_voting": 2,
        "absent": 8,
        "recused": 0,
    }
    assert result.quorum == "not_checked"
    (decision,) = seen.of_act(Decision, act)
    assert decision.result["arithmetic"]["entitled"] == 10
    # Members owe nothing more; the Secretariat does until it has taken the step.
    assert list(seen.open_duties(act)) == ["put_to_council"]
    include(act)


def test_an_objection_at_a_sitting_stops_it_until_the_next(act, sit, include):
    objection = {"member": "council.am@demo.example.org", "text": "Статья 2 неясна."}
    assert not sit(act, objections=[objection]).adopted
    assert seen.timeline(act)[-1].data["objecting"] == [person("council.am")]
    with pytest.raises(Refused, match="council_objection"):
        include(act)
    assert {n.facts["action"] for n in seen.notices(act, name="objection_recorded")} == {
        "record_decision"
    }
    sit(act, minutes_ref="Протокол 3")
    include(act)


def test_a_sitting_counts_before_positions(act, vote, sit, include):
    vote(act, "council.kz", "no", text="Возражаю")
    sit(act)
    include(act)


def test_nobody_present_is_no_decision(act, sit, include):
    assert not sit(act, present=[]).adopted
    with pytest.raises(Refused, match="council_undecided"):
        include(act)


def test_what_one_council_decided_does_not_bind_the_next(act, as_, now, vote, include):
    vote(act, "council.kz", "yes")
    include(act)
    data = {"reason": "Снят по просьбе"}
    advance(act, "take_off_agenda", actor=as_("secretariat"), now=now, data=data)
    with pytest.raises(Refused, match="council_undecided"):
        include(act)
    assert len(owing(act)) == len(MEMBERS)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"minutes_ref": ""}, ("minutes_ref", "required")),
        ({"decided_on": None}, ("decided_on", "required")),
        ({"decided_on": "yesterday"}, ("decided_on", "not_a_decided_date")),
        ({"decided_on": "2026-11-25"}, ("decided_on", "in_the_future")),
        ({"decided_on": "2026-11-01"}, ("decided_on", "before_previous")),
        ({"present": ["drafter"]}, ("present.0", "not_a_member")),
        ({"present": ["council.kz", "council.xx"]}, ("present.1", "not_a_member")),
        ({"objections": "нет"}, ("objections", "not_a_list")),
        ({"objections": ["нет"]}, ("objections.0", "not_an_objection")),
        (
            {"objections": [{"member": "council.ru@demo.example.org", "text": "Нет"}]},
            ("objections.0.member", "not_present"),
        ),
        (
            {"objections": [{"member": "council.kz@demo.example.org", "text": ""}]},
            ("objections.0.text", "objection_text"),
        ),
    ],
)
def test_what_is_wrong_with_a_sitting_is_named(act, sit, given, fault):
    with pytest.raises(Invalid) as error:
        sit(act, **given)
    assert [(r.field, r.code) for r in error.value.refusals] == [fault]
    assert seen.of_act(Decision, act) == []


def test_only_the_secretariat_records_a_sitting(act, sit):
    for who in ("council.kz", "defence.secretary", "eab.chair"):
        with pytest.raises(Forbidden):
            sit(act, who)


def test_a_statement_of_the_council_is_adopted_by_it(app, as_, now, tmp_path, vote):
    reference = propose(as_, now, kind="statement_council", lead_body="political")
    staff = {"actor": as_("secretariat"), "now": now}
    advance(reference, "start_drafting", **staff)
    deliver(reference, as_, now, tmp_path)
    advance(reference, "submit_to_council", **staff, data={"reason": "Срочно"})
    with pytest.raises(Refused, match="council_undecided"):
        advance(reference, "adopt", **staff, data={"serial": 4})
    vote(reference, "council.kg", "yes")
    outcome = advance(reference, "adopt", **staff, data={"serial": 4})
    assert outcome.number == ("council", "4/2026")
    assert seen.act_of(reference).state == "adopted"
