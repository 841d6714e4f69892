"""Pages of what will be reminded, of one duty, and of those who have not answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.db import db
from tracker.duties.dates import extend_duty, resume_duty, suspend_duty
from tracker.duties.forecast import DAYS, MOST_DAYS, read_forecast
from tracker.duties.forms import PauseForm, ReasonForm, SkipForm, extend_form
from tracker.duties.reading import DutyPage, offers, read_duty, read_waiting
from tracker.duties.reminding import (
    pause_reminders,
    remind_waiting,
    resume_reminders,
    send_reminder,
    skip_reminder,
)
from tracker.duties.words import term_words
from tracker.errors import Forbidden, Invalid, Refused
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.pages.forms import Form, options
from tracker.pages.numbers import ticked_numbers, typed_number
from tracker.pages.words import say, weekday
from tracker.people.access import current_actor, members, permitted
from workflows.calendars import Deadline
from workflows.facts import Actor, Refusal

blueprint = Blueprint("duties", __name__)
DUTY = "/duties/<int(max=999999999999):duty>"
Change = Callable[[Actor, datetime], str]


@blueprint.get("/reminders")
@permitted("manage_reminders")
def reminders() -> ResponseReturnValue:
    """What will be sent in the days to come: all of it, on one act, or to one person."""
    days = typed_number(request.args.get("days")) or DAYS
    reference = request.args.get("act") or None
    person = typed_number(request.args.get("person")) or None
    found = read_forecast(
        db.session(), clock.now(), actor=current_actor(), days=min(days, MOST_DAYS),
        reference=reference, person=person,
    )  # fmt: skip
    name = next(
        (who for line in found.lines for who, _w in line.recipients if who.id == person), None
    )
    return render_template(
        "duties/reminders.html", found=found, days=min(days, MOST_DAYS), reference=reference,
        person=name, narrowed=bool(reference or person), link=_link,
    )  # fmt: skip


def _link(**changed: Any) -> str:
    """The same page, narrowed in another way."""
    kept: dict[str, Any] = {key: request.args.get(key) for key in ("days", "act", "person")}
    kept |= changed
    return url_for("duties.reminders", **{key: value for key, value in kept.items() if value})


@blueprint.get(DUTY)
@members
def duty(duty: int) -> ResponseReturnValue:
    """The reminders of one duty that are to come, and what can be done about them and its date."""
    return _page(_read(duty))


@blueprint.post(f"{DUTY}/pause")
@members
def pause(duty: int) -> ResponseReturnValue:
    form = PauseForm(prefix="pause-")

    def change(actor: Actor, now: datetime) -> str:
        pause_reminders(duty, form.reason.data, until=form.until.data, actor=actor, now=now)
        return _("The reminders are paused.")

    return _changed(duty, change, pause=form)


@blueprint.post(f"{DUTY}/resume")
@members
def resume(duty: int) -> ResponseReturnValue:
    def change(actor: Actor, now: datetime) -> str:
        resume_reminders(duty, actor=actor, now=now)
        return _("The reminders go on.")

    return _changed(duty, change)


@blueprint.post(f"{DUTY}/skip")
@members
def skip(duty: int) -> ResponseReturnValue:
    form = SkipForm(prefix="skip-")

    def change(actor: Actor, now: datetime) -> str:
        skip_reminder(duty, *_step(form.step.data), form.reason.data, actor=actor, now=now)
        return _("This reminder will not be sent.")

    return _changed(duty, change, skip=form)


@blueprint.post(f"{DUTY}/send")
@members
def send(duty: int) -> ResponseReturnValue:
    def change(actor: Actor, now: datetime) -> str:
        count = send_reminder(duty, *_step(request.form.get("step")), actor=actor, now=now)
        return ngettext(
            "The reminder is on its way to %(num)s person.",
            "The reminder is on its way to %(num)s people.",
            count,
        )

    return _changed(duty, change)


@blueprint.post(f"{DUTY}/stop")
@members
def stop(duty: int) -> ResponseReturnValue:
    form = ReasonForm(prefix="stop-")

    def change(actor: Actor, now: datetime) -> str:
        suspend_duty(duty, form.reason.data, actor=actor, now=now)
        return _("The clock stands still. Whoever owes it is told.")

    return _changed(duty, change, stop=form)


@blueprint.post(f"{DUTY}/run-on")
@members
def run_on(duty: int) -> ResponseReturnValue:
    def change(actor: Actor, now: datetime) -> str:
        deadline = resume_duty(duty, actor=actor, now=now)
        if deadline.on is None:
            return _("The clock runs on. The new date cannot be computed yet.")
        return _("The clock runs on until %(day)s.", day=weekday(deadline.on))

    return _changed(duty, change)


@blueprint.route(f"{DUTY}/extend", methods=["GET", "POST"])
@members
def extend(duty: int) -> ResponseReturnValue:
    """Give a duty a later date: one that its own rule counts, or any."""
    page = _read(duty)
    if not page.extends:
        raise Forbidden(Refusal("not_permitted"))
    form = extend_form(
        (when.on.isoformat(), _offered(when))
        for when in offers(db.session(), page, clock.now())
        if when.on is not None
    )
    status = 200
    if form.sent:
        try:
            on = extend_duty(
                duty, form.chosen, form.reason.data, actor=current_actor(), now=clock.now()
            )
        except (Invalid, Refused) as error:
            form.take(error)
            status = error.status
        else:
            say(_("It is due on %(day)s now. Whoever owes it is told.", day=weekday(on)))
            return redirect(url_for("acts.act", reference=page.act.reference), 303)
    return render_template("duties/extend.html", page=page, act=page.act, form=form), status


def _offered(when: Deadline) -> str:
    assert when.on is not None
    return f"{weekday(when.on)} — {term_words(when)}"


@blueprint.route("/acts/<reference>/remind/<kind>", methods=["GET", "POST"])
@members
def remind(reference: str, kind: str) -> ResponseReturnValue:
    """Remind those who have not answered: all of them, or those who are left ticked."""
    actor, now = current_actor(), clock.now()
    found = read_waiting(db.session(), reference, kind, actor, now)
    form = Form()
    chosen = {each.duty for each in found.people if each.open and not each.paused}
    if form.sent:
        chosen = ticked_numbers("duties")
        try:
            count = remind_waiting(reference, kind, chosen, actor=actor, now=now)
        except (Invalid, Refused) as error:
            form.take(error)
        else:
            say(
                ngettext(
                    "%(num)s reminder is on its way.", "%(num)s reminders are on their way.", count
                )
            )
            return redirect(url_for("acts.act", reference=reference), 303)
    page = render_template(
        "duties/remind.html", waiting=found, act=found.act, form=form, chosen=chosen
    )
    return page, 422 if form.faults else 200


def _read(duty: int) -> DutyPage:
    return read_duty(db.session(), duty, current_actor(), clock.now())


def _changed(duty: int, change: Change, **forms: Form) -> ResponseReturnValue:
    """Do it and go back to the duty, or show what is wrong beside what was typed."""
    form = next(iter(forms.values()), None) or Form()
    if form.sent:
        try:
            say(change(current_actor(), clock.now()))
        except (Invalid, Refused) as error:
            form.take(error)
        else:
            return redirect(url_for("duties.duty", duty=duty), 303)
    return _page(_read(duty), faults=form, **forms), 422


def _page(page: DutyPage, faults: Form | None = None, **forms: Form) -> str:
    blank: dict[str, Form] = {
        "pause": PauseForm(formdata=None, prefix="pause-"),
        "skip": SkipForm(formdata=None, prefix="skip-"),
        "stop": ReasonForm(formdata=None, prefix="stop-"),
    }
    shown = blank | forms
    skip = shown["skip"]
    assert isinstance(skip, SkipForm)
    skip.step.choices = options(
        (f"{line.rule}:{line.occurrence}", f"{weekday(line.day)}: {line.when}")
        for line in page.lines
    )
    return render_template(
        "duties/duty.html", page=page, act=page.act, faults=faults.faults if faults else (), **shown
    )


def _step(text: str | None) -> tuple[str, int]:
    """A step as a form names it: its rule, and which of its times."""
    rule, _colon, occurrence = (text or "").partition(":")
    return rule, typed_number(occurrence, 3) or 0
