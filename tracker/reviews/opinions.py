"""What an opinion says beside its recommendation, text and remarks: a declaration of interest; and
the mark of a draft.
"""

from __future__ import annotations

import hashlib
from typing import Any

from tracker.db import to_json
from tracker.errors import Invalid
from tracker.reviews.models import Review
from tracker.typed import words_of
from workflows.facts import Refusal

RECOMMENDATIONS = ("approve", "approve_with_remarks", "revise", "reject")
DECLINE_CODES = ("busy", "absent", "conflict", "not_my_field", "other")


def judged_interest(interest: Any, words: Any) -> tuple[bool | None, str]:
    """A declaration of interest: yes with words, no, or none; raises Invalid."""
    if interest is not None and not isinstance(interest, bool):
        raise Invalid(Refusal("not_a_choice", {"choices": "true, false"}, "interest"))
    said = words_of("interest_text", words or "", optional=True)
    if interest and not said:
        raise Invalid(Refusal("interest_text", {}, "interest_text"))
    return interest, said


def draft_digest(review: Review) -> str:
    """What is written so far in one short word, so that only what was looked at is sent."""
    return digest_of(review.draft_recommendation, review.draft_text, review.draft)


def digest_of(recommendation: str | None, text: str | None, draft: Any) -> str:
    written = to_json([recommendation, text, draft or {}])
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]
