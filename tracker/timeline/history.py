"""Reading what happened to an act, as far as a reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from tracker.db import AnyRow
from tracker.people.models import Person as PersonRow
from tracker.people.queries import person_as, person_at
from tracker.permissions import may_read
from tracker.timeline.models import TimelineEntry, TimelineText
from tracker.timeline.words import event_title
from workflows.decided import Decided
from workflows.facts import ActFacts, Actor, Person

NO_STEPS = ("correct", "ask_correction", "request")


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry in words. Where the reader may not know what it says, `readable` is False and
    it says no more than that something was recorded.
    """

    n: int
    action: str
    title: str
    before: str | None
    after: str
    body: str | None
    decided: Decided | None
    recorded_at: datetime
    basis: str | None
    edition: int | None
    hash: str
    actor: Person | None = None
    behalf: Person | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    corrected_by: int | None = None
    readable: bool = True

    @property
    def before_admission(self) -> bool:
        return bool(self.data.get("before_admission"))

    @property
    def moves(self) -> bool:
        """Whether it is a step that took the act to a state (perhaps the same) and still stands."""
        return (
            self.decided is not None
            and self.action not in NO_STEPS
            and self.corrected_by is None
            and self.before is not None
        )


def history(
    session: Session, facts: ActFacts, actor: Actor, *, since: int = 0, texts: bool = False
) -> list[Happening]:
    """The entries of an act after number `since`, oldest first, for somebody who sees it from
    inside: one statement, two with the words of persons.
    """
    said = _texts(session, facts.id, since) if texts else {}
    rows = _entries(session, facts.id, since)
    corrected = {row.data["corrects"]: row.n for row in rows if row.action == "correct"}
    rules = facts.setting.assembly
    return [
        _told(row, facts, said.get(row.n, {}), corrected.get(row.n))
        if may_read(rules, actor, facts, row.action, row.actor_id, row.data)
        else _hidden(row)
        for row in rows
    ]


def _entries(session: Session, act_id: int, since: int) -> Sequence[AnyRow]:
    doer, principal = aliased(PersonRow), aliased(PersonRow)
    entry = TimelineEntry
    return session.execute(
        select(
            entry.n, entry.action, entry.before, entry.after, entry.body, entry.decided_on,
            entry.decided_precision, entry.recorded_at, entry.basis, entry.edition, entry.data,
            entry.hash, entry.actor_id,
            *person_as("doer", doer), *person_as("principal", principal),
        )
        .outerjoin(doer, doer.id == entry.actor_id)
        .outerjoin(principal, principal.id == entry.behalf_id)
        .where(entry.act_id == act_id, entry.n > since)
        .order_by(entry.n)
    ).all()  # fmt: skip


def _told(
    row: AnyRow, facts: ActFacts, texts: Mapping[str, str], corrected_by: int | None
) -> Happening:
    precision = row.decided_precision
    return Happening(
        n=row.n,
        action=row.action,
        title=event_title(facts.procedure, row.action),
        before=row.before,
        after=row.after,
        body=row.body,
        decided=Decided(row.decided_on, precision) if precision else None,
        recorded_at=row.recorded_at,
        basis=row.basis,
        edition=row.edition,
        hash=row.hash,
        actor=person_at(row, "doer"),
        behalf=person_at(row, "principal"),
        data=row.data,
        texts=texts,
        corrected_by=corrected_by,
    )


def _texts(session: Session, act_id: int, since: int) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for row in session.execute(
        select(TimelineText.n, TimelineText.name, TimelineText.text).where(
            and_(TimelineText.act_id == act_id, TimelineText.n > since)
        )
    ):
        found.setdefault(row.n, {})[row.name] = row.text
    return found


def _hidden(row: Any) -> Happening:
    return Happening(
        n=row.n,
        action="",
        title="",
        before=None,
        after=row.after,
        body=None,
        decided=None,
        recorded_at=row.recorded_at,
        basis=None,
        edition=None,
        hash=row.hash,
        readable=False,
    )


def path_taken(happenings: Iterable[Happening]) -> list[tuple[str, str]]:
    """The moves from state to state that stand, oldest first."""
    return [
        (each.before, each.after)
        for each in happenings
        if each.moves and each.before is not None and each.before != each.after
    ]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days between two steps whose days are known, and the states the act stood in then:
    several where it moved on days that nobody knows.
    """

    states: tuple[str, ...]
    days: int


def stretches(happenings: Iterable[Happening], until: date) -> list[Stretch]:
    """The act's time from its first step of a known day to `until`, whole and without overlap."""
    found: list[Stretch] = []
    since: date | None = None
    states: list[str] = []
    for each in happenings:
        if each.corrected_by is not None or not (each.n == 1 or each.moves):
            continue
        day = each.decided.on if each.decided and each.decided.precision == "day" else None
        if day is not None:
            if since is not None:
                found.append(Stretch(tuple(states), (day - since).days))
            since, states = day, [each.after]
        elif states[-1:] != [each.after]:
            states.append(each.after)
    if since is not None:
        found.append(Stretch(tuple(states), max(0, (until - since).days)))
    return found


def days_spent(happenings: Sequence[Happening], today: date) -> dict[str, int]:
    """Calendar days spent in each state, as far as the days of coming and going are known."""
    spent: dict[str, int] = {}
    for stretch in stretches(happenings, today):
        if len(stretch.states) == 1:
            state = stretch.states[0]
            spent[state] = spent.get(state, 0) + stretch.days
    return spent
