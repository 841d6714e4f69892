"""Whom a reminder reaches: its audience in persons of today, with deputies of those away.

An office of a Council or a parliament is asked, never reproached: after the due date it hears
nothing more, and that it has not answered is told to the secretariat alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tracker.acts.queries import parts
from tracker.db import AnyRow
from tracker.people.queries import active_persons, directory, stand_ins
from workflows.facts import Person
from workflows.machine import Compiled
from workflows.schema import DISCREET, OFFICES, Assembly, Party

HOLDER = "holder"

Seat = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to remind, why, and for a deputy the person who is away."""

    person: Person
    reason: str
    body: str | None
    principal: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """An audience of one duty, as the seats it means; none where a person owes it personally."""

    duty: AnyRow
    procedure: Compiled
    audience: str
    late: bool


class Directory:
    """Everybody that a batch of reminders may reach, read with a fixed number of queries."""

    def __init__(
        self, session: Session, assembly: Assembly, asked: Sequence[Asked], day: date
    ) -> None:
        self._assembly = assembly
        self._parts = parts(session, sorted({one.duty.act_id for one in asked}))
        seats = {seat for one in asked for _party, seat in self._seats(one)}
        seats |= {seat for one in asked for seat in self._secretary(one)}
        self._seated = directory(session, seats, day)
        owing = (one.duty.person_id for one in asked if one.duty.person_id is not None)
        self._persons = active_persons(session, owing)
        known = {person.id for persons in self._seated.values() for person in persons}
        self._deputies = stand_ins(session, known | self._persons.keys(), day)

    def recipients(self, asked: Asked) -> list[Recipient]:
        """Whom the audience means today, each once, followed by their deputies."""
        found = {one.person.id: one for one in self._direct(asked)}
        for one in list(found.values()):
            for deputy in self._deputies.get(one.person.id, ()):
                standing_in = Recipient(deputy, "deputy", None, principal=one.person.id)
                found.setdefault(deputy.id, standing_in)
        return list(found.values())

    def seats(self, asked: Asked) -> list[Seat]:
        """The seats that an audience other than the holder means, for checking again later."""
        return [seat for _party, seat in self._seats(asked)]

    def reply_to(self, asked: Asked) -> list[str]:
        """The addresses of whoever answers for the act where it stands."""
        seats = self._secretary(asked)
        return [person.email for seat in seats for person in self._seated.get(seat, ())]

    def bodies(self, asked: Asked) -> Mapping[str, tuple[str, ...]]:
        return self._parts.get(asked.duty.act_id, {})

    def _direct(self, asked: Asked) -> Iterator[Recipient]:
        if asked.audience == HOLDER and asked.late and self._is_office(asked):
            return
        if asked.audience == HOLDER and asked.duty.person_id is not None:
            person = self._persons.get(asked.duty.person_id)
            if person is not None:
                yield Recipient(person, "duty", None)
        for reason, seat in self._seats(asked):
            for person in self._seated.get(seat, ()):
                yield Recipient(person, reason, seat[0])

    def _seats(self, asked: Asked) -> list[tuple[str, Seat]]:
        """The seats of an audience, each with the party it comes from."""
        duty = asked.duty
        if asked.audience == HOLDER:
            if duty.body_key is None or duty.role is None:
                return []
            return [(f"{duty.body_key}.{duty.role}", (duty.body_key, duty.role))]
        party = Party.model_validate(asked.audience)
        seats = [(str(party), seat) for seat in self._of(duty.act_id, party)]
        if asked.late and self._is_office(asked):
            return [(why, seat) for why, seat in seats if self._kind(seat[0]) == DISCREET]
        return seats

    def _secretary(self, asked: Asked) -> list[Seat]:
        party = asked.procedure.state(asked.duty.state).secretary
        return self._of(asked.duty.act_id, party) if party is not None else []

    def _of(self, act_id: int, party: Party) -> list[Seat]:
        if party.scope == "act":
            bodies: Iterable[str] = self._parts.get(act_id, {}).get(party.body, ())
        elif party.scope == "kind":
            bodies = self._assembly.bodies_of(party.body)
        else:
            bodies = (party.body,)
        return [(body, party.role) for body in bodies]

    def _is_office(self, asked: Asked) -> bool:
        """Whether who owes the duty does so for a Council or a parliament."""
        duty = asked.duty
        if duty.body_key is not None:
            return self._kind(duty.body_key) in OFFICES
        holder = asked.procedure.definition.duties[duty.kind].holder
        if not isinstance(holder, Party):
            return False
        return any(self._kind(body) in OFFICES for body, _ in self._of(duty.act_id, holder))

    def _kind(self, body: str) -> str | None:
        known = self._assembly.bodies.get(body)
        return known.kind if known else None
