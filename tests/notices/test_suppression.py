"""Addresses that a mail server refuses for good: nothing goes there until somebody says so."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.notices.outgoing import notice, states, use_sink
from tests.notices.test_folding import wait
from tracker.db import db, unit_of_work
from tracker.errors import Forbidden, NotFound
from tracker.notices.models import Notice
from tracker.notices.operations import resend
from tracker.notices.reading import deliveries
from tracker.notices.relay import relay
from tracker.notices.sending import no_such_address
from tracker.notices.suppression import lift, suppressed
from tracker.paging import Paging
from tracker.people.models import Person

GONE = "550 5.1.1 No such user"


@pytest.fixture
def run(app, sink, now):
    use_sink(sink.url)
    return lambda after=timedelta(0), **given: relay(now=lambda: now + after, **given)


@pytest.fixture
def refused(run, sink, now):
    """A notice whose address was refused for good."""
    (number,) = wait(1, now)
    sink.at_recipient.append(GONE)
    assert run().failed == 1
    return number


def test_later_mails_are_skipped_with_the_reason_and_stay_in_the_inbox(run, sink, now, refused):
    (later,) = wait(1, now)
    wait(1, now, login="defence.secretary")
    done = run()
    assert (done.skipped, done.sent, len(sink.received)) == (1, 1, 1)
    assert (notice(later).state, notice(later).why) == ("skipped", "address_refused")
    assert notice(later).read_at is None
    (shown,) = deliveries(db.session, Paging(1, 1), notice_id=later).items
    assert (shown.refused, shown.refused_at) == (GONE, now)
    (each,) = suppressed(db.session())
    assert (each.person.id, each.said, each.since) == (notice(refused).person_id, GONE, now)


def test_another_address_is_written_to(run, sink, now, refused):
    person = notice(refused).person_id
    wait(1, now)
    with unit_of_work() as session:
        session.execute(update(Person).where(Person.id == person).values(email="new@a.example"))
    assert suppressed(db.session()) == []
    assert run().sent == 1
    assert sink.received[0].recipient == "new@a.example"


def test_the_secretariat_may_let_mail_go_there_again(run, now, refused, as_):
    person = notice(refused).person_id
    with pytest.raises(Forbidden):
        lift(person, actor=as_("defence.secretary"))
    lift(person, actor=as_("secretariat"))
    with pytest.raises(NotFound):
        lift(person, actor=as_("secretariat"))
    wait(1, now)
    assert run().sent == 1


def test_sending_again_tries_the_address_again(run, now, refused, as_):
    resend(refused, actor=as_("secretariat"), now=now)
    assert run().sent == 1
    assert suppressed(db.session()) == []


@pytest.mark.parametrize(
    "reply", ["450 4.1.1 Later", "552 5.2.2 Mailbox full", "550 5.7.1 Not allowed", "554 No"]
)
def test_what_is_not_the_address_suppresses_nothing(run, sink, now, reply):
    wait(1, now)
    sink.at_recipient.append(reply)
    run()
    assert suppressed(db.session()) == []


def test_a_message_that_is_refused_suppresses_nothing(run, sink, now):
    wait(1, now)
    sink.at_end.append("550 5.1.1 odd, but of the message")
    assert run().failed == 1
    assert suppressed(db.session()) == []


def test_the_log_names_nobody(run, sink, now, capsys, caplog, refused):
    address = db.session.scalar(select(Person.email).where(Person.id == notice(refused).person_id))
    assert address not in caplog.text


def test_a_refused_list_fails_whole_and_is_sent_again_whole(run, sink, now, as_):
    ids = wait(20, now)
    sink.at_recipient.append(GONE)
    assert run().failed == 1
    assert states() == {"failed": 20}
    resend(ids[3], actor=as_("secretariat"), now=now)
    assert run().sent == 1
    assert set(db.session.scalars(select(Notice.state))) == {"sent"}


@pytest.mark.parametrize(
    ("code", "reply", "expected"),
    [
        (550, b"5.1.1 <x>: Recipient address rejected: User unknown", True),
        (550, b"5.2.1 disabled", True),
        (551, b"User not local", True),
        (553, b"5.1.3 bad syntax", True),
        (550, b"No such user here", True),
        (550, b"5.7.1 Relaying denied", False),
        (550, b"Blocked by spam filter", False),
        (550, b"relay not permitted", False),
        (552, b"5.2.2 full", False),
        (554, b"5.1.1 odd", False),
        (450, b"4.1.1 later", False),
    ],
)
def test_which_replies_speak_of_the_address(code, reply, expected):
    assert no_such_address(code, reply) is expected
