"""The rounds of an act: whom each asks, what came back, and more time for who asked for it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.acts.dossier import dossier
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.circulation.forms import ExtensionForm
from tracker.circulation.operations import grant_extension
from tracker.circulation.reading import AskedText, RoundText, act_of, read_round, read_rounds
from tracker.circulation.words import REPLIES, ROUNDS, STANDINGS, chamber_title
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.i18n import gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.remarks.counts import fates_of_replies
from tracker.remarks.reading import OTHERS, sight_of
from workflows.facts import Refusal

blueprint = Blueprint("circulation", __name__)
ROUND = "/circulations/<int(max=9999999999):circulation>"


@blueprint.get("/acts/<reference>/circulation")
@members
def rounds(reference: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    act = act_inside(db.session(), reference, actor, now)
    found = read_rounds(db.session(), act.facts, actor, now)
    return render_template(
        "circulation/act.html",
        act=act,
        rounds=found,
        opens=_opening(act),
        standings=STANDINGS,
        states=ROUNDS,
    )


@blueprint.get(ROUND)
@members
def circulation(circulation: int) -> ResponseReturnValue:
    act, found = read(circulation)
    if not found.sees and not found.mine:
        raise NotFound(Refusal("no_such_circulation"))
    sight = sight_of(current_actor(), act.facts)
    became = fates_of_replies(db.session(), sight, [asked.id for asked in found.asked])
    return render_template(
        "circulation/round.html",
        act=act,
        round=found,
        became=became,
        others=OTHERS,
        grants=grants(act) and found.closed_at is None,
        opens=_opening(act) if found.open and found.sees else (),
        chamber=chamber_title,
        replies=REPLIES,
        standings=STANDINGS,
        states=ROUNDS,
    )


@blueprint.route(f"{ROUND}/extension", methods=["GET", "POST"])
@members
def extension(circulation: int) -> ResponseReturnValue:
    """Give an addressee a later date."""
    act, found = read(circulation)
    if not grants(act):
        raise Forbidden(Refusal("not_permitted"))
    asked = asked_of(found, request.values.get("addressee", ""))
    form = ExtensionForm()
    form.addressee.data = str(asked.id)
    status = 200
    if form.sent:
        try:
            grant_extension(
                circulation, str(asked.id), due_on=form.due.data, reason=form.reason.data,
                actor=current_actor(), now=clock.now(),
            )  # fmt: skip
        except (Invalid, Refused) as error:
            form.take(error)
            status = error.status
        else:
            say(_("The date is moved. Whoever replies for them is told."))
            return redirect(url_for("circulation.circulation", circulation=circulation), 303)
    elif request.method == "GET":
        wanted = next((given.asks_until for given in asked.replies[::-1] if given.asks_until), None)
        form.due.data = wanted.isoformat() if wanted else None
    page = render_template(
        "circulation/extension.html", act=act, round=found, asked=asked, form=form
    )
    return page, status


def read(circulation: int) -> tuple[Summary, RoundText]:
    """A round with its act in its first line; raises NotFound."""
    actor, now = current_actor(), clock.now()
    reference = act_of(db.session(), circulation)
    try:
        act = act_inside(db.session(), reference, actor, now)
    except Forbidden:
        raise NotFound(Refusal("no_such_circulation")) from None
    return act, read_round(db.session(), act.facts, circulation, actor, now)


def asked_of(found: RoundText, number: str) -> AskedText:
    """An addressee of a round by its id; raises NotFound."""
    for each in found.asked:
        if str(each.id) == number:
            return each
    raise NotFound(Refusal("no_such_circulation"))


def grants(act: Summary) -> bool:
    return may(assembly.assembly(), current_actor(), "grant_extension", act.facts)


def _opening(act: Summary) -> list[tuple[str, str]]:
    """The steps about circulations that the reader may take now: address and name."""
    actor, now = current_actor(), clock.now()
    actions = dossier(db.session(), act.reference, actor, now).actions
    about = act.procedure.definition.actions
    return [
        (url_for("steps.step", reference=act.reference, name=action.name), action.title)
        for action in actions
        if action.allowed and action.name in about and about[action.name].circulation
    ]
