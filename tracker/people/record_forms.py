"""Forms by which the secretariat keeps persons, seats, absences and accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import DateField, EmailField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tracker import assembly, i18n
from tracker.errors import TrackerError
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.people.reading import PersonPage
from workflows.facts import Person


class PersonForm(Form):
    """A name field a language is added by `person_form`."""

    email = EmailField(
        _("E-mail address"),
        description=_("Notices go there; it is the log-in name too."),
        validators=[InputRequired(_("Enter the e-mail address."))],
    )
    language = SelectField(_("Language of mails"))
    institution = StringField(_("Institution"))
    member = SelectField(_("Member state"))
    expertise = SelectMultipleField(
        _("Fields of an expert"),
        description=_("Experts of a draft's field are suggested first."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def names(self) -> dict[str, str]:
        return {key: self[f"names-{key}"].data or "" for key in assembly.assembly().languages}

    def about(self) -> dict[str, Any]:
        """What the operations take beside the address."""
        return {
            "names": self.names(),
            "language": self.language.data,
            "institution": self.institution.data or "",
            "member": self.member.data or None,
            "expertise": self.expertise.data or (),
        }


def person_form(page: PersonPage | None = None) -> PersonForm:
    """An empty form, or that of somebody known, whose address stays as it is."""
    rules = assembly.assembly()
    fields: dict[str, Any] = {}
    for key in rules.languages:
        authentic = key == rules.authentic
        missing = _("Write the name in this language: it is the authentic one.")
        fields[f"names-{key}"] = StringField(
            gettext("Name (%(language)s)", language=i18n.own_name(key)),
            validators=[InputRequired(missing)] if authentic else [Optional()],
        )
    if page is not None:
        fields["email"] = None
    made = type("PersonForm", (PersonForm,), fields)
    known: Mapping[str, Any] = {}
    if page is not None:
        known = {
            "language": page.person.language,
            "institution": page.institution,
            "member": page.member or "",
            "expertise": list(page.expertise),
            **{f"names-{key}": name for key, name in page.person.names.items()},
        }
    form: PersonForm = made(data=known)
    form.language.choices = options((key, i18n.own_name(key)) for key in rules.languages)
    states = [(key, i18n.title(state.titles)) for key, state in rules.members.items()]
    form.member.choices = options([("", gettext("none")), *states])
    table = rules.expertise.items()
    form.expertise.choices = options((key, i18n.title(each.titles)) for key, each in table)
    return form


class SeatForm(Form):
    seat = SelectField(_("Body and role"))
    since = DateField(_("From"), validators=[InputRequired(_("Give the first day."))])
    until = DateField(
        _("Until"),
        description=_("The last day. Leave it empty while no end is known."),
        validators=[Optional()],
    )

    def take(self, error: TrackerError) -> None:
        """The seat is one field here."""
        moved = {"body": "seat", "role": "seat", "person": "seat"}
        super().take(moved_to(error, moved))


class EndForm(Form):
    until = DateField(_("Last day"), validators=[InputRequired(_("Give the last day."))])


class AbsenceForm(Form):
    since = DateField(_("First day"), validators=[InputRequired(_("Give the first day."))])
    until = DateField(_("Last day"), validators=[InputRequired(_("Give the last day."))])
    deputy = SelectField(_("Who stands in"))


class OfficeForm(Form):
    name = StringField(
        _("Name of the office"), description=_("As letters are addressed to it."),
        validators=[Optional()],
    )  # fmt: skip
    email = EmailField(
        _("Address of the office"),
        description=_("Leave it empty, and letters go to the person again."),
        validators=[Optional()],
    )

    def take(self, error: TrackerError) -> None:
        """The operation names the fields of a person."""
        super().take(moved_to(error, {"office_name": "name", "office_email": "email"}))


def office_form(person: Person) -> OfficeForm:
    office = person.office
    data = {"name": office.name, "email": office.email} if office else {}
    return OfficeForm(prefix="office-", data=data)


def moved_to(error: TrackerError, fields: Mapping[str, str]) -> TrackerError:
    """The same error with the names that fields have in a form."""
    return type(error)(
        *(
            replace(refusal, field=fields.get(refusal.field or "", refusal.field))
            for refusal in error.refusals
        )
    )


def seat_form(today: date) -> SeatForm:
    rules = assembly.assembly()
    form = SeatForm(prefix="seat-", data={"since": today})
    form.seat.choices = [
        choice
        for key, body in rules.bodies.items()
        for choice in options(
            ((f"{key}.{role}", i18n.title(rules.roles[role])) for role in body.roles),
            i18n.title(body.titles),
        )
    ]
    return form


def end_form(seat: int, today: date) -> EndForm:
    return EndForm(prefix=f"end-{seat}-", data={"until": today})


def absence_form(
    people: Iterable[Person], data: Mapping[str, Any], prefix: str = "absence-"
) -> AbsenceForm:
    form = AbsenceForm(prefix=prefix, data=data)
    names = [(str(person.id), person.name(i18n.language())) for person in people]
    form.deputy.choices = options([("", gettext("nobody")), *names])
    return form
