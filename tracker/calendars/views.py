"""Pages of calendars: what counts as a working day, and changing it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, StringField
from wtforms.validators import InputRequired

from tracker import assembly
from tracker.calendars.operations import clear_day, set_day
from tracker.calendars.reading import calendar_title, read_year
from tracker.db import db
from tracker.errors import NotFound, TrackerError
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.pages.words import say, today
from tracker.people.access import current_actor, members, permitted
from workflows.calendars import LAST_YEAR
from workflows.facts import Refusal

blueprint = Blueprint("calendars", __name__)
FIRST_YEAR = 2000


class DayForm(Form):
    day = DateField(_("Day"), validators=[InputRequired(_("Give the day."))])
    working = RadioField(
        _("It is"),
        choices=options([("no", _("a day off")), ("yes", _("a working day"))]),
        default="no",
    )
    name = StringField(
        _("Occasion"),
        description=_("For example: session week, day off moved from 4 November."),
    )


@blueprint.get("/calendars")
@members
def calendars() -> ResponseReturnValue:
    titles = {key: calendar_title(key) for key in assembly.assembly().calendars}
    return render_template("calendars/list.html", titles=titles, year=today().year)


@blueprint.get("/calendars/<key>")
@members
def calendar(key: str) -> ResponseReturnValue:
    return _page(key, DayForm(formdata=None))


@blueprint.post("/calendars/<key>")
@permitted("manage_people")
def change(key: str) -> ResponseReturnValue:
    form = DayForm()
    if form.sent:
        day, works = form.day.data, form.working.data == "yes"
        try:
            set_day(key, day, works, form.name.data, actor=current_actor())
        except TrackerError as error:
            form.take(error)
        else:
            say(gettext("The calendar is changed. Due dates given before stay as they are."))
            return redirect(url_for("calendars.calendar", key=key, year=day.year), 303)
    return _page(key, form), 422


@blueprint.post("/calendars/<key>/<day>/clear")
@permitted("manage_people")
def clear(key: str, day: str) -> ResponseReturnValue:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound(Refusal("not_found")) from None
    clear_day(key, on, actor=current_actor())
    say(gettext("The day is again what the calendar says."))
    return redirect(url_for("calendars.calendar", key=key, year=on.year), 303)


def _page(key: str, form: DayForm) -> str:
    title, asked = calendar_title(key), request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and FIRST_YEAR <= int(asked[:4]) <= LAST_YEAR else None
    year = year if year is not None and len(asked) == len("2026") else today().year
    g.pop("calendars", None)
    return render_template(
        "calendars/calendar.html",
        key=key,
        name=title,
        file=assembly.assembly().calendars[key],
        year=year,
        found=read_year(db.session(), key, year),
        form=form,
    )
