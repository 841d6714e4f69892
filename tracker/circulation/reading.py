"""Rounds of circulation as pages and calls show them: whom each asks, and what came back.

Who may not see replies sees those of their own body alone; who does not answer for the act is not
told who is late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from tracker import assembly
from tracker.acts.models import Act
from tracker.circulation.checks import chambers_of
from tracker.circulation.models import Addressee, Circulation, Extension, Reply
from tracker.circulation.operations import speaks_for
from tracker.circulation.words import addressee_title
from tracker.errors import NotFound
from tracker.people.models import Person as PersonRow
from tracker.people.queries import PERSON, person_as, person_at, person_of
from tracker.permissions import may
from workflows.calendars import Calendar, due, local_date
from workflows.circulation import ReplyFacts, Standing, standing_of
from workflows.facts import ActFacts, Actor, Person, Refusal
from workflows.machine import Compiled
from workflows.schema import REPLY


@dataclass(frozen=True, slots=True)
class ReplyText:
    """One reply. `late`: it counts by a day after the addressee's date as that is now."""

    id: int
    kind: str
    chamber: int | None
    text: str | None
    asks_until: date | None
    letter_ref: str | None
    letter_on: date | None
    filename: str | None
    media_type: str | None
    size: int | None
    sha256: str | None
    counts_on: date
    given_at: datetime
    given_by: Person | None
    recorded: bool
    late: bool


@dataclass(frozen=True, slots=True)
class ExtensionText:
    """A date that was moved, and why."""

    former_on: date
    due_on: date
    reason: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class AskedText:
    """An addressee as one reader may know of it. `mine`: the reader replies for it; `discreet`:
    they may not know whether it is late.
    """

    id: int
    body: str | None
    title: str
    address: str | None
    chambers: int
    due_on: date
    standing: Standing
    wants_time: bool
    replies: Sequence[ReplyText]
    extensions: Sequence[ExtensionText]
    mine: bool
    discreet: bool

    @property
    def code(self) -> str:
        """How it stands, in a word of `STANDINGS`."""
        code = self.standing.code
        if code == "none" and self.discreet:
            return "silent"
        return "extension" if code == "waiting" and self.wants_time else code

    @property
    def late(self) -> bool:
        return self.standing.late and not self.discreet


@dataclass(frozen=True, slots=True)
class RoundText:
    """A round as one reader may know of it. `sees`: all its addressees and replies, else only the
    reader's own; `chases`: who is late, too. `counts`: the addressees by how they stand, None
    where the reader may not know; `late`: how many answered after the date.
    """

    id: int
    act_id: int
    reference: str
    n: int
    edition: int | None
    opened_at: datetime
    opened_by: Person | None
    due_on: date
    until_on: date
    closed_at: datetime | None
    state: str
    asked: Sequence[AskedText]
    sees: bool
    chases: bool
    counts: Mapping[str, int] | None
    late: int

    @property
    def open(self) -> bool:
        return self.state == "open"

    @property
    def mine(self) -> Sequence[AskedText]:
        return [each for each in self.asked if each.mine]

    @property
    def answered(self) -> int:
        return sum(each.standing.answered for each in self.asked)


def reply_by(procedure: Compiled, calendars: Mapping[str, Calendar], today: date) -> date | None:
    """The day by which a circulation begun today would ask for replies, by the procedure's rule."""
    kind = procedure.definition.duties.get(REPLY)
    if kind is None:
        return None
    return due(kind.due.rule(), today, calendars, assembly.zone()).on


def read_rounds(session: Session, facts: ActFacts, actor: Actor, now: datetime) -> list[RoundText]:
    """The rounds of an act, the newest first: at most four statements."""
    return _rounds(session, facts, actor, now, Circulation.act_id == facts.id)


def read_round(
    session: Session, facts: ActFacts, circulation: int, actor: Actor, now: datetime
) -> RoundText:
    """One round of an act; raises NotFound. At most four statements."""
    mine = (Circulation.act_id == facts.id) & (Circulation.id == circulation)
    found = _rounds(session, facts, actor, now, mine)
    if not found:
        raise NotFound(Refusal("no_such_circulation"))
    return found[0]


def act_of(session: Session, circulation: int) -> str:
    """The reference of a round's act, whoever asks; raises NotFound."""
    found = session.scalar(
        select(Act.reference)
        .join(Circulation, Circulation.act_id == Act.id)
        .where(Circulation.id == circulation)
    )
    if found is None:
        raise NotFound(Refusal("no_such_circulation"))
    return found


def find_scan(found: RoundText, reply: int) -> ReplyText:
    """A reply with a file, among those that the reader may see; raises NotFound."""
    for each in found.asked:
        for given in each.replies:
            if given.id == reply and given.sha256 is not None:
                return given
    raise NotFound(Refusal("no_such_file"))


def _rounds(
    session: Session,
    facts: ActFacts,
    actor: Actor,
    now: datetime,
    which: ColumnElement[bool],
) -> list[RoundText]:
    opener = aliased(PersonRow)
    rows = session.execute(
        select(
            Circulation,
            *person_as("opener", opener),
        )
        .outerjoin(opener, opener.id == Circulation.opened_by)
        .where(which)
        .order_by(Circulation.n.desc())
    ).all()
    if not rows:
        return []
    rounds = [row.Circulation.n for row in rows]
    in_rounds = (Addressee.act_id == facts.id, Addressee.round.in_(rounds))
    asked = session.scalars(select(Addressee).where(*in_rounds).order_by(Addressee.id)).all()
    replies = _replies(session, in_rounds)
    extensions = _extensions(session, in_rounds)
    today = local_date(now, facts.setting.assembly.zone)
    return [_round(row, facts, actor, today, asked, replies, extensions) for row in rows]


def _replies(session: Session, in_rounds: Iterable[ColumnElement[bool]]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in session.execute(
        select(Reply, *PERSON)
        .join(Addressee, Addressee.id == Reply.addressee_id)
        .outerjoin(PersonRow, PersonRow.id == Reply.given_by)
        .where(*in_rounds)
        .order_by(Reply.id)
    ):
        found.setdefault(row.Reply.addressee_id, []).append(row)
    return found


def _extensions(
    session: Session, in_rounds: Iterable[ColumnElement[bool]]
) -> Mapping[int, list[Extension]]:
    found: dict[int, list[Extension]] = {}
    for each in session.scalars(
        select(Extension)
        .join(Addressee, Addressee.id == Extension.addressee_id)
        .where(*in_rounds)
        .order_by(Extension.id)
    ):
        found.setdefault(each.addressee_id, []).append(each)
    return found


def _round(
    row: Any,
    facts: ActFacts,
    actor: Actor,
    today: date,
    asked: Sequence[Addressee],
    replies: Mapping[int, list[Any]],
    extensions: Mapping[int, list[Extension]],
) -> RoundText:
    round_: Circulation = row.Circulation
    rules = facts.setting.assembly
    sees = may(rules, actor, "see_replies", facts)
    chases = may(rules, actor, "record_reply", facts)
    over = round_.closed_n is not None or round_.until_on < today
    everyone = [
        _asked(
            each,
            replies.get(each.id, ()),
            extensions.get(each.id, ()),
            over=over or each.due_on < today,
            mine=(mine := speaks_for(facts, actor, each.body_key)),
            discreet=not chases and not mine,
        )
        for each in asked
        if each.round == round_.n
    ]
    state = round_.closed_why or ("over" if over else "open")
    return RoundText(
        id=round_.id,
        act_id=facts.id,
        reference=facts.reference,
        n=round_.n,
        edition=round_.edition,
        opened_at=round_.opened_at,
        opened_by=person_at(row, "opener"),
        due_on=round_.due_on,
        until_on=round_.until_on,
        closed_at=round_.closed_at,
        state=state,
        asked=[each for each in everyone if sees or each.mine],
        sees=sees,
        chases=chases,
        counts=Counter(each.code for each in everyone) if sees else None,
        late=sum(each.late for each in everyone),
    )


def _asked(
    each: Addressee,
    replies: Sequence[Any],
    extensions: Sequence[Extension],
    *,
    over: bool,
    mine: bool,
    discreet: bool,
) -> AskedText:
    given = [_reply(row, each.due_on, discreet=discreet) for row in replies]
    chambers = chambers_of(each.body_key)
    last = given[-1] if given else None
    granted = extensions[-1].granted_at if extensions else None
    return AskedText(
        id=each.id,
        body=each.body_key,
        title=addressee_title(each.body_key, each.name),
        address=each.address,
        chambers=chambers,
        due_on=each.due_on,
        standing=standing_of(
            [ReplyFacts(one.kind, one.chamber, one.counts_on) for one in given],
            chambers,
            each.due_on,
            over=over,
        ),
        wants_time=last is not None
        and last.kind == "extension"
        and (granted is None or granted < last.given_at),
        replies=given,
        extensions=[
            ExtensionText(one.former_on, one.due_on, one.reason, one.granted_at)
            for one in extensions
        ],
        mine=mine,
        discreet=discreet,
    )


def _reply(row: Any, due_on: date, *, discreet: bool) -> ReplyText:
    reply: Reply = row.Reply
    return ReplyText(
        id=reply.id,
        kind=reply.kind,
        chamber=reply.chamber,
        text=reply.text,
        asks_until=reply.asks_until,
        letter_ref=reply.letter_ref,
        letter_on=reply.letter_on,
        filename=reply.filename,
        media_type=reply.media_type,
        size=reply.size,
        sha256=reply.sha256,
        counts_on=reply.counts_on,
        given_at=reply.given_at,
        given_by=person_of(row) if row.id is not None else None,
        recorded=reply.recorded,
        late=reply.counts_on > due_on and reply.kind != "extension" and not discreet,
    )
