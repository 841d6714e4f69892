"""What every change of the table begins and ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.operations import facts_for_notice, locked
from tracker.errors import Forbidden, NotFound, Refused, Stale, invalid
from tracker.paging import MOST_PER_PAGE
from tracker.permissions import behalf, may
from tracker.remarks.models import Remark
from tracker.timeline.operations import NewEntry, append
from workflows.assembly_schema import Deed
from workflows.facts import ActFacts, Actor, Refusal

LARGEST_ID = 2**53
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """A change that may be made: the act is locked, the actor permitted the deed."""

    session: Session
    row: Row[Any]
    facts: ActFacts
    actor: Actor
    deed: Deed


def begin(session: Session, reference: str, deed: Deed, actor: Actor, now: datetime) -> Begun:
    """Lock the act and ask the table of permissions; raises NotFound or Forbidden."""
    row = locked(session, reference, actor)
    facts = facts_for_notice(session, row, now)
    if not may(assembly.assembly(), actor, deed, facts):
        raise Forbidden(Refusal("not_permitted"))
    return Begun(session, row, facts, actor, deed)


def edition_of(begun: Begun, raw: Any) -> int:
    """The edition that is meant, the current one when none is named."""
    current = begun.row.edition
    if current is None:
        raise Refused(Refusal("no_edition"), act_id=begun.row.id)
    if raw is None or raw == "":
        return int(current)
    written = str(raw)
    if isinstance(raw, bool) or not written.isdecimal() or not 0 < len(written) <= _DIGITS:
        raise invalid("edition", "not_a_number")
    if not 1 <= int(written) <= current:
        raise invalid("edition", "no_such_edition", number=written)
    return int(written)


def chosen(session: Session, begun: Begun, ids: Sequence[int]) -> Mapping[int, Remark]:
    """Remarks on the act, as they are now; raises NotFound when one of them is not."""
    if not ids:
        raise invalid("remarks", "no_remarks_chosen")
    if len(ids) > MOST_PER_PAGE:
        raise invalid("remarks", "too_many_remarks", limit=MOST_PER_PAGE)
    if len(set(ids)) < len(ids):
        raise invalid("remarks", "remark_named_twice")
    wanted = [one for one in ids if 0 < one < LARGEST_ID]
    found = session.scalars(
        select(Remark)
        .where(Remark.act_id == begun.row.id, Remark.id.in_(wanted))
        .order_by(Remark.id)
        .execution_options(populate_existing=True)
    )
    rows = {remark.id: remark for remark in found}
    if len(rows) < len(ids):
        raise NotFound(Refusal("no_such_remark"))
    return rows


def check_version(begun: Begun, remark: Remark, version: int | None) -> None:
    """Raise Stale when the actor looked at another version of the remark."""
    if version is not None and version != remark.version:
        raise Stale(Refusal("remark_changed", {"number": remark.n}), act_id=begun.row.id)


def record(
    begun: Begun,
    action: str,
    ids: Sequence[int],
    now: datetime,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> NewEntry:
    """The one timeline entry of a change, whatever it was made on."""
    begun.session.flush()
    entry = NewEntry(
        head_of(begun.row),
        action,
        begun.actor.person,
        begun.row.state,
        behalf=behalf(assembly.assembly(), begun.actor, begun.deed, begun.facts),
        edition=begun.row.edition,
        data={"remarks": list(ids), "count": len(ids), **(data or {})},
        texts=texts or {},
    )
    append(begun.session, [entry], now)
    return entry
