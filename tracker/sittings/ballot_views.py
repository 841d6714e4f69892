"""The page on which a member of the deciding body gives a position. Made for a phone."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.acts.dossier import Dossier
from tracker.acts.page import read_dossier
from tracker.db import db
from tracker.desk.operations import note_seen
from tracker.errors import Forbidden, Invalid, Stale
from tracker.i18n import gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, current_member, members
from tracker.people.queries import persons
from tracker.permissions import may
from tracker.sittings.forms import PositionForm, same_visit
from tracker.sittings.operations import give_position
from tracker.sittings.page import read_news, whose_position
from tracker.sittings.queries import Ballot, ballots
from tracker.sittings.views import blueprint
from tracker.sittings.words import BUTTONS, OWN_ANSWERS, RECORDING
from tracker.texts.queries import editions
from tracker.texts.reading import PART_NAMES
from tracker.texts.structures import text_states
from workflows.facts import Person, Refusal

__all__ = ["blueprint"]
"""The room's one blueprint, begun in `views` and completed here."""


@blueprint.get("/acts/<reference>/position")
@members
def ballot(reference: str) -> ResponseReturnValue:
    """What is asked, until when, what is new, the text, and the answers."""
    found, now = _read(reference), clock.now()
    act, actor = found.act, current_actor()
    news = read_news(db.session(), act.facts, actor)
    current = act.facts.edition.current
    texts = editions(db.session(), act.id, current) if current else []
    html = render_template(
        "sittings/ballot.html",
        act=act,
        open=_open(found),
        duty=next((duty for duty in found.duties if duty.mine and duty.persons), None),
        news=news,
        edition=texts[0] if texts else None,
        texts=text_states(db.session(), act.id, n=current) if current else (),
        parts=PART_NAMES,
        standing=_standing(found),
        member_for=_for_whom(found),
        buttons=BUTTONS,
        answers=OWN_ANSWERS,
    )
    if actor.person is not None and news.seen != act.version:
        note_seen(actor.person, act.id, act.version, now)
    return html


@blueprint.route("/acts/<reference>/position/<vote>", methods=["GET", "POST"])
@members
def position(reference: str, vote: str) -> ResponseReturnValue:
    """What will be recorded, and the button that records it."""
    if vote not in BUTTONS:
        abort(404)
    found = _read(reference)
    act = found.act
    if not _open(found):
        return redirect(url_for("sittings.ballot", reference=reference), 303)
    form = PositionForm(visit=str(act.facts.visit))
    if form.sent:
        if not same_visit(act.facts.visit):
            raise Stale(Refusal("stale"), act_id=act.id)
        words = form.text.data if vote == "no" else None
        try:
            give_position(reference, vote, text=words, actor=current_actor(), now=clock.now())
        except Invalid as error:
            form.take(error)
        else:
            say(_("Your position is recorded."))
            return redirect(url_for("sittings.ballot", reference=reference), 303)
    html = render_template(
        "sittings/position.html",
        act=act,
        vote=vote,
        form=form,
        member_for=_for_whom(found),
        answers=OWN_ANSWERS,
        recording=RECORDING,
    )
    return html, 422 if form.faults else 200


def _read(reference: str) -> Dossier:
    """The act, for whoever gives positions on it; raises NotFound or Forbidden."""
    found = read_dossier(reference)
    facts = found.act.facts
    if not found.act.inside or not may(
        facts.setting.assembly, current_actor(), "give_position", facts
    ):
        raise Forbidden(Refusal("not_permitted"))
    return found


def _open(found: Dossier) -> bool:
    return "give_position" in found.act.procedure.state(found.act.state).within


def _standing(found: Dossier) -> Ballot | None:
    """The position that stands, in the consideration under way or else in the last one."""
    member = whose_position(found.act.facts, current_actor())
    given = [
        ballot
        for ballot in ballots(db.session(), found.act.id)
        if ballot.member.id == member
        and not ballot.replaced
        and (ballot.visit == found.act.facts.visit or not _open(found))
    ]
    return given[-1] if given else None


def _for_whom(found: Dossier) -> Person | None:
    """The member in whose name the reader answers, where it is not their own."""
    whose, reader = whose_position(found.act.facts, current_actor()), current_member()
    if whose is None or (reader is not None and whose == reader.person.id):
        return None
    return persons(db.session(), [whose]).get(whose)
