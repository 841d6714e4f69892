"""Forms by which everybody chooses how they are told, and who stands in for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wtforms import RadioField, SelectField

from tracker import assembly, i18n
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.people.reading import Away
from tracker.people.record_forms import AbsenceForm, absence_form
from workflows.facts import Person

INFORMATION = {
    "at_once": _("At once, each by its own mail"),
    "daily": _("Once a day, in one mail"),
    "weekly": _("Once a week, in one mail"),
    "inbox_only": _("In my inbox only, no mail"),
}


class MailForm(Form):
    language = SelectField(_("Language of mails to me"))
    information = RadioField(
        _("What asks nothing of me"),
        description=_(
            "News of acts that you follow or have worked on. What is asked of you always comes at "
            "once, and everything stands in your inbox."
        ),
    )


def mail_form(person: Person) -> MailForm:
    form = MailForm(data={"language": person.language, "information": person.information})
    tongues = assembly.assembly().languages
    form.language.choices = options((key, i18n.own_name(key)) for key in tongues)
    form.information.choices = [(key, str(words)) for key, words in INFORMATION.items()]
    return form


def changing_form(away: Away, people: Iterable[Person]) -> AbsenceForm:
    """The form that changes an absence; the deputy it has stays a choice."""
    known = list(people)
    if away.deputy is not None and away.deputy not in known:
        known.append(away.deputy)
    data = {
        "since": away.since,
        "until": away.until,
        "deputy": str(away.deputy.id) if away.deputy else "",
    }
    return absence_form(known, data, prefix=f"absence-{away.id}-")


def new_form(people: Iterable[Person], today: date) -> AbsenceForm:
    return absence_form(people, {"since": today})
