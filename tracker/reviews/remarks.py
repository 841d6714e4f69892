"""The seam to the comment table: remarks that are sent become its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker.reviews.models import Review


def put_into_table(
    session: Session,
    row: Row[Any],
    review: Review,
    remarks: Sequence[dict[str, str]],
    now: datetime,
) -> None:
    """Write the remarks of an opinion or an addendum into the comment table of the edition."""
