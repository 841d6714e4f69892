"""Who follows an act hears of its moves, while they may see it, and of nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from tests.counting import counting
from tests.notices.outgoing import use_sink
from tests.road import bring_to, opinion, propose
from tracker import assembly
from tracker.acts.models import Act
from tracker.acts.operations import Step, advance, advance_many, set_visibility
from tracker.corrections.operations import correct
from tracker.db import db, unit_of_work
from tracker.errors import NotFound
from tracker.following.models import Follow
from tracker.following.operations import follow_act, follow_body, unfollow_act, unfollow_body
from tracker.following.queries import count_followers, followed_by, follows
from tracker.notices.models import Notice
from tracker.notices.queries import NEWS
from tracker.notices.relay import relay
from tracker.people.models import Membership, Person
from tracker.people.queries import find_person


def person(login):
    return find_person(db.session, f"{login}@demo.example.org").id


def heard(name=NEWS):
    """Who was told: log-in name, why, and how far the mail is."""
    rows = db.session.execute(
        select(Person.email, Notice.facts, Notice.state, Notice.why)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.name == name)
        .order_by(Notice.id)
    )
    return [(row.email.partition("@")[0], row.facts["because"], row.state, row.why) for row in rows]


@pytest.fixture
def commission(as_, now, tmp_path):
    return bring_to("commission", as_, now, tmp_path)


def continue_work(reference, as_, now):
    return advance(reference, "continue_work", actor=as_("defence.secretary"), now=now)


def test_a_follower_is_told_of_a_move_and_of_nothing_that_somebody_wrote(commission, as_, now):
    follow_act(commission, actor=as_("eab.secretary"), now=now)
    follow_act(commission, actor=as_("eab.secretary"), now=now)
    data = {"reason": "Только для своих"}
    advance(commission, "postpone", actor=as_("defence.secretary"), now=now, data=data)
    assert heard() == [("eab.secretary", [["follows", None]], "queued", None)]
    facts = db.session.scalars(select(Notice.facts).where(Notice.name == NEWS)).one()
    assert "reason" not in facts
    assert "actor" not in facts


def test_who_is_told_anyway_and_who_acts_hears_it_once(commission, as_, now):
    for login in ("drafter", "defence.secretary", "defence.chair"):
        follow_act(commission, actor=as_(login), now=now)
    continue_work(commission, as_, now)
    assert heard() == []


def test_a_body_is_followed_with_all_acts_it_leads(commission, as_, now):
    follow_body("defence", actor=as_("eab.chair"), now=now)
    follow_body("defence", actor=as_("secretariat"), now=now)
    follow_act(commission, actor=as_("secretariat"), now=now)
    follow_body("social", actor=as_("eab.secretary"), now=now)
    continue_work(commission, as_, now)
    assert sorted(heard()) == [
        ("eab.chair", [["follows", "defence"]], "queued", None),
        ("secretariat", [["follows", None]], "queued", None),
    ]


def test_only_what_one_may_see_is_followed(commission, as_, now):
    stranger = as_("political.secretary")
    with pytest.raises(NotFound):
        follow_act(commission, actor=stranger, now=now)
    follow_body("defence", actor=stranger, now=now)
    follow_body("defence", actor=as_("eab.expert4"), now=now)
    continue_work(commission, as_, now)
    assert heard() == []
    set_visibility(commission, "public", actor=as_("secretariat"), now=now)
    continue_work(commission, as_, now)
    assert sorted(who for who, *_rest in heard()) == ["eab.expert4", "political.secretary"]


def test_sight_lost_ends_it_at_queueing_and_at_sending(commission, as_, now, sink):
    use_sink(sink.url)
    for login in ("eab.secretary", "eab.chair", "secretariat2"):
        follow_act(commission, actor=as_(login), now=now)
    continue_work(commission, as_, now)
    unfollow_act(commission, actor=as_("secretariat2"))
    with unit_of_work() as session:
        session.execute(
            update(Membership)
            .where(Membership.person_id == person("eab.chair"))
            .values(until=now.date() - timedelta(days=1))
        )
    relay(now=lambda: now)
    news = {(who, state, why) for who, _because, state, why in heard()}
    assert news == {
        ("eab.secretary", "sent", None),
        ("eab.chair", "skipped", "not_followed"),
        ("secretariat2", "skipped", "not_followed"),
    }
    continue_work(commission, as_, now)
    assert [who for who, *_rest in heard()][3:] == ["eab.secretary"]


def test_what_was_told_to_a_follower_gives_them_no_part_in_the_act(commission, as_, now):
    """A rejection goes to all who were told earlier, with its reason; a follower is not one."""
    set_visibility(commission, "public", actor=as_("secretariat"), now=now)
    follow_act(commission, actor=as_("council.am"), now=now)
    continue_work(commission, as_, now)
    assert [who for who, *_rest in heard()] == ["council.am"]
    data = {"reason": "Внутренняя причина"}
    advance(commission, "reject", actor=as_("defence.secretary"), now=now, data=data)
    assert "council.am" not in [who for who, *_rest in heard("draft_rejected")]
    assert [who for who, *_rest in heard()] == ["council.am", "council.am"]


def test_a_corrected_step_is_not_sent_and_the_correction_is_told(commission, as_, now):
    follow_act(commission, actor=as_("secretariat2"), now=now)
    continue_work(commission, as_, now)
    correct(commission, actor=as_("defence.secretary"), now=now, reason="Ошибка")
    assert [(who, state, why) for who, _b, state, why in heard()] == [
        ("secretariat2", "skipped", "corrected"),
        ("secretariat2", "queued", None),
    ]


def test_a_review_or_a_request_is_no_move(as_, now, tmp_path):
    act = bring_to("eab_review", as_, now, tmp_path)
    follow_act(act, actor=as_("secretariat2"), now=now)
    opinion(act, as_, now)
    advance(act, "withdraw", actor=as_("drafter"), now=now, data={"reason": "Письмо"})
    assert heard() == []


def test_who_reads_in_the_inbox_is_not_mailed(commission, as_, now):
    with unit_of_work() as session:
        session.execute(
            update(Person)
            .where(Person.id == person("eab.secretary"))
            .values(information="inbox_only")
        )
    follow_act(commission, actor=as_("eab.secretary"), now=now)
    continue_work(commission, as_, now)
    assert heard() == [("eab.secretary", [["follows", None]], "skipped", "chosen")]


def test_the_count_of_a_preview_is_what_will_be_told(commission, as_, now):
    follow_act(commission, actor=as_("eab.secretary"), now=now)
    follow_body("defence", actor=as_("eab.chair"), now=now)
    follow_body("defence", actor=as_("political.secretary"), now=now)
    session, rules = db.session(), assembly.assembly()
    act = session.scalar(select(Act.id))
    assert count_followers(session, rules, act, [], now.date()) == 2
    assert count_followers(session, rules, act, [person("eab.chair")], now.date()) == 1


def test_followers_cost_one_statement_whatever_their_number(as_, now):
    acts = [propose(as_, now) for _ in range(3)]
    actor = as_("secretariat")

    def move(references):
        with counting() as counted:
            advance_many(
                [Step(reference) for reference in references], "open_concept", actor=actor, now=now
            )
        return counted.statements

    few = move(acts[:1])
    assert len(few) <= 14
    everybody = select(Person.id).order_by(Person.id)
    with unit_of_work() as session:
        act = session.scalar(select(Act.id).where(Act.reference == acts[1]))
        session.execute(
            insert(Follow),
            [{"person_id": one, "act_id": act, "since": now} for one in session.scalars(everybody)],
        )
    assert len(move(acts[1:2])) == len(few) + 1
    assert len(heard()) == 3
    assert len(move(acts[2:])) == len(few)


def test_what_one_follows_is_listed_and_ended(commission, as_, now):
    actor = as_("eab.secretary")
    rules = assembly.assembly()
    follow_act(commission, actor=actor, now=now)
    follow_body("defence", actor=actor, now=now)
    found = followed_by(db.session(), rules, actor)
    assert [(one.body, one.reference) for one in found] == [
        ("defence", None),
        (None, commission),
    ]
    unfollow_body("defence", actor=actor)
    with unit_of_work() as session:
        session.execute(delete(Membership).where(Membership.person_id == actor.person))
    nobody = as_("eab.secretary")
    (one,) = followed_by(db.session(), rules, nobody)
    assert (one.reference, one.seen) == (None, False)
    act = db.session.scalar(select(Act.id))
    assert follows(db.session(), actor.person, act_id=act)
