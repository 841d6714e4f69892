"""Taking the Council's decision: positions of members, or the decision made at a sitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Row, insert, update
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts.effects import head_of
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import check_version, facts_for_notice, locked
from tracker.db import unit_of_work
from tracker.duties.operations import close_duties
from tracker.errors import Forbidden, Invalid, Refused, invalid
from tracker.people.queries import find_person
from tracker.permissions import behalf, may
from tracker.sittings.models import Decision, Position
from tracker.sittings.queries import decision_rule
from tracker.timeline.operations import NewEntry, append
from tracker.typed import words_of
from workflows import fields
from workflows.audience import tell
from workflows.calendars import local_date
from workflows.decided import Decided
from workflows.facts import ActFacts, Actor, Person, Refusal
from workflows.voting import Position as Vote
from workflows.voting import Result, decide_vote, votes_at_sitting

VOTES: tuple[str, ...] = get_args(Vote)


def give_position(
    reference: str,
    vote: Any,
    *,
    text: Any = None,
    on_behalf_of: str | None = None,
    letter_ref: Any = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Record a member's position: their own, or entered for them from their letter. A later one
    replaces it. Returns the number of the timeline entry.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now, "objection_recorded")
        member, entered_for = _whose(session, facts, actor, on_behalf_of)
        words, letter = _check_position(vote, text, letter_ref, entered_for=entered_for)
        check_version(row, version)
        _require(facts, row, "give_position")
        n = row.version + 1
        _replace_position(session, row, member, actor, now, vote, words, letter)
        closing = [
            (duty.id, n, "done")
            for duty in facts.duties
            if duty.kind == "position" and duty.person is not None and duty.person.id == member
        ]
        close_duties(session, closing, now)
        data = {"vote": vote, "member": member} | ({"letter_ref": letter} if letter else {})
        entry = NewEntry(
            head_of(row),
            "give_position",
            actor.person,
            row.state,
            behalf=member if member != actor.person else None,
            edition=row.edition,
            data=data,
            texts={"text": words} if words else {},
        )
        append(session, [entry], now)
        if vote == "no":
            objections = [{"member": member, "text": words}]
            _tell_of_objections(session, facts, entry, objections, actor, now)
    return int(n)


def _replace_position(
    session: Session,
    row: Row[Any],
    member: int,
    actor: Actor,
    now: datetime,
    vote: str,
    words: str,
    letter: str,
) -> None:
    """Store what a member says under the number of the entry to come; what they said before
    stays, replaced.
    """
    n = row.version + 1
    session.execute(
        update(Position)
        .where(
            Position.act_id == row.id,
            Position.visit == row.visit,
            Position.person_id == member,
            Position.replaced_n.is_(None),
        )
        .values(replaced_n=n)
    )
    session.execute(
        insert(Position).values(
            act_id=row.id,
            n=n,
            visit=row.visit,
            person_id=member,
            entered_by=actor.person,
            vote=vote,
            text=words or None,
            letter_ref=letter or None,
            given_at=now,
        )
    )


def _tell_of_objections(
    session: Session,
    facts: ActFacts,
    entry: NewEntry,
    objections: Sequence[Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> None:
    about = {"action": entry.action, "data": entry.data, "objections": objections}
    tellings = tell(facts, "objection_recorded", actor)
    queue_tellings(session, facts, tellings, actor, now, n=entry.n, about=about)


def _whose(
    session: Session, facts: ActFacts, actor: Actor, on_behalf_of: str | None
) -> tuple[int, bool]:
    """Whose position it is, and whether it is entered for them from a letter."""
    rules = assembly.assembly()
    mine = may(rules, actor, "give_position", facts)
    enters = may(rules, actor, "enter_position", facts)
    if not mine and not enters:
        raise Forbidden(Refusal("not_permitted"))
    if on_behalf_of:
        if not enters:
            raise Forbidden(Refusal("not_permitted"))
        return _member(session, facts, on_behalf_of, "on_behalf_of").id, True
    if not mine:
        raise invalid("on_behalf_of", "required", name="on_behalf_of")
    seats = [seat for party in rules.permissions["give_position"] for seat in facts.seats(party)]
    held = [seat for seat in seats if seat in actor.roles]
    if all(seat in actor.deputises for seat in held):
        return actor.deputises[held[0]], False
    assert actor.person is not None
    return actor.person, False


def _members(facts: ActFacts) -> Sequence[Person]:
    """Who decides where the act stands."""
    here = facts.procedure.state(facts.state)
    decides = here.holder is not None and {"give_position", "record_decision"} & set(here.within)
    return facts.persons(here.holder) if here.holder is not None and decides else ()


def _member(session: Session, facts: ActFacts, who: Any, field: str) -> Person:
    """A member by e-mail address or number; raises Invalid naming the field. Where nobody decides
    there are no members, and anybody known passes on to be told so.
    """
    person = find_person(session, who) if isinstance(who, str) else None
    members = {member.id for member in _members(facts)}
    if person is None or (members and person.id not in members):
        raise invalid(field, "not_a_member")
    return person


def _check_position(vote: Any, text: Any, letter_ref: Any, *, entered_for: bool) -> tuple[str, str]:
    faults = []
    if vote not in VOTES:
        faults.append(Refusal("not_a_choice", {"choices": ", ".join(VOTES)}, "vote"))
    words = letter = ""
    try:
        words = fields.text(text or "")
    except fields.Unfit as unfit:
        faults.append(Refusal(unfit.code, unfit.params, "text"))
    try:
        letter = fields.line(letter_ref or "")
    except fields.Unfit as unfit:
        faults.append(Refusal(unfit.code, unfit.params, "letter_ref"))
    if vote == "no" and not words and not faults:
        faults.append(Refusal("objection_text", {}, "text"))
    if entered_for and not letter and not faults:
        faults.append(Refusal("required", {"name": "letter_ref"}, "letter_ref"))
    if faults:
        raise Invalid(*faults)
    return words, letter


def _require(facts: ActFacts, row: Row[Any], deed: str) -> None:
    if deed not in facts.procedure.state(row.state).within:
        raise Refused(Refusal("not_before_the_council", {"state": row.state}), act_id=row.id)


def record_decision(
    reference: str,
    *,
    decided_on: Any,
    minutes_ref: Any,
    present: Any,
    objections: Any = (),
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Result:
    """Record a decision as it was taken at a sitting, and compute its result by the body's rule.
    Raises NotFound, Forbidden, Invalid, Stale or Refused.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now, "objection_recorded")
        if not may(assembly.assembly(), actor, "record_decision", facts):
            raise Forbidden(Refusal("not_permitted"))
        decided, minutes = _check_decision(facts, row, decided_on, minutes_ref, now)
        here, against = _attendance(session, facts, present, objections)
        check_version(row, version)
        _require(facts, row, "record_decision")
        holder = facts.procedure.state(row.state).holder
        taken = _Sitting(
            decided, minutes, here, against, _result(facts, here, against),
            holder.body if holder is not None else None,
        )  # fmt: skip
        _keep_decision(session, row, taken, now)
        entry = _entry_of(row, facts, taken, actor)
        append(session, [entry], now)
        closing = [(duty.id, entry.n, "done") for duty in facts.duties if duty.kind == "position"]
        close_duties(session, closing, now)
        if against:
            _tell_of_objections(session, facts, entry, taken.objections, actor, now)
    return taken.result


@dataclass(frozen=True, slots=True)
class _Sitting:
    """What was decided: who took part, who objected with which words, and what that makes."""

    decided: Decided
    minutes: str
    present: Sequence[int]
    against: Mapping[int, str]
    result: Result
    body: str | None

    @property
    def objections(self) -> list[dict[str, Any]]:
        return [{"member": member, "text": words} for member, words in self.against.items()]


def _keep_decision(session: Session, row: Row[Any], taken: _Sitting, now: datetime) -> None:
    session.execute(
        insert(Decision).values(
            act_id=row.id,
            n=row.version + 1,
            visit=row.visit,
            body_key=taken.body,
            decided_on=taken.decided.on,
            decided_precision=taken.decided.precision,
            minutes_ref=taken.minutes,
            present=taken.present,
            objections=taken.objections,
            result=asdict(taken.result),
            recorded_at=now,
        )
    )


def _entry_of(row: Row[Any], facts: ActFacts, taken: _Sitting, actor: Actor) -> NewEntry:
    return NewEntry(
        head_of(row),
        "record_decision",
        actor.person,
        row.state,
        behalf=behalf(assembly.assembly(), actor, "record_decision", facts),
        body=taken.body,
        edition=row.edition,
        data={
            "decided_on": str(taken.decided),
            "minutes_ref": taken.minutes,
            "present": taken.present,
            "objecting": sorted(taken.against),
            "result": asdict(taken.result),
        },
        texts={f"objection_{member}": words for member, words in taken.against.items()},
    )


def _result(facts: ActFacts, here: Sequence[int], against: Mapping[int, str]) -> Result:
    holder = facts.procedure.state(facts.state).holder
    rules = facts.setting.assembly
    name = rules.decision.get(holder.body, "consensus") if holder else "consensus"
    quorum = rules.quorum.get(holder.body) if holder else None
    entitled = {str(member.id) for member in _members(facts)}
    if not entitled:
        raise invalid("present", "nobody_entitled")
    votes = votes_at_sitting(
        sorted(entitled), [str(key) for key in here], [str(key) for key in against]
    )
    return decide_vote(decision_rule(name, quorum), votes)


def _check_decision(
    facts: ActFacts, row: Row[Any], decided_on: Any, minutes_ref: Any, now: datetime
) -> tuple[Decided, str]:
    faults = []
    today = local_date(now, facts.setting.assembly.zone)
    decided = Decided.day(today)
    minutes = ""
    if not isinstance(decided_on, str) or not decided_on:
        faults.append(Refusal("required", {"name": "decided_on"}, "decided_on"))
    else:
        try:
            decided = Decided.parse(decided_on)
        except ValueError:
            faults.append(Refusal("not_a_decided_date", {}, "decided_on"))
    if decided.on is not None and decided.on > today:
        faults.append(Refusal("in_the_future", {"today": today.isoformat()}, "decided_on"))
    elif decided.last is not None and row.floor is not None and decided.last < row.floor:
        params = {"previous": row.floor.isoformat()}
        faults.append(Refusal("before_previous", params, "decided_on"))
    try:
        minutes = fields.line(minutes_ref or "")
    except fields.Unfit as unfit:
        faults.append(Refusal(unfit.code, unfit.params, "minutes_ref"))
    if not minutes and not any(fault.field == "minutes_ref" for fault in faults):
        faults.append(Refusal("required", {"name": "minutes_ref"}, "minutes_ref"))
    if faults:
        raise Invalid(*faults)
    return decided, minutes


def _attendance(
    session: Session, facts: ActFacts, present: Any, objections: Any
) -> tuple[list[int], dict[int, str]]:
    """Who was present and took part, and who objected with which words."""
    if not isinstance(present, list | tuple):
        raise invalid("present", "not_a_list")
    here = [
        _member(session, facts, who, f"present.{number}").id for number, who in enumerate(present)
    ]
    if not isinstance(objections, list | tuple):
        raise invalid("objections", "not_a_list")
    against: dict[int, str] = {}
    for number, item in enumerate(objections):
        place = f"objections.{number}"
        if not isinstance(item, Mapping):
            raise invalid(place, "not_an_objection")
        member = _member(session, facts, item.get("member"), f"{place}.member").id
        if member not in here:
            raise invalid(f"{place}.member", "not_present")
        against[member] = words_of(f"{place}.text", item.get("text") or "", optional=True)
        if not against[member]:
            raise invalid(f"{place}.text", "objection_text")
    return list(dict.fromkeys(here)), against
