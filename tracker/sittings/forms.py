"""Forms of positions, and of a decision as taken at a sitting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from tracker import i18n
from tracker.errors import Invalid, TrackerError
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.fields import DecidedField
from tracker.pages.forms import Form, options
from tracker.sittings.words import ANSWERS
from workflows.facts import Person, Refusal


class PositionForm(Form):
    """A member's own position; `visit` is the consideration they looked at."""

    visit = HiddenField()
    text = TextAreaField(
        _("What you object to, and why"),
        description=_("It is recorded word for word."),
        render_kw={"rows": "8"},
    )


class EnterForm(Form):
    on_behalf_of = SelectField(_("Member"))
    vote = RadioField(_("What the letter says"))
    text = TextAreaField(
        _("Text of the objection"), description=_("Needed only where the member objects.")
    )
    letter_ref = StringField(
        _("Reference of the letter"),
        description=_("For example: letter no. 1-17/203 of 9 November 2026."),
    )


class SittingForm(Form):
    """One objection field a member is added by `sitting_form`."""

    version = HiddenField()
    decided_on = DecidedField(
        _("Decided on"),
        description=_(
            "The day of the sitting. Leave the day empty if only the month is known, the month "
            "too if only the year is."
        ),
    )
    minutes_ref = StringField(
        _("Reference of the minutes"),
        description=_("For example: minutes no. 4 of 12 November 2026."),
    )
    present = SelectMultipleField(_("Who was present and took part"))

    def objection(self, member: int) -> Field:
        return self[f"objection-{member}"]

    def objections(self) -> list[dict[str, str]]:
        """What was objected, as the operation takes it."""
        return [
            {"member": name.removeprefix("objection-"), "text": field.data}
            for name, field in self._fields.items()
            if name.startswith("objection-") and (field.data or "").strip()
        ]

    def take(self, error: TrackerError) -> None:
        """A reason about the third objection belongs to that member's field."""
        given = self.objections()
        super().take(
            type(error)(*(_placed(refusal, given) for refusal in error.refusals))
            if isinstance(error, Invalid)
            else error
        )


def _placed(refusal: Refusal, given: Sequence[Mapping[str, str]]) -> Refusal:
    place, _dot, rest = (refusal.field or "").partition(".")
    number = rest.partition(".")[0]
    if place != "objections" or not number.isdecimal():
        return refusal
    return replace(refusal, field=f"objection-{given[int(number)]['member']}")


def sitting_form(members: Iterable[Person], version: int, today: str) -> SittingForm:
    """The form for a body with these members."""
    people = list(members)
    fields: dict[str, Any] = {
        f"objection-{person.id}": TextAreaField(
            gettext("Objection of %(name)s", name=person.name(i18n.language())),
            render_kw={"rows": "3"},
        )
        for person in people
    }
    made = type("SittingForm", (SittingForm,), fields)
    form: SittingForm = made(version=str(version), decided_on=today)
    form.present.choices = options(
        (str(person.id), person.name(i18n.language())) for person in people
    )
    return form


def enter_form(members: Iterable[Person]) -> EnterForm:
    form = EnterForm()
    names = [(str(person.id), person.name(i18n.language())) for person in members]
    form.on_behalf_of.choices = options([("", gettext("Choose the member")), *names])
    form.vote.choices = options((key, said) for key, (said, _tone) in ANSWERS.items())
    return form


def same_visit(visit: int) -> bool:
    """Whether the form was made for the present consideration of the act."""
    return request.form.get("visit", str(visit)) == str(visit)
