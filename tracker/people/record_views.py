"""Bodies with their members for everybody inside; persons for those who keep them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.db import db
from tracker.errors import TrackerError
from tracker.following.queries import follows
from tracker.i18n import gettext as _
from tracker.notices.suppression import suppressed
from tracker.pages.numbers import asked_page
from tracker.pages.words import say, today
from tracker.people import choices, operations
from tracker.people.access import current_actor, members, permitted
from tracker.people.accounts import hashed
from tracker.people.reading import (
    PersonPage,
    list_people,
    names_of_all,
    read_person,
    seats_of_body,
    seats_today,
)
from tracker.people.record_forms import (
    AbsenceForm,
    EndForm,
    OfficeForm,
    SeatForm,
    absence_form,
    end_form,
    office_form,
    person_form,
    seat_form,
)

blueprint = Blueprint("records", __name__)
PERSON = "/people/<int(max=9999999999):person>"
PER_PAGE = 50
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS = 5


@blueprint.get("/bodies")
@members
def bodies() -> ResponseReturnValue:
    seats = seats_today(db.session(), today())
    return render_template("people/bodies.html", seats=seats, bodies=assembly.assembly().bodies)


@blueprint.get("/bodies/<key>")
@members
def body(key: str) -> ResponseReturnValue:
    seats = seats_of_body(db.session(), key)
    followed = follows(db.session(), current_actor().person, body=key)
    return render_template(
        "people/body.html", key=key, seats=seats, today=today(), follows=followed
    )


@blueprint.get("/people")
@permitted("manage_people")
def people() -> ResponseReturnValue:
    q = request.args.get("q", "")
    found = list_people(db.session(), q, today(), asked_page(PER_PAGE))
    return render_template("people/list.html", page=found, q=q)


@blueprint.route("/people/new", methods=["GET", "POST"])
@permitted("manage_people")
def add() -> ResponseReturnValue:
    form = person_form()
    if form.sent:
        try:
            person = operations.add_person(
                form.email.data, **form.about(), actor=current_actor(), now=clock.now()
            )
        except TrackerError as error:
            form.take(error)
        else:
            say(_("The person is known now. Give them a seat."))
            return redirect(url_for("records.person", person=person), 303)
    html = render_template("people/edit.html", form=form, page=None)
    return html, 422 if form.faults else 200


@blueprint.get(PERSON)
@permitted("manage_people")
def person(person: int) -> ResponseReturnValue:
    return _page(person)


@blueprint.route(f"{PERSON}/edit", methods=["GET", "POST"])
@permitted("manage_people")
def edit(person: int) -> ResponseReturnValue:
    page = read_person(db.session(), person)
    form = person_form(page)
    if form.tries(lambda: operations.change_person(person, **form.about(), actor=current_actor())):
        say(_("The changes are kept."))
        return redirect(url_for("records.person", person=person), 303)
    html = render_template("people/edit.html", form=form, page=page)
    return html, 422 if form.faults else 200


@blueprint.post(f"{PERSON}/seats")
@permitted("manage_people")
def add_seat(person: int) -> ResponseReturnValue:
    form = seat_form(today())

    def seat() -> None:
        body, _dot, role = (form.seat.data or "").partition(".")
        operations.add_membership(
            str(person), body, role, since=form.since.data, until=form.until.data,
            actor=current_actor(),
        )  # fmt: skip

    return _done(person, form, seat, _("The seat is given.")) or (_page(person, seat=form), 422)


@blueprint.post(f"{PERSON}/seats/<int(max=9999999999):seat>/end")
@permitted("manage_people")
def end_seat(person: int, seat: int) -> ResponseReturnValue:
    form = end_form(seat, today())

    def end() -> None:
        operations.end_membership(seat, until=form.until.data, actor=current_actor())

    said = _("The seat ends with that day.")
    return _done(person, form, end, said) or (_page(person, ending=(seat, form)), 422)


@blueprint.post(f"{PERSON}/absences")
@permitted("manage_people")
def add_absence(person: int) -> ResponseReturnValue:
    form = absence_form(names_of_all(db.session(), person), {"since": today()})

    def note() -> None:
        operations.record_absence(
            str(person), since=form.since.data, until=form.until.data,
            deputy=form.deputy.data or None, actor=current_actor(),
        )  # fmt: skip

    said = _("The absence is noted.")
    return _done(person, form, note, said) or (_page(person, absence=form), 422)


@blueprint.post(f"{PERSON}/absences/<int(max=9999999999):absence>/end")
@permitted("manage_people")
def end_absence(person: int, absence: int) -> ResponseReturnValue:
    operations.end_absence(absence, today=today(), actor=current_actor())
    say(_("The absence has ended."))
    return redirect(url_for("records.person", person=person), 303)


@blueprint.post(f"{PERSON}/office")
@permitted("manage_people")
def set_office(person: int) -> ResponseReturnValue:
    form = office_form(read_person(db.session(), person).person)

    def change() -> None:
        choices.set_office(
            person, form.name.data or "", form.email.data or "", actor=current_actor()
        )

    said = _("Letters go there from now on.")
    return _done(person, form, change, said) or (_page(person, office=form), 422)


@blueprint.post(f"{PERSON}/account")
@permitted("manage_accounts")
def open_account(person: int) -> ResponseReturnValue:
    """Give a log-in, or another password; the new password is shown this once."""
    page = read_person(db.session(), person)
    someone, password = page.person, _password()
    digest, actor = hashed(password), current_actor()
    if page.account is None:
        operations.create_account(
            someone.email, someone.names, someone.language, digest, actor=actor, now=clock.now()
        )
    elif page.account:
        operations.set_password(someone.email, digest, actor=actor)
    else:
        operations.enable_account(someone.email, digest, actor=actor)
    return render_template("people/password.html", person=someone, password=password)


@blueprint.post(f"{PERSON}/account/disable")
@permitted("manage_accounts")
def disable_account(person: int) -> ResponseReturnValue:
    page = read_person(db.session(), person)
    operations.disable_account(page.person.email, actor=current_actor(), now=clock.now())
    say(_("The account is closed. Nobody gets in by it, and its tokens are ended."))
    return redirect(url_for("records.person", person=person), 303)


def _done(
    person: int,
    form: AbsenceForm | EndForm | OfficeForm | SeatForm,
    change: Callable[[], None],
    said: str,
) -> ResponseReturnValue | None:
    """Do it where the form is well shaped; None when something needs mending."""
    read_person(db.session(), person)
    if not form.tries(change):
        return None
    say(said)
    return redirect(url_for("records.person", person=person), 303)


def _page(
    person: int,
    seat: SeatForm | None = None,
    absence: AbsenceForm | None = None,
    ending: tuple[int, EndForm] | None = None,
    office: OfficeForm | None = None,
) -> str:
    page: PersonPage = read_person(db.session(), person)
    everybody = names_of_all(db.session(), person)
    given = (office, seat, absence, ending[1] if ending else None)
    shown = [form for form in given if form is not None]
    ends = {each.id: end_form(each.id, today()) for each in page.seats}
    if ending is not None:
        ends[ending[0]] = ending[1]
    return render_template(
        "people/person.html",
        page=page,
        refused=suppressed(db.session(), [person]),
        today=today(),
        faults=[fault for form in shown for fault in form.faults],
        office_form=office or office_form(page.person),
        seat_form=seat or seat_form(today()),
        absence_form=absence or absence_form(everybody, {"since": today()}),
        ends=ends,
    )


def _password() -> str:
    groups = (
        "".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(_GROUPS)
    )
    return "-".join(groups)
