"""One act for the pages beside its main one: its first line, read for somebody inside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import summaries
from tracker.acts.models import Act
from tracker.acts.summaries import Summary
from tracker.errors import Forbidden, NotFound
from tracker.permissions import visible
from workflows.facts import Actor, Refusal


def act_inside(session: Session, reference: str, actor: Actor, now: datetime) -> Summary:
    """The act in its first line; raises NotFound, or Forbidden to whoever sees no more than its
    public page. Three statements.
    """
    row = session.execute(
        summaries.statement(actor).where(
            Act.reference == reference, visible(assembly.assembly(), actor)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(Refusal("no_such_act"))
    if not row.inside:
        raise Forbidden(Refusal("not_permitted"))
    return summaries.summarise(session, [row], actor, now)[0]
