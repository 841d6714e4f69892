"""What `assembly.yaml` may say: the bodies, members, permissions, calendars and numbers."""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Literal, Self

from pydantic import Field, model_validator

from workflows.schema import Key, Keys, Part, Parties, Party, Text, Titles
from workflows.voting import RuleName

BodyKind = Literal[
    "assembly",
    "council",
    "board",
    "commission",
    "advisory",
    "secretariat",
    "parliament",
    "agency",
    "organ",
    "drafter",
]
"""What bodies an inter-parliamentary assembly has; their number and names are its own."""
OFFICES: tuple[BodyKind, ...] = ("council", "parliament")
DISCREET: BodyKind = "secretariat"
"""The kinds of body whose lateness is a diplomatic matter, and the one that may know of it."""


class Body(Part):
    kind: BodyKind
    titles: Titles
    of: Titles = Field(default_factory=dict)
    """The name as it follows a role ("member of …"), in languages where it is then declined."""
    roles: tuple[Key, ...]
    member: Key | None = None
    """The member state it belongs to."""
    sample: bool = False
    """Marks a body that no public source of the assembly names."""


class Member(Part):
    titles: Titles
    chambers: int = Field(default=1, ge=1, le=2)
    chamber_titles: tuple[Titles, ...] = ()
    """What the chambers are called, in the order of their numbers; left out, they are numbered."""
    seats: int | None = Field(default=None, ge=1)
    since: date | None = None
    calendar: Key

    @model_validator(mode="after")
    def _each_chamber(self) -> Self:
        if self.chamber_titles and len(self.chamber_titles) != self.chambers:
            raise ValueError(f"name {self.chambers} chambers under chamber_titles, or none")
        return self


class CalendarFile(Part):
    country: str | None = None
    days_off: dict[date, Text] = Field(default_factory=dict)
    working: tuple[date, ...] = ()
    recess: tuple[tuple[date, date], ...] = ()
    known_through: int | None = None
    """The last year that the days given here cover; a calendar without a country needs it."""


class NumberFormat(Part):
    """`format` is filled with `session`, `serial` and `year`; `serial` is what a serial may be."""

    format: Text
    serial: Text
    sample: bool = False

    @property
    def parts(self) -> frozenset[str]:
        """The names that `format` is filled with; raises ValueError where it cannot be read."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.format) if name)


class Kind(Part):
    titles: Titles
    procedure: Key


class Expertise(Part):
    """A field in which experts are at home. A draft led by one of `bodies` belongs to it."""

    titles: Titles
    bodies: Keys = ()
    sample: bool = False


Deed = Literal[
    "see_all_acts",
    "propose_act",
    "admit_act",
    "set_visibility",
    "confirm_correction",
    "upload_edition",
    "assign_review",
    "see_reviews",
    "issue_opinion",
    "see_opinion",
    "see_remarks",
    "enter_remark",
    "propose_answer",
    "confirm_answer",
    "give_position",
    "enter_position",
    "record_decision",
    "see_positions",
    "reply_circulation",
    "record_reply",
    "grant_extension",
    "see_replies",
    "see_deliveries",
    "edit_words",
    "manage_reminders",
    "extend_duty",
    "manage_people",
    "manage_accounts",
]
"""What may be done or seen beside the steps of a procedure."""


class Assembly(Part):
    assembly: Key
    titles: Titles
    short: Titles
    languages: tuple[Key, ...] = Field(min_length=1)
    authentic: Key
    zone: Text
    reference: Text
    """The form of an act's public reference, filled with `year` and `serial`."""
    drafting_body: Key
    """Who drafts unless the secretariat names another body."""
    experts: Party
    """Whom a draft can be given to for review; they see only what they review."""
    guidelines: Party | None = None
    """Who gives guidelines: opinions in the same form that advise, and never stand for one."""
    opinions: Literal["named", "unnamed"] = "unnamed"
    """Whether the Board's opinion names the experts to whoever reads it."""
    expertise: dict[Key, Expertise] = Field(default_factory=dict)
    """The fields in which experts can be at home."""
    permissions: dict[Deed, Parties]
    addressees: Party
    """Who receives what is sent to the member parliaments."""
    roles: dict[Key, Titles]
    bodies: dict[Key, Body]
    members: dict[Key, Member]
    calendars: dict[Key, CalendarFile]
    kinds: dict[Key, Kind]
    numbers: dict[Key, NumberFormat]
    decision: dict[Key, RuleName] = Field(default_factory=dict)
    """By which rule of `voting` a body decides."""
    quorum: dict[Key, int] = Field(default_factory=dict)
    """How many must take part; a body that is absent here has its quorum "not checked"."""
    not_binding: Titles
    """What the public page says of an adopted act's force."""

    def bodies_of(self, kind: str) -> tuple[str, ...]:
        return tuple(key for key, body in self.bodies.items() if body.kind == kind)

    @property
    def addressable(self) -> dict[str, str]:
        """The bodies a draft can be circulated to, with the role that replies for each: those of
        whoever may reply; nobody's may, those that what is adopted is sent to.
        """
        found: dict[str, str] = {}
        for party in self.permissions.get("reply_circulation") or (self.addressees,):
            bodies = {"kind": self.bodies_of(party.body), "body": (party.body,)}
            for body in bodies.get(party.scope, ()):
                found.setdefault(body, party.role)
        return found
