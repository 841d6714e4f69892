"""Expert reviews and the Board's opinion as JSON."""

from __future__ import annotations

from datetime import date

from tracker.api.shapes import Json, iso, maybe_person, person_json
from tracker.reviews.models import BoardOpinion
from tracker.reviews.reading import ReviewPart
from tracker.reviews.suggestions import Suggested
from tracker.reviews.words import reason_words


def review_json(review: ReviewPart, today: date, *, own: bool = False) -> Json:
    """A review as whoever sees reviews reads it, or in its expert's own form."""
    waiting = [each.person for each in review.reserves if not each.called]
    marks = [mark for mark in review.marks(today) if not (own and mark == "reserve")]
    return {
        "id": str(review.id),
        "act": review.reference,
        "expert": person_json(review.expert),
        "edition": review.edition,
        "state": review.state,
        "due": iso(review.due_on),
        "assigned_at": iso(review.assigned_at),
        "recommendation": review.recommendation,
        "text": review.text,
        "decline_reason": review.decline_reason,
        "decline_code": review.decline_code,
        "kind": "guideline" if review.advisory else "opinion",
        "standing": review.standing,
        "marks": marks,
        "interest": review.interest,
        "interest_text": review.interest_text,
        "remarks": list(review.remarks),
        "addenda": [
            {
                "n": each.n,
                "text": each.text,
                "remarks": list(each.remarks),
                "added_at": iso(each.added_at),
            }
            for each in review.addenda
        ],
        "stands_for": None if own else maybe_person(review.stands_for),
        "reserves": [] if own else [person_json(person) for person in waiting],
    }


def reviewer_json(found: Suggested, asked: bool) -> Json:
    """An expert who can be asked, with the reasons for and against."""
    reasons = [
        (reason.tone, {"code": reason.code, "message": reason_words(reason)})
        for reason in found.suggestion.reasons
    ]
    return {
        "person": person_json(found.person),
        "institution": found.candidate.institution,
        "member": found.candidate.member,
        "fields_": sorted(found.candidate.fields),
        "load": found.candidate.load,
        "last_asked": iso(found.candidate.last_assigned),
        "away": found.suggestion.away,
        "asked": asked,
        "conflicts": [reason for tone, reason in reasons if tone == "conflict"],
        "reasons": [reason for tone, reason in reasons if tone != "conflict"],
    }


def board_opinion_json(reference: str, opinion: BoardOpinion) -> Json:
    return {
        "act": reference,
        "edition": opinion.edition,
        "language": opinion.language,
        "recommendation": opinion.recommendation,
        "counts": opinion.counts,
        "experts": opinion.experts,
        "sections": opinion.sections,
        "issued_at": iso(opinion.issued_at),
        "sha256": opinion.sha256,
    }
