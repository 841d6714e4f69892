"""Pages of calendars: what counts as a working day, and changing it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, StringField
from wtforms.validators import InputRequired

from tracker import assembly, clock
from tracker.calendars.operations import add_period, clear_day, remove_period, set_day
from tracker.calendars.reading import calendar_title, read_year
from tracker.db import db
from tracker.duties.forecast import owing
from tracker.duties.recounting import move_recounted, recount
from tracker.errors import NotFound, Refused
from tracker.i18n import gettext, ngettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.pages.numbers import ticked_numbers
from tracker.pages.words import say, today
from tracker.people.access import current_actor, members, permitted
from tracker.permissions import may
from workflows.calendars import LAST_YEAR
from workflows.facts import Refusal

blueprint = Blueprint("calendars", __name__)
FIRST_YEAR = 2000
OWN = "assembly"
"""The calendar that is no member's."""


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


class PeriodForm(Form):
    first = DateField(_("First day"), validators=[InputRequired(_("Give the first day."))])
    last = DateField(_("Last day"), validators=[InputRequired(_("Give the last day."))])
    name = StringField(_("Occasion"), description=_("For example: summer recess."))


@blueprint.get("/calendars")
@members
def calendars() -> ResponseReturnValue:
    calendars = assembly.assembly().calendars
    titles = {key: calendar_title(key) for key in calendars}
    countries = {each.country: titles[key] for key, each in calendars.items() if key != OWN}
    return render_template(
        "calendars/list.html", titles=titles, countries=countries, year=today().year
    )


@blueprint.get("/calendars/<key>")
@members
def calendar(key: str) -> ResponseReturnValue:
    return _page(key)


@blueprint.post("/calendars/<key>")
@permitted("manage_people")
def change(key: str) -> ResponseReturnValue:
    form = DayForm()
    day, works = form.day.data, form.working.data == "yes"
    if form.tries(lambda: set_day(key, day, works, form.name.data, actor=current_actor())):
        return _changed(key, day.year)
    return _page(key, form), 422


@blueprint.post("/calendars/<key>/periods")
@permitted("manage_people")
def add(key: str) -> ResponseReturnValue:
    """Days off in a row, such as a recess."""
    form = PeriodForm(prefix="period-")
    first, last = form.first.data, form.last.data
    if form.tries(lambda: add_period(key, first, last, form.name.data, actor=current_actor())):
        return _changed(key, first.year)
    return _page(key, period=form), 422


@blueprint.post("/calendars/<key>/periods/<int(max=999999999999):period>/remove")
@permitted("manage_people")
def remove(key: str, period: int) -> ResponseReturnValue:
    remove_period(key, period, actor=current_actor())
    return _changed(key, _year())


@blueprint.post("/calendars/<key>/<day>/clear")
@permitted("manage_people")
def clear(key: str, day: str) -> ResponseReturnValue:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound(Refusal("not_found")) from None
    clear_day(key, on, actor=current_actor())
    return _changed(key, on.year)


@blueprint.route("/calendars/<key>/dates", methods=["GET", "POST"])
@permitted("extend_duty")
def dates(key: str) -> ResponseReturnValue:
    """Due dates that the calendar would give otherwise now, and moving those that are ticked."""
    title = calendar_title(key)
    form, status = Form(), 200
    if form.sent:
        chosen = ticked_numbers("duties")
        try:
            moved = move_recounted(key, chosen, actor=current_actor(), now=clock.now())
        except Refused as error:
            form.take(error)
            status = error.status
        else:
            say(ngettext("%(num)s date is moved.", "%(num)s dates are moved.", moved))
            return redirect(url_for("calendars.calendar", key=key), 303)
    found = recount(db.session(), key, current_actor())
    duties = owing(db.session(), [each.row for each in found.items])
    page = render_template(
        "calendars/dates.html", key=key, name=title, found=found, duties=duties, form=form
    )
    return page, status


def _changed(key: str, year: int) -> ResponseReturnValue:
    """Say what was done; which due dates it would move is asked on the page, never done."""
    say(gettext("The calendar is changed. Due dates given before stay as they are."))
    return redirect(url_for("calendars.calendar", key=key, year=year), 303)


def _year() -> int:
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and FIRST_YEAR <= int(asked[:4]) <= LAST_YEAR else None
    return year if year is not None and len(asked) == len("2026") else today().year


def _page(key: str, form: DayForm | None = None, period: PeriodForm | None = None) -> str:
    title, year = calendar_title(key), _year()
    g.pop("calendars", None)
    asks = may(assembly.assembly(), current_actor(), "extend_duty")
    return render_template(
        "calendars/calendar.html",
        key=key,
        name=title,
        file=assembly.assembly().calendars[key],
        year=year,
        found=read_year(db.session(), key, year),
        form=form or DayForm(formdata=None),
        period=period or PeriodForm(formdata=None, prefix="period-"),
        faults=[fault for each in (form, period) if each for fault in each.faults],
        differing=recount(db.session(), key, current_actor()).total if asks else 0,
    )
