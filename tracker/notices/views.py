"""The inbox of each person, and for the secretariat what became of mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.i18n import gettext, ngettext
from tracker.i18n import lazy_gettext as _
from tracker.notices.operations import mark_read, resend
from tracker.notices.reading import Delivery, deliveries, inbox, page_to_open
from tracker.notices.suppression import lift, suppressed
from tracker.pages.numbers import asked_page, typed_number
from tracker.pages.words import say
from tracker.paging import Page, Paging
from tracker.people.access import current_actor, members, permitted
from tracker.permissions import may

blueprint = Blueprint("notices", __name__)
PER_PAGE = 50
NEW = 100
"""How many new notices the inbox shows at once."""
VIEWS: Mapping[str, tuple[Any, Sequence[str]]] = {
    "stuck": (_("Failed or held"), ("failed", "held")),
    "waiting": (_("Waiting"), ("queued", "sending")),
    "sent": (_("Sent"), ("sent",)),
    "all": (_("All"), ()),
}


@blueprint.get("/inbox")
@members
def my_inbox() -> ResponseReturnValue:
    person = current_actor().person
    assert person is not None
    new = inbox(db.session(), person, Paging(1, NEW), read=False)
    read = inbox(db.session(), person, asked_page(PER_PAGE), read=True)
    return render_template("notices/inbox.html", new=new, read=read)


@blueprint.post("/inbox/read")
@members
def read() -> ResponseReturnValue:
    """Note that one notice was read, or all of them; with `open`, go on to what it is about."""
    number = typed_number(request.form.get("notice"))
    chosen = None if number is None else [number]
    reader = current_actor()
    count = mark_read(reader, clock.now(), chosen)
    if number is not None and reader.person is not None and "open" in request.form:
        page = page_to_open(db.session(), reader.person, number)
        return redirect(page or url_for("notices.my_inbox"), 303)
    if chosen is None:
        say(
            ngettext(
                "%(num)s notice is marked as read.", "%(num)s notices are marked as read.", count
            )
        )
    return redirect(url_for("notices.my_inbox"), 303)


@blueprint.get("/acts/<reference>/notices")
@members
def act_notices(reference: str) -> ResponseReturnValue:
    """Who was told of what on one act, and whether the mail reached them; to who may not see that,
    what they were told themselves.
    """
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    sees = may(assembly.assembly(), current_actor(), "see_deliveries", act.facts)
    page = deliveries(db.session(), asked_page(PER_PAGE), act_id=act.id) if sees else None
    events = _by_event(page) if page else []
    person, own = current_actor().person, None
    if page is None and person is not None:
        own = inbox(db.session(), person, asked_page(PER_PAGE), act_id=act.id)
    return render_template("notices/act.html", act=act, page=page, events=events, own=own)


@blueprint.get("/notices")
@permitted("see_deliveries")
def failed() -> ResponseReturnValue:
    """What became of mails; first of all those that need somebody's hand."""
    chosen = request.args.get("show", "stuck")
    chosen = chosen if chosen in VIEWS else "stuck"
    page = deliveries(db.session(), asked_page(PER_PAGE), states=VIEWS[chosen][1])
    return render_template(
        "notices/deliveries.html",
        page=page,
        chosen=chosen,
        views=VIEWS,
        refused=suppressed(db.session()) if chosen == "stuck" else (),
    )


@blueprint.post("/notices/<int(max=999999999999):notice>/resend")
@permitted("see_deliveries")
def send_again(notice: int) -> ResponseReturnValue:
    resend(notice, actor=current_actor(), now=clock.now())
    say(gettext("The mail is queued again."))
    return redirect(url_for("notices.failed"), 303)


@blueprint.post("/notices/refused/<int(max=999999999999):person>/lift")
@permitted("see_deliveries")
def try_again(person: int) -> ResponseReturnValue:
    """Let mail go to an address again that was refused."""
    lift(person, actor=current_actor())
    say(gettext("Mail goes to this address again."))
    return redirect(url_for("notices.failed"), 303)


def _by_event(page: Page[Delivery]) -> list[list[Delivery]]:
    """Mails of one event together: they were made at one moment and say one thing."""
    events: list[list[Delivery]] = []
    for each in page.items:
        if events and (events[-1][0].created_at, events[-1][0].subject) == (
            each.created_at,
            each.subject,
        ):
            events[-1].append(each)
        else:
            events.append([each])
    return events
