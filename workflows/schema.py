"""What the file of a procedure may say. What `assembly.yaml` may say is in `assembly_schema`.

What a field means is said here once; whether a procedure makes sense as a whole is the business of
`soundness`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from workflows.calendars import DueRule

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Titles = dict[Key, Text]
"""A text in the assembly's languages; `soundness` requires the authentic one."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Keys = Annotated[tuple[Key, ...], BeforeValidator(_listed)]
"""Several names, or one written without a list."""

STAYS = "stays"
People = Literal[
    "subject",
    "holder",
    "secretary",
    "reviewers",
    "experts",
    "closed_duties",
    "told",
    "workers",
    "addressees",
]
"""Audiences found in the act rather than named: the person the step is about; who holds the new
state; its responsible secretary; reviewers still at work; all who reviewed; those whose duty the
step closes; those told of the act earlier; those who ever worked on it; those the step names."""
ACT_BODIES = ("lead", "former_lead", "drafting", "initiator")
"""The parts a body can have in one act."""
WITHIN = ("upload_edition", "assign_review", "give_position", "record_decision")
"""What may be done inside a state without moving the act."""
REQUEST = "request"
"""The duty to answer who asks for a step, and the timeline's name for asking."""
REPLY = "reply"
"""The duty to reply to a circulation. It outlives moves: it ends with its round."""

_PARTY = re.compile(r"(?P<each>each )?(?:(?P<scope>act|kind):)?(?P<body>\w+)\.(?P<role>\w+)")

Need = Literal["required", "optional", "if_unknown"]
"""Whether a step asks for a field: `if_unknown`, only while the act does not say it yet."""


class Part(BaseModel):
    """A part of a file: frozen, and with no key that is not meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Party(Part):
    """A role in a body.

    `eab.chair` is a role in one body, `act:lead.secretary` in a body of the act,
    `kind:parliament.liaison` in every body of a kind. `each` before it means one duty a person.
    """

    body: str
    role: Key
    scope: Literal["body", "act", "kind"] = "body"
    each: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        match = _PARTY.fullmatch(value)
        if match is None:
            raise ValueError(
                f"{value!r} is not a party; write BODY.ROLE, act:PART.ROLE or kind:KIND.ROLE"
            )
        return {
            "body": match["body"],
            "role": match["role"],
            "scope": match["scope"] or "body",
            "each": bool(match["each"]),
        }

    def __str__(self) -> str:
        scope = "" if self.scope == "body" else f"{self.scope}:"
        return f"{'each ' if self.each else ''}{scope}{self.body}.{self.role}"


Parties = Annotated[tuple[Party, ...], BeforeValidator(_listed)]


class Due(Part):
    """When something falls due: exactly one of the four is given.

    `sample` marks a number that no public source of the assembly gives.
    """

    calendar_days: int | None = None
    working_days: int | None = None
    fixed_date: date | None = None
    not_set: Titles | None = None
    calendar: Key = "assembly"
    sample: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [self.calendar_days, self.working_days, self.fixed_date, self.not_set]
        if sum(value is not None for value in given) != 1:
            raise ValueError("give one of calendar_days, working_days, fixed_date, not_set")
        self.rule()
        return self

    def rule(self) -> DueRule:
        """Give the same as a rule that `calendars.due` computes with."""
        if self.calendar_days is not None:
            return DueRule("calendar_days", days=self.calendar_days, calendar=self.calendar)
        if self.working_days is not None:
            return DueRule("working_days", days=self.working_days, calendar=self.calendar)
        if self.fixed_date is not None:
            return DueRule("fixed_date", on=self.fixed_date, calendar=self.calendar)
        return DueRule("not_set", reason=self.not_set, calendar=self.calendar)


class Reminder(Part):
    """One step of a reminder plan: `days` before (negative), on (0) or after the due day."""

    id: Key
    days: int = Field(ge=-365, le=365)
    working: bool = False
    to: Literal["holder"] | Party = "holder"
    every: int | None = Field(default=None, ge=1, le=365)
    times: int = Field(default=1, ge=1, le=60)

    @model_validator(mode="after")
    def _repeats(self) -> Self:
        if self.times > 1 and self.every is None:
            raise ValueError("times above 1 need every, the days between two of them")
        return self


class DutyKind(Part):
    """What is owed: asked in words, of whom, until when, with which reminders."""

    titles: Titles
    holder: Party | Literal["subject", "addressee"]
    due: Due
    reminders: Key
    stops: bool = False
    """Whether its clock may be stopped; what is left then runs on when it is let go on."""


class State(Part):
    stage: Key
    titles: Titles
    explain: Titles
    initial: bool = False
    final: bool = False
    holder: Party | None = None
    secretary: Party | None = None
    """Who answers questions about an act that stands here; mails name them for replies."""
    waits: Titles | None = None
    duties: tuple[Key, ...] = ()
    no_duty: Titles | None = None
    within: tuple[Key, ...] = ()
    concerns: tuple[str, ...] = ()
    """Bodies (`council`, `act:lead`, `kind:parliament`) that see the act from here on."""


class Move(Part):
    """One arrow, or several with one destination.

    `to: stays` keeps the visit open; naming the same state again begins a new visit.
    """

    source: Keys = Field(alias="from")
    to: Key
    who: Parties = ()
    request: Parties = ()
    """Who may not fire it but may ask those who may."""
    body: str | None = None
    """Whose decision it records, where that differs from the action's."""
    fields: dict[Key, Need] = {}


class Action(Part):
    titles: Titles
    done: Titles
    fields: dict[Key, Need] = {}
    guards: tuple[Key, ...] = ()
    warns: tuple[Key, ...] = ()
    notices: tuple[Key, ...] = ()
    body: str | None = None
    """Whose decision the step records: a body, or `act:lead`."""
    number: Key | None = None
    """Which of the assembly's number formats the step gives a number of."""
    circulation: Literal["open", "close"] | None = None
    """Whether the step begins or ends a round of circulation. A round that no step could end where
    the act has come ends there."""
    moves: tuple[Move, ...]


class MustPass(Part):
    to: Key
    through: Key
    """A state or an action that no way to `to` avoids."""


class Scenario(Part):
    """A walk that must work, in steps `PARTY action`; at its end the step `refused` must not."""

    title: Text
    walk: tuple[Text, ...]
    ends: Key | None = None
    refused: Text | None = None


class Procedure(Part):
    procedure: Key
    version: int = Field(ge=1)
    titles: Titles
    parties: dict[str, Parties]
    stages: dict[Key, Titles]
    states: dict[Key, State]
    actions: dict[Key, Action]
    duties: dict[Key, DutyKind]
    reminders: dict[Key, tuple[Reminder, ...]]
    notices: dict[Key, tuple[Party | People, ...]]
    must_pass: tuple[MustPass, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _expand_parties(cls, value: Any) -> Any:
        """Let `who: S` stand for the parties that the file calls S."""
        short = value.get("parties") if isinstance(value, dict) else None
        if not isinstance(short, dict):
            return value

        def expand(names: Any) -> list[Any]:
            found: list[Any] = []
            for name in names if isinstance(names, list | tuple) else [names]:
                meant = short.get(name, name) if isinstance(name, str) else name
                found.extend(meant if isinstance(meant, list | tuple) else [meant])
            return found

        def of_move(move: Any) -> Any:
            return _changed(_changed(move, "who", expand), "request", expand)

        def of_action(action: Any) -> Any:
            return _changed(action, "moves", lambda moves: _each(moves, of_move))

        value = _changed(value, "actions", lambda actions: _each(actions, of_action))
        return _changed(value, "notices", lambda notices: _each(notices, expand))


def _changed(table: Any, key: str, change: Callable[[Any], Any]) -> Any:
    """Change one part of a table; what is no table, or lacks the part, is left to validation."""
    if not isinstance(table, dict) or key not in table:
        return table
    return {**table, key: change(table[key])}


def _each(items: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(items, dict):
        return {key: change(item) for key, item in items.items()}
    return [change(item) for item in items] if isinstance(items, list | tuple) else items
