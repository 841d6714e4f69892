"""The seam to the comment table: remarks that are sent become its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.remarks.operations import NewRemark, record_remarks
from tracker.reviews.models import Review


def put_into_table(
    session: Session,
    row: Row[Any],
    review: Review,
    remarks: Sequence[dict[str, str]],
    now: datetime,
) -> None:
    """Write the remarks of an opinion or an addendum into the comment table of the edition that
    was reviewed. A guideline's are those of the body that gives it, an expert's their own.
    """
    if review.edition is None:
        return
    rules = assembly.assembly()
    advisers = rules.guidelines if review.kind == "guideline" else None
    record_remarks(
        session,
        row,
        review.edition,
        [
            NewRemark(
                eid=remark["eid"] or None,
                place=remark["place"],
                kind=remark["kind"],
                text=remark["text"],
                wording=remark["wording"] or None,
                language=rules.authentic,
                author_person=review.person_id,
                author_body=advisers.body if advisers else None,
                author_name=None,
                source="review",
                review_id=review.id,
            )
            for remark in remarks
        ],
        now,
    )
