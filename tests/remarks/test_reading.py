"""Who sees which remarks, how they are found, and what became of them."""

import pytest

from tests import seen
from tests.counting import counting
from tests.remarks.conftest import row_of
from tests.road import bring_to, deliver
from tracker.acts.facts import Wanted, gather
from tracker.acts.operations import advance
from tracker.acts.queries import act_rows
from tracker.db import db
from tracker.errors import NotFound
from tracker.paging import Paging
from tracker.remarks import marks
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    carry_remarks,
    confirm_answers,
)
from tracker.remarks.counts import Counts, author_bodies, count_remarks, fate
from tracker.remarks.merging import merge_remarks
from tracker.remarks.reading import (
    EXPERTS,
    NOBODY,
    OTHERS,
    Filter,
    earlier_answers,
    read_remark,
    read_remarks,
    sight_of,
)
from tracker.structure.reading import read

ALL = Paging(1, 500)


@pytest.fixture
def sight(act, as_, now):
    def take(login):
        rows = act_rows(db.session, [seen.act_of(act).id])
        return sight_of(as_(login), gather(db.session, rows, Wanted(frozenset()), now)[0])

    return take


@pytest.fixture
def numbers(sight):
    """The numbers of the remarks that somebody finds."""

    def take(login="defence.secretary", sort="number", **wanted):
        return [
            r.n for r in read_remarks(db.session, sight(login), Filter(**wanted), sort, ALL).items
        ]

    return take


@pytest.fixture
def answered(act, as_, now):
    def take(*ids, response="accepted", reason="Так", confirm=True):
        given = [Answer(one, response, reason) for one in ids]
        answer_remarks(act, given, actor=as_("drafter"), now=now)
        if confirm:
            chosen = [Chosen(one) for one in ids]
            confirm_answers(act, chosen, actor=as_("defence.secretary"), now=now)

    return take


def test_the_table_is_for_those_it_is_permitted_to_and_ones_own_for_all(
    enter, expert_remark, numbers
):
    enter()
    enter(author_body="parliament_by")
    expert_remark()
    for login in ("secretariat", "eab.secretary", "defence.chair", "drafter"):
        assert numbers(login) == [1, 2, 3]
    assert numbers("eab.expert1") == [3]
    assert numbers("eab.expert2") == []
    assert numbers("parliament.kz") == [1]
    assert numbers("parliament.by") == [2]
    assert numbers("social.secretary") == []


def test_an_expert_is_named_only_to_those_who_may_see_reviews(sight, enter, expert_remark):
    enter(author_body=None, author_name="Ведомство")
    expert_remark()
    expert_remark(login="eab.expert2")
    expert_remark("Ещё")

    def authors(login):
        found = read_remarks(db.session, sight(login), Filter(), "number", ALL).items
        return [
            (r.author.person and r.author.person.email.split("@")[0], r.author.expert)
            for r in found
        ]

    named = [(None, None), ("eab.expert1", None), ("eab.expert2", None), ("eab.expert1", None)]
    assert authors("defence.secretary") == named
    assert authors("drafter") == [(None, None), (None, 1), (None, 2), (None, 1)]
    assert authors("eab.expert1") == [("eab.expert1", None), ("eab.expert1", None)]


def test_the_author_is_told_an_answer_once_it_is_confirmed(
    act, sight, expert_remark, answered, numbers
):
    one, two = expert_remark(), expert_remark("Иное")
    answered(one, confirm=False)
    answered(two, response="not_accepted", reason="Вне предмета")
    expert = sight("eab.expert1")
    first, second = read_remarks(db.session, expert, Filter(), "number", ALL).items
    assert (first.response, first.reason, first.state, first.proposed_at) == (
        None,
        None,
        "unanswered",
        None,
    )
    assert (second.response, second.reason) == ("not_accepted", "Вне предмета")
    assert second.proposed_by is second.confirmed_by is second.assigned_to is None
    assert numbers("eab.expert1", state="unanswered") == [1]
    assert numbers("eab.expert1", state="accepted") == []
    assert numbers("drafter", state="accepted") == [1]


def test_remarks_are_narrowed_and_sorted(act, enter, expert_remark, answered, numbers, as_, now):
    a = enter(place="ст. 10", kind="treaty")
    b = enter("б", place="Статья 2, пункт 1", author_body="parliament_by")
    c = enter("в", place="", author_body=None, author_name="Ведомство")
    d = expert_remark(eid="art_2", place="Статья 2")
    answered(a)
    answered(b, response="noted", confirm=False)
    assert numbers(sort="provision") == [3, 4, 2, 1]
    assert numbers(sort="state") == [3, 4, 2, 1]
    assert numbers(sort="author")[-2:] == [2, 1]
    for wanted, found in [
        ({"kind": "treaty"}, [1]),
        ({"author": "parliament_by"}, [2]),
        ({"author": EXPERTS}, [4]),
        ({"author": OTHERS}, [3]),
        ({"provision": "статья 2"}, [2, 4]),
        ({"provision": "2.1"}, [2]),
        ({"provision": "%"}, []),
        ({"state": "unanswered"}, [3, 4]),
        ({"state": "proposed"}, [2]),
        ({"state": "confirmed"}, [1]),
        ({"state": "not_carried"}, [1]),
        ({"edition": 1}, [1, 2, 3, 4]),
        ({"edition": 2}, []),
        ({"assigned": NOBODY}, [1, 2, 3, 4]),
        ({"assigned": str(as_("drafter").person)}, []),
    ]:
        assert numbers(**wanted) == found, wanted
    merge_remarks(act, [Chosen(c), Chosen(d)], actor=as_("drafter"), now=now)
    assert numbers(state="merged") == [4]


def test_a_merged_remark_has_the_answer_of_the_other(act, sight, enter, answered, as_, now):
    one, two = enter(), enter(author_body="parliament_by")
    merge_remarks(act, [Chosen(one), Chosen(two)], actor=as_("drafter"), now=now)
    answered(one)
    part = read_remark(db.session, sight("drafter"), two)
    assert (part.response, part.state, part.merged_into_n, part.merged) == (
        "accepted",
        "confirmed",
        1,
        0,
    )
    assert read_remark(db.session, sight("drafter"), one).merged == 1
    theirs = read_remark(db.session, sight("parliament.by"), two)
    assert (theirs.response, theirs.merged_into) == ("accepted", None)
    with pytest.raises(NotFound):
        read_remark(db.session, sight("parliament.by"), one)


def test_figures_and_the_fate_of_ones_own(
    act, sight, enter, expert_remark, answered, as_, now, tmp_path
):
    mine = [expert_remark(str(number)) for number in range(5)]
    enter()
    answered(*mine[:3])
    answered(mine[3], response="not_accepted")
    answered(mine[4], response="noted", confirm=False)
    revise(act, as_, now, tmp_path)
    carry_remarks(act, 2, [Chosen(one) for one in mine[:2]], actor=as_("drafter"), now=now)
    act_id, person = seen.act_of(act).id, as_("eab.expert1").person
    with counting() as counted:
        found = fate(db.session, person, act_id)
    assert len(counted) == 1
    assert (found.total, found.entered, found.accepted, found.not_accepted, found.unanswered) == (
        5, 2, 3, 1, 1,
    )  # fmt: skip
    assert fate(db.session, 0, act_id, ["parliament_kz"]).total == 1
    assert count_remarks(db.session, sight("drafter")) == Counts(6, 1, 1, 4, 3, 0, 1, 0, 2)
    assert count_remarks(db.session, sight("eab.expert1")).unanswered == 1
    assert count_remarks(db.session, sight("drafter"), edition=2) == Counts()
    assert author_bodies(db.session, sight("drafter")) == ["parliament_kz"]


def test_twice_the_remarks_cost_no_more_statements(sight, enter, expert_remark):
    def cost():
        drafter = sight("drafter")
        with counting() as counted:
            read_remarks(db.session, drafter, Filter(), "provision", ALL)
            count_remarks(db.session, drafter)
        return len(counted)

    enter(), expert_remark()
    once = cost()
    for _ in range(5):
        enter(), expert_remark()
    assert cost() == once <= 4


def test_earlier_answers_are_kept(act, enter, answered, as_):
    one = enter()
    answered(one, response="noted", confirm=False)
    answered(one)
    (earlier,) = earlier_answers(db.session, one)
    assert (earlier.response, earlier.proposed_by.id) == ("noted", as_("drafter").person)


def revise(act, as_, now, tmp_path):
    chair = as_("defence.secretary")
    advance(act, "ask_revision", actor=chair, now=now, data={"reason": "Замечания"})
    deliver(act, as_, now, tmp_path)


OLD = "Статья 1. Понятия\nБезопасность – состояние.\n\nСтатья 2. Цель\nЦель закона.\n"
NEW = OLD.replace("– состояние", "есть «состояние защищённости»")


@pytest.fixture
def texts(monkeypatch):
    """The editions as the reader of texts finds them."""
    found = {n: read(text.encode(), "a.txt") for n, text in enumerate((OLD, NEW), start=1)}
    monkeypatch.setattr(marks, "read_document", lambda _s, _act, n, _language: found[n])


def test_a_new_edition_proposes_what_it_carries(act, enter, answered, as_, now, tmp_path, texts):
    stands = enter(eid="art_1", wording='Безопасность есть "состояние защищённости";')
    changed = enter(eid="art_1", wording="Иначе")
    unchanged = enter(eid="art_2", wording="Задача закона")
    unknown = enter(place="ст. 77")
    refused = enter()
    for one in (stands, changed, unchanged, unknown):
        answered(one)
    answered(refused, response="not_accepted")
    revise(act, as_, now, tmp_path)
    found = marks.propose_carried(db.session, seen.act_of(act).id, 2)
    assert {(one.remark, one.why, one.proposed) for one in found} == {
        (stands, "stands", True),
        (changed, "changed", True),
        (unchanged, "unchanged", False),
        (unknown, "unknown", False),
    }
    assert marks.propose_carried(db.session, seen.act_of(act).id, 1) == []
    assert row_of(stands).carried_by is None


def test_remarks_stand_beside_their_provisions(act, enter, expert_remark, as_):
    enter(place="")
    expert_remark()
    act_id = seen.act_of(act).id
    with counting() as counted:
        found = marks.by_eid(db.session, act_id, 1, as_("drafter"))
    assert len(counted) <= 8
    assert {eid: [mark.n for mark in those] for eid, those in found.items()} == {
        "": [1],
        "art_1": [2],
    }
    assert list(marks.by_eid(db.session, act_id, 1, as_("eab.expert1"))) == ["art_1"]
    assert marks.by_eid(db.session, act_id, 2, as_("drafter")) == {}
    assert marks.by_eid(db.session, 999, 1, as_("drafter")) == {}


def test_an_act_without_remarks_has_none(app, as_, now, tmp_path):
    bring_to("proposed", as_, now, tmp_path)
    assert marks.by_eid(db.session, 1, 1, as_("secretariat")) == {}
