"""Telling those who follow an act of its moves: one statement an act, however many they are.

The rows stand in the transaction of the step, as all notices do. Who is told of the step anyway,
and who took it, hears nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, case, cast, literal, null, or_, select

from tracker import assembly
from tracker.acts.models import Act
from tracker.db import Executor, Json, UtcDateTime, wake_after_commit
from tracker.following.models import Follow
from tracker.notices.models import Notice
from tracker.notices.operations import digest, mail_domain, unmailed_now
from tracker.notices.queries import NEWS
from tracker.people.models import Person
from tracker.permissions import sight_on, visible_to
from tracker.prepared import Prepared, any_of, by_dialect, write
from workflows.calendars import local_date
from workflows.facts import Actor

FOLLOWS = "follows"
_TOLD = select(Notice.person_id).where(Notice.event == bindparam("of_event"))
_WHY = case(
    (bindparam("unmailed", type_=String).is_not(None), bindparam("unmailed", type_=String)),
    (Person.information == "inbox_only", literal("chosen")),
    else_=null(),
)
_WAITS = _WHY.is_(None)
_ROWS = (
    select(
        bindparam("of_event", type_=String),
        literal(NEWS),
        Person.id,
        literal("mail"),
        Act.id,
        bindparam("why_told", type_=Json),
        Person.language,
        case(
            (Follow.act_id.is_not(None), bindparam("by_act", type_=Json)),
            else_=bindparam("by_body", type_=Json),
        ),
        bindparam("at", type_=UtcDateTime),
        case((_WAITS, literal("queued")), else_=literal("skipped")),
        _WHY,
        case((_WAITS, bindparam("at", type_=UtcDateTime)), else_=null()),
        bindparam("before_person", type_=String)
        + cast(Person.id, String)
        + bindparam("after_person", type_=String),
    )
    .select_from(Follow)
    .join(Person, Person.id == Follow.person_id)
    .join(Act, Act.id == bindparam("act"))
    .where(
        or_(Follow.act_id == bindparam("act"), any_of(Follow.body_key, "lead")),
        Person.active,
        Person.id != bindparam("actor"),
        Person.id.not_in(_TOLD),
        visible_to(Person.id),
    )
    .order_by(Follow.act_id.is_(None))  # who follows both is told that they follow the act
)
_COLUMNS = (
    "event",
    "name",
    "person_id",
    "channel",
    "act_id",
    "reasons",
    "language",
    "facts",
    "created_at",
    "state",
    "why",
    "due_at",
    "message_id",
)
_INSERT = Prepared(
    by_dialect(
        lambda insert_: (
            insert_(Notice)
            .from_select(_COLUMNS, _ROWS, include_defaults=False)
            .on_conflict_do_nothing(index_elements=("event", "name", "person_id", "channel"))
        )
    )
)


@dataclass(frozen=True, slots=True)
class News:
    """One move of one act, led by `lead`; `facts` are frozen."""

    act_id: int
    n: int
    lead: Collection[str]
    facts: Mapping[str, Any]


def tell_followers(on: Executor, news: Iterable[News], actor: Actor, now: datetime) -> None:
    """Queue what those are told who follow the acts, of moves whose notices are queued already."""
    news = list(news)
    if not news:
        return
    rules, domain = assembly.assembly(), mail_domain()
    sight = sight_on(rules, local_date(now, rules.zone))
    rows = [{**_values(each, domain), **sight} for each in news]
    common = {"actor": actor.person or 0, "at": now, "unmailed": unmailed_now()}
    write(on, _INSERT, [{**row, **common} for row in rows])
    wake_after_commit()


def _values(news: News, domain: str) -> dict[str, Any]:
    event = f"act:{news.act_id}:{news.n}"
    lead = min(news.lead, default=None)
    return {
        "act": news.act_id,
        "of_event": event,
        "lead": sorted(news.lead),
        "why_told": [FOLLOWS],
        "by_act": {**news.facts, "because": [(FOLLOWS, None)]},
        "by_body": {**news.facts, "because": [(FOLLOWS, lead)]},
        "before_person": f"<f-{digest(f'{event}|{NEWS}')}-",
        "after_person": f"@{domain}>",
    }
