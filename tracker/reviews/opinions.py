"""What an opinion says beside its recommendation and text: remarks on provisions, an interest.

Written as JSON while it is a draft, and again as it was sent; in between it is judged here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.db import to_json
from tracker.errors import Invalid
from tracker.remarks.operations import KINDS
from tracker.reviews.models import Review
from workflows import fields
from workflows.facts import Refusal

RECOMMENDATIONS = ("approve", "approve_with_remarks", "revise", "reject")
REMARK_KINDS = KINDS
DECLINE_CODES = ("busy", "absent", "conflict", "not_my_field", "other")
MOST_REMARKS = 300
_PARTS = ("eid", "place", "kind", "text", "wording")
_LINES = ("eid", "place", "kind")


def judged_remarks(raw: Any) -> list[dict[str, str]]:
    """Remarks as they can be sent; raises Invalid naming row and part."""
    remarks = drafted_remarks(raw)
    faults = []
    for number, remark in enumerate(remarks):
        if remark["kind"] not in REMARK_KINDS:
            params = {"choices": ", ".join(REMARK_KINDS)}
            faults.append(Refusal("not_a_choice", params, f"remarks.{number}.kind"))
        if not (remark["text"] or remark["wording"]):
            faults.append(Refusal("remark_text", {}, f"remarks.{number}.text"))
    if faults:
        raise Invalid(*faults)
    return remarks


def drafted_remarks(raw: Any) -> list[dict[str, str]]:
    """Remarks however far they are written; empty rows are left out. Raises Invalid."""
    if raw is None:
        return []
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise Invalid(Refusal("not_a_list", {}, "remarks"))
    if len(raw) > MOST_REMARKS:
        raise Invalid(Refusal("too_many", {"limit": MOST_REMARKS}, "remarks"))
    found: list[dict[str, str]] = []
    faults: list[Refusal] = []
    for given in raw:
        remark = _remark(given, len(found), faults)
        if any(remark[part] for part in ("text", "wording", "place", "eid")):
            found.append(remark)
    if faults:
        raise Invalid(*faults)
    return found


def _remark(given: Any, number: int, faults: list[Refusal]) -> dict[str, str]:
    place = f"remarks.{number}"
    if not isinstance(given, Mapping):
        faults.append(Refusal("not_an_object", {}, place))
        return dict.fromkeys(_PARTS, "")
    remark = {}
    for part in _PARTS:
        try:
            clean = fields.line if part in _LINES else fields.text
            remark[part] = clean(given.get(part) or "")
        except fields.Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, f"{place}.{part}"))
            remark[part] = ""
    return remark


def judged_interest(interest: Any, words: Any) -> tuple[bool | None, str]:
    """A declaration of interest: yes with words, no, or none; raises Invalid."""
    if interest is not None and not isinstance(interest, bool):
        raise Invalid(Refusal("not_a_choice", {"choices": "true, false"}, "interest"))
    try:
        said = fields.text(words or "")
    except fields.Unfit as unfit:
        raise Invalid(Refusal(unfit.code, unfit.params, "interest_text")) from None
    if interest and not said:
        raise Invalid(Refusal("interest_text", {}, "interest_text"))
    return interest, said


def draft_digest(review: Review) -> str:
    """What is written so far in one short word, so that only what was looked at is sent."""
    return digest_of(review.draft_recommendation, review.draft_text, review.draft)


def digest_of(recommendation: str | None, text: str | None, draft: Any) -> str:
    written = to_json([recommendation, text, draft or {}])
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]
