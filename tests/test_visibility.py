"""Who sees which act: what the list shows is what opens, and nothing else does."""

import pytest
from sqlalchemy import select, true

from tests import seen
from tests.road import bring_to
from tracker import assembly
from tracker.acts import queries
from tracker.acts.dossier import ActFilter, act_list, dossier
from tracker.acts.models import Act
from tracker.acts.operations import set_visibility
from tracker.db import db, unit_of_work
from tracker.demo.people import sample
from tracker.errors import NotFound
from tracker.paging import Paging
from tracker.people.models import Absence, Person
from tracker.permissions import PUBLIC, sight_on, visible, visible_to
from tracker.prepared import Prepared, read
from tracker.reviews.operations import assign_review, decline_review

STATES = ("proposed", "drafting", "eab_review", "commission", "council", "plenary", "dispatched")
FROM = {
    "secretariat": "proposed",
    "eab.secretary": "proposed",
    "eab.chair": "proposed",
    "drafter": "proposed",
    "parliament.kz": "proposed",  # the initiator's liaison
    "council.kz": "proposed",  # the head of the initiator's delegation
    "defence.secretary": "commission",
    "defence.chair": "commission",
    "council.am": "council",
    "council.ru2": "council",
    "parliament.am": "council",
    "political.secretary": None,
    "social.chair": None,
    "eab.expert6": None,
    "admin": None,
    "nobody": None,
}
"""From which state on each sees an act of the usual road; None is not at all."""


@pytest.fixture
def acts(app, as_, now, tmp_path):
    return {state: bring_to(state, as_, now, tmp_path) for state in STATES}


def everybody(as_):
    yield PUBLIC
    yield from (as_(person["login"]) for person in sample("csto_pa")["people"])


def test_an_act_shows_once_it_concerns_somebody(acts, as_):
    for login, first in FROM.items():
        actor = PUBLIC if login == "nobody" else as_(login)
        found = set(
            db.session.scalars(select(Act.reference).where(visible(assembly.assembly(), actor)))
        )
        expected = STATES[STATES.index(first) :] if first else ()
        assert found == {acts[state] for state in expected}, login


def test_the_list_and_the_act_agree_for_everybody(acts, as_, now):
    set_visibility(acts["plenary"], "public", actor=as_("secretariat"), now=now)
    assign_review(
        acts["eab_review"], "eab.expert6@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    for actor in everybody(as_):
        page = act_list(db.session(), actor, ActFilter(), Paging(), now=now)
        listed = {act.reference for act in page.items}
        assert page.total == len(listed)
        opened = set()
        for reference in acts.values():
            found = queries.seen_acts(db.session(), assembly.assembly(), actor, [reference])
            try:
                dossier(db.session(), reference, actor, now)
            except NotFound:
                assert not found
            else:
                assert found
                opened.add(reference)
        assert listed == opened
        assert acts["plenary"] in listed


def test_an_expert_sees_what_they_review_while_they_do(acts, as_, now):
    def sees():
        expert = as_("eab.expert6")
        return set(
            db.session.scalars(select(Act.reference).where(visible(assembly.assembly(), expert)))
        )

    review = assign_review(
        acts["eab_review"], "eab.expert6@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    assert sees() == {acts["eab_review"]}
    decline_review(review, "В отпуске", actor=as_("eab.expert6"), now=now)
    assert sees() == set()


def test_what_is_taken_back_is_hidden_again(acts, as_, now):
    staff = as_("secretariat")
    set_visibility(acts["proposed"], "public", actor=staff, now=now)
    assert dossier(db.session(), acts["proposed"], PUBLIC, now).act.reference == acts["proposed"]
    set_visibility(acts["proposed"], "internal", actor=staff, now=now)
    with pytest.raises(NotFound):
        dossier(db.session(), acts["proposed"], PUBLIC, now)
    assert seen.actions(acts["proposed"])[-2:] == ["visibility", "visibility"]


def test_the_rule_for_many_persons_at_once_is_the_same(acts, as_, now):
    rules, day = assembly.assembly(), now.date()
    absence = {"since": day, "until": day}
    secretary, deputy = as_("defence.secretary").person, as_("political.secretary").person
    with unit_of_work() as session:
        session.add(Absence(person_id=secretary, deputy_id=deputy, **absence))
    set_visibility(acts["drafting"], "public", actor=as_("secretariat"), now=now)
    many = Prepared(
        select(Act.reference, Person.id).join(Person, true()).where(visible_to(Person.id))
    )
    found = {(row.reference, row.id) for row in read(db.session(), many, **sight_on(rules, day))}
    one_by_one = {
        (reference, actor.person)
        for actor in everybody(as_)
        if actor.person is not None
        for reference in db.session.scalars(select(Act.reference).where(visible(rules, actor)))
    }
    assert found == one_by_one
    assert (acts["commission"], deputy) in found
