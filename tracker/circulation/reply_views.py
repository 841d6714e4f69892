"""Replying: what is asked, until when, the text, the form; and the letters that came with it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker import clock
from tracker.acts.summaries import Summary
from tracker.circulation.checks import Said
from tracker.circulation.forms import ReplyForm, reply_form
from tracker.circulation.operations import check_replier, reply
from tracker.circulation.reading import AskedText, RoundText, find_scan
from tracker.circulation.views import ROUND, asked_of, blueprint, read
from tracker.circulation.words import REPLIES, chamber_title
from tracker.db import db
from tracker.errors import Forbidden, Invalid, Refused
from tracker.i18n import gettext as _
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.remarks.naming import provision_names
from tracker.texts.files import SCANS, keep, uploads
from tracker.texts.queries import editions
from tracker.texts.reading import PART_NAMES
from tracker.texts.sending import send_kept
from workflows.facts import Refusal

__all__ = ["blueprint"]
"""The room's one blueprint, begun in `views` and completed here."""


@blueprint.route(f"{ROUND}/reply", methods=["GET", "POST"], endpoint="reply")
@members
def give_reply(circulation: int) -> ResponseReturnValue:
    """Reply for one's own body, or record the letter of an addressee."""
    act, found = read(circulation)
    asked = _asked(found)
    form = reply_form(asked, recorded=not asked.mine)
    names = provision_names(db.session(), act.id, found.edition)
    more, status = "add" in request.form, 200
    if form.sent and not more:
        try:
            _send(circulation, asked, form, names)
        except (Invalid, Refused) as error:
            form.take(error)
            status = error.status
        else:
            say(
                _("The reply is recorded. Thank you.")
                if asked.mine
                else _("The letter is recorded.")
            )
            return redirect(url_for("circulation.circulation", circulation=circulation), 303)
    elif request.method == "POST" and not more:
        status = 422
    form.offer(blank=2 if more else 1)
    return _page(act, found, asked, form, names), status


def _asked(found: RoundText) -> AskedText:
    """Whose reply the page is about: the one named, else the reader's own."""
    number = request.values.get("addressee", "")
    if not number and found.mine:
        return found.mine[0]
    asked = asked_of(found, number)
    if not asked.mine and not found.chases:
        raise Forbidden(Refusal("not_permitted"))
    return asked


def _send(circulation: int, asked: AskedText, form: ReplyForm, names: Mapping[str, str]) -> None:
    actor, now = current_actor(), clock.now()
    check_replier(db.session(), circulation, actor=actor, now=now)
    file = form.file.data
    upload = keep(uploads(), file.filename or "", file.stream, SCANS) if file else None
    said = Said(
        kind=form.kind.data,
        chamber=form.chamber.data if "chamber" in form else None,
        text=form.text.data,
        letter_ref=form.letter_ref.data,
        letter_on=form.letter_date.data,
        asks_until=form.until.data,
        upload=upload,
        remarks=form.rows(names),
    )
    reply(circulation, said, addressee=str(asked.id), actor=actor, now=now)


def _page(
    act: Summary, found: RoundText, asked: AskedText, form: ReplyForm, names: Mapping[str, str]
) -> str:
    texts = editions(db.session(), act.id, found.edition) if found.edition else []
    return render_template(
        "circulation/reply.html",
        act=act,
        round=found,
        asked=asked,
        form=form,
        edition=texts[0] if texts else None,
        parts=PART_NAMES,
        provisions=names,
        replies=REPLIES,
        chamber=chamber_title,
    )


@blueprint.get(f"{ROUND}/replies/<int(max=9999999999):number>/letter")
@members
def letter(circulation: int, number: int) -> Response:
    """The letter that came with a reply."""
    _act, found = read(circulation)
    given = find_scan(found, number)
    return send_kept(given.sha256 or "", given.media_type, given.filename)
