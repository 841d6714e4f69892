"""What people choose for themselves, and where letters go."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.notices.outgoing import notice, use_sink, wait_for_sending
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.notices.relay import relay
from tracker.people import choices
from tracker.people.models import Absence, DeadlineFeed, Person
from tracker.people.operations import token_hash
from tracker.people.queries import find_feed_owner, find_person

DAY = timedelta(days=1)


def person(login):
    return find_person(db.session, f"{login}@demo.example.org")


def test_mail_is_chosen_as_to_language_and_what_only_informs(app):
    drafter = person("drafter")
    choices.choose_mail(drafter.id, information="weekly")
    choices.choose_mail(drafter.id, language="en")
    choices.choose_mail(drafter.id)
    assert (person("drafter").language, person("drafter").information) == ("en", "weekly")
    for wrong in ({"language": "fr"}, {"information": "never"}):
        with pytest.raises(Invalid):
            choices.choose_mail(drafter.id, **wrong)


def test_a_deputy_is_chosen_among_those_of_ones_bodies(as_, now):
    today = now.date()
    secretary = as_("eab.secretary")
    days = {"since": today, "until": today + 3 * DAY}
    number = choices.note_absence(**days, deputy=person("eab.chair").id, actor=secretary)
    assert db.session.get(Absence, number).deputy_id == person("eab.chair").id
    for wrong in ("drafter", "eab.secretary"):
        with pytest.raises(Invalid):
            choices.note_absence(**days, deputy=person(wrong).id, actor=secretary)
    with pytest.raises(Invalid):
        choices.note_absence(since=today, until=today - DAY, deputy=None, actor=secretary)
    choices.note_absence(**days, deputy=person("drafter").id, actor=as_("secretariat"))


def test_an_absence_is_changed_while_it_is_not_over_and_by_nobody_else(as_, now):
    today, secretary = now.date(), as_("eab.secretary")
    number = choices.note_absence(since=today, until=today + DAY, deputy=None, actor=secretary)
    change = {"deputy": person("eab.chair").id, "today": today}
    choices.change_absence(number, since=today, until=today + 9 * DAY, actor=secretary, **change)
    found = db.session.get(Absence, number, populate_existing=True)
    assert (found.until, found.deputy_id) == (today + 9 * DAY, person("eab.chair").id)
    with pytest.raises(NotFound):
        choices.change_absence(
            number, since=today, until=today, actor=as_("eab.chair"), deputy=None, today=today
        )
    later = {"deputy": None, "actor": secretary, "today": today + 5 * DAY}
    with pytest.raises(Invalid):
        choices.change_absence(number, since=today + DAY, until=today + 9 * DAY, **later)
    with pytest.raises(Invalid):
        choices.change_absence(number, since=today, until=today + DAY, **later)
    over = {"deputy": None, "actor": secretary, "today": today + 30 * DAY}
    with pytest.raises(Refused):
        choices.change_absence(number, since=today, until=today + 40 * DAY, **over)


def test_a_feed_is_found_by_its_secret_alone_until_it_is_revoked(as_, now):
    actor, day = as_("drafter"), now.date()
    first, second = choices.make_feed(actor, now), choices.make_feed(actor, now)
    session = db.session()
    assert find_feed_owner(session, token_hash(first), day) is None
    assert find_feed_owner(session, token_hash(second), day).person.id == actor.person
    assert second not in str(session.execute(select(DeadlineFeed.hash)).all())
    choices.revoke_feed(actor)
    assert find_feed_owner(db.session(), token_hash(second), day) is None


def test_letters_for_somebody_with_an_office_go_there(as_, now, sink):
    use_sink(sink.url)
    member, staff = person("council.am"), as_("secretariat")
    choices.set_office(member.id, "Приёмная", "Office@Parliament.example", actor=staff)
    ids = wait_for_sending(40, now)
    relay(now=lambda: now)
    (number,) = [one for one in ids if notice(one).person_id == member.id][:1]
    got = next(one for one in sink.received if one.message_id == notice(number).message_id)
    assert got.recipient == "office@parliament.example"
    body = got.mail.get_body(("plain",)).get_content()
    assert body.startswith(f"Для передачи: {member.name('ru')}")
    other = next(one for one in sink.received if one.recipient != "office@parliament.example")
    assert "Для передачи: " not in other.mail.get_body(("plain",)).get_content()
    choices.set_office(member.id, "", "", actor=staff)
    assert person("council.am").letters_to == member.email


def test_an_office_has_a_name_and_a_good_address_and_is_kept_by_the_secretariat(as_):
    staff, member = as_("secretariat"), person("council.am").id
    for name, email in (("", "a@b.example"), ("Office", "nowhere")):
        with pytest.raises(Invalid):
            choices.set_office(member, name, email, actor=staff)
    with pytest.raises(Forbidden):
        choices.set_office(member, "Office", "a@b.example", actor=as_("council.am"))
    with pytest.raises(NotFound):
        choices.set_office(10**9, "Office", "a@b.example", actor=staff)
    assert db.session.scalar(select(Person.office_email).where(Person.id == member)) is None
