"""Random walks: whoever does whatever is permitted stays on the graph, and can always end."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.test_decide import SEATS, data_for
from tests.workflows.world import ADOPTED, NOBODY, NOW, OBJECTED, SAMPLE, csto, world
from workflows.decide import decide, examine
from workflows.facts import DutyFacts, EditionFacts, ReviewFacts
from workflows.outcome import Denied, Outcome

REVIEW_STATES = ("invited", "accepted", "declined", "submitted", "cancelled")
EDITIONS = (EditionFacts(), EditionFacts(2), EditionFacts(2, in_visit=True, memorandum=True))
PROCEDURES = [("csto_pa", key) for key in csto().procedures] + [(str(SAMPLE), "bill")]


def after(facts, outcome):
    """The act as the application would keep it after a step."""
    opened = tuple(
        DutyFacts(number, new.kind, facts.visit, new.person, new.body, new.role, new.action)
        for number, new in enumerate(outcome.opens, start=facts.version * 100)
    )
    kept = tuple(duty for duty in facts.duties if duty not in outcome.closes)
    return replace(
        facts,
        state=outcome.state,
        version=facts.version + 1,
        visit=facts.visit + outcome.enters,
        bodies=outcome.bodies or facts.bodies,
        duties=kept + opened,
        kind=outcome.kind or facts.kind,
        titles=outcome.titles or facts.titles,
        taken_numbers=facts.taken_numbers | ({outcome.number[1]} if outcome.number else set()),
    )


def circumstances(data, facts, reader):
    """Change what stands around the act: its editions, its reviews, the Council's decision."""
    reviews = data.draw(
        st.lists(st.tuples(st.sampled_from(REVIEW_STATES), st.booleans()), max_size=3)
    )
    return replace(
        facts,
        edition=data.draw(st.sampled_from(EDITIONS)),
        reviews=tuple(
            ReviewFacts(number, reader, state, in_visit)
            for number, (state, in_visit) in enumerate(reviews)
        ),
        council=data.draw(st.sampled_from([None, NOBODY, OBJECTED, ADOPTED])),
    )


def check(facts, action, actor, answer):
    """What holds of every answer, and that a menu would have said the same."""
    procedure = facts.procedure
    chance = examine(facts, action, actor, {})
    if isinstance(answer, Denied):
        assert answer.refusals
        assert all(refusal.code for refusal in answer.refusals)
        if answer.status == "forbidden":
            assert (chance.forbidden, chance.refusals) == (True, answer.refusals)
        elif answer.status == "refused" and "number_taken" not in {
            refusal.code for refusal in answer.refusals
        }:
            assert chance.refusals == answer.refusals
        return
    assert (chance.allowed, chance.forbidden, chance.refusals) == (True, False, ())
    assert chance.request == (answer.entry.action == "request")
    assert answer.warnings == chance.warnings
    assert answer.state in procedure.definition.states
    assert not procedure.state(facts.state).final
    assert answer.enters or answer.state == facts.state
    assert (answer.entry.before, answer.entry.after) == (facts.state, answer.state)
    persons = [(telling.notice, telling.person.id) for telling in answer.tellings]
    assert len(persons) == len(set(persons))


def can_end(here, facts):
    """Whether holders of seats can bring the act to an end, once nothing is wanting to it."""
    everybody = here.actor(*(".".join(seat) for seat in here.people))
    seen, queue = {facts.state}, [facts]
    while queue:
        now = queue.pop()
        if now.procedure.state(now.state).final:
            return True
        for action in now.procedure.definition.actions:
            answer = decide(now, action, everybody, NOW, data_for(now, action))
            if isinstance(answer, Outcome) and answer.state not in seen:
                seen.add(answer.state)
                queue.append(after(now, answer))
    return False


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_permitted_steps_never_leave_the_graph_and_can_always_end(data):
    """Up to 20 steps, each by a random holder of some seats, as circumstances change."""
    name, key = data.draw(st.sampled_from(PROCEDURES))
    here = world(name)
    seats = sorted(".".join(seat) for seat in here.people)
    procedure = here.procedures[key]
    facts = here.facts(key, procedure.initial, version=0)
    for _ in range(data.draw(st.integers(1, 20))):
        facts = circumstances(data, facts, here.reader)
        actor = here.actor(*data.draw(st.sampled_from([seats, *([seat] for seat in seats)])))
        every = sorted(procedure.definition.actions)
        permitted = [name for name in every if examine(facts, name, actor, {}).allowed]
        action = data.draw(st.sampled_from([*permitted, *permitted, *every]))
        answer = decide(facts, action, actor, NOW, data_for(facts, action), facts.version)
        check(facts, action, actor, answer)
        if isinstance(answer, Outcome):
            facts = after(facts, answer)
    assert can_end(here, facts)


@pytest.mark.parametrize(("name", "key"), PROCEDURES)
def test_the_menu_and_the_step_agree_everywhere(name, key):
    """Every seat, state and action, with everything in order and with nothing."""
    here = world(name)
    seats = list(SEATS.values()) if name == "csto_pa" else [".".join(s) for s in here.people]
    for state in here.procedures[key].definition.states:
        good = here.facts(key, state)
        bare = replace(good, edition=EditionFacts(), reviews=(), council=None)
        for facts in (good, bare):
            for action in here.procedures[key].definition.actions:
                data = data_for(facts, action)
                for seat in seats:
                    actor = here.actor(seat)
                    check(facts, action, actor, decide(facts, action, actor, NOW, data))
