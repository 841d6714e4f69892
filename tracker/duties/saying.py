"""Saying reminders: their notices and their ledger, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import AnyRow, upsert
from tracker.duties.models import Reminder as LedgerRow
from tracker.duties.planning import Batch
from tracker.duties.recipients import HOLDER, Asked, Directory, Recipient
from tracker.notices.checks import REMINDER
from tracker.notices.operations import NewNotice, queue, standing_in
from tracker.reviews.invitations import links_of_duties
from workflows.calendars import local_date
from workflows.reminders import Reminder

log = structlog.get_logger(__name__)


class Said(NamedTuple):
    """How many notices were queued, and how many steps found nobody."""

    notices: int
    unheard: int


def asked_at(batch: Batch, reminder: Reminder, at: datetime) -> Asked:
    """Whom a reminder means when it is said at the instant `at`."""
    row = batch.rows[reminder.duty_id]
    late = row.due_on is not None and local_date(at, row.zone) > row.due_on
    return Asked(row, batch.procedures[row.id], reminder.audience, late=late)


def say(session: Session, batch: Batch, reminders: Sequence[Reminder], now: datetime) -> Said:
    """Write the notices and the ledger of some reminders: a fixed number of statements."""
    if not reminders:
        return Said(0, 0)
    asked = [asked_at(batch, reminder, now) for reminder in reminders]
    found = Directory(session, assembly.assembly(), asked, local_date(now, assembly.zone()))
    links = links_of_duties(session, (one.duty.id for one in asked if one.duty.kind == "review"))
    notices: list[NewNotice] = []
    entries: list[dict[str, Any]] = []
    unheard = 0
    for reminder, one in zip(reminders, asked, strict=True):
        recipients = found.recipients(one)
        link = links.get(one.duty.id)
        notices += [_notice(reminder, one, recipient, found, now, link) for recipient in recipients]
        entries += _entries(reminder, recipients, now)
        if not recipients:
            unheard += 1
            log.warning("nobody_to_remind", duty=reminder.duty_id, rule=reminder.rule_id)
    session.execute(upsert(session, LedgerRow.__table__).on_conflict_do_nothing(), entries)
    return Said(queue(session, notices, now), unheard)


def _entries(
    reminder: Reminder, recipients: Sequence[Recipient], now: datetime
) -> list[dict[str, Any]]:
    """The ledger's rows: the step said and those it stands for, for each who heard it."""
    said, *folded = reminder.keys
    heard: Sequence[int | None] = [recipient.person.id for recipient in recipients] or [None]
    return [
        {
            "duty_id": key.duty_id,
            "generation": key.generation,
            "rule": key.rule_id,
            "occurrence": key.occurrence,
            "recipient_id": person,
            "recorded_at": now,
            "sent": key == said and person is not None,
        }
        for key in (said, *folded)
        for person in heard
    ]


def facts_of(asked: Asked, recipient: Recipient, found: Directory, now: datetime) -> dict[str, Any]:
    """What is frozen into a notice about a duty."""
    duty = asked.duty
    return {
        "reference": duty.reference,
        "titles": duty.titles,
        "kind": duty.act_kind,
        "procedure": [asked.procedure.key, asked.procedure.version],
        "state": duty.state,
        "recorded": now.isoformat(),
        "n": duty.opened_n,
        "bodies": {part: list(keys) for part, keys in found.bodies(asked).items()},
        "reply_to": found.reply_to(asked),
        "because": [(recipient.reason, recipient.body)],
        **standing_in(recipient.principal),
        "late": asked.late,
        "due": {**due_facts(duty), "seats": found.owing_seats(asked)},
    }


def due_facts(duty: AnyRow) -> Mapping[str, Any]:
    """What a duty asks and until when, as its row says."""
    stopped = duty.stopped_on is not None
    return {
        "duty": duty.kind,
        "on": duty.due_on.isoformat() if duty.due_on else None,
        "state": "stopped" if stopped else duty.due_state,
        "detail": {"left": duty.days_left, "unit": duty.left_in} if stopped else duty.due_detail,
        "zone": duty.zone,
        "action": duty.action,
    }


def _notice(
    reminder: Reminder,
    asked: Asked,
    recipient: Recipient,
    found: Directory,
    now: datetime,
    link: Mapping[str, Any] | None,
) -> NewNotice:
    """`link` opens the review that is owed: it goes to the expert alone, not to a deputy."""
    duty = asked.duty
    facts = facts_of(asked, recipient, found, now)
    if asked.audience == HOLDER:
        name = "duty_overdue" if asked.late else REMINDER
        if link is not None and recipient.person.id == duty.person_id:
            facts["link"] = dict(link)
    else:
        name = "duty_escalated"
        facts["seats"] = found.seats(asked)
        facts["owed_by"] = {"person": duty.person_id, "body": duty.body_key, "role": duty.role}
    return NewNotice(
        event=f"duty:{duty.id}:{reminder.generation}:{reminder.rule_id}:{reminder.occurrence}",
        name=name,
        person=recipient.person,
        reasons=(recipient.reason,),
        facts=facts,
        act_id=duty.act_id,
        mailed=recipient.away is None,
        unmailed="away",
        duty=(duty.id, reminder.generation),
    )
