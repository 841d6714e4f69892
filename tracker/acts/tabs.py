"""One act for the pages beside its main one: its first line, read for somebody inside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.acts import summaries
from tracker.acts.summaries import Summary
from tracker.errors import Forbidden
from workflows.facts import Actor, Refusal


def act_inside(session: Session, reference: str, actor: Actor, now: datetime) -> Summary:
    """The act in its first line; raises NotFound, or Forbidden to whoever sees no more than its
    public page. Three statements.
    """
    row = summaries.visible_row(session, reference, actor)
    if not row.inside:
        raise Forbidden(Refusal("not_permitted"))
    return summaries.summarise(session, [row], actor, now)[0]
