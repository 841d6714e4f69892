"""Forms of asking experts and of answering."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput

from tracker import assembly, i18n
from tracker.i18n import gettext, ngettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.reviews.reading import Expert, ReviewPart
from tracker.reviews.words import RECOMMENDATIONS


class AssignForm(Form):
    expert = RadioField(_("Expert"))
    due = StringField(
        _("Until another day"),
        widget=DateInput(),
        description=_("Leave it empty for the day above."),
    )


class ReasonForm(Form):
    reason = TextAreaField(_("Reason"))


class OpinionForm(Form):
    """Saved however far it is; complete when it validates."""

    recommendation = RadioField(
        _("I recommend to"),
        choices=options(RECOMMENDATIONS.items()),
        validators=[InputRequired(_("Choose what you recommend."))],
    )
    text = TextAreaField(
        _("Opinion"),
        description=_("Name the article that each remark is about."),
        validators=[InputRequired(_("Write the opinion."))],
        render_kw={"rows": "18"},
    )


def assign_form(experts: Sequence[Expert], asked: Collection[int]) -> AssignForm:
    """The form with those experts who have not been asked in this examination."""
    form = AssignForm()
    form.expert.choices = options(
        (str(expert.person.id), _said(expert))
        for expert in experts
        if expert.person.id not in asked
    )
    return form


def _said(expert: Expert) -> str:
    """An expert with what helps to choose: where from, how much they owe, whether away."""
    member = assembly.assembly().members.get(expert.member or "")
    said = [
        expert.person.name(i18n.language()),
        expert.institution,
        i18n.title(member.titles) if member else "",
        ngettext("owes %(num)s opinion", "owes %(num)s opinions", expert.owed)
        if expert.owed
        else gettext("owes no opinion"),
        gettext("away until %(day)s", day=i18n.day(expert.away_until)) if expert.away_until else "",
    ]
    return " · ".join(part for part in said if part)


def opinion_form(review: ReviewPart) -> OpinionForm:
    """The form with what has been written so far."""
    return OpinionForm(recommendation=review.draft_recommendation, text=review.draft_text or "")
