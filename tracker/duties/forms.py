"""Forms of reminders and of dates."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.widgets import DateInput

from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options

ANOTHER = "another"


class PauseForm(Form):
    until = StringField(
        _("Until which day"),
        widget=DateInput(),
        description=_(
            "Reminders go on in the morning of that day. Empty: until somebody lets them."
        ),
    )
    reason = TextAreaField(_("Reason"))


class ReasonForm(Form):
    reason = TextAreaField(_("Reason"))


class SkipForm(Form):
    step = SelectField(_("Reminder"), validate_choice=False)
    reason = TextAreaField(_("Reason"))


class ExtendForm(Form):
    offer = RadioField(_("New date"), validate_choice=False)
    on = StringField(_("Another day"), widget=DateInput())
    reason = TextAreaField(
        _("Reason"),
        description=_("Whoever owes it reads it, and it stays in the timeline."),
    )

    @property
    def chosen(self) -> str:
        """The day that was chosen, or typed."""
        chosen = str(self.offer.data or "")
        return str(self.on.data or "") if chosen in ("", ANOTHER) else chosen


def extend_form(offers: Iterable[tuple[str, str]]) -> ExtendForm:
    """The form with days to choose from, as (date, text)."""
    form = ExtendForm()
    form.offer.choices = options([*offers, (ANOTHER, gettext("another day, given below"))])
    return form
