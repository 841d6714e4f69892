"""Notices as people read them: each person's inbox, and for the secretariat what became of mails.

Texts are made anew in the reader's language from what was frozen at the event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, case, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from tracker import assembly
from tracker.db import AnyRow
from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext as _later
from tracker.notices.models import STUCK, Notice, RefusedAddress
from tracker.notices.rendering import subject_of
from tracker.notices.suppression import STILL_THEIRS
from tracker.notices.words import Told, because, page_of, persons_named
from tracker.paging import Page, Paging
from tracker.people.models import Person
from tracker.people.queries import PERSON, person_of, persons
from tracker.wording.queries import written
from workflows import facts

STATES: Mapping[str, object] = {
    "queued": _later("waiting to be sent"),
    "sending": _later("being sent"),
    "sent": _later("sent"),
    "failed": _later("failed"),
    "held": _later("held: it may have been sent"),
    "skipped": _later("not sent"),
}
WHY: Mapping[str, object] = {
    "ambiguous": _later("the mail server was lost before it confirmed"),
    "restored": _later("the installation was restored from a backup, and it may have gone before"),
    "inbox_only": _later("it tells of the person's own step"),
    "away": _later("the person is away, and the deputy has it"),
    "back": _later("the person stood in for is back"),
    "chosen": _later("the person reads in the inbox what asks nothing of them"),
    "corrected": _later("the step was corrected before it went out"),
    "demo": _later("it tells of a sample act"),
    "person_left": _later("the person is no longer active"),
    "address_refused": _later("the mail server refuses the person's address"),
    "account_disabled": _later("the person's account is disabled"),
    "duty_over": _later("what it asks for was no longer owed"),
    "duty_moved": _later("the due date had been moved"),
    "not_followed": _later("the person follows the act no more, or may not see it"),
    "not_the_holder": _later("the person no longer holds the duty"),
    "too_late": _later("the due date had passed"),
}


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One notice in its recipient's inbox, with the reasons in words."""

    id: int
    name: str
    reference: str
    subject: str
    because: tuple[str, ...]
    created_at: datetime
    read_at: datetime | None
    titles: Mapping[str, str]
    page: str
    """The path that its mail links to."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail. `due_at` is the next attempt; `error` is what the server said.
    `beside` is how many others stand in the same mail. `refused_at` is since when nothing goes to
    the person's address, `refused` what the server said then.
    """

    id: int
    name: str
    reference: str
    subject: str
    because: tuple[str, ...]
    person: facts.Person
    state: str
    why: str | None
    error: str | None
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    beside: int
    refused_at: datetime | None
    refused: str | None


_NEW, _OLD = Notice.read_at.is_(None), Notice.read_at.is_not(None)
"""The halves of an inbox, each with an index of its own."""
_LEADER = aliased(Notice)
_DELIVERY = (
    Notice.id.label("notice"),
    Notice.name,
    Notice.facts,
    Notice.state,
    Notice.why,
    Notice.error,
    Notice.attempts,
    Notice.created_at,
    Notice.sent_at,
    Notice.due_at,
    case(
        (
            Notice.leader_id.is_not(None),
            select(_LEADER.folded).where(_LEADER.id == Notice.leader_id).scalar_subquery(),
        ),
        else_=Notice.folded,
    ).label("beside"),
    RefusedAddress.since.label("refused_at"),
    RefusedAddress.said.label("refused"),
)


def inbox(
    session: Session,
    person_id: int,
    paging: Paging,
    *,
    read: bool | None = None,
    act_id: int | None = None,
) -> Page[InboxItem]:
    """A person's notices, newest first; with `read`, only those read, or only the new ones; with
    `act_id`, those of one act.
    """
    of_act = [] if act_id is None else [Notice.act_id == act_id]
    halves = [
        (Notice.person_id == person_id, half, *of_act)
        for wanted, half in ((False, _NEW), (True, _OLD))
        if read is None or read is wanted
    ]
    newest = [
        select(Notice.id)
        .where(*half)
        .order_by(Notice.id.desc())
        .limit(paging.offset + paging.per_page)
        for half in halves
    ]
    both = union_all(*(select(half.subquery()) for half in newest)).subquery()
    total = sum((_counted(*half) for half in halves), literal(0))
    rows = session.execute(
        select(
            Notice.id.label("notice"),
            Notice.name,
            Notice.facts,
            Notice.created_at,
            Notice.read_at,
            total.label("total"),
        )
        .join(both, both.c.id == Notice.id)
        .order_by(Notice.id.desc())
        .offset(paging.offset)
        .limit(paging.per_page)
    ).all()
    texts = _texts(session, rows)
    items = [
        InboxItem(
            row.notice,
            row.name,
            *text,
            row.created_at,
            row.read_at,
            row.facts["titles"],
            page_of(_told(session, row)),
        )
        for row, text in zip(rows, texts, strict=True)
    ]
    return Page(items, _total(session, rows, total), paging)


def page_to_open(session: Session, person_id: int, notice_id: int) -> str | None:
    """The path that a notice of theirs opens."""
    row = session.execute(
        select(Notice.name, Notice.facts).where(
            Notice.id == notice_id, Notice.person_id == person_id
        )
    ).one_or_none()
    return page_of(_told(session, row)) if row else None


def count_unread(session: Session, person_id: int) -> int:
    """How many notices a person has not read."""
    return _count(session, Notice.person_id == person_id, _NEW)


def deliveries(
    session: Session,
    paging: Paging,
    *,
    act_id: int | None = None,
    notice_id: int | None = None,
    states: Sequence[str] = (),
) -> Page[Delivery]:
    """What became of mails, newest first: of one act, or in some states, or of all; or of one."""
    clauses: list[ColumnElement[bool] | TextClause] = []
    if notice_id is not None:
        clauses.append(Notice.id == notice_id)
    if act_id is not None:
        clauses.append(Notice.act_id == act_id)
    if states:
        # What is stuck has an index of its own, which only its own words find.
        clauses.append(STUCK if set(states) == {"failed", "held"} else Notice.state.in_(states))
    total = _counted(*clauses)
    rows = session.execute(
        select(*_DELIVERY, *PERSON, total.label("total"))
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(RefusedAddress, STILL_THEIRS)
        .where(*clauses)
        .order_by(Notice.id.desc())
        .offset(paging.offset)
        .limit(paging.per_page)
    ).all()
    texts = _texts(session, rows)
    items = [
        Delivery(
            row.notice,
            row.name,
            *text,
            person_of(row),
            row.state,
            row.why,
            row.error,
            row.attempts,
            row.created_at,
            row.sent_at,
            row.due_at,
            row.beside,
            row.refused_at,
            row.refused,
        )
        for row, text in zip(rows, texts, strict=True)
    ]
    return Page(items, _total(session, rows, total), paging)


def failed_notices(session: Session, paging: Paging) -> Page[Delivery]:
    """Mails that failed or are held, for somebody to look at."""
    return deliveries(session, paging, states=("failed", "held"))


def count_stuck(session: Session) -> int:
    """How many mails failed or are held."""
    return _count(session, STUCK)


def outcome(state: str, why: str | None) -> str:
    """What became of a mail, in words."""
    said = str(STATES[state])
    because = WHY.get(why or "")
    return _("%(state)s: %(why)s", state=said, why=because) if because else said


def _texts(session: Session, rows: Sequence[AnyRow]) -> list[tuple[str, str, tuple[str, ...]]]:
    """The reference, the subject and the reasons of each notice, in the present language."""
    named = set[int]().union(*(persons_named(row.facts) for row in rows))
    people, own = persons(session, named), written(session)
    found = []
    for row in rows:
        subject = subject_of(_told(session, row), people, own)
        found.append((row.facts["reference"], subject, tuple(because(row.facts, people))))
    return found


def _told(session: Session, row: AnyRow) -> Told:
    return Told(row.name, row.facts, assembly.procedure(session, *row.facts["procedure"]))


def _counted(*clauses: ColumnElement[bool] | TextClause) -> ColumnElement[int]:
    """How many notices there are, as a column of whatever is read of some of them."""
    counted = select(func.count()).select_from(Notice).where(*clauses)
    return counted.correlate(None).scalar_subquery()


def _total(session: Session, rows: Sequence[AnyRow], counted: ColumnElement[int]) -> int:
    """What was counted beside the rows of a page, or now for a page that has none."""
    return rows[0].total if rows else session.scalar(select(counted)) or 0


def _count(session: Session, *clauses: ColumnElement[bool] | TextClause) -> int:
    return session.scalar(select(_counted(*clauses))) or 0
