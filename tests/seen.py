"""Reading what a test did, afresh from the database."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select

from tracker.acts.models import Act, ActBody, Heading, Visit
from tracker.db import Model, db
from tracker.duties.models import Duty
from tracker.notices.models import Notice
from tracker.reviews.models import Review
from tracker.texts.models import Edition
from tracker.timeline.models import TimelineEntry

Row = TypeVar("Row", bound=Model)


def act_of(reference: str) -> Act:
    db.session.remove()
    return db.session.scalars(select(Act).where(Act.reference == reference)).one()


def of_act(model: type[Row], reference: str, **where: Any) -> list[Row]:
    """The rows of one act in the order of their keys."""
    act = act_of(reference)
    order = [column for column in model.__table__.primary_key.columns if column.name != "act_id"]
    return list(
        db.session.scalars(
            select(model).filter_by(act_id=act.id, **where).order_by(*order)  # type: ignore[attr-defined]
        )
    )


def timeline(reference: str) -> list[TimelineEntry]:
    return of_act(TimelineEntry, reference)


def actions(reference: str) -> list[str]:
    return [entry.action for entry in timeline(reference)]


def visits(reference: str) -> list[tuple[int, str, int | None, bool]]:
    return [(v.n, v.state, v.left_n, v.void) for v in of_act(Visit, reference)]


def open_duties(reference: str) -> dict[str, Duty]:
    """Open duties by kind; fails where two of a kind are open."""
    found = [duty for duty in of_act(Duty, reference) if duty.closed_at is None]
    kinds = [duty.kind for duty in found]
    assert len(kinds) == len(set(kinds)), kinds
    return {duty.kind: duty for duty in found}


def bodies(reference: str, part: str) -> set[str]:
    return {row.body_key for row in of_act(ActBody, reference, part=part)}


def heading(reference: str) -> Heading:
    return of_act(Heading, reference, until_n=None)[0]


def notices(reference: str, **where: Any) -> list[Notice]:
    return of_act(Notice, reference, **where)


def reviews(reference: str) -> list[Review]:
    return of_act(Review, reference)


def editions(reference: str) -> list[Edition]:
    return of_act(Edition, reference)


def counts() -> dict[str, int]:
    """How many rows each table has: for showing that nothing was written."""
    db.session.remove()
    with db.engine.connect() as connection:
        return {
            table.name: connection.exec_driver_sql(
                f"SELECT count(*) FROM {table.name}"
            ).scalar_one()
            for table in db.metadata.sorted_tables
        }
