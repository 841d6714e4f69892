"""A round of review: whom it may ask, one expert asked, and the reserve whose turn comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from tracker.acts.operations import facts_for_notice
from tracker.duties.models import Duty
from tracker.duties.operations import duty_row
from tracker.errors import Invalid, invalid
from tracker.notices.operations import NewNotice
from tracker.people.models import Absence
from tracker.people.queries import away_on, directory, find_person, persons
from tracker.reviews.invitations import new_link
from tracker.reviews.models import Review, ReviewReserve
from tracker.reviews.recording import next_head, record, tell_of
from tracker.reviews.suggestions import ASKED, read_candidates, read_draft
from tracker.timeline.operations import Head
from workflows import fields
from workflows.assembly_schema import Assembly
from workflows.calendars import DueRule, due, local_date
from workflows.duties import NewDuty
from workflows.facts import ActFacts, Actor, Person, Refusal
from workflows.schema import Party
from workflows.suggestions import Reason, conflicts

MOST_RESERVES = 5
NOBODY = Actor(None)
"""Who acts when a reserve's turn comes: the product does, for whoever named them."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What one expert is asked: an opinion or a guideline, until when."""

    expert: Person
    kind: str
    duty: NewDuty


def seat_for(assembly: Assembly, kind: str) -> Party:
    """Whose seat the experts of a kind of review hold; raises Invalid."""
    if kind == "opinion":
        return assembly.experts
    if kind == "guideline" and assembly.guidelines is not None:
        return assembly.guidelines
    kinds = "opinion, guideline" if assembly.guidelines else "opinion"
    raise invalid("kind", "not_a_choice", choices=kinds)


def experts(
    session: Session, who: Iterable[tuple[str, str]], seat: Party, day: date
) -> list[Person]:
    """The persons that fields name by address or number; raises Invalid naming the fields."""
    key = (seat.body, seat.role)
    seated = {person.id for person in directory(session, [key], day).get(key, ())}
    found, faults = [], []
    for field, name in who:
        person = find_person(session, name)
        if person is None or person.id not in seated:
            faults.append(Refusal("not_an_expert", {}, field))
        else:
            found.append(person)
    if faults:
        raise Invalid(*faults)
    return found


def due_date(raw: Any, today: date) -> date | None:
    """A date given for the opinion, not before today; raises Invalid."""
    if raw is None or raw == "":
        return None
    try:
        found = raw if isinstance(raw, date) else date.fromisoformat(fields.line(raw))
    except (ValueError, fields.Unfit):
        raise invalid("due", "not_a_date") from None
    if found < today:
        raise invalid("due", "in_the_past", today=today.isoformat())
    return found


def asking(facts: ActFacts, expert: Person, kind: str, on: date | None, today: date) -> Asking:
    """What is asked of an expert, with the date: the one given, else by the procedure's rule."""
    rule = (
        DueRule("fixed_date", on=on)
        if on is not None
        else facts.procedure.definition.duties["review"].due.rule()
    )
    setting = facts.setting
    deadline = due(rule, today, setting.calendars, setting.assembly.zone)
    return Asking(expert, kind, NewDuty("review", expert, None, None, deadline))


def conflicts_of(
    session: Session, facts: ActFacts, seat: Party, chosen: Iterable[Person], day: date
) -> dict[int, list[Reason]]:
    """The known links of the chosen experts with the draft; those without one are left out."""
    draft = read_draft(session, facts, day, day)
    _persons, (candidates,) = read_candidates(session, [seat], day, day)
    wanted = {person.id for person in chosen}
    found = {each.person: conflicts(draft, each) for each in candidates if each.person in wanted}
    return {person: links for person, links in found.items() if links}


def ask(
    session: Session,
    row: Row[Any],
    head: Head,
    facts: ActFacts,
    asked: Asking,
    actor: Actor,
    now: datetime,
    *,
    behalf: int | None = None,
    more: dict[str, Any] | None = None,
) -> int:
    """Ask one expert: duty, review, link, entry, invitation. Returns the review's id."""
    expert, duty = asked.expert, asked.duty
    review_id = _open_review(session, row, head, asked, now)
    link = new_link(session, review_id)
    on = duty.deadline.on
    data = {"review": review_id, "expert": expert.id, "due": on.isoformat() if on else None}
    if asked.kind != "opinion":
        data["kind"] = asked.kind
    entry = record(session, head, actor, now, "assign_review", data | (more or {}), behalf=behalf)

    def with_link(notice: NewNotice) -> NewNotice:
        """The link is the expert's alone, whoever else is told."""
        if notice.person.id != expert.id:
            return notice
        return replace(notice, facts={**notice.facts, "link": link})

    tell_of(
        session, facts, "review_assigned", entry, actor, now,
        subject=expert, opens=(duty,), change=with_link,
    )  # fmt: skip
    return review_id


def _open_review(session: Session, row: Row[Any], head: Head, asked: Asking, now: datetime) -> int:
    duty_id = session.execute(
        insert(Duty)
        .values(duty_row(row.id, row.visit, head.version + 1, asked.duty, now))
        .returning(Duty.id)
    ).scalar_one()
    return session.execute(
        insert(Review)
        .values(
            act_id=row.id,
            visit=row.visit,
            edition=row.edition,
            person_id=asked.expert.id,
            duty_id=duty_id,
            state="invited",
            kind=asked.kind,
            assigned_at=now,
        )
        .returning(Review.id)
    ).scalar_one()


def name_reserves(
    session: Session, review_id: int, chosen: Sequence[Person], named_by: int | None
) -> None:
    """Keep who is asked next, in this order."""
    if chosen:
        rows = [
            {"review_id": review_id, "n": n, "person_id": person.id, "named_by": named_by}
            for n, person in enumerate(chosen, start=1)
        ]
        session.execute(insert(ReviewReserve), rows)


def call_reserve(
    session: Session, row: Row[Any], declined: Review, now: datetime
) -> tuple[int, int] | None:
    """Ask the first reserve who can be asked, in place of who declined: (review, person). Those
    behind stand behind the new review. None where nobody is left.
    """
    waiting = list(
        session.scalars(
            select(ReviewReserve)
            .where(ReviewReserve.review_id == declined.id)
            .order_by(ReviewReserve.n)
        )
    )
    if not waiting:
        return None
    facts = facts_for_notice(session, row, now, "review_assigned")
    if "assign_review" not in facts.procedure.state(row.state).within:
        return None
    today = local_date(now, facts.setting.assembly.zone)
    free = _free(session, row, facts, declined.kind, [each.person_id for each in waiting], today)
    for place, reserve in enumerate(waiting):
        if reserve.person_id not in free:
            continue
        person = persons(session, [reserve.person_id])[reserve.person_id]
        review_id = ask(
            session, row, next_head(session, row), facts,
            asking(facts, person, declined.kind, None, today), NOBODY, now,
            behalf=reserve.named_by, more={"for": declined.id},
        )  # fmt: skip
        reserve.became = review_id
        behind = [each.person_id for each in waiting[place + 1 :]]
        known = persons(session, behind)
        name_reserves(session, review_id, [known[each] for each in behind], reserve.named_by)
        return review_id, person.id
    return None


def _free(
    session: Session, row: Row[Any], facts: ActFacts, kind: str, wanted: list[int], day: date
) -> set[int]:
    """Those who hold the seat, are not away, and have not been asked in this round."""
    seat = seat_for(facts.setting.assembly, kind)
    key = (seat.body, seat.role)
    seated = {person.id for person in directory(session, [key], day).get(key, ())}
    away = set(
        session.scalars(
            select(Absence.person_id).where(Absence.person_id.in_(wanted), away_on(day))
        )
    )
    asked = set(
        session.scalars(
            select(Review.person_id).where(
                Review.act_id == row.id,
                Review.visit == row.visit,
                Review.state.in_((*ASKED, "declined")),
            )
        )
    )
    return seated - away - asked


def has_part(session: Session, row: Row[Any], person: int) -> bool:
    """Whether somebody has a part in the present round already."""
    found = session.scalar(
        select(Review.id).where(
            Review.act_id == row.id,
            Review.visit == row.visit,
            Review.person_id == person,
            Review.state.in_(ASKED),
        )
    )
    return found is not None
