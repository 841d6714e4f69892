"""Answering remarks: proposed, confirmed, re-opened, and the edition that carries them.

Each operation takes any number of remarks on one act, all or none, and leaves one timeline entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, bindparam, case, insert, null, update
from sqlalchemy.orm import Session

from tracker.db import unit_of_work
from tracker.errors import Invalid, Refused
from tracker.remarks.models import FormerAnswer, Remark
from tracker.remarks.work import Begun, begin, check_version, chosen, edition_of, record
from tracker.typed import words_of
from workflows import fields
from workflows.facts import Actor, Refusal

RESPONSES = ("accepted", "partly", "not_accepted", "noted")
CARRIED = ("accepted", "partly")
_NEED_A_REASON = ("partly", "not_accepted")
_TABLE: Any = Remark.__table__


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to one remark. `version` is the one of the remark that was looked at."""

    remark: int
    response: Any
    reason: Any = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A remark of a set, at the version that was looked at."""

    remark: int
    version: int | None = None


def answer_remarks(
    reference: str, answers: Sequence[Answer], *, actor: Actor, now: datetime
) -> None:
    """Propose answers. A proposal takes the place of the earlier one, which is kept."""
    with unit_of_work() as session:
        begun = begin(session, reference, "propose_answer", actor, now)
        ids = propose(begun, answers, now)
        counts = Counter(str(answer.response) for answer in answers)
        record(begun, "answer_remarks", ids, now, {"responses": dict(sorted(counts.items()))})


def propose(begun: Begun, answers: Sequence[Answer], now: datetime) -> list[int]:
    """Write proposed answers inside somebody's change; returns the remarks' ids."""
    session, actor = begun.session, begun.actor
    rows = chosen(session, begun, [answer.remark for answer in answers])
    said = _said(answers)
    for answer in answers:
        remark = rows[answer.remark]
        check_version(begun, remark, answer.version)
        _require_own(begun, remark)
        if remark.confirmed_at is not None:
            refusal = Refusal("answer_is_confirmed", {"number": remark.n})
            raise Refused(refusal, act_id=begun.row.id)
    keep_former(session, list(rows.values()), actor, now)
    values = [
        {
            "remark": answer.remark,
            "new_response": answer.response,
            "new_reason": said[answer.remark],
            "by": actor.person,
            "at": now,
            "carries": answer.response in CARRIED,
        }
        for answer in answers
    ]
    session.connection().execute(_ANSWER, values)
    return list(rows)


def _said(answers: Sequence[Answer]) -> Mapping[int, str | None]:
    """The reasons, cleaned; raises Invalid naming `response` or `reason`, by place in a set."""
    said: dict[int, str | None] = {}
    faults: list[Refusal] = []
    for place, answer in enumerate(answers):
        prefix = f"answers.{place}." if len(answers) > 1 else ""
        if answer.response not in RESPONSES:
            choices = {"choices": ", ".join(RESPONSES)}
            faults.append(Refusal("not_a_choice", choices, f"{prefix}response"))
        try:
            said[answer.remark] = fields.text(answer.reason or "") or None
        except fields.Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, f"{prefix}reason"))
            continue
        if answer.response in _NEED_A_REASON and said[answer.remark] is None:
            faults.append(Refusal("reason_for_refusing", {}, f"{prefix}reason"))
    if faults:
        raise Invalid(*faults)
    return said


def confirm_answers(
    reference: str, remarks: Sequence[Chosen], *, actor: Actor, now: datetime
) -> None:
    """Confirm the proposed answers: they are the answers now."""
    with unit_of_work() as session:
        begun = begin(session, reference, "confirm_answer", actor, now)
        rows = chosen(session, begun, [one.remark for one in remarks])
        for one in remarks:
            remark = rows[one.remark]
            check_version(begun, remark, one.version)
            _require_own(begun, remark)
            code = None
            if remark.response is None:
                code = "remark_not_answered"
            elif remark.confirmed_at is not None:
                code = "answer_is_confirmed"
            if code is not None:
                raise Refused(Refusal(code, {"number": remark.n}), act_id=begun.row.id)
        session.execute(
            update(Remark)
            .where(Remark.id.in_(rows))
            .values(confirmed_by=actor.person, confirmed_at=now, version=Remark.version + 1)
        )
        record(begun, "confirm_answers", list(rows), now)


def reopen_answer(
    reference: str,
    remark_id: int,
    reason: Any,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Make a confirmed answer a proposal again, with a reason."""
    with unit_of_work() as session:
        begun = begin(session, reference, "confirm_answer", actor, now)
        remark = chosen(session, begun, [remark_id])[remark_id]
        words = words_of("reason", reason)
        check_version(begun, remark, version)
        _require_own(begun, remark)
        if remark.confirmed_at is None:
            raise Refused(Refusal("answer_not_confirmed", {"number": remark.n}))
        keep_former(session, [remark], actor, now, words)
        session.execute(
            update(Remark)
            .where(Remark.id == remark_id)
            .values(confirmed_by=None, confirmed_at=None, version=Remark.version + 1)
        )
        record(begun, "reopen_answer", [remark_id], now, texts={"reason": words})


def carry_remarks(
    reference: str, edition: Any, remarks: Sequence[Chosen], *, actor: Actor, now: datetime
) -> None:
    """Note that an edition carries these accepted remarks; None for `edition` takes that back."""
    with unit_of_work() as session:
        begun = begin(session, reference, "propose_answer", actor, now)
        rows = chosen(session, begun, [one.remark for one in remarks])
        number = None if edition in (None, "") else edition_of(begun, edition)
        for one in remarks:
            remark = rows[one.remark]
            if number is not None and number <= remark.edition:
                params = {"number": remark.n, "edition": remark.edition}
                raise Invalid(Refusal("not_a_later_edition", params, "edition"))
            check_version(begun, remark, one.version)
            _require_own(begun, remark)
            if remark.response not in CARRIED:
                params = {"number": remark.n}
                raise Refused(Refusal("remark_not_accepted", params), act_id=begun.row.id)
        session.execute(
            update(Remark)
            .where(Remark.id.in_(rows))
            .values(carried_by=number, version=Remark.version + 1)
        )
        record(begun, "carry_remarks", list(rows), now, {"carried_by": number})


def _require_own(begun: Begun, remark: Remark) -> None:
    """Raise Refused where the answer is the one of the remark it is merged into."""
    if remark.merged_into is not None:
        params = {"number": remark.n}
        raise Refused(Refusal("remark_is_merged", params), act_id=begun.row.id)


def keep_former(
    session: Session,
    remarks: Sequence[Remark],
    actor: Actor,
    now: datetime,
    why: str | None = None,
) -> None:
    """Keep the answers that end now."""
    ended = [
        {
            "remark_id": remark.id,
            "response": remark.response,
            "reason": remark.reason,
            "proposed_by": remark.proposed_by,
            "proposed_at": remark.proposed_at,
            "confirmed_by": remark.confirmed_by,
            "confirmed_at": remark.confirmed_at,
            "ended_by": actor.person,
            "ended_at": now,
            "ended_why": why,
        }
        for remark in remarks
        if remark.response is not None
    ]
    if ended:
        session.execute(insert(FormerAnswer), ended)


_ANSWER = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("remark"))
    .values(
        response=bindparam("new_response"),
        reason=bindparam("new_reason"),
        proposed_by=bindparam("by"),
        proposed_at=bindparam("at"),
        carried_by=case((bindparam("carries", type_=Boolean), _TABLE.c.carried_by), else_=null()),
        version=_TABLE.c.version + 1,
    )
)
