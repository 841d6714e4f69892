"""Whom to ask for an opinion: experts in order, each with the reasons that speak for and against.

A pure function of facts. The order is one that can be said aloud: whoever has no conflict of
interest comes first, then whoever has not declined, whoever is not away, then by field, then
delegations that have been asked least, then the least load, then whoever was asked longest ago.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Tone = Literal["conflict", "against", "neutral", "for"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert. `load` counts the opinions owed now; `away` are days, both inclusive."""

    person: int
    institution: str = ""
    member: str | None = None
    fields: frozenset[str] = frozenset()
    load: int = 0
    last_assigned: date | None = None
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be reviewed, and the days in which (dates of the assembly, both inclusive)."""

    since: date
    until: date
    fields: frozenset[str] = frozenset()
    """The draft's fields; none where they are not known."""
    institutions: Mapping[str, str] = field(default_factory=dict)
    """Institutions at work on the draft, as `same_institution` writes them → as written."""
    initiators: frozenset[str] = frozenset()
    """The member states whose delegations initiated it."""
    authors: Mapping[int, int] = field(default_factory=dict)
    """Who brought in an edition → its number."""
    declined: frozenset[int] = frozenset()
    """Who has declined in this round."""
    asked: Mapping[str | None, int] = field(default_factory=dict)
    """How many of this round's experts come from a member state."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that speaks for or against; `params` fill its text."""

    code: str
    tone: Tone
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def conflicts(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.tone == "conflict")

    @property
    def away(self) -> bool:
        return any(reason.code == "away" for reason in self.reasons)


def same_institution(name: str) -> str:
    """An institution as it is compared: case, quotes and spaces do not matter."""
    kept = "".join(character if character.isalnum() else " " for character in name.casefold())
    return " ".join(kept.replace("ё", "е").split())


def suggest(draft: Draft, candidates: Iterable[Candidate]) -> list[Suggestion]:
    """The candidates in the order in which to ask them."""
    found = [Suggestion(candidate, tuple(_reasons(draft, candidate))) for candidate in candidates]
    return sorted(found, key=lambda suggestion: _place(draft, suggestion))


def conflicts(draft: Draft, candidate: Candidate) -> list[Reason]:
    """Links between the expert and the draft that are known. The expert may know of others."""
    found = []
    if candidate.person in draft.authors:
        found.append(Reason("author", "conflict", {"number": draft.authors[candidate.person]}))
    institution = draft.institutions.get(same_institution(candidate.institution))
    if institution is not None:
        found.append(Reason("same_institution", "conflict", {"institution": institution}))
    if candidate.member is not None and candidate.member in draft.initiators:
        found.append(Reason("initiators_delegation", "conflict", {"member": candidate.member}))
    return found


def _reasons(draft: Draft, candidate: Candidate) -> Iterator[Reason]:
    yield from conflicts(draft, candidate)
    for since, until in sorted(candidate.away):
        if since <= draft.until and until >= draft.since:
            yield Reason("away", "against", {"since": since, "until": until})
    if candidate.person in draft.declined:
        yield Reason("declined", "against")
    shared = sorted(candidate.fields & draft.fields)
    if shared:
        yield Reason("field", "for", {"fields": shared})
    elif draft.fields and candidate.fields:
        yield Reason("other_field", "against", {"fields": sorted(candidate.fields)})
    elif candidate.fields:
        yield Reason("has_fields", "neutral", {"fields": sorted(candidate.fields)})
    else:
        yield Reason("no_field", "neutral")
    yield from _balance(draft, candidate)


def _balance(draft: Draft, candidate: Candidate) -> Iterator[Reason]:
    """How the work is spread over delegations and experts."""
    if candidate.member is not None:
        count = draft.asked.get(candidate.member, 0)
        if count:
            params = {"member": candidate.member, "count": count}
            yield Reason("delegation_asked", "against", params)
        elif draft.asked:
            yield Reason("delegation_new", "for", {"member": candidate.member})
    tone: Tone = "against" if candidate.load else "for"
    yield Reason("load", tone, {"count": candidate.load})
    if candidate.last_assigned is None:
        yield Reason("never_asked", "for")
    else:
        yield Reason("last_asked", "neutral", {"day": candidate.last_assigned})


def _place(draft: Draft, suggestion: Suggestion) -> tuple[Any, ...]:
    candidate = suggestion.candidate
    return (
        bool(suggestion.conflicts),
        suggestion.candidate.person in draft.declined,
        suggestion.away,
        bool(draft.fields) and not (candidate.fields & draft.fields),
        draft.asked.get(candidate.member, 0) if candidate.member else 0,
        candidate.load,
        candidate.last_assigned or date.min,
        candidate.person,
    )
