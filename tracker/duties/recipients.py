"""Whom a reminder reaches: its audience in persons of today, with deputies of those away.

Who is away has it in the inbox, and the deputy is mailed. Nobody stands in for what only one
person can do (an expert's opinion), nor in a seat of their own body that they hold themselves.

An office of a Council or a parliament is asked, never reproached: after the due date it hears
nothing more, and that it has not answered is told to the secretariat alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from tracker.acts.queries import parts
from tracker.db import AnyRow
from tracker.people.queries import active_persons, directory, stand_ins
from workflows.assembly_schema import DISCREET, OFFICES, Assembly
from workflows.facts import Away, Person
from workflows.machine import Compiled
from workflows.schema import Party

HOLDER = "holder"

Seat = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to remind and why; who stands in for them today; for a deputy, who is away."""

    person: Person
    reason: str
    body: str | None
    away: Away | None = None
    principal: Person | None = None


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
        seats |= {seat for one in asked for seat in self.owing_seats(one)}
        self._seated = directory(session, seats, day)
        owing = (one.duty.person_id for one in asked if one.duty.person_id is not None)
        self._persons = active_persons(session, owing)
        self._away = stand_ins(session, self._persons.keys(), day) if self._persons else {}

    def recipients(self, asked: Asked) -> list[Recipient]:
        """Whom the audience means today, each once, followed by their deputies."""
        found = {one.person.id: one for one in self._direct(asked)}
        for one in list(found.values()):
            if one.away is not None:
                away = replace(one.person, away=one.away)
                standing_in = Recipient(one.away.deputy, "deputy", None, principal=away)
                found.setdefault(one.away.deputy.id, standing_in)
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
                yield Recipient(person, "duty", None, self._stood_in_for(asked, person))
        for reason, seat in self._seats(asked):
            for person in self._seated.get(seat, ()):
                yield Recipient(person, reason, seat[0], person.away)

    def _stood_in_for(self, asked: Asked, person: Person) -> Away | None:
        """Who stands in for a person in what they owe by a seat; what is asked of them by name
        they alone can do.
        """
        away = self._away.get(person.id)
        seats = self.owing_seats(asked)
        if away is None or not seats:
            return None
        sitting = {one.id for seat in seats for one in self._seated.get(seat, ())}
        return None if away.deputy.id in sitting else away

    def owing_seats(self, asked: Asked) -> list[Seat]:
        """The seats by which a duty is owed; none where it is asked of somebody by name."""
        duty = asked.duty
        if duty.body_key is not None and duty.role is not None:
            return [(duty.body_key, duty.role)]
        holder = asked.procedure.definition.duties[duty.kind].holder
        return self._of(duty.act_id, holder) if isinstance(holder, Party) else []

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
        return any(self._kind(body) in OFFICES for body, _role in self.owing_seats(asked))

    def _kind(self, body: str) -> str | None:
        known = self._assembly.bodies.get(body)
        return known.kind if known else None
