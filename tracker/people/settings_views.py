"""My settings: how mail comes, what I follow, when I am away, the calendar of my deadlines."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.config import current_settings
from tracker.db import db
from tracker.errors import NotFound
from tracker.following.queries import followed_by
from tracker.i18n import gettext as _
from tracker.pages.forms import Form
from tracker.pages.words import say, today
from tracker.people import choices
from tracker.people.access import current_actor, current_member, members
from tracker.people.models import Absence
from tracker.people.operations import end_absence as end
from tracker.people.queries import colleagues
from tracker.people.reading import Away, feed_since, names_of_all, read_absences
from tracker.people.record_forms import AbsenceForm
from tracker.people.settings_forms import MailForm, changing_form, mail_form, new_form
from tracker.permissions import may
from workflows.facts import Person, Refusal

blueprint = Blueprint("settings", __name__, url_prefix="/me/settings")
ABSENCE = "/absences/<int(max=9999999999):absence>"


@blueprint.get("")
@members
def settings() -> ResponseReturnValue:
    return _page()


@blueprint.post("/mail")
@members
def choose_mail() -> ResponseReturnValue:
    form = mail_form(_me())

    def choose() -> None:
        choices.choose_mail(
            _me().id, language=form.language.data, information=form.information.data
        )

    return _done(form, choose, _("Mail comes this way from now on.")) or (_page(mail=form), 422)


@blueprint.post("/absences")
@members
def add_absence() -> ResponseReturnValue:
    form = new_form(_deputies(), today())

    def note() -> None:
        choices.note_absence(
            since=form.since.data, until=form.until.data, deputy=_number(form),
            actor=current_actor(),
        )  # fmt: skip

    return _done(form, note, _("Your absence is noted.")) or (_page(absence=form), 422)


@blueprint.post(ABSENCE)
@members
def change_absence(absence: int) -> ResponseReturnValue:
    known = next((away for away in _absences() if away.id == absence), None)
    if known is None:
        raise NotFound(Refusal("not_found"))
    form = changing_form(known, _deputies())

    def change() -> None:
        choices.change_absence(
            absence, since=form.since.data, until=form.until.data, deputy=_number(form),
            today=today(), actor=current_actor(),
        )  # fmt: skip

    said = _("Your absence is changed.")
    return _done(form, change, said) or (_page(changing=(absence, form)), 422)


@blueprint.post(f"{ABSENCE}/end")
@members
def end_absence(absence: int) -> ResponseReturnValue:
    end(absence, today=today(), actor=current_actor())
    say(_("The absence has ended."))
    return redirect(url_for("settings.settings"), 303)


@blueprint.post("/calendar")
@members
def make_feed() -> ResponseReturnValue:
    """Make the secret link; it is shown on this answer and never again."""
    secret = choices.make_feed(current_actor(), clock.now())
    link = current_settings().public_url + url_for("feeds.deadlines", secret=secret)
    return render_template("people/feed.html", link=link)


@blueprint.post("/calendar/end")
@members
def end_feed() -> ResponseReturnValue:
    choices.revoke_feed(current_actor())
    say(_("The link opens nothing any more."))
    return redirect(url_for("settings.settings"), 303)


def _me() -> Person:
    member = current_member()
    assert member is not None
    return member.person


def _deputies() -> list[Person]:
    """Whom I may choose: who sits in a body with me, or anybody where I keep persons."""
    actor = current_actor()
    if may(assembly.assembly(), actor, "manage_people"):
        return names_of_all(db.session(), _me().id)
    return colleagues(db.session(), actor, today())


def _absences() -> list[Away]:
    return read_absences(db.session(), Absence.person_id == _me().id)


def _number(form: AbsenceForm) -> int | None:
    return int(form.deputy.data) if form.deputy.data else None


def _done(form: Form, change: Callable[[], None], said: str) -> ResponseReturnValue | None:
    """Do it where the form is well shaped; None when something needs mending."""
    if not form.tries(change):
        return None
    say(said)
    return redirect(url_for("settings.settings"), 303)


def _page(
    mail: MailForm | None = None,
    absence: AbsenceForm | None = None,
    changing: tuple[int, AbsenceForm] | None = None,
) -> str:
    people, absences = _deputies(), _absences()
    open_ones = [away for away in absences if away.until >= today()]
    forms = {away.id: changing_form(away, people) for away in open_ones}
    if changing is not None:
        forms[changing[0]] = changing[1]
    shown = [form for form in (mail, absence, changing[1] if changing else None) if form]
    return render_template(
        "people/settings.html",
        faults=[fault for form in shown for fault in form.faults],
        mail=mail or mail_form(_me()),
        absences=absences,
        absence_form=absence or new_form(people, today()),
        changing=forms,
        deputies=people,
        follows=followed_by(db.session(), assembly.assembly(), current_actor()),
        feed_since=feed_since(db.session(), _me().id),
        today=today(),
    )
