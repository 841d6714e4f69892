"""The act's tab "Remarks": the table, narrowed, sorted and grouped by what the address says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock, i18n
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.i18n import gettext as _
from tracker.pages.numbers import asked_page
from tracker.pages.words import cap, say
from tracker.people.access import current_actor, members
from tracker.permissions import bodies_of_actor, may
from tracker.remarks.counts import (
    Counts,
    author_bodies,
    count_remarks,
    fate,
    rounds_with_remarks,
)
from tracker.remarks.forms import enter_form
from tracker.remarks.merging import answerers
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.remarks.queries import reference_of
from tracker.remarks.reading import (
    EXPERTS,
    NOBODY,
    OTHERS,
    VOID,
    Filter,
    RemarkPart,
    Sight,
    read_remarks,
    sight_of,
)
from tracker.remarks.words import (
    GROUPS,
    KINDS,
    NARROWER,
    OF_VOID_ROUND,
    RESPONSES,
    SORTS,
    STATES,
    author_words,
    place_words,
)
from workflows.assembly_schema import Deed
from workflows.facts import Refusal

blueprint = Blueprint("remarks", __name__)
TABLE = "/acts/<reference>/remarks"
PER_PAGE = 100
_LATEST = 99_999


@dataclass(frozen=True, slots=True)
class Room:
    """The act, and what whoever asks may see and do here."""

    act: Summary
    sight: Sight
    deeds: frozenset[Deed]

    @property
    def editions(self) -> int:
        return self.act.facts.edition.current or 0

    def require(self, deed: Deed) -> None:
        if deed not in self.deeds:
            raise Forbidden(Refusal("not_permitted"))


def room_of(reference: str) -> Room:
    """Three statements; raises NotFound or Forbidden."""
    actor = current_actor()
    act = act_inside(db.session(), reference, actor, clock.now())
    rules = assembly.assembly()
    deeds: tuple[Deed, ...] = ("enter_remark", "propose_answer", "confirm_answer")
    permitted = frozenset(deed for deed in deeds if may(rules, actor, deed, act.facts))
    return Room(act, sight_of(actor, act.facts), permitted)


def room_of_remark(remark: int) -> Room:
    """The room of the act that a remark is on; raises NotFound."""
    reference = reference_of(db.session(), remark)
    if reference is None:
        raise NotFound(Refusal("no_such_remark"))
    try:
        return room_of(reference)
    except (NotFound, Forbidden):
        raise NotFound(Refusal("no_such_remark")) from None


@dataclass(frozen=True, slots=True)
class Group:
    """Remarks that stand under one heading; no title where there are no groups."""

    title: str
    remarks: Sequence[RemarkPart]


@blueprint.get(TABLE)
@members
def table(reference: str) -> str:
    room = room_of(reference)
    session, choices = db.session(), choices_of(room)
    counts = count_remarks(session, room.sight)
    if counts.void:
        choices["state"].append((VOID, OF_VOID_ROUND))
    asked = asked_of(choices)
    page = read_remarks(
        session, room.sight, filter_of(asked), asked["sort"] or "", asked_page(PER_PAGE)
    )
    return render_template(
        "remarks/table.html",
        act=room.act,
        room=room,
        page=page,
        groups=_groups(page.items, asked["group"] or ""),
        asked=asked,
        choices=choices,
        counts=counts,
        own=_own(room, counts),
        narrowed=any(asked[name] for name in FILTERS),
        kinds=KINDS,
        responses=RESPONSES,
        states=STATES,
        of_void_round=OF_VOID_ROUND,
        link=lambda **changed: _link(reference, **changed),
        page_url=lambda number: _link(reference, page=number),
        exports={
            form: url_for("remark_files.export", reference=reference, form=form, **_present())
            for form in ("xlsx", "csv", "docx", "pdf")
        },
    )


FILTERS = ("edition", "round", "author", "kind", "provision", "state", "assigned")


def asked_of(choices: Mapping[str, Sequence[tuple[str, Any]]]) -> dict[str, str | None]:
    """What the address asks for; what it cannot ask for is left out."""
    asked: dict[str, str | None] = {}
    for name in (*FILTERS, "sort", "group"):
        value = request.args.get(name, "").strip()
        known = name == "provision" or value in {VOID, *(key for key, _said in choices[name])}
        asked[name] = value[:200] if value and known else None
    return asked


def filter_of(asked: Mapping[str, str | None]) -> Filter:
    edition = asked["edition"]
    return Filter(
        edition=int(edition) if edition else None,
        round=int(asked["round"]) if asked["round"] else None,
        author=asked["author"],
        kind=asked["kind"],
        provision=asked["provision"],
        state=asked["state"],
        assigned=asked["assigned"],
    )


def choices_of(room: Room) -> dict[str, list[tuple[str, Any]]]:
    """What the table can be narrowed to: three statements."""
    session = db.session()
    people = answerers(session, room.act.facts, clock.now()) if room.sight.table else ()
    language = i18n.language()
    bodies = author_bodies(session, room.sight)
    return {
        "edition": [
            (str(n), _("Edition %(number)s", number=n)) for n in range(room.editions, 0, -1)
        ],
        "round": [
            (str(n), _("Round %(n)s", n=n)) for n in rounds_with_remarks(session, room.sight)
        ],
        "author": [
            (EXPERTS, _("experts")),
            *((body, cap(i18n.body_title(body))) for body in bodies),
            (OTHERS, _("others")),
        ],
        "kind": list(KINDS.items()),
        "state": [
            *STATES.items(),
            *((key, said) for key, (said, _tone) in RESPONSES.items()),
            *NARROWER.items(),
        ],
        "assigned": [
            (NOBODY, _("nobody")),
            *((str(person.id), person.name(language)) for person in people),
        ],
        "sort": list(SORTS.items()),
        "group": list(GROUPS.items()),
    }


def _groups(remarks: Sequence[RemarkPart], group: str) -> list[Group]:
    """Remarks under their provision or their author, each heading once."""
    if not group:
        return [Group("", remarks)] if remarks else []
    found: dict[str, list[RemarkPart]] = {}
    for remark in remarks:
        title = place_words(remark) if group == "provision" else author_words(remark.author)
        found.setdefault(title, []).append(remark)
    return [Group(title, those) for title, those in found.items()]


def _own(room: Room, counts: Counts) -> Counts | None:
    """What became of the reader's own remarks; None where they have none."""
    if not room.sight.table:
        return counts if counts.total else None
    actor = room.sight.actor
    if actor.person is None or not counts.total:
        return None
    parliaments = set(assembly.assembly().bodies_of("parliament"))
    bodies = sorted(parliaments & set(bodies_of_actor(assembly.assembly(), actor)))
    own = fate(db.session(), actor.person, room.act.id, bodies)
    return own if own.total else None


def _present() -> dict[str, Any]:
    """The conditions of the present address."""
    return {name: request.args[name] for name in (*FILTERS, "sort") if request.args.get(name)}


def _link(reference: str, **changed: Any) -> str:
    """The present table with some of its conditions changed."""
    values = {**_present(), "group": request.args.get("group", ""), **changed}
    kept = {name: value for name, value in values.items() if value}
    return url_for("remarks.table", reference=reference, **kept)


@blueprint.route(f"{TABLE}/enter", methods=["GET", "POST"])
@members
def enter(reference: str) -> ResponseReturnValue:
    """Enter a remark from a letter."""
    room = room_of(reference)
    room.require("enter_remark")
    form = enter_form(room.editions)
    status = 200
    if form.sent:
        try:
            remark = enter_remark(
                reference,
                GivenRemark(
                    text=form.text.data,
                    wording=form.wording.data,
                    place=form.place.data,
                    kind=form.kind.data,
                    language=form.language.data,
                    author_body=form.author_body.data or None,
                    author_name=form.author_name.data,
                    letter_ref=form.letter_ref.data,
                ),
                edition=form.edition.data,
                actor=current_actor(),
                now=clock.now(),
            )
        except (Invalid, Refused) as error:
            form.take(error)
            status = error.status
        else:
            say(_("The remark is in the table."))
            return redirect(url_for("remark_answers.remark", remark=remark), 303)
    page = render_template("remarks/enter.html", act=room.act, room=room, form=form)
    return page, status
