"""Taking back what a step did to the rounds of circulation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.acts.models import ActBody
from tracker.circulation.models import Addressee, Circulation
from tracker.duties.models import Duty
from tracker.duties.operations import close_duties
from workflows.schema import REPLY


def undo_rounds(session: Session, act_id: int, step_n: int, n: int, now: datetime) -> None:
    """Void the round that step `step_n` began, by the correction `n`, and go on with those that
    it ended. Bodies that see the act through the round alone see it no longer.
    """
    begun = session.scalar(
        select(Circulation.n).where(Circulation.act_id == act_id, Circulation.opened_n == step_n)
    )
    if begun is not None:
        _void(session, act_id, step_n, begun, n, now)
    session.execute(
        update(Circulation)
        .where(Circulation.act_id == act_id, Circulation.closed_n == step_n)
        .values(closed_n=None, closed_at=None, closed_why=None)
    )


def _void(session: Session, act_id: int, step_n: int, begun: int, n: int, now: datetime) -> None:
    session.execute(
        update(Circulation)
        .where(Circulation.act_id == act_id, Circulation.n == begun)
        .values(closed_n=n, closed_at=now, closed_why="corrected")
    )
    owed = session.scalars(
        select(Duty.id).where(
            Duty.act_id == act_id,
            Duty.opened_n == step_n,
            Duty.kind == REPLY,
            Duty.closed_at.is_(None),
        )
    ).all()
    close_duties(session, [(duty, n, "corrected") for duty in owed], now)
    brought = select(Addressee.body_key).where(
        Addressee.act_id == act_id, Addressee.round == begun, Addressee.brought
    )
    session.execute(
        delete(ActBody).where(
            ActBody.act_id == act_id, ActBody.part == "concerned", ActBody.body_key.in_(brought)
        )
    )
