"""The facts from which experts are suggested: read with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import AnyRow
from tracker.people.models import Absence, Membership
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, holds_on, person_of
from tracker.reviews.models import Review
from tracker.texts.models import EditionFile
from workflows.calendars import local_date
from workflows.facts import ActFacts, Person
from workflows.schema import Party
from workflows.suggestions import Candidate, Draft, Suggestion, same_institution, suggest

OPEN = ("invited", "accepted")
ASKED = ("invited", "accepted", "submitted")
"""States of those who have a part in the round."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """An expert with the reasons for and against."""

    person: Person
    suggestion: Suggestion

    @property
    def candidate(self) -> Candidate:
        return self.suggestion.candidate


def suggested(
    session: Session,
    facts: ActFacts,
    seats: Sequence[Party],
    since: date,
    until: date,
    field: str | None = None,
) -> list[list[Suggested]]:
    """Who holds each of the seats, in the order in which to ask them to review the act from one
    date to another. `field` is the draft's; without it, the fields of its lead commission. Five
    statements.
    """
    persons, seated = read_candidates(session, seats, since, until)
    draft = read_draft(session, facts, since, until, field)
    return [
        [Suggested(persons[each.candidate.person], each) for each in suggest(draft, candidates)]
        for candidates in seated
    ]


def fields_of(facts: ActFacts) -> frozenset[str]:
    """The fields that the lead commission of an act says it belongs to."""
    lead = set(facts.bodies.get("lead", ()))
    table = facts.setting.assembly.expertise
    return frozenset(key for key, field in table.items() if lead & set(field.bodies))


def read_candidates(
    session: Session, seats: Sequence[Party], since: date, until: date
) -> tuple[dict[int, Person], list[list[Candidate]]]:
    """Those who hold each seat on `since`, with what they owe and when they are away."""
    rows = _seated(session, seats, since)
    away = _absences(session, [row.id for row in rows], since, until)
    zone = assembly.zone()
    candidates = {
        (row.body_key, row.role, row.id): Candidate(
            person=row.id,
            institution=row.institution,
            member=row.member,
            fields=frozenset(row.expertise),
            load=row.owed,
            last_assigned=local_date(row.last, zone) if row.last else None,
            away=away.get(row.id, ()),
        )
        for row in rows
    }
    seated = [
        [each for key, each in candidates.items() if key[:2] == (seat.body, seat.role)]
        for seat in seats
    ]
    return {row.id: person_of(row) for row in rows}, seated


def _seated(session: Session, seats: Sequence[Party], since: date) -> Sequence[AnyRow]:
    """Whoever holds one of the seats, a row each."""
    owed = select(func.count(Review.id)).where(
        Review.person_id == PersonRow.id, Review.state.in_(OPEN)
    )
    last = select(func.max(Review.assigned_at)).where(Review.person_id == PersonRow.id)
    return session.execute(
        select(
            PersonRow.institution,
            PersonRow.member,
            PersonRow.expertise,
            owed.correlate(PersonRow).scalar_subquery().label("owed"),
            last.correlate(PersonRow).scalar_subquery().label("last"),
            Membership.body_key,
            Membership.role,
            *PERSON,
        )
        .join(Membership, Membership.person_id == PersonRow.id)
        .where(
            or_(
                *(
                    and_(Membership.body_key == seat.body, Membership.role == seat.role)
                    for seat in seats
                )
            ),
            holds_on(since),
            PersonRow.active,
        )
        .order_by(PersonRow.id)
    ).all()


def _absences(
    session: Session, persons: Iterable[int], since: date, until: date
) -> dict[int, tuple[tuple[date, date], ...]]:
    found: dict[int, tuple[tuple[date, date], ...]] = {}
    for row in session.execute(
        select(Absence.person_id, Absence.since, Absence.until)
        .where(Absence.person_id.in_(list(persons)), Absence.since <= until, Absence.until >= since)
        .order_by(Absence.since)
    ):
        found[row.person_id] = (*found.get(row.person_id, ()), (row.since, row.until))
    return found


def read_draft(
    session: Session, facts: ActFacts, since: date, until: date, field: str | None = None
) -> Draft:
    """What links experts to an act: whose it is, who wrote it, who has been asked. Three
    statements.
    """
    bodies = facts.setting.assembly.bodies
    initiators = [bodies[key] for key in facts.bodies.get("initiator", ()) if key in bodies]
    asked, declined = _round(session, facts)
    return Draft(
        since=since,
        until=until,
        fields=frozenset({field}) if field else fields_of(facts),
        institutions=_institutions(session, facts, since),
        initiators=frozenset(body.member for body in initiators if body.member is not None),
        authors=_authors(session, facts.id),
        declined=declined,
        asked=asked,
    )


def _institutions(session: Session, facts: ActFacts, day: date) -> Mapping[str, str]:
    """Where those who draft and those who initiated it work."""
    at_work = {*facts.bodies.get("drafting", ()), *facts.bodies.get("initiator", ())}
    rows = session.scalars(
        select(PersonRow.institution)
        .join(Membership, Membership.person_id == PersonRow.id)
        .where(
            Membership.body_key.in_(sorted(at_work)),
            holds_on(day),
            PersonRow.active,
            PersonRow.institution != "",
        )
        .distinct()
    )
    return {same_institution(name): name for name in rows}


def _authors(session: Session, act_id: int) -> Mapping[int, int]:
    rows = session.execute(
        select(EditionFile.uploaded_by, func.max(EditionFile.n))
        .where(EditionFile.act_id == act_id)
        .group_by(EditionFile.uploaded_by)
    )
    return {row[0]: row[1] for row in rows}


def _round(session: Session, facts: ActFacts) -> tuple[Mapping[str | None, int], frozenset[int]]:
    """How many of the round's experts come from each member state, and who has declined."""
    asked: dict[str | None, int] = {}
    declined = set()
    for row in session.execute(
        select(PersonRow.id, PersonRow.member, Review.state)
        .join(PersonRow, PersonRow.id == Review.person_id)
        .where(Review.act_id == facts.id, Review.visit == facts.visit, Review.kind == "opinion")
    ):
        if row.state in ASKED:
            asked[row.member] = asked.get(row.member, 0) + 1
        elif row.state == "declined":
            declined.add(row.id)
    return asked, frozenset(declined)
