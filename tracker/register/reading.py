"""Public acts as the public may know them. Whoever asks, the answer is the public's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select
from sqlalchemy.orm import Session, aliased

from tracker import assembly, i18n
from tracker.acts import summaries
from tracker.acts.effects import fold
from tracker.acts.models import Act, ActNumber, Heading
from tracker.acts.queries import find_acts, mentions
from tracker.acts.summaries import Event, Summary
from tracker.acts.wording import ended_well
from tracker.errors import NotFound
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.paging import Page, Paging
from tracker.permissions import PUBLIC
from tracker.timeline.models import TimelineEntry
from tracker.timeline.queries import undone
from tracker.timeline.words import event_title
from workflows.decided import Decided, Precision
from workflows.facts import Refusal
from workflows.machine import Compiled

Standing = Literal["adopted", "under_way", "ended", "unclear"]
STANDINGS: Mapping[Standing, tuple[Any, str]] = {
    "adopted": (_("Adopted"), "done"),
    "under_way": (_("On its way, not adopted"), "waiting"),
    "ended": (_("Ended without adoption"), "stopped"),
    "unclear": (_("How far it has come is not documented"), "stopped"),
}
"""How far an act has come by what sources show, and the tone of saying so."""
LISTS: Mapping[str, Any] = {
    "all": _("All"),
    "adopted": _("Adopted"),
    "under_way": _("On their way"),
    "ended": _("Ended without adoption"),
}
PROPOSED = "propose"


@dataclass(frozen=True, slots=True)
class Fact:
    """One step in an act's life, with its date as far as it is known and what shows it."""

    title: str
    decided: Decided
    source: str
    sourced: bool


def standing(act: Summary) -> Standing:
    """How far an act has come by the last step that a source shows."""
    if act.last_step is None:
        return "unclear"
    state = act.last_step.after
    if state in ended_well(act.procedure):
        return "adopted"
    if act.procedure.state(state).final:
        return "ended"
    return "under_way" if state == act.state else "unclear"


def where_it_stands(act: Summary) -> str:
    """Where an act stands, in words that cannot be taken for more than it is."""
    if act.last_step is None:
        return gettext("No source shows how far it has come.")
    step = _said(act.last_step)
    how_far = standing(act)
    if how_far == "adopted":
        if act.number is None:
            return gettext("%(step)s. The act is adopted.", step=step)
        said = {"step": step, "number": act.number}
        return gettext("%(step)s. The act is adopted, No. %(number)s.", **said)
    if how_far == "ended":
        return gettext("%(step)s. The draft was not adopted.", step=step)
    if how_far == "unclear":
        return gettext("%(step)s. No source shows what followed.", step=step)
    return _under_way(act, step)


def _under_way(act: Summary, step: str) -> str:
    said = {"step": step, "body": _before(act)}
    if act.waits is None:
        return gettext("%(step)s. It is a draft and is not adopted. Now with: %(body)s.", **said)
    return gettext(
        "%(step)s. It is a draft and is not adopted. Now with: %(body)s. It waits for: %(what)s.",
        **said,
        what=act.waits.message,
    )


def _said(event: Event) -> str:
    decided = event.decided
    if decided is None or decided.on is None:
        return event.title
    day = i18n.day(decided.on, decided.precision)
    return gettext("%(step)s (%(day)s)", step=event.title, day=day)


def _before(act: Summary) -> str:
    """With which body an act is; a role alone where several bodies have it."""
    if act.holder is None:
        return "–"
    body = assembly.assembly().bodies.get(act.holder.body or "")
    return i18n.title(body.titles) if body else act.holder.title


def read_register(
    session: Session, q: str, which: str, paging: Paging, now: datetime
) -> Page[Summary]:
    """Public acts whose titles, reference or number hold every word, newest first: at most four
    statements.
    """
    wanted: list[ColumnElement[bool]] = [Act.visibility == "public"]
    if which in LISTS and which != "all":
        wanted.append(_stands(assembly.stored_procedures(session), cast("Standing", which)))
    said = [_mentions(word) for word in fold(q).split()]
    found = find_acts(session, paging, of_act=wanted, of_heading=said)
    acts = summaries.read_by_number(session, found.items, PUBLIC, now)
    return Page(acts, found.total, paging, found.more)


def read_public(session: Session, reference: str, now: datetime) -> Summary:
    """One public act; raises NotFound. Two statements."""
    row = session.execute(
        summaries.statement(PUBLIC).where(Act.reference == reference, Act.visibility == "public")
    ).one_or_none()
    if row is None:
        raise NotFound(Refusal("no_such_act"))
    return summaries.summarise(session, [row], PUBLIC, now)[0]


def read_life(session: Session, act: Summary) -> Sequence[Fact]:
    """The steps that stand, oldest first. Those after the last one with a source are left out."""
    steps = [PROPOSED, *act.procedure.definition.actions]
    rows = session.execute(
        select(
            TimelineEntry.action,
            TimelineEntry.decided_on,
            TimelineEntry.decided_precision,
            TimelineEntry.basis,
            TimelineEntry.data,
        )
        .where(TimelineEntry.act_id == act.id, *_is_step(TimelineEntry, act.id))
        .where(TimelineEntry.action.in_(steps))
        .order_by(TimelineEntry.n)
    )
    life = [
        Fact(
            event_title(act.procedure, row.action),
            Decided(row.decided_on, cast("Precision", row.decided_precision)),
            _source(row.basis, row.data),
            row.basis != "assumed",
        )
        for row in rows
    ]
    while life and not life[-1].sourced:
        life.pop()
    return life


def _source(basis: str | None, data: Mapping[str, Any]) -> str:
    """What shows a date, without a word of anybody's own."""
    if basis == "assumed":
        return gettext("no source")
    if basis == "press":
        return gettext("a report in the press")
    if basis == "document":
        return gettext("a document")
    if data.get("minutes_ref"):
        return gettext("the minutes")
    if data.get("letter_ref"):
        return gettext("a letter")
    return gettext("the record of the secretariat")


def _is_step(entry: Any, act: Any) -> list[ColumnElement[bool]]:
    return [
        entry.decided_precision.is_not(None),
        entry.action != "request",
        entry.n.not_in(undone(act)),
    ]


def _stands(procedures: Iterable[Compiled], which: Standing) -> ColumnElement[bool]:
    adopted: list[ColumnElement[bool]] = [false()]
    ended: list[ColumnElement[bool]] = [false()]
    for procedure in procedures:
        good = ended_well(procedure)
        states = procedure.definition.states
        finals = {key for key, state in states.items() if state.final} - good
        mine = and_(Act.procedure_key == procedure.key, Act.procedure_version == procedure.version)
        adopted.append(and_(mine, _is_shown_in(good)))
        ended.append(and_(mine, _is_shown_in(finals)))
    found = {"adopted": or_(*adopted), "ended": or_(*ended)}
    found["under_way"] = not_(or_(*adopted, *ended))
    return found[which]


def _is_shown_in(states: Iterable[str]) -> ColumnElement[bool]:
    """Whether an act stands in one of these states, and a source shows a step into one of them."""
    entry, within = aliased(TimelineEntry), sorted(states)
    shown = exists(
        select(entry.n).where(
            entry.act_id == Act.id,
            entry.after.in_(within),
            or_(entry.basis.is_(None), entry.basis != "assumed"),
            entry.decided_precision.is_not(None),
            entry.action != "request",
            entry.n.not_in(undone(Act.id).correlate(Act)),
        )
    )
    return and_(Act.state.in_(within), shown)


def _mentions(word: str) -> ColumnElement[bool]:
    numbered = select(ActNumber.act_id).where(ActNumber.number == word)
    return or_(mentions(word), Heading.act_id.in_(numbered))
