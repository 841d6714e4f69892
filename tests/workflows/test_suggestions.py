"""Whom to ask: the order, and the reasons that explain it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.suggestions import Candidate, Draft, conflicts, same_institution, suggest

DRAFT = Draft(
    since=date(2026, 11, 24),
    until=date(2026, 12, 15),
    fields=frozenset({"security"}),
    institutions={"нии права": "НИИ «Права»"},
    initiators=frozenset({"kz"}),
    authors={9: 2},
    declined=frozenset({8}),
    asked={"ru": 1},
)
EXPERT = Candidate(1, "Академия", "by", frozenset({"security"}))


def codes(candidate: Candidate, draft: Draft = DRAFT) -> list[tuple[str, str]]:
    (found,) = suggest(draft, [candidate])
    return [(reason.code, reason.tone) for reason in found.reasons]


@pytest.mark.parametrize(("changes", "code", "tone"), [
    ({}, "field", "for"),
    ({"fields": frozenset({"economic"})}, "other_field", "against"),
    ({"fields": frozenset()}, "no_field", "neutral"),
    ({"load": 2}, "load", "against"),
    ({"load": 0}, "load", "for"),
    ({"last_assigned": date(2026, 3, 1)}, "last_asked", "neutral"),
    ({}, "never_asked", "for"),
    ({"member": "ru"}, "delegation_asked", "against"),
    ({}, "delegation_new", "for"),
    ({"member": "kz"}, "initiators_delegation", "conflict"),
    ({"institution": "  нии ПРАВА "}, "same_institution", "conflict"),
    ({"person": 9}, "author", "conflict"),
    ({"person": 8}, "declined", "against"),
    ({"away": ((date(2026, 12, 15), date(2026, 12, 20)),)}, "away", "against"),
    ({"away": ((date(2026, 11, 1), date(2026, 11, 24)),)}, "away", "against"),
])  # fmt: skip
def test_each_reason_is_given(changes, code, tone):
    assert (code, tone) in codes(replace(EXPERT, **changes))


@pytest.mark.parametrize(("changes", "code"), [
    ({"away": ((date(2026, 12, 16), date(2026, 12, 20)),)}, "away"),
    ({"away": ((date(2026, 11, 1), date(2026, 11, 23)),)}, "away"),
    ({"institution": ""}, "same_institution"),
    ({"member": None}, "delegation_new"),
    ({"member": None}, "initiators_delegation"),
])  # fmt: skip
def test_no_reason_is_made_up(changes, code):
    assert code not in {each for each, _tone in codes(replace(EXPERT, **changes))}


def test_without_a_field_of_the_draft_fields_are_told_and_do_not_order():
    unknown = replace(DRAFT, fields=frozenset())
    assert ("has_fields", "neutral") in codes(EXPERT, unknown)
    assert ("no_field", "neutral") in codes(replace(EXPERT, fields=frozenset()), unknown)
    first, second = suggest(
        unknown, [replace(EXPERT, fields=frozenset()), replace(EXPERT, person=2)]
    )
    assert (first.candidate.person, second.candidate.person) == (1, 2)


ORDER = [
    replace(EXPERT, person=10),  # never asked
    replace(EXPERT, person=11, last_assigned=date(2026, 1, 1)),
    replace(EXPERT, person=12, last_assigned=date(2026, 5, 1)),
    replace(EXPERT, person=13, load=1),
    replace(EXPERT, person=14, member="ru"),
    replace(EXPERT, person=15, fields=frozenset({"economic"})),
    replace(EXPERT, person=16, away=((date(2026, 12, 1), date(2026, 12, 2)),)),
    replace(EXPERT, person=17, member="kz"),
]


@given(st.permutations(ORDER))
def test_the_order_is_that_of_the_rule_however_they_come(candidates):
    assert [each.candidate.person for each in suggest(DRAFT, candidates)] == list(range(10, 18))


@given(st.lists(st.builds(
    Candidate, person=st.integers(1, 50), member=st.sampled_from([None, "ru", "kz", "by"]),
    load=st.integers(0, 3), fields=st.frozensets(st.sampled_from(["security", "economic"])),
), max_size=8, unique_by=lambda each: each.person))  # fmt: skip
def test_nobody_is_lost_and_conflicts_come_last(candidates):
    found = suggest(DRAFT, candidates)
    assert sorted(each.candidate.person for each in found) == sorted(c.person for c in candidates)
    marks = [bool(each.conflicts) for each in found]
    assert marks == sorted(marks)
    assert all(list(each.conflicts) == conflicts(DRAFT, each.candidate) for each in found)


@pytest.mark.parametrize(("one", "other"), [
    ("НИИ «Права»", "нии  права"), ("Ёлки", "елки"), ('Centre "Law"', "centre law"),
])  # fmt: skip
def test_institutions_are_compared_without_case_quotes_and_spaces(one, other):
    assert same_institution(one) == same_institution(other)
