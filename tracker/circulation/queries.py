"""Reading rounds of circulation for the steps of an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select

from tracker.circulation.models import Addressee, Circulation
from tracker.prepared import Prepared, any_of, asked
from workflows.facts import RoundFacts

_OF_ACTS = Prepared(
    select(
        Circulation.act_id,
        Circulation.n,
        Circulation.until_on,
        Circulation.closed_n,
        Addressee.id.label("addressee"),
        Addressee.body_key,
        Addressee.answered_n,
    )
    .outerjoin(
        Addressee,
        and_(Addressee.act_id == Circulation.act_id, Addressee.round == Circulation.n),
    )
    .where(any_of(Circulation.act_id, "ids"))
    .order_by(Circulation.act_id, Circulation.n, Addressee.id)
)


def round_facts(
    connection: Connection, ids: Sequence[int], today: date
) -> Callable[[], Mapping[int, tuple[RoundFacts, ...]]]:
    """The rounds of each act, oldest first; `today` is a date of the assembly."""
    return asked(connection, _OF_ACTS, lambda rows: _facts_of(rows, today), ids=ids)


def _facts_of(rows: Sequence[Any], today: date) -> Mapping[int, tuple[RoundFacts, ...]]:
    found: dict[int, dict[int, list[Any]]] = {}
    for row in rows:
        found.setdefault(row.act_id, {}).setdefault(row.n, []).append(row)
    return {
        act: tuple(_round(n, of_round, today) for n, of_round in rounds.items())
        for act, rounds in found.items()
    }


def _round(n: int, rows: Sequence[Any], today: date) -> RoundFacts:
    asked = [row for row in rows if row.addressee is not None]
    return RoundFacts(
        n=n,
        until=rows[0].until_on,
        closed=rows[0].closed_n is not None,
        over=rows[0].until_on < today,
        bodies=tuple(row.body_key for row in asked if row.body_key is not None),
        asked=len(asked),
        answered=sum(row.answered_n is not None for row in asked),
    )
