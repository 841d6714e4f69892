"""What must be true before a step: named predicates over the facts of one act.

A guard answers None or the reason why not. Procedure files name guards; a file that names one
that is not here is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.facts import ActFacts, Refusal
from workflows.fields import kinds_open_to

Guard = Callable[[ActFacts, Mapping[str, Any]], Refusal | None]


def edition_exists(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    return None if facts.edition.current is not None else Refusal("no_edition")


def new_edition(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    return None if facts.edition.in_visit else Refusal("no_new_edition")


def reviews_closed(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    waiting = sum(review.open for review in facts.reviews)
    return Refusal("reviews_open", {"count": waiting}) if waiting else None


def opinion_given(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    given = (review for review in facts.reviews if review.in_visit and not review.advisory)
    if any(review.state == "submitted" for review in given):
        return None
    return Refusal("no_opinion")


def council_decided(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    if facts.council is None:
        return Refusal("council_undecided")
    if facts.council.adopted:
        return None
    reason = facts.council.reasons[0].code
    return Refusal("council_undecided" if reason == "nobody_took_part" else f"council_{reason}")


def number_free(facts: ActFacts, data: Mapping[str, Any]) -> Refusal | None:
    number = data.get("number")
    if number is not None and number in facts.taken_numbers:
        return Refusal("number_taken", {"number": number}, "serial")
    return None


def other_kind(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    return None if kinds_open_to(facts) else Refusal("no_other_kind")


def circulation_closed(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    for each in facts.rounds:
        if each.open:
            waiting = each.asked - each.answered
            params = {"n": each.n, "until": each.until, "count": waiting}
            return Refusal("circulation_open", params)
    return None


def circulation_opened(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    if any(not each.closed for each in facts.rounds):
        return None
    return Refusal("no_circulation_open")


def memorandum_missing(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    return None if facts.edition.memorandum else Refusal("no_memorandum")


def opinions_complete(facts: ActFacts, data: Mapping[str, Any]) -> Refusal | None:
    return reviews_closed(facts, data) or opinion_given(facts, data)


def all_remarks_answered(facts: ActFacts, _data: Mapping[str, Any]) -> Refusal | None:
    waiting = facts.unanswered_remarks
    return Refusal("remarks_unanswered", {"count": waiting}) if waiting else None


GUARDS: Mapping[str, Guard] = {
    "edition_exists": edition_exists,
    "new_edition": new_edition,
    "reviews_closed": reviews_closed,
    "opinion_given": opinion_given,
    "council_decided": council_decided,
    "number_free": number_free,
    "other_kind": other_kind,
    "opinions_complete": opinions_complete,
    "all_remarks_answered": all_remarks_answered,
    "circulation_closed": circulation_closed,
    "circulation_opened": circulation_opened,
}
WARNINGS: Mapping[str, Guard] = {
    "memorandum_missing": memorandum_missing,
    "all_remarks_answered": all_remarks_answered,
    "circulation_closed": circulation_closed,
}
"""Predicates that advise: what they say is shown before the step and does not stop it."""

TOPICS: Mapping[str, str] = {
    "edition_exists": "editions",
    "new_edition": "editions",
    "memorandum_missing": "editions",
    "reviews_closed": "reviews",
    "opinion_given": "reviews",
    "council_decided": "council",
    "number_free": "numbers",
    "other_kind": "kinds",
    "opinions_complete": "reviews",
    "all_remarks_answered": "remarks",
    "circulation_closed": "circulation",
    "circulation_opened": "circulation",
}
"""Which facts a guard reads, so that no others are gathered for it."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "new_edition": ("upload_edition",),
    "opinion_given": ("assign_review",),
    "opinions_complete": ("assign_review",),
    "council_decided": ("give_position", "record_decision"),
}
"""What must be possible within a state for a guard to hold there: one of these."""
