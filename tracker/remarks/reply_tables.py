"""A table of remarks that comes in as the reply of an addressee of a circulation.

It is recorded as a letter of theirs is: the reply stands in the round, and its remarks in the table
under their name, on the edition that was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker import assembly
from tracker.acts.summaries import Summary
from tracker.circulation.checks import Said
from tracker.circulation.operations import reply
from tracker.circulation.reading import read_rounds
from tracker.db import db
from tracker.permissions import may
from tracker.remarks.operations import GivenRemark
from workflows.facts import Actor


@dataclass(frozen=True, slots=True)
class Replier:
    """An addressee for whom a reply can be recorded: a body, or somebody by name."""

    circulation: int
    addressee: int
    round: int
    edition: int
    title: str
    body: str | None
    name: str | None
    answered: bool

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"reply-{self.circulation}-{self.addressee}"


def repliers(act: Summary, actor: Actor, now: datetime) -> Sequence[Replier]:
    """Whose replies the actor may record, those of the newest round first."""
    if not may(assembly.assembly(), actor, "record_reply", act.facts):
        return ()
    return [
        Replier(
            each.id,
            asked.id,
            each.n,
            each.edition,
            asked.title,
            asked.body,
            None if asked.body else asked.title,
            asked.standing.answered,
        )
        for each in read_rounds(db.session(), act.facts, actor, now)
        if each.state != "corrected" and each.edition is not None
        for asked in each.asked
    ]


def take_reply(
    whose: Replier,
    given: Sequence[GivenRemark],
    *,
    letter_ref: str | None,
    letter_on: str | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Record the reply with its remarks; returns how many they are. What the table answers is not
    taken: a reply asks. Raises what `reply` raises.
    """
    rows = [
        {
            "eid": "",
            "place": each.place or "",
            "kind": each.kind or "",
            "text": each.text or "",
            "wording": each.wording or "",
        }
        for each in given
    ]
    said = Said("remarks", letter_ref=letter_ref, letter_on=letter_on, remarks=rows)
    reply(whose.circulation, said, addressee=str(whose.addressee), actor=actor, now=now)
    return len(rows)
