"""Remarks that came with a round which a correction made void: kept, and set apart."""

import pytest
from sqlalchemy import update

from tests import seen
from tests.circulation.rounds import open_round, say
from tests.road import bring_to
from tracker.acts.facts import Wanted, gather
from tracker.acts.queries import act_rows
from tracker.circulation.models import Circulation
from tracker.corrections.operations import correct
from tracker.db import db, unit_of_work
from tracker.paging import Paging
from tracker.people.queries import find_person
from tracker.remarks import marks
from tracker.remarks.counts import count_remarks, fate, fates_of_replies
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.remarks.queries import unanswered_remarks
from tracker.remarks.reading import Filter, read_remarks, sight_of
from tracker.reviews.operations import assign_review, file_opinion


def sight_for(act, actor, now):
    rows = act_rows(db.session, [seen.act_of(act).id])
    return sight_of(actor, gather(db.session, rows, Wanted(frozenset()), now)[0])


@pytest.fixture
def void_round(as_, now, tmp_path, app):
    """An act whose examination was a mistake, with a remark of that examination and one of its
    own; returns its reference.
    """
    act = bring_to("eab_review", as_, now, tmp_path)
    review = assign_review(act, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now)
    given = [{"place": "Статья 1", "kind": "legal", "text": "Не определено."}]
    file_opinion(review, "revise", "Доработать.", remarks=given, actor=as_("eab.expert1"), now=now)
    own = GivenRemark(text="Уточнить понятие.", author_body="parliament_kz")
    enter_remark(act, own, actor=as_("eab.secretary"), now=now)
    assert unanswered(act) == 2
    correct(act, reason="Направлен по ошибке", actor=as_("secretariat"), now=now)
    return act


def unanswered(act):
    act_id = seen.act_of(act).id
    return unanswered_remarks(db.session.connection(), [act_id])().get(act_id, 0)


def test_remarks_of_a_void_round_of_review_are_set_apart(void_round, as_, now):
    assert seen.act_of(void_round).state == "drafting"
    assert unanswered(void_round) == 1
    sight = sight_for(void_round, as_("secretariat"), now)
    counts = count_remarks(db.session(), sight)
    assert (counts.total, counts.unanswered, counts.void) == (1, 1, 1)
    found = read_remarks(db.session(), sight, Filter(), "number", Paging(1, 10))
    assert [(part.text, part.void) for part in found.items] == [("Уточнить понятие.", False)]
    set_apart = read_remarks(db.session(), sight, Filter(state="void"), "number", Paging(1, 10))
    assert [(part.text, part.void) for part in set_apart.items] == [("Не определено.", True)]
    beside = marks.by_eid(db.session, seen.act_of(void_round).id, 1, as_("secretariat"))
    assert list(beside) == [""]
    expert = find_person(db.session, "eab.expert1@demo.example.org").id
    assert fate(db.session(), expert, seen.act_of(void_round).id).total == 0


def test_remarks_of_a_void_circulation_are_set_apart(act, as_, now):
    round_id = open_round(act, as_, now)
    say(round_id, "parliament.kz", as_, now, kind="remarks", text="Уточнить статью 2.")
    assert unanswered(act) == 1
    with unit_of_work() as session:
        session.execute(
            update(Circulation)
            .where(Circulation.id == round_id)
            .values(closed_n=seen.act_of(act).version, closed_at=now, closed_why="corrected")
        )
    sight = sight_for(act, as_("secretariat"), now)
    assert (count_remarks(db.session(), sight).total, unanswered(act)) == (0, 0)
    assert fates_of_replies(db.session(), sight, [1, 2, 3]) == {}
