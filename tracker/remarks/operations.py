"""Taking remarks in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from tracker.errors import Invalid
from tracker.remarks.models import Remark
from tracker.remarks.places import ordering
from workflows.facts import Refusal

KINDS = ("legal", "editorial", "substantive", "treaty", "national_law", "other")
Source = Literal["review", "reply", "import", "entered"]


@dataclass(frozen=True, slots=True)
class NewRemark:
    """A remark as it comes in, its words cleaned by `workflows.fields.text`.

    `eid` is the provision's name in the edition, None where it is not known or the remark is on
    the whole draft; `place` is the provision as typed, empty for the whole draft. `text` may be
    empty where there is a `wording`. At least one author is given: a person, a body, or in words.
    """

    eid: str | None
    place: str
    kind: str
    text: str
    wording: str | None
    language: str
    author_person: int | None
    author_body: str | None
    author_name: str | None
    source: Source
    review_id: int | None = None
    reply_id: int | None = None
    letter_ref: str | None = None


def record_remarks(
    session: Session, row: Row[Any], edition: int, remarks: Sequence[NewRemark], now: datetime
) -> list[int]:
    """Keep remarks on an edition, in the caller's unit of work; returns their ids.

    The caller has locked the act, `row` being as it was then, and appends the one timeline entry.
    Raises Invalid, each fault naming its field: `remarks.0.text` for the first one's text.
    """
    faults = [
        Refusal(fault.code, fault.params, f"remarks.{place}.{fault.field}")
        for place, remark in enumerate(remarks)
        for fault in faults_of(remark)
    ]
    if faults:
        raise Invalid(*faults)
    if not remarks:
        return []
    values = [
        {
            "act_id": row.id,
            "edition": edition,
            "language": remark.language,
            "eid": remark.eid,
            "place": remark.place,
            "ordering": ordering(remark.eid, remark.place),
            "kind": remark.kind,
            "text": remark.text,
            "wording": remark.wording,
            "author_person": remark.author_person,
            "author_body": remark.author_body,
            "author_name": remark.author_name,
            "source": remark.source,
            "review_id": remark.review_id,
            "reply_id": remark.reply_id,
            "letter_ref": remark.letter_ref,
            "recorded_at": now,
            "recorded_n": row.version + 1,
        }
        for remark in remarks
    ]
    made = insert(Remark).returning(Remark.id, sort_by_parameter_order=True)
    return [int(found) for found in session.scalars(made, values)]


def faults_of(remark: NewRemark) -> Iterator[Refusal]:
    """What a remark lacks, naming its fields."""
    if remark.kind not in KINDS:
        yield Refusal("not_a_choice", {"choices": ", ".join(KINDS)}, "kind")
    if not remark.text and not remark.wording:
        yield Refusal("remark_without_words", {}, "text")
    if not (remark.author_person or remark.author_body or remark.author_name):
        yield Refusal("required", {"name": "author"}, "author")
