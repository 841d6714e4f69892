"""Replying, recording letters, giving more time: who may, what counts, who is told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.circulation.rounds import ASKED, DUE, open_round, say
from tests.circulation.test_rounds import owed, the_round, told
from tests.counting import counting
from tests.road import bring_to, propose
from tracker import assembly
from tracker.acts.facts import gather, wanted_for_menu
from tracker.acts.operations import advance
from tracker.acts.queries import act_rows
from tracker.circulation.models import Addressee, Circulation, Extension, Reply
from tracker.circulation.operations import grant_extension
from tracker.circulation.reading import read_round, read_rounds
from tracker.db import db
from tracker.duties.models import Duty
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tracker.texts.files import SCANS, keep
from tracker.timeline.history import history
from tracker.timeline.models import TimelineEntry


@pytest.fixture
def act(as_, now, tmp_path):
    return bring_to("commission", as_, now, tmp_path)


@pytest.fixture
def asked(act, as_, now):
    """A round to Armenia (one chamber), Kazakhstan (two) and the agency."""
    return open_round(act, as_, now)


def facts_of(now):
    """The act's facts as a page gathers them."""
    row = act_rows(db.session(), [db.session.scalar(select(Circulation.act_id).limit(1))])[0]
    procedure = assembly.procedure(db.session(), row.procedure_key, row.procedure_version)
    return gather(db.session(), [row], wanted_for_menu(procedure, row.state), now)[0]


def seen_by(as_, login, number, now):
    db.session.expire_all()
    return read_round(db.session(), facts_of(now), number, as_(login), now)


def standing(as_, number, now, body, login="secretariat"):
    found = seen_by(as_, login, number, now)
    each = next(each for each in found.asked if body in (each.body, each.title))
    return each.code, each.late


def last_entry():
    return db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.n.desc())).first()


def test_a_liaison_replies_for_their_own_parliament(as_, now, asked):
    say(asked, "parliament.am", as_, now, kind="remarks", text="Статья 3: уточнить.")
    assert set(owed(asked)) == {"parliament_kz", "agency"}
    duty = db.session.scalar(select(Duty).where(Duty.body_key == "parliament_am"))
    assert duty.closed_why == "done"
    assert standing(as_, asked, now, "parliament_am") == ("remarks", False)
    entry = last_entry()
    assert (entry.action, entry.data) == (
        "reply", {"addressee": "parliament_am", "reply": "remarks", "remarks": 1, "round": 1}
    )  # fmt: skip
    staff = {as_(who).person for who in ("secretariat", "secretariat2")}
    lead = {as_(who).person for who in ("defence.secretary", "defence.chair")}
    assert told("reply_received") == staff | lead


def test_nobody_replies_for_another(as_, now, asked):
    for login, addressee in (
        ("parliament.am", "parliament_kz"),
        ("defence.chair", "parliament_kz"),
        ("parliament.by", None),
        ("eab.secretary", "agency"),
        ("council.kz", "parliament_kz"),
    ):
        with pytest.raises((Forbidden, NotFound)):
            say(asked, login, as_, now, addressee=addressee, letter_ref="1")
    assert db.session.scalars(select(Reply)).all() == []


def test_a_letter_is_recorded_for_an_addressee_with_its_reference(as_, now, asked):
    with pytest.raises(Invalid) as error:
        say(asked, "defence.secretary", as_, now, addressee="agency")
    assert [(r.field, r.code) for r in error.value.refusals] == [("letter_ref", "required")]
    number = say(
        asked, "defence.secretary", as_, now,
        addressee="agency", letter_ref="1-17/203", letter_on="2026-11-20",
    )  # fmt: skip
    reply = db.session.get_one(Reply, number)
    assert (reply.recorded, reply.counts_on) == (True, date(2026, 11, 20))
    assert standing(as_, asked, now, "agency") == ("no_remarks", False)


def test_an_addressee_without_a_body_is_answered_for_by_letter(as_, now, act):
    number = open_round(act, as_, now, other_addressees="Ведомство; г. Минск")
    letter = db.session.scalar(select(Addressee.id).where(Addressee.name == "Ведомство"))
    say(
        number, "secretariat", as_, now, addressee=str(letter), letter_ref="5", kind="not_supported"
    )
    assert standing(as_, number, now, "Ведомство") == ("not_supported", False)
    assert last_entry().data["addressee_name"] == "Ведомство"


def test_a_parliament_of_two_chambers_answers_by_chamber_or_as_one(as_, now, asked):
    say(asked, "parliament.kz", as_, now, chamber="1")
    assert standing(as_, asked, now, "parliament_kz") == ("partly", False)
    assert "parliament_kz" in owed(asked)
    say(asked, "parliament.kz", as_, now, chamber=2, kind="remarks", text="Уточнить.")
    assert standing(as_, asked, now, "parliament_kz") == ("remarks", False)
    assert "parliament_kz" not in owed(asked)
    with pytest.raises(Invalid):
        say(asked, "parliament.am", as_, now, chamber="1")  # it has one chamber
    for strange in (3, "верхняя", True, ["1"]):
        with pytest.raises(Invalid):
            say(asked, "parliament.kz", as_, now, chamber=strange)


def test_a_late_reply_is_accepted_and_marked_also_after_the_close(as_, now, act, asked):
    later = now + timedelta(days=30)
    say(asked, "parliament.am", as_, later)
    assert standing(as_, asked, later, "parliament_am") == ("no_remarks", True)
    assert last_entry().data["late"] is True
    advance(act, "close_circulation", actor=as_("secretariat"), now=later)
    say(asked, "agency", as_, later)
    assert standing(as_, asked, later, "agency") == ("no_remarks", True)
    assert standing(as_, asked, later, "parliament_kz") == ("none", False)
    found = seen_by(as_, "secretariat", asked, later)
    assert (dict(found.counts), found.late, found.state) == (
        {"no_remarks": 2, "none": 1}, 2, "by_hand"
    )  # fmt: skip


def test_a_letter_of_before_the_date_is_not_late_when_recorded_after_it(as_, now, asked):
    later = now + timedelta(days=30)
    said = {"addressee": "agency", "letter_ref": "7", "letter_on": DUE}
    say(asked, "secretariat", as_, later, **said)
    assert standing(as_, asked, later, "agency") == ("no_remarks", False)


def test_a_later_reply_supplements_and_all_stay(as_, now, asked):
    say(asked, "parliament.am", as_, now)
    say(asked, "parliament.am", as_, now + timedelta(days=40), kind="remarks", text="Ещё одно.")
    found = seen_by(as_, "secretariat", asked, now)
    armenia = next(each for each in found.asked if each.body == "parliament_am")
    assert [reply.kind for reply in armenia.replies] == ["no_remarks", "remarks"]
    assert (armenia.code, armenia.late) == ("remarks", False)


def test_more_time_is_asked_given_and_kept(as_, now, act, asked):
    say(asked, "parliament.kz", as_, now, kind="extension", asks_until="2027-01-15")
    assert standing(as_, asked, now, "parliament_kz") == ("extension", False)
    before = owed(asked)["parliament_kz"].generation
    grant_extension(
        asked, "parliament_kz", due_on="2027-01-15", reason="По просьбе парламента",
        actor=as_("secretariat"), now=now + timedelta(minutes=1),
    )  # fmt: skip
    duty = owed(asked)["parliament_kz"]
    assert (duty.due_on, duty.generation) == (date(2027, 1, 15), before + 1)
    assert str(owed(asked)["agency"].due_on) == DUE
    assert (str(the_round(asked).due_on), the_round(asked).until_on) == (DUE, date(2027, 1, 15))
    kept = db.session.scalars(select(Extension)).one()
    assert (str(kept.former_on), kept.due_on, kept.reason) == (
        DUE, date(2027, 1, 15), "По просьбе парламента"
    )  # fmt: skip
    assert told("circulation_extended") == {as_("parliament.kz").person}
    assert standing(as_, asked, now, "parliament_kz") == ("waiting", False)
    later = now + timedelta(days=30)
    say(asked, "parliament.kz", as_, later)
    assert standing(as_, asked, later, "parliament_kz") == ("no_remarks", False)


@pytest.mark.parametrize(
    ("login", "due", "reason", "error"),
    [
        ("defence.secretary", "2027-01-15", "Просьба", Forbidden),
        ("parliament.kz", "2027-01-15", "Просьба", Forbidden),
        ("secretariat", DUE, "Просьба", Invalid),
        ("secretariat", "", "Просьба", Invalid),
        ("secretariat", "скоро", "Просьба", Invalid),
        ("secretariat", "2027-01-15", "", Invalid),
    ],
)
def test_more_time_needs_the_right_a_later_day_and_a_reason(
    as_, now, asked, login, due, reason, error
):
    with pytest.raises(error):
        grant_extension(
            asked, "parliament_kz", due_on=due, reason=reason, actor=as_(login), now=now
        )
    assert db.session.scalars(select(Extension)).all() == []


def test_more_time_is_for_who_has_not_replied_while_the_round_is_open(as_, now, act, asked):
    grant = lambda body: grant_extension(  # noqa: E731
        asked, body, due_on="2027-01-15", reason="Просьба", actor=as_("secretariat"), now=now
    )
    say(asked, "parliament.am", as_, now)
    with pytest.raises(Refused):
        grant("parliament_am")
    with pytest.raises(Invalid):
        grant("parliament_by")
    advance(act, "close_circulation", actor=as_("secretariat"), now=now)
    with pytest.raises(Refused):
        grant("parliament_kz")


def test_every_fault_of_a_reply_is_named_and_nothing_changes(as_, now, asked):
    with pytest.raises(Invalid) as error:
        say(
            asked, "secretariat", as_, now, addressee="agency", kind="aye", chamber="2",
            letter_on="2027-01-01", text="\0",
        )  # fmt: skip
    assert {(fault.field, fault.code) for fault in error.value.refusals} == {
        ("kind", "not_a_choice"), ("chamber", "not_a_chamber"), ("text", "control_characters"),
        ("letter_ref", "required"), ("letter_date", "in_the_future"),
    }  # fmt: skip
    with pytest.raises(Invalid) as error:
        say(asked, "parliament.am", as_, now, kind="remarks")
    assert [fault.code for fault in error.value.refusals] == ["remarks_missing"]
    with pytest.raises(Invalid):
        say(asked, "parliament.am", as_, now, kind="extension", asks_until=DUE)
    for addressee in ("parliament_by", "0", "", None, 5):
        with pytest.raises(Invalid):
            say(asked, "secretariat", as_, now, addressee=addressee, letter_ref="1")
    assert db.session.scalars(select(Reply)).all() == []
    with pytest.raises(NotFound):
        say(999, "secretariat", as_, now)


def test_a_stale_reply_is_refused(as_, now, asked):
    from tracker.circulation.checks import Said
    from tracker.circulation.operations import reply

    with pytest.raises(Stale):
        reply(asked, Said("no_remarks"), version=1, actor=as_("parliament.am"), now=now)


def test_a_scan_is_kept_with_the_reply(as_, now, asked, tmp_path):
    scan = keep(tmp_path, "letter.png", io.BytesIO(b"\x89PNG\r\n\x1a\n..."), SCANS)
    say(asked, "parliament.am", as_, now, kind="remarks", upload=scan)
    found = seen_by(as_, "parliament.am", asked, now)
    reply = found.mine[0].replies[0]
    assert (reply.filename, reply.media_type, reply.sha256) == (
        "letter.png", "image/png", scan.sha256
    )  # fmt: skip
    for name, content in (("letter.png", b"GIF89a"), ("letter.exe", b"MZ"), ("letter.pdf", b"")):
        with pytest.raises(Invalid):
            keep(tmp_path, name, io.BytesIO(content), SCANS)


def test_who_sees_what(as_, now, asked):
    say(asked, "parliament.am", as_, now, kind="not_supported", text="Против.")
    later = now + timedelta(days=30)
    own = seen_by(as_, "parliament.am", asked, later)
    assert [each.body for each in own.asked] == ["parliament_am"]
    assert own.counts is None
    board = seen_by(as_, "eab.chair", asked, later)
    assert [each.code for each in board.asked] == ["not_supported", "silent", "silent"]
    assert "none" not in board.counts
    staff = seen_by(as_, "secretariat", asked, later)
    assert [each.code for each in staff.asked] == ["not_supported", "none", "none"]
    facts = facts_of(later)
    said = lambda login: {  # noqa: E731
        entry.action for entry in history(db.session(), facts, as_(login)) if entry.readable
    }
    assert "reply" in said("parliament.am")
    assert "reply" in said("eab.chair")
    assert "reply" not in said("parliament.kz")
    assert "reply" not in said("drafter")


def test_a_deputy_replies_and_both_names_stay(as_, now, asked):
    actor = as_("parliament.am")
    deputy = replace(
        as_("drafter"),
        roles=frozenset({("parliament_am", "liaison")}),
        deputises={("parliament_am", "liaison"): actor.person},
    )
    from tracker.circulation.checks import Said
    from tracker.circulation.operations import reply

    reply(asked, Said("no_remarks"), actor=deputy, now=now)
    assert (last_entry().actor_id, last_entry().behalf_id) == (deputy.person, actor.person)


def test_reading_costs_the_same_whatever_the_number_of_rounds_and_replies(as_, now, act, asked):
    def cost():
        db.session.expire_all()
        facts, actor = facts_of(now), as_("secretariat")
        with counting() as counted:
            read_rounds(db.session(), facts, actor, now)
        return len(counted)

    few = cost()
    assert few == 4
    for _ in range(3):
        for login in ("parliament.am", "parliament.kz", "agency"):
            say(asked, login, as_, now)
        advance(act, "close_circulation", actor=as_("secretariat"), now=now)
        asked = open_round(act, as_, now)
    assert cost() == few


def test_acts_of_the_first_version_of_a_procedure_are_not_circulated(as_, now):
    """Where the file names no circulation there is no duty to reply, nor a day to reply by."""
    from tracker.circulation.reading import reply_by

    procedure = assembly.procedure(db.session(), "model_law", 3)
    bare = procedure.definition.model_copy(update={"duties": {}})
    assert reply_by(type(procedure)(bare), {}, now.date()) is None
    assert ASKED
    assert propose(as_, now)
