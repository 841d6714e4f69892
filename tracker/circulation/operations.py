"""Replying to a round of circulation, recording letters, and moving an addressee's date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import head_of
from tracker.acts.models import Act
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import check_version, facts_for_notice, locked
from tracker.circulation.checks import Checked, Said, chambers_of, check_extension, check_reply
from tracker.circulation.models import Addressee, Circulation, Extension, Reply
from tracker.db import unit_of_work
from tracker.duties.models import Duty
from tracker.duties.operations import close_duties, move_due
from tracker.errors import Forbidden, NotFound, Refused, invalid
from tracker.permissions import behalf, may
from tracker.remarks.operations import record_remarks
from tracker.remarks.rows import new_remarks
from tracker.timeline.operations import NewEntry, append
from workflows.audience import tell
from workflows.calendars import DueRule, due, local_date
from workflows.circulation import ReplyFacts, standing_of
from workflows.duties import NewDuty
from workflows.facts import ActFacts, Actor, Refusal
from workflows.schema import REPLY


def check_replier(session: Session, circulation: int, *, actor: Actor, now: datetime) -> None:
    """Whether the actor may reply to the round or record replies at all, asked before a file is
    read; raises NotFound or Forbidden.
    """
    reference, _n = _place(session, circulation)
    rows = queries.seen_acts(session, assembly.assembly(), actor, [reference])
    if not rows:
        raise NotFound(Refusal("no_such_circulation"))
    facts = facts_for_notice(session, rows[0], now)
    _round, asked = _read(session, circulation)
    _parts(facts, actor, asked)


def reply(
    circulation: int,
    said: Said,
    *,
    addressee: Any = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Reply to a round: for one's own body, or for an `addressee` (a body's key, or an id) whose
    letter is recorded. A later reply supplements; one after the date is late. Its remarks become
    rows of the table of remarks. Returns its id.
    """
    with unit_of_work() as session:
        row, round_, asked = _locked(session, circulation, actor)
        facts = facts_for_notice(session, row, now, "reply_received")
        whose, recorded = _whose(facts, actor, asked, addressee)
        today = local_date(now, facts.setting.assembly.zone)
        checked = check_reply(whose, said, today, recorded=recorded)
        check_version(row, version)
        if round_.closed_why == "corrected":
            raise Refused(Refusal("circulation_void"), act_id=row.id)
        if said.remarks and round_.edition is None:
            raise Refused(Refusal("no_edition"), act_id=row.id)
        number = _store(session, row, whose, said, checked, actor, now, recorded=recorded)
        _put_into_table(session, row, round_, whose, checked, number, now)
        late = _complete(session, row, round_, whose, now)
        _record_reply(session, row, facts, round_, whose, said, checked, actor, now, late=late)
    return number


def grant_extension(
    circulation: int,
    addressee: Any,
    *,
    due_on: Any,
    reason: Any,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give an addressee of an open round a later date, and say why; its reminders begin anew."""
    with unit_of_work() as session:
        row, round_, asked = _locked(session, circulation, actor)
        facts = facts_for_notice(session, row, now, "circulation_extended")
        if not may(assembly.assembly(), actor, "grant_extension", facts):
            raise Forbidden(Refusal("not_permitted"))
        whose = _named(asked, addressee)
        today = local_date(now, facts.setting.assembly.zone)
        until, words = check_extension(whose, due_on, reason, today)
        check_version(row, version)
        if round_.closed_n is not None:
            raise Refused(Refusal("circulation_is_closed"), act_id=row.id)
        if whose.answered_n is not None:
            raise Refused(Refusal("has_replied"), act_id=row.id)
        former, whose.due_on = whose.due_on, until
        round_.until_on = max(round_.until_on, until)
        session.flush()
        moved = _move(session, facts, round_, whose, now)
        n = row.version + 1
        session.execute(
            insert(Extension).values(
                addressee_id=whose.id,
                n=n,
                former_on=former,
                due_on=until,
                reason=words,
                granted_at=now,
                granted_by=actor.person,
            )
        )
        data = {
            "round": round_.n,
            "due": until.isoformat(),
            "former_due": former.isoformat(),
            **_name_of(whose),
        }
        entry = _append(
            session, row, round_, "extend_circulation", actor, now, data, {"reason": words},
            behalf(assembly.assembly(), actor, "grant_extension", facts),
        )  # fmt: skip
        bodies = [whose.body_key] if whose.body_key else []
        tellings = tell(facts, "circulation_extended", actor, addressees=bodies)
        about = {"action": entry.action, "edition": round_.edition, "data": data, "reason": words}
        queue_tellings(session, facts, tellings, actor, now, n=entry.n, about=about, opens=moved)


def _place(session: Session, circulation: int) -> tuple[str, int]:
    found = session.execute(
        select(Act.reference, Circulation.n)
        .join(Circulation, Circulation.act_id == Act.id)
        .where(Circulation.id == circulation)
    ).one_or_none()
    if found is None:
        raise NotFound(Refusal("no_such_circulation"))
    return found.reference, found.n


def _locked(
    session: Session, circulation: int, actor: Actor
) -> tuple[Row[Any], Circulation, Sequence[Addressee]]:
    """A round with its act locked; raises NotFound when the actor may not know of it."""
    reference, _n = _place(session, circulation)
    try:
        row = locked(session, reference, actor)
    except NotFound:
        raise NotFound(Refusal("no_such_circulation")) from None
    return row, *_read(session, circulation)


def _read(session: Session, circulation: int) -> tuple[Circulation, Sequence[Addressee]]:
    round_ = session.get_one(Circulation, circulation, populate_existing=True)
    asked = session.scalars(
        select(Addressee)
        .where(Addressee.act_id == round_.act_id, Addressee.round == round_.n)
        .order_by(Addressee.id)
        .execution_options(populate_existing=True)
    ).all()
    return round_, asked


def speaks_for(facts: ActFacts, actor: Actor, body: str | None) -> bool:
    """Whether the actor replies for a body that is asked."""
    parties = facts.setting.assembly.permissions.get("reply_circulation", ())
    seats = {seat for party in parties for seat in facts.seats(party) if seat[0] == body}
    return actor.holds(*seats)


def _parts(
    facts: ActFacts, actor: Actor, asked: Sequence[Addressee]
) -> tuple[Sequence[Addressee], bool]:
    """The addressees the actor speaks for, and whether they record the letters of any; raises
    Forbidden where neither.
    """
    mine = [each for each in asked if speaks_for(facts, actor, each.body_key)]
    records = may(assembly.assembly(), actor, "record_reply", facts)
    if not mine and not records:
        raise Forbidden(Refusal("not_permitted"))
    return mine, records


def _whose(
    facts: ActFacts, actor: Actor, asked: Sequence[Addressee], named: Any
) -> tuple[Addressee, bool]:
    """Whose reply it is, and whether it is recorded for them from a letter."""
    mine, records = _parts(facts, actor, asked)
    if named in (None, ""):
        if len(mine) != 1:
            raise invalid("addressee", "required", name="addressee")
        return mine[0], False
    whose = _named(asked, named)
    if whose in mine:
        return whose, False
    if not records:
        raise Forbidden(Refusal("not_permitted"))
    return whose, True


def _named(asked: Sequence[Addressee], named: Any) -> Addressee:
    for each in asked:
        if isinstance(named, str) and named and named in (each.body_key, str(each.id)):
            return each
    raise invalid("addressee", "not_an_addressee")


def _store(
    session: Session,
    row: Row[Any],
    whose: Addressee,
    said: Said,
    checked: Checked,
    actor: Actor,
    now: datetime,
    *,
    recorded: bool,
) -> int:
    """Write the reply. A recorded letter counts by its own date, any other reply by today."""
    today = local_date(now, assembly.zone())
    file = said.upload
    return int(
        session.execute(
            insert(Reply)
            .values(
                addressee_id=whose.id,
                n=row.version + 1,
                chamber=checked.chamber,
                kind=checked.kind,
                text=checked.text or None,
                asks_until=checked.asks_until,
                letter_ref=checked.letter_ref or None,
                letter_on=checked.letter_on,
                filename=file.filename if file else None,
                media_type=file.media_type if file else None,
                size=file.size if file else None,
                sha256=file.sha256 if file else None,
                counts_on=(checked.letter_on or today) if recorded else today,
                given_at=now,
                given_by=actor.person,
                recorded=recorded,
            )
            .returning(Reply.id)
        ).scalar_one()
    )


def _put_into_table(
    session: Session,
    row: Row[Any],
    round_: Circulation,
    whose: Addressee,
    checked: Checked,
    number: int,
    now: datetime,
) -> None:
    """Write the remarks of the reply `number` into the comment table of the edition sent."""
    if round_.edition is None:
        return
    made = new_remarks(
        session,
        row.id,
        round_.edition,
        checked.remarks,
        author_person=None,
        author_body=whose.body_key,
        author_name=whose.name,
        source="reply",
        reply_id=number,
        letter_ref=checked.letter_ref or None,
    )
    record_remarks(session, row, round_.edition, made, now)


def _complete(
    session: Session, row: Row[Any], round_: Circulation, whose: Addressee, now: datetime
) -> bool:
    """Note that an addressee has answered whole, and end what they owe; whether they are late."""
    given = [
        ReplyFacts(each.kind, each.chamber, each.counts_on)
        for each in session.execute(
            select(Reply.kind, Reply.chamber, Reply.counts_on)
            .where(Reply.addressee_id == whose.id)
            .order_by(Reply.id)
        )
    ]
    stands = standing_of(given, chambers_of(whose.body_key), whose.due_on, over=False)
    if stands.answered and whose.answered_n is None:
        session.execute(
            update(Addressee).where(Addressee.id == whose.id).values(answered_n=row.version + 1)
        )
        close_duties(
            session,
            [(duty, row.version + 1, "done") for duty in _owed(session, round_, whose)],
            now,
        )
    return given[-1].counts_on > whose.due_on


def _owed(session: Session, round_: Circulation, whose: Addressee) -> Sequence[int]:
    if whose.body_key is None:
        return ()
    return session.scalars(
        select(Duty.id).where(
            Duty.act_id == round_.act_id,
            Duty.opened_n == round_.opened_n,
            Duty.kind == REPLY,
            Duty.body_key == whose.body_key,
            Duty.closed_at.is_(None),
        )
    ).all()


def _move(
    session: Session, facts: ActFacts, round_: Circulation, whose: Addressee, now: datetime
) -> list[NewDuty]:
    """Move what an addressee owes to their new date; the same as it now stands."""
    setting = facts.setting
    rule = facts.procedure.definition.duties[REPLY].due.rule()
    fixed = DueRule("fixed_date", on=whose.due_on, calendar=rule.calendar)
    deadline = due(fixed, whose.due_on, setting.calendars, setting.assembly.zone)
    owed = _owed(session, round_, whose)
    move_due(session, dict.fromkeys(owed, deadline), now)
    role = setting.assembly.addressable.get(whose.body_key or "")
    return [NewDuty(REPLY, None, whose.body_key, role, deadline)] if owed else []


def _name_of(whose: Addressee) -> Mapping[str, Any]:
    """Who it is, as an entry's data keeps it."""
    if whose.body_key is not None:
        return {"addressee": whose.body_key}
    return {"addressee_name": whose.name}


def _record_reply(
    session: Session,
    row: Row[Any],
    facts: ActFacts,
    round_: Circulation,
    whose: Addressee,
    said: Said,
    checked: Checked,
    actor: Actor,
    now: datetime,
    *,
    late: bool,
) -> None:
    told: dict[str, Any] = {
        "round": round_.n,
        "reply": checked.kind,
        "chamber": checked.chamber,
        "until": checked.asks_until.isoformat() if checked.asks_until else None,
        "letter_ref": checked.letter_ref,
        "letter_date": checked.letter_on.isoformat() if checked.letter_on else None,
        "file": said.upload.filename if said.upload else None,
        "sha256": said.upload.sha256 if said.upload else None,
        "remarks": len(checked.remarks) if round_.edition is not None else 0,
        "late": late,
        **_name_of(whose),
    }
    data = {name: value for name, value in told.items() if value not in (None, "", 0)}
    entry = _append(
        session, row, round_, "reply", actor, now, data,
        {"text": checked.text} if checked.text else {},
        behalf(assembly.assembly(), actor, "reply_circulation", facts)
        if speaks_for(facts, actor, whose.body_key)
        else behalf(assembly.assembly(), actor, "record_reply", facts),
    )  # fmt: skip
    tellings = tell(facts, "reply_received", actor)
    about = {"action": "reply", "edition": round_.edition, "data": data}
    queue_tellings(session, facts, tellings, actor, now, n=entry.n, about=about)


def _append(
    session: Session,
    row: Row[Any],
    round_: Circulation,
    action: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
    texts: Mapping[str, str],
    behalf_of: int | None,
) -> NewEntry:
    session.flush()
    entry = NewEntry(
        head_of(row), action, actor.person, row.state, behalf=behalf_of,
        edition=round_.edition, data=data, texts=texts,
    )  # fmt: skip
    append(session, [entry], now)
    return entry
