"""The inbox, and what became of mails, for those who may see it."""

import pytest
from sqlalchemy import select, update

from tests.counting import counting
from tests.explaining import explaining
from tests.notices.outgoing import notice, use_sink, wait_for_sending
from tests.road import bring_to
from tracker import i18n
from tracker.db import db, unit_of_work
from tracker.errors import Forbidden, NotFound, Refused
from tracker.notices.models import Notice
from tracker.notices.operations import mark_read, resend
from tracker.notices.reading import (
    count_stuck,
    count_unread,
    deliveries,
    failed_notices,
    inbox,
    outcome,
)
from tracker.notices.relay import relay
from tracker.paging import Paging

ALL = Paging()


def test_the_inbox_has_everything_told_newest_first_in_the_readers_language(as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    person = as_("eab.secretary").person
    page = inbox(db.session, person, ALL)
    assert page.total == len(page.items) == count_unread(db.session, person)
    first = page.items[0]
    assert (first.name, first.reference) == ("draft_submitted", reference)
    assert first.subject == f"{reference}: Sent to the EAB, 24 November 2026"
    assert first.because == ("you are secretary of the Expert Advisory Board (EAB)",)
    assert first.read_at is None
    with i18n.speaking("ru"):
        assert "Направлен в ЭКС" in inbox(db.session, person, ALL).items[0].subject
    second = inbox(db.session, person, Paging(page=2, per_page=1))
    assert [item.id for item in second.items] == [page.items[1].id]


def test_ones_own_step_stands_in_the_inbox_and_is_not_mailed(as_, now, tmp_path):
    bring_to("dispatched", as_, now, tmp_path)
    items = inbox(db.session, as_("secretariat").person, ALL).items
    mine = next(item for item in items if item.name == "act_adopted")
    assert (notice(mine.id).state, notice(mine.id).why) == ("skipped", "inbox_only")


def test_reading_is_noted_once_and_only_ones_own(as_, now, tmp_path):
    bring_to("drafting", as_, now, tmp_path)
    reader, other = as_("eab.secretary"), as_("drafter")
    theirs = [item.id for item in inbox(db.session, other.person, ALL).items]
    mine = [item.id for item in inbox(db.session, reader.person, ALL).items]
    assert mark_read(reader, now, [*theirs, mine[0]]) == 1
    assert count_unread(db.session, reader.person) == len(mine) - 1
    assert mark_read(reader, now) == len(mine) - 1
    assert mark_read(reader, now) == 0
    assert count_unread(db.session, other.person) == len(theirs)


def test_an_inbox_of_read_and_unread_is_one_list_found_by_two_indexes(as_, now, tmp_path):
    bring_to("dispatched", as_, now, tmp_path)
    reader = as_("eab.secretary")
    everything = [item.id for item in inbox(db.session, reader.person, ALL).items]
    assert len(everything) > 3
    mark_read(reader, now, everything[1::2])
    with explaining("SELECT notice.id AS notice") as plans, explaining("SELECT (") as counts:
        two = [inbox(db.session, reader.person, Paging(page=page, per_page=2)) for page in (1, 2)]
    assert [item.id for page in two for item in page.items] == everything[:4]
    assert [page.total for page in two] == [len(everything)] * 2
    for plan in (*plans, *counts):
        assert "ix_notice_read" in plan
        assert "ix_notice_unread" in plan
    for read, expected in ((True, everything[1::2]), (False, everything[::2])):
        page = inbox(db.session, reader.person, ALL, read=read)
        assert [item.id for item in page.items] == expected
        assert page.total == len(expected)


def test_deliveries_say_what_became_of_each_mail_of_an_act(as_, now, tmp_path, sink):
    use_sink(sink.url)
    reference = bring_to("drafting", as_, now, tmp_path)
    sink.at_recipient.append("550 5.1.1 No such user")
    relay(now=lambda: now)
    act = db.session.scalars(select(Notice.act_id)).first()
    page = deliveries(db.session, ALL, act_id=act)
    assert {item.reference for item in page.items} == {reference}
    assert {item.state for item in page.items} == {"sent", "failed"}
    assert deliveries(db.session, ALL, act_id=act + 1).total == 0
    stuck = failed_notices(db.session, ALL)
    assert stuck.total == count_stuck(db.session) == 1
    failed = stuck.items[0]
    assert failed.error == "550 5.1.1 No such user"
    assert failed.person.email in {
        f"{name}@demo.example.org" for name in ("eab.secretary", "parliament.kz")
    }
    assert deliveries(db.session, ALL, states=["sent"]).total == page.total - 1


def test_lists_take_as_many_statements_whatever_they_hold(app, as_, now):
    def statements(read):
        with counting() as counted:
            read()
        return len(counted)

    person = as_("secretariat").person
    reads = (lambda: inbox(db.session, person, ALL), lambda: deliveries(db.session, ALL))
    wait_for_sending(40, now)
    inbox(db.session, person, ALL)  # the procedure is read once
    few = [statements(read) for read in reads]
    wait_for_sending(80, now)
    assert [statements(read) for read in reads] == few
    assert max(few) <= 3


def test_only_the_secretariat_sends_again_and_only_what_is_stuck(app, as_, now):
    (number,) = wait_for_sending(1, now)
    with pytest.raises(Forbidden):
        resend(number, actor=as_("eab.secretary"), now=now)
    with pytest.raises(NotFound):
        resend(number + 1, actor=as_("secretariat"), now=now)
    with pytest.raises(Refused):
        resend(number, actor=as_("secretariat"), now=now)


@pytest.mark.parametrize(("state", "begun"), [("failed", False), ("failed", True), ("held", True)])
def test_what_may_have_been_sent_keeps_its_bytes(app, as_, now, state, begun):
    (number,) = wait_for_sending(1, now)
    woken = []
    app.extensions["wake"] = lambda *_: woken.append(1)
    stuck = {"state": state, "why": "ambiguous" if state == "held" else None, "due_at": None}
    with unit_of_work() as session:
        session.execute(
            update(Notice).values(
                **stuck, message="kept", attempts=8, started_at=now if begun else None
            )
        )
    resend(number, actor=as_("secretariat"), now=now)
    kept = notice(number)
    assert (kept.state, kept.why, kept.due_at, kept.attempts) == ("queued", None, now, 0)
    assert kept.message == ("kept" if begun else None)
    assert woken == [1]


def test_outcomes_have_words(app):
    assert outcome("sent", None) == "sent"
    assert outcome("skipped", "duty_over") == "not sent: what it asks for was no longer owed"
