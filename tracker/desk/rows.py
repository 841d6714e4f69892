"""A desk in words: each row says what is asked, by when, since when, with one button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.acts.summaries import seat_title
from tracker.corrections.undo import CONFIRM
from tracker.desk import queries
from tracker.duties.queries import left_of
from tracker.duties.words import stopped_words
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.notices.reading import count_stuck
from tracker.people.queries import Member
from tracker.permissions import may
from tracker.timeline.words import event_title
from workflows.calendars import local_date
from workflows.facts import Actor
from workflows.machine import Compiled
from workflows.schema import REPLY, REQUEST

WEEK = timedelta(days=7)
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One thing on a desk. `why_no_date` stands where there is no `due_on`."""

    reference: str
    titles: Mapping[str, str]
    asked: str
    url: str
    button: str | None = None
    due_on: date | None = None
    calendar: str = "assembly"
    why_no_date: str | None = None
    since: date | None = None
    because: str | None = None
    changes: int = 0


@dataclass(slots=True)
class Desk:
    """The groups in the order of the page. `more` says that more is owed than it has, and
    `more_waiting` that more is awaited.
    """

    late: list[DeskRow] = field(default_factory=list)
    week: list[DeskRow] = field(default_factory=list)
    later: list[DeskRow] = field(default_factory=list)
    waiting: list[DeskRow] = field(default_factory=list)
    done: list[DeskRow] = field(default_factory=list)
    failed_mails: int = 0
    more: bool = False
    more_waiting: bool = False

    @property
    def cut(self) -> str | None:
        """The last group of what is owed, where there is more of it."""
        last = next((name for name in ("later", "week", "late") if getattr(self, name)), None)
        return last if self.more else None

    @property
    def asks_nothing(self) -> bool:
        return not (self.late or self.week or self.later)


def read_desk(session: Session, member: Member, now: datetime) -> Desk:
    """Everything on somebody's desk at an instant."""
    actor, rules = member.actor, assembly.assembly()
    today = local_date(now, rules.zone)
    procedures = {(each.key, each.version): each for each in assembly.stored_procedures(session)}
    desk = Desk()
    mine, awaited = queries.duties(session, actor, procedures.values())
    desk.more, desk.more_waiting = mine.more, awaited.more
    for row in mine.rows:
        procedure = procedures[row.procedure_key, row.procedure_version]
        _place(desk, _owed(row, procedure, actor), row, today, waits=_delivered(row, procedure))
    waiting: dict[tuple[int, str], list[Row[Any]]] = {}
    for row in awaited.rows:
        waiting.setdefault((row.act_id, row.kind), []).append(row)
    for rows in waiting.values():
        procedure = procedures[rows[0].procedure_key, rows[0].procedure_version]
        if _delivered(rows[0], procedure):
            desk.week.append(_package(rows[0]))
        else:
            desk.waiting.append(_awaited(rows, procedure))
    desk.done = list(_done(session, actor, procedures, now))
    if may(rules, actor, "see_deliveries"):
        desk.failed_mails = count_stuck(session)
    return desk


def _place(desk: Desk, item: DeskRow, row: Row[Any], today: date, *, waits: bool = False) -> None:
    if waits:
        desk.waiting.append(item)
    elif row.due_on is None or row.due_on > today + WEEK:
        desk.later.append(item)
    else:
        (desk.late if row.due_on < today else desk.week).append(item)


def _delivered(row: Row[Any], procedure: Compiled) -> bool:
    """Whether what is owed is an edition that has come in and waits to be taken on."""
    state = procedure.state(row.state)
    return bool(
        row.edition_in
        and row.kind in state.duties
        and "upload_edition" in state.within
        and state.holder != state.secretary
    )


def _common(row: Row[Any], procedure: Compiled) -> dict[str, Any]:
    kind = procedure.definition.duties[row.kind]
    not_set = kind.due.not_set
    seen = row.seen_n if row.seen_n is not None else row.opened_n
    return {
        "reference": row.reference,
        "titles": row.titles,
        "due_on": row.due_on,
        "calendar": row.calendar,
        "why_no_date": None if row.due_on else _why_no_date(row, not_set),
        "since": row.decided_on
        if row.decided_precision == "day"
        else local_date(row.opened_at, assembly.zone()),
        "because": event_title(procedure, row.by_action),
        "changes": max(0, row.version - seen),
    }


def _why_no_date(row: Row[Any], not_set: Mapping[str, str] | None) -> str | None:
    left = left_of(row)
    if left is not None:
        return stopped_words(row.stopped_on, left)
    return i18n.title(not_set) if not_set else None


def _owed(row: Row[Any], procedure: Compiled, actor: Actor) -> DeskRow:
    """What the actor owes, and the page that serves it."""
    title = i18n.title(procedure.definition.duties[row.kind].titles)
    asked, url, button = title, page_of(row.reference), _("Open")
    state = procedure.state(row.state)
    if row.review is not None:
        asked = _review_asked(row)
        button = _("Answer") if row.review_state == "invited" else _("Write the opinion")
        url = _review_page(row)
    elif row.kind == REQUEST and row.action is not None:
        asked = _("%(asked)s: %(step)s", asked=title, step=_step(procedure, row.action))
        button = _("Answer")
    elif row.kind == REPLY:
        button = _("Reply")
        url = _page("circulation.rounds", row.reference)
    elif row.kind == CONFIRM:
        button = _("Look at it")
        url = _page("steps.correct", row.reference)
    elif row.person_id is not None and "give_position" in state.within:
        button = _("Give a position")
        url = _page("sittings.ballot", row.reference)
    elif row.kind in state.duties and "upload_edition" in state.within:
        if _delivered(row, procedure):
            asked = _("Edition %(n)s is in and waits to be taken on", n=row.edition)
        elif state.holder != state.secretary:
            button = _("Upload the edition")
            url = _page("texts.editions", row.reference)
    elif row.kind in state.duties:
        asked = "; ".join([title, *_how_far(row, state.within, actor)])
    return DeskRow(asked=asked, url=url, button=button, **_common(row, procedure))


def _review_asked(row: Row[Any]) -> str:
    if row.review_edition is None:
        return str(_("Give an opinion on the draft"))
    return str(_("Give an opinion on edition %(n)s", n=row.review_edition))


def _how_far(row: Row[Any], within: Sequence[str], actor: Actor) -> Iterator[str]:
    """How far the opinions or positions have come that the decision waits for."""
    rules = assembly.assembly()
    if "assign_review" in within and may(rules, actor, "see_reviews"):
        if row.asked:
            yield ngettext("%(num)s opinion awaited", "%(num)s opinions awaited", row.asked)
        elif row.opinions:
            yield ngettext(
                "%(num)s opinion is in, ripe for the decision",
                "all %(num)s opinions are in, ripe for the decision",
                row.opinions,
            )
        else:
            yield str(_("no expert has been asked yet"))
    if "give_position" in within and may(rules, actor, "see_positions"):
        yield ngettext("%(num)s position given", "%(num)s positions given", row.positions)


def _package(row: Row[Any]) -> DeskRow:
    """An edition that came in, for whoever takes it on."""
    seen = row.seen_n if row.seen_n is not None else row.opened_n
    return DeskRow(
        reference=row.reference,
        titles=row.titles,
        asked=str(_("Edition %(n)s has come in: look at it and take it on", n=row.edition)),
        url=page_of(row.reference),
        button=str(_("Open")),
        changes=max(0, row.version - seen),
    )


def _awaited(rows: Sequence[Row[Any]], procedure: Compiled) -> DeskRow:
    """What others owe on one act: the same duty of several persons is one row."""
    first = rows[0]
    title = i18n.title(procedure.definition.duties[first.kind].titles)
    if first.kind == REPLY and len(rows) > 1:
        asked = ngettext(
            "%(asked)s: %(num)s addressee",
            "%(asked)s: %(num)s addressees",
            len(rows),
            asked=title,
        )
    elif first.role is not None:
        holder = seat_title(first.body_key, first.role)
        asked = _("%(holder)s: %(asked)s", holder=holder, asked=title)
    else:
        asked = ngettext(
            "%(asked)s: %(num)s person", "%(asked)s: %(num)s persons", len(rows), asked=title
        )
    url = page_of(first.reference)
    if first.kind == REPLY:
        url = _page("circulation.rounds", first.reference)
    return DeskRow(asked=asked, url=url, **_common(first, procedure))


def _step(procedure: Compiled, action: str) -> str:
    return i18n.title(procedure.action(action).titles)


def _done(
    session: Session,
    actor: Actor,
    procedures: Mapping[tuple[str, int], Compiled],
    now: datetime,
) -> Iterator[DeskRow]:
    for row in queries.done_lately(session, actor, now - LATELY):
        procedure = procedures[row.procedure_key, row.procedure_version]
        yield DeskRow(
            reference=row.reference,
            titles=row.titles,
            asked=event_title(procedure, row.action),
            url=page_of(row.reference),
            since=local_date(row.recorded_at, assembly.zone()),
        )


def page_of(reference: str) -> str:
    """The act's page."""
    return url_for("acts.act", reference=reference)


def _review_page(row: Row[Any]) -> str:
    if "reviews.review" in current_app.view_functions:
        return url_for("reviews.review", review=row.review)
    return page_of(row.reference)


def _page(endpoint: str, reference: str) -> str:
    """The page of the act that serves a duty; its own where there is none."""
    known = endpoint in current_app.view_functions
    return url_for(endpoint if known else "acts.act", reference=reference)
