"""One step on one act: preview and outcome, sets and singles, versions, dates, reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import seen
from tests.road import TITLES, bring_to, opinion, propose
from tracker.acts.models import Visit
from tracker.acts.operations import (
    Step,
    advance,
    advance_many,
    available_actions,
    preview,
    set_visibility,
)
from tracker.admission.operations import Proposal, admit_act
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale, TrackerError
from tracker.people.queries import find_person
from tracker.timeline.models import TimelineText


def codes(error) -> set[tuple[str | None, str]]:
    return {(refusal.field, refusal.code) for refusal in error.value.refusals}


ROAD = [
    ("proposed", "secretariat", "open_concept", {}),
    ("proposed", "drafter", "start_drafting", {"reason": "Просим"}),
    ("drafting", "secretariat", "withdraw", {"reason": "Письмо", "letter_ref": "12-п"}),
    ("eab_review", "eab.chair", "postpone", {"reason": "Ждём", "until": "2027-03-01"}),
    ("commission", "secretariat", "rerefer", {"reason": "Предмет", "lead_body": "political"}),
    ("commission", "defence.chair", "approve_in_commission", {"decided_on": "2026-11-24"}),
    ("council", "secretariat", "return_for_revision", {"reason": "Уточнить"}),
    ("plenary", "secretariat", "adopt", {"session": 18, "serial": "3.5", "minutes_ref": "1"}),
    ("plenary", "secretariat", "retitle", {"titles": {"ru": "Иное"}, "reason": "Решение"}),
    ("adopted", "secretariat", "dispatch", {"addressees": ["parliament_am"]}),
]


@pytest.mark.parametrize(("state", "who", "action", "data"), ROAD)
def test_a_preview_is_what_happens(app, as_, now, tmp_path, state, who, action, data):
    reference = bring_to(state, as_, now, tmp_path)
    given = {"actor": as_(who), "now": now, "data": data}
    before = seen.counts()
    foreseen = preview(db.session, reference, action, **given)
    assert seen.counts() == before
    told_before = {notice.id for notice in seen.notices(reference)}
    open_before = {duty.id for duty in seen.of_act(seen.Duty, reference) if not duty.closed_at}
    outcome = advance(reference, action, **given)
    assert outcome == foreseen
    act = seen.act_of(reference)
    assert act.state == outcome.state
    told = {(n.name, n.person_id) for n in seen.notices(reference) if n.id not in told_before}
    assert told == {(t.notice, t.person.id) for t in outcome.tellings}
    duties = seen.of_act(seen.Duty, reference)
    closed = {duty.id for duty in duties if duty.closed_at and duty.id in open_before}
    assert closed == {duty.id for duty in outcome.closes}
    opened = [(d.kind, d.due_on) for d in duties if d.opened_n == act.version]
    assert sorted(opened, key=str) == sorted(
        ((d.kind, d.deadline.on) for d in outcome.opens), key=str
    )
    entry = seen.timeline(reference)[-1]
    assert (entry.action, entry.before, entry.after, entry.data) == (
        outcome.entry.action,
        outcome.entry.before,
        outcome.entry.after,
        dict(outcome.entry.data),
    )


def test_a_set_is_its_singles(app, as_, now, tmp_path):
    """Two rows of the same acts: one moved as a set, one by one. They end alike."""
    states = ("proposed", "drafting", "eab_review", "commission", "council")
    rows = [[bring_to(state, as_, now, tmp_path) for state in states] for _ in range(2)]
    staff = as_("secretariat")
    for row in rows:
        proposal = Proposal("model_law", TITLES, "parliament_kz")
        row.append(admit_act(proposal, "adopted", actor=staff, now=now))
    data = {"reason": "Письмо инициатора"}
    steps = [Step(reference) for reference in rows[0]] + [Step("MA-1999-001")]
    together = advance_many(steps, "withdraw", actor=staff, now=now, data=data)
    alone = []
    for reference in [*rows[1], "MA-1999-001"]:
        try:
            advance(reference, "withdraw", actor=staff, now=now, data=data)
            alone.append(None)
        except (Refused, NotFound) as error:
            alone.append((type(error), error.refusals))
    assert [s.error and (type(s.error), s.error.refusals) for s in together] == alone
    batches = set()
    for one, other in zip(*rows, strict=True):
        assert seen.act_of(one).state == seen.act_of(other).state
        assert seen.visits(one) == seen.visits(other)
        assert seen.open_duties(one).keys() == seen.open_duties(other).keys()
        told = [[(n.name, n.person_id, n.state) for n in seen.notices(r)] for r in (one, other)]
        assert told[0] == told[1]
        mine, theirs = (seen.timeline(r)[-1] for r in (one, other))
        assert (mine.action, mine.after) == (theirs.action, theirs.after)
        if mine.action == "withdraw":
            batches.add(mine.data["batch"])
            assert "batch" not in theirs.data
    assert len(batches) == 1


def test_in_a_set_each_act_has_its_own_version_fields_and_answer(app, as_, now, tmp_path):
    acts = [bring_to("plenary", as_, now, tmp_path) for _ in range(3)]
    statement = propose(as_, now, kind="statement_council")
    versions = [seen.act_of(reference).version for reference in acts]
    steps = [
        Step(acts[0], versions[0], {"serial": 1}),
        Step(acts[1], versions[1], {"serial": 1}),
        Step(acts[2], versions[2] - 1, {"serial": 2}),
        Step(statement),
    ]
    answers = advance_many(steps, "adopt", actor=as_("secretariat"), now=now, data={"session": 19})
    assert [type(answer.error) for answer in answers] == [type(None), Refused, Stale, Invalid]
    assert answers[1].error.refusals[0].code == "number_taken"
    answers = advance_many(
        [Step(statement), Step(acts[1])], "refer_to_commission", actor=as_("eab.chair"), now=now
    )
    assert [type(answer.error) for answer in answers] == [NotFound, Invalid]


def test_an_act_named_twice_in_a_set_is_taken_as_first_named(app, as_, now):
    reference = propose(as_, now)
    steps = [
        Step(reference, 1, {"reason": "Первая"}),
        Step(reference, 1, {"reason": "Вторая"}),
    ]
    answers = advance_many(steps, "start_drafting", actor=as_("secretariat"), now=now)
    assert answers[0].error is None
    assert [(r.field, r.code) for r in answers[1].error.refusals] == [("acts", "named_twice")]
    assert seen.actions(reference) == ["propose", "start_drafting"]
    (text,) = seen.of_act(TimelineText, reference)
    assert text.text == "Первая"


def test_reasons_come_in_the_order_of_the_contract(app, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    here = seen.act_of(reference).version

    def refer(who, version, **data):
        advance(
            reference,
            "refer_to_commission",
            actor=as_(who),
            now=now,
            version=version,
            data=data,
        )

    with pytest.raises(NotFound):
        refer("defence.secretary", here)
    with pytest.raises(Forbidden):
        refer("secretariat", here - 1)
    with pytest.raises(Invalid) as error:
        refer("eab.chair", here - 1, decided_on="2030", colour="red", session="x")
    assert codes(error) == {
        ("lead_body", "required"),
        ("decided_on", "in_the_future"),
        ("colour", "unknown_field"),
        ("session", "unknown_field"),
    }
    with pytest.raises(Stale) as stale:
        refer("eab.chair", here - 1, lead_body="defence")
    assert stale.value.refusals[0].params == {"version": here}
    with pytest.raises(Refused) as refused:
        refer("eab.chair", here, lead_body="defence")
    assert codes(refused) == {(None, "no_opinion")}
    with pytest.raises(NotFound, match="unknown_action"):
        advance(reference, "fly", actor=as_("eab.chair"), now=now)


def test_the_menu_offers_what_the_door_opens(app, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    for who in ("secretariat", "defence.secretary", "drafter", "eab.chair"):
        menu = available_actions(db.session, [reference], actor=as_(who), now=now)[reference]
        for chance in menu:
            answer = answer_of(reference, chance.name, as_(who), now)
            if isinstance(answer, Forbidden | Refused):
                assert not chance.allowed
                assert chance.forbidden == isinstance(answer, Forbidden)
                assert chance.refusals == answer.refusals
            elif isinstance(answer, Invalid):  # fields are asked once the step is open
                assert not chance.forbidden
            else:
                assert chance.allowed


def answer_of(reference, action, actor, now):
    try:
        return preview(db.session, reference, action, actor=actor, now=now)
    except TrackerError as error:
        return error


def test_a_request_asks_the_secretariat_once(app, as_, now, tmp_path):
    reference = bring_to("drafting", as_, now, tmp_path)
    seen.timeline(reference)
    advance(
        reference, "withdraw", actor=as_("drafter"), now=now, data={"reason": "Просим отозвать"}
    )
    entry = seen.timeline(reference)[-1]
    assert (entry.action, entry.before, entry.after) == ("request", "drafting", "drafting")
    assert entry.data["action"] == "withdraw"
    assert entry.decided_precision is None
    duty = seen.open_duties(reference)["request"]
    assert (duty.body_key, duty.role, duty.action) == ("secretariat", "staff", "withdraw")
    with pytest.raises(Refused, match="already_requested"):
        advance(reference, "withdraw", actor=as_("drafter"), now=now, data={"reason": "Ещё раз"})
    advance(reference, "withdraw", actor=as_("secretariat"), now=now, data={"reason": "Письмо"})
    assert seen.open_duties(reference) == {}


def test_the_day_decided_differs_from_the_day_recorded(app, as_, now):
    reference = propose(as_, now, decided_on="2026-10-01")
    advance(
        reference,
        "open_concept",
        actor=as_("secretariat"),
        now=now,
        data={"decided_on": "2026-10-05"},
    )
    entry = seen.timeline(reference)[-1]
    assert (entry.decided_on, entry.recorded_at) == (date(2026, 10, 5), now)
    visits = seen.of_act(Visit, reference)
    assert [(v.entered_on, v.left_on) for v in visits] == [
        (date(2026, 10, 1), date(2026, 10, 5)),
        (date(2026, 10, 5), None),
    ]
    # Twenty working days from the day decided; they are over, and the duty says so.
    assert seen.open_duties(reference)["decide_concept"].due_on == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ("2026-10-05", "2026-10-05", True),
        ("2026-10-05", "2026-10-04", False),
        ("2026-10-05", "2026-10", True),
        ("2026-10-05", "2026-09", False),
        ("2026-10", "2026-10-01", True),
        ("2026-10", "2026-09-30", False),
        ("2026", "2026-01-01", True),
        ("2026", "2025", False),
        ("unknown", "1999", True),
        ("2026-10-05", "unknown", True),
        ("2026-10-05", "2026", True),
    ],
)
def test_only_known_dates_must_follow_each_other(app, as_, now, first, second, fits):
    reference = propose(as_, now, decided_on=first)
    step = {"actor": as_("secretariat"), "now": now, "data": {"decided_on": second}}
    if fits:
        advance(reference, "open_concept", **step)
        entry = seen.timeline(reference)[-1]
        assert entry.canonical.count(f'"decided":"{second}"') == 1
    else:
        with pytest.raises(Invalid) as error:
            advance(reference, "open_concept", **step)
        assert codes(error) == {("decided_on", "before_previous")}


def test_what_is_no_move_binds_no_later_date(app, as_, now, tmp_path):
    """Requests, editions, opinions are recorded today; the decision may be of last week."""
    reference = bring_to("eab_review", as_, now - timedelta(days=10), tmp_path)
    seen.timeline(reference)

    opinion(reference, as_, now)
    data = {"lead_body": "defence", "decided_on": "2026-11-20"}
    advance(reference, "refer_to_commission", actor=as_("eab.chair"), now=now, data=data)
    data = {"lead_body": "political", "reason": "По предмету"}
    advance(reference, "rerefer", actor=as_("defence.chair"), now=now, data=data)
    data["decided_on"] = "2026-11-21"
    advance(reference, "rerefer", actor=as_("secretariat"), now=now, data=data)


def test_today_is_the_assemblys(app, as_, now):
    late = now.replace(hour=22)  # in Moscow it is tomorrow
    reference = propose(as_, late)
    assert seen.timeline(reference)[0].decided_on == date(2026, 11, 25)


def test_visibility_is_the_secretariats(app, as_, now):
    reference = propose(as_, now)
    with pytest.raises(Forbidden):
        set_visibility(reference, "public", actor=as_("eab.chair"), now=now)
    with pytest.raises(Invalid, match="not_a_choice"):
        set_visibility(reference, "secret", actor=as_("secretariat"), now=now)
    with pytest.raises(Stale):
        set_visibility(reference, "public", actor=as_("secretariat"), now=now, version=0)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    assert seen.act_of(reference).visibility == "public"
    assert seen.actions(reference) == ["propose", "visibility"]


def test_until_must_not_lie_before_the_decision(app, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    with pytest.raises(Invalid) as error:
        advance(
            reference,
            "continue_work",
            actor=as_("defence.chair"),
            now=now,
            data={"until": "2026-11-01"},
        )
    assert codes(error) == {("until", "before_decision")}


def test_nobody_is_told_of_their_own_step_by_mail(app, as_, now):
    reference = propose(as_, now)
    advance(reference, "open_concept", actor=as_("secretariat"), now=now)
    advance(reference, "approve_concept", actor=as_("eab.secretary"), now=now)
    own = find_person(db.session, "eab.secretary@demo.example.org").id
    (mine,) = [n for n in seen.notices(reference, name="concept_approved") if n.person_id == own]
    assert (mine.channel, mine.state, mine.why) == ("inbox", "skipped", "inbox_only")


def test_whoever_loses_a_duty_is_told(app, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    advance(
        reference,
        "return_for_revision",
        actor=as_("defence.chair"),
        now=now,
        data={"reason": "Уточнить"},
    )
    secretary = find_person(db.session, "defence.secretary@demo.example.org")
    assert secretary is not None
    told = {notice.person_id for notice in seen.notices(reference, name="draft_returned")}
    assert secretary.id in told
