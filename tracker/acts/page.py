"""What the page of an act shows beside its dossier: what changed, the picture, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flask import current_app, g, url_for
from markupsafe import Markup
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker import assembly, clock, i18n
from tracker.acts.dossier import Dossier, OwedDuty, dossier
from tracker.acts.menus import CORRECT, Action
from tracker.acts.summaries import Summary, seat_title
from tracker.db import db
from tracker.desk.models import Seen
from tracker.desk.operations import note_seen
from tracker.following.models import Follow
from tracker.i18n import lazy_gettext as _
from tracker.i18n import ngettext
from tracker.people.access import current_actor
from tracker.people.models import Person
from tracker.permissions import may, may_of_duty
from tracker.timeline.history import Happening, days_spent, history, path_taken
from workflows.assembly_schema import Deed
from workflows.calendars import local_date
from workflows.diagram import svg
from workflows.facts import Actor, Refusal
from workflows.schema import REPLY, STAYS, Procedure

WITHIN: tuple[tuple[str, tuple[Deed, ...], str, Any], ...] = (
    ("upload_edition", ("upload_edition",), "texts.editions", _("Upload an edition")),
    ("assign_review", ("assign_review",), "reviews.act_reviews", _("Ask experts for opinions")),
    ("give_position", ("give_position",), "sittings.ballot", _("Give a position")),
    (
        "record_decision",
        ("record_decision", "enter_position"),
        "sittings.decision",
        _("Enter positions or the decision of a sitting"),
    ),
)
"""What may be done inside a state without moving the act: who may, the page for it, its name."""
_OWN_WORK = ("upload_edition", "give_position")
"""Of these, what a duty of the state itself asks for."""
_REVIEW_ASKED = {"invited": _("Answer the invitation"), "accepted": _("Write the opinion")}
TABS: tuple[tuple[str, Any], ...] = (
    ("acts.act", _("Overview")),
    ("texts.editions", _("Text")),
    ("reviews.act_reviews", _("Reviews")),
    ("circulation.rounds", _("Circulation")),
    ("remarks.table", _("Remarks")),
    ("sittings.decision", _("Decision")),
    ("acts.timeline", _("Timeline")),
    ("notices.act_notices", _("Notices")),
)
_MENDED_ON = {
    "no_edition": "texts.editions",
    "no_new_edition": "texts.editions",
    "no_memorandum": "texts.editions",
    "reviews_open": "reviews.act_reviews",
    "no_opinion": "reviews.act_reviews",
    "circulation_open": "circulation.rounds",
    "remarks_unanswered": "remarks.table",
    "council_undecided": "sittings.decision",
}
"""The page of an act on which what is missing can be seen to, by the reason for a refusal."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as a button: where it leads, and which way it goes."""

    action: Action
    url: str
    leads_to: str | None
    way: Literal["forward", "here", "back", "end"]


@dataclass(frozen=True, slots=True)
class Within:
    """A page on which something is done without moving the act; `owed`: by the reader."""

    text: str
    url: str
    owed: bool


@dataclass(frozen=True, slots=True)
class Owing:
    """A duty as a line: the same one of several persons or addressees, until the same day, is one
    line.
    """

    first: OwedDuty
    persons: Sequence[str]

    @property
    def people(self) -> Sequence[tuple[str, str]]:
        return [(name, "") for name in self.persons]


@dataclass(frozen=True, slots=True)
class ActPage:
    """The act's page for one reader. `last` is the newest entry; `changes` came after the reader
    last looked.
    """

    person: int | None
    act_id: int
    last: int
    seen: int | None
    seen_at: datetime | None
    picture: Markup
    follows: bool = False
    recent: Sequence[Happening] = ()
    changes: Sequence[Happening] = ()
    open: Sequence[Step] = ()
    not_yet: Sequence[Action] = ()
    others: Sequence[tuple[Action, str]] = ()
    within: Sequence[Within] = ()
    owing: Sequence[Owing] = ()
    changeable: frozenset[int] = frozenset()
    """The duties whose date or reminders the reader may change."""
    waited_for: Sequence[tuple[str, str, int]] = ()
    """What single persons owe and the reader may remind them of: kind, title, how many owe it."""

    def remember(self, now: datetime) -> None:
        """Keep that the reader has looked. Nothing of the act changes by it."""
        if self.person is not None and self.last and self.last != self.seen:
            note_seen(self.person, self.act_id, self.last, now)


def read_dossier(reference: str) -> Dossier:
    """One act for whoever asks; its calendars serve the page too."""
    found = dossier(db.session(), reference, current_actor(), clock.now())
    if found.act.inside:
        g.calendars = found.act.facts.setting.calendars
    return found


def act_page(session: Session, found: Dossier, actor: Actor, now: datetime) -> ActPage:
    """Three statements beside the dossier's at most: what happened, what was seen, and its note."""
    act = found.act
    procedure, tongue = act.procedure, i18n.language()
    seen = _seen(session, act.id, actor)
    if not act.inside:
        picture = Markup(svg(procedure, tongue, now=act.state))  # noqa: S704 - our own drawing
        return ActPage(actor.person, act.id, 0, None, None, picture, seen.follows)
    entries = history(session, act.facts, actor)
    zone = assembly.zone()
    days = days_spent(entries, local_date(now, zone))
    drawn = svg(procedure, tongue, path=path_taken(entries), now=act.state, days=days)
    readable = [entry for entry in entries if entry.readable]
    return ActPage(
        person=actor.person,
        act_id=act.id,
        last=act.version,
        seen=seen.n,
        seen_at=seen.at,
        picture=Markup(drawn),  # noqa: S704 - our own drawing, its texts escaped
        follows=seen.follows,
        recent=readable[:-6:-1],
        changes=[
            entry
            for entry in readable
            if seen.n is not None
            and entry.n > seen.n
            and (entry.actor is None or entry.actor.id != actor.person)
        ],
        open=list(_open(found)),
        not_yet=[
            action
            for action in found.actions
            if action.here and not action.allowed and not action.forbidden
        ],
        others=list(_others(found)),
        within=sorted(_within(found, actor), key=lambda each: not each.owed),
        owing=_owing(found.duties),
        changeable=frozenset(duty.id for duty in found.duties if _changes(found, actor, duty)),
        waited_for=list(_waited_for(found, actor)),
    )


def _seen(session: Session, act_id: int, actor: Actor) -> Any:
    """When the reader last looked at the act, and whether they follow it."""
    following = exists().where(Follow.act_id == act_id, Follow.person_id == Person.id)
    return session.execute(
        select(Seen.n, Seen.at, following.label("follows"))
        .select_from(Person)
        .outerjoin(Seen, (Seen.act_id == act_id) & (Seen.person_id == Person.id))
        .where(Person.id == actor.person)
    ).one()


def _changes(found: Dossier, actor: Actor, duty: OwedDuty) -> bool:
    rules, facts = assembly.assembly(), found.act.facts
    deeds: tuple[Deed, ...] = ("manage_reminders", "extend_duty")
    return any(may_of_duty(rules, actor, deed, facts, duty.kind) for deed in deeds)


def _waited_for(found: Dossier, actor: Actor) -> Iterator[tuple[str, str, int]]:
    """What several persons owe, or may come to owe, each for themselves."""
    rules, facts = assembly.assembly(), found.act.facts
    personal = [duty for duty in found.duties if duty.role is None]
    for kind, title in dict.fromkeys((duty.kind, duty.title) for duty in personal):
        if may_of_duty(rules, actor, "manage_reminders", facts, kind):
            yield kind, title, sum(duty.kind == kind for duty in personal)


def _owing(duties: Sequence[OwedDuty]) -> list[Owing]:
    groups: dict[Any, list[OwedDuty]] = {}
    for duty in duties:
        alike = duty.role is None or duty.kind == REPLY
        key = (duty.kind, duty.due_on) if alike and not duty.mine else duty.id
        groups.setdefault(key, []).append(duty)
    return [
        Owing(
            _of_all(group),
            [person.name(i18n.language()) for duty in group for person in duty.persons],
        )
        for group in groups.values()
    ]


def _of_all(group: Sequence[OwedDuty]) -> OwedDuty:
    """The duty that several seats owe as one line: of that many addressees."""
    if len(group) == 1 or group[0].role is None:
        return group[0]
    holder = ngettext("%(num)s addressee", "%(num)s addressees", len(group))
    return replace(group[0], holder=holder)


def _open(found: Dossier) -> Iterator[Step]:
    act = found.act
    states = act.procedure.definition.states
    for action in found.actions:
        if not action.allowed:
            continue
        if action.name == CORRECT:
            yield Step(action, url_for("steps.correct", reference=act.reference), None, "here")
            continue
        move = act.procedure.move(action.name, act.state)
        target = states[move.to] if move is not None and move.to != STAYS else None
        yield Step(
            action,
            url_for("steps.step", reference=act.reference, name=action.name),
            i18n.title(target.titles) if target else None,
            _way(act, move.to if move is not None else STAYS),
        )


def _way(act: Summary, to: str) -> Literal["forward", "here", "back", "end"]:
    """Which way a step goes. An end that several states lead to is a rejection or withdrawal; a
    step within the stage goes forward only where no step leads to a later stage.
    """
    definition = act.procedure.definition
    if to in (STAYS, act.state):
        return "here"
    if definition.states[to].final and len(_sources(definition, to)) > 1:
        return "end"
    order = list(definition.stages)
    now, then = order.index(act.stage), order.index(definition.states[to].stage)
    if then == now:
        later = (
            key
            for key, state in definition.states.items()
            if order.index(state.stage) > now
            and act.state in (sources := _sources(definition, key))
            and not (state.final and len(sources) > 1)
        )
        return "back" if any(later) else "forward"
    return "forward" if then > now else "back"


def _sources(definition: Procedure, to: str) -> set[str]:
    """The states from which a step leads to this one."""
    return {
        source
        for action in definition.actions.values()
        for move in action.moves
        if move.to == to
        for source in move.source
    }


def _others(found: Dossier) -> Iterator[tuple[Action, str]]:
    """Steps that the act can take here by somebody else, and by whom."""
    act = found.act
    for action in found.actions:
        if not action.here or not action.forbidden or action.name == CORRECT:
            continue
        move = act.procedure.move(action.name, act.state)
        seats = [seat for party in (move.who if move else ()) for seat in act.facts.seats(party)]
        yield action, "; ".join(seat_title(body, role) for body, role in seats)


def _within(found: Dossier, actor: Actor) -> Iterator[Within]:
    """What the reader owes and can do on a page, then what may be done beside the steps."""
    act = found.act
    state = act.procedure.state(act.state)
    own = [duty for duty in found.duties if duty.mine]
    for review in act.facts.reviews:
        if review.person.id == actor.person and review.state in _REVIEW_ASKED:
            text = str(_REVIEW_ASKED[review.state])
            yield Within(text, url_for("reviews.review", review=review.id), owed=True)
    if any(duty.kind == REPLY for duty in own):
        page = url_for("circulation.rounds", reference=act.reference)
        yield Within(str(_("Reply")), page, owed=True)
    awaited = any(duty.kind in state.duties for duty in own)
    for name, deeds, endpoint, text in WITHIN:
        permitted = any(may(assembly.assembly(), actor, deed, act.facts) for deed in deeds)
        if name not in state.within or not permitted:
            continue
        owed = name == "give_position" or not act.facts.edition.in_visit
        owed = awaited and owed and name in _OWN_WORK
        yield Within(str(text), url_for(endpoint, reference=act.reference), owed=owed)


def tabs(reference: str, *, inside: bool) -> list[tuple[str, str, str]]:
    """The pages of an act: endpoint, name, address."""
    return [
        (endpoint, str(text), url_for(endpoint, reference=reference))
        for endpoint, text in TABS
        if endpoint in current_app.view_functions and (inside or endpoint == "acts.act")
    ]


def mended_on(refusal: Refusal, reference: str) -> tuple[str, str] | None:
    """The page of an act where a reason can be seen to, if there is one: its name and address."""
    endpoint = _MENDED_ON.get(refusal.code)
    if endpoint is None:
        return None
    return str(dict(TABS)[endpoint]), url_for(endpoint, reference=reference)
