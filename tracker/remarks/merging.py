"""Who answers which remark, and which of them are the same remark."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import not_, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import facts_for_notice
from tracker.db import unit_of_work
from tracker.errors import Refused, invalid
from tracker.people.queries import directory, persons
from tracker.remarks.answering import Chosen, keep_former
from tracker.remarks.models import Remark
from tracker.remarks.queries import OF_VOID_ROUND
from tracker.remarks.work import Begun, begin, check_version, chosen, record
from tracker.structure.characters import key
from tracker.structure.similarity import Profile, text_likeness
from tracker.timeline.operations import NewEntry
from workflows.audience import tell
from workflows.calendars import local_date
from workflows.facts import ActFacts, Actor, Person, Refusal

ALIKE = 0.6
"""From which likeness of their words on two remarks on one provision are suggested as equal."""
MOST_COMPARED = 200
"""Of the remarks on one provision: each is compared with each."""


def answerers(session: Session, facts: ActFacts, now: datetime) -> Sequence[Person]:
    """Who may answer remarks on an act today. One statement."""
    rules = assembly.assembly()
    seats = [
        seat for party in rules.permissions.get("propose_answer", ()) for seat in facts.seats(party)
    ]
    people = directory(session, seats, local_date(now, rules.zone))
    found = {person.id: person for seat in seats for person in people.get(seat, ())}
    return list(found.values())


def assign_remarks(
    reference: str, remarks: Sequence[int], person: Any, *, actor: Actor, now: datetime
) -> None:
    """Say who is to answer these remarks; None for `person` takes it back. Who is to answer is
    told once, of those that were not theirs before.
    """
    with unit_of_work() as session:
        begun = begin(session, reference, "propose_answer", actor, now)
        rows = chosen(session, begun, remarks)
        known = {str(one.id): one.id for one in answerers(session, begun.facts, now)}
        if person not in (None, "") and str(person) not in known:
            raise invalid("person", "not_an_answerer")
        to = known.get(str(person))
        new = sorted(row.n for row in rows.values() if row.assigned_to != to)
        session.execute(
            update(Remark)
            .where(Remark.id.in_(rows))
            .values(assigned_to=to, version=Remark.version + 1)
        )
        entry = record(begun, "assign_remarks", list(rows), now, {"to": to})
        if to is not None and new:
            _tell_answerer(begun, entry, persons(session, [to])[to], new, now)


def _tell_answerer(
    begun: Begun, entry: NewEntry, person: Person, numbers: Sequence[int], now: datetime
) -> None:
    """One notice to who is to answer, however many remarks were given to them at once."""
    facts = facts_for_notice(begun.session, begun.row, now, "remarks_assigned")
    about = {
        "action": entry.action,
        "edition": entry.edition,
        "data": dict(entry.data),
        "numbers": in_ranges(numbers),
    }
    tellings = tell(facts, "remarks_assigned", begun.actor, subject=person)
    queue_tellings(begun.session, facts, tellings, begun.actor, now, n=entry.n, about=about)


def in_ranges(numbers: Sequence[int]) -> str:
    """Rising numbers in few words: 1–3, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def merge_remarks(reference: str, remarks: Sequence[Chosen], *, actor: Actor, now: datetime) -> int:
    """Join equal remarks on one edition: the earliest holds the answer for all; returns its id.

    A proposed answer of another is kept among its earlier answers; a confirmed one must be
    re-opened first.
    """
    with unit_of_work() as session:
        begun = begin(session, reference, "propose_answer", actor, now)
        rows = chosen(session, begun, [one.remark for one in remarks])
        if len(rows) < 2 or len({row.edition for row in rows.values()}) > 1:  # noqa: PLR2004
            raise invalid("remarks", "two_remarks")
        main, *others = sorted(rows)
        for one in remarks:
            remark = rows[one.remark]
            check_version(begun, remark, one.version)
            if remark.merged_into is not None:
                params = {"number": remark.n}
                raise Refused(Refusal("remark_is_merged", params), act_id=begun.row.id)
            if remark.id != main and remark.confirmed_at is not None:
                params = {"number": remark.n}
                raise Refused(Refusal("answer_is_confirmed", params), act_id=begun.row.id)
        keep_former(session, [rows[other] for other in others], actor, now)
        session.execute(
            update(Remark)
            .where(Remark.id.in_(others) | Remark.merged_into.in_(others))
            .values(
                merged_into=main,
                response=None,
                reason=None,
                proposed_by=None,
                proposed_at=None,
                carried_by=None,
                version=Remark.version + 1,
            )
        )
        record(begun, "merge_remarks", list(rows), now, {"into": main})
    return main


def unmerge_remark(
    reference: str, remark_id: int, *, version: int | None = None, actor: Actor, now: datetime
) -> None:
    """Take a remark out of a merger; it waits for an answer of its own then."""
    with unit_of_work() as session:
        begun = begin(session, reference, "propose_answer", actor, now)
        remark = chosen(session, begun, [remark_id])[remark_id]
        check_version(begun, remark, version)
        if remark.merged_into is None:
            params = {"number": remark.n}
            raise Refused(Refusal("remark_not_merged", params), act_id=begun.row.id)
        into = remark.merged_into
        session.execute(
            update(Remark)
            .where(Remark.id == remark_id)
            .values(merged_into=None, version=Remark.version + 1)
        )
        record(begun, "unmerge_remark", [remark_id], now, {"into": into})


def suggest_equal(session: Session, act_id: int) -> list[list[int]]:
    """Remarks on one provision of one edition whose words are alike, in groups, the earliest
    first. One statement.
    """
    rows = session.execute(
        select(Remark.id, Remark.edition, Remark.eid, Remark.place, Remark.text, Remark.wording)
        .where(
            Remark.act_id == act_id,
            Remark.merged_into.is_(None),
            Remark.confirmed_at.is_(None),
            not_(OF_VOID_ROUND),
        )
        .order_by(Remark.id)
    )
    places: dict[tuple[int, str], dict[int, Profile]] = defaultdict(dict)
    for row in rows:
        place = (row.edition, row.eid or key(row.place).casefold())
        places[place][row.id] = _profile(f"{row.text}\n{row.wording or ''}")
    return [group for place in places.values() for group in _groups(place)]


def _profile(text: str) -> Profile:
    said = key(text)
    words = Counter(said.casefold().split())
    return Profile("", "", "", said, words, words.total())


def _groups(profiles: Mapping[int, Profile]) -> Iterator[list[int]]:
    """Those that are alike, each in one group at most."""
    into = {one: one for one in profiles}
    for one, other in combinations(list(profiles)[:MOST_COMPARED], 2):
        if into[other] == other and text_likeness(profiles[one], profiles[other]) >= ALIKE:
            into[other] = into[one]
    for main in profiles:
        group = [one for one in profiles if into[one] == main]
        if len(group) > 1:
            yield group
