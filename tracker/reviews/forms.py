"""Forms of asking experts and of answering."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput

from tracker import i18n
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.remarks.words import KINDS as REMARK_KINDS
from tracker.reviews.opinions import MOST_REMARKS
from tracker.reviews.provisions import named
from tracker.reviews.reading import ReviewPart
from tracker.reviews.rounds import MOST_RESERVES
from tracker.reviews.suggestions import Suggested
from tracker.reviews.words import DECLINE_CHOICES, RECOMMENDATIONS, member_name

INTEREST = {"no": _("No"), "yes": _("Yes, as I say below")}


class AssignForm(Form):
    kind = HiddenField(default="opinion")
    expert = RadioField(_("Expert"))
    reserves = FieldList(SelectField(validate_choice=False), max_entries=MOST_RESERVES)
    due = StringField(
        _("Until another day"),
        widget=DateInput(),
        description=_("Leave it empty for the day above."),
    )
    despite = BooleanField(_("I know of the link and ask all the same"))

    @property
    def chosen_reserves(self) -> list[str]:
        return [field.data for field in self.reserves if field.data]


class ReasonForm(Form):
    reason = TextAreaField(_("Reason"))


class DeclineForm(Form):
    code = RadioField(
        _("Why you cannot"), choices=options(DECLINE_CHOICES.items()), validate_choice=False
    )
    reason = TextAreaField(
        _("In your words"),
        description=_("Needed only for another reason."),
        render_kw={"rows": "3"},
    )


class RemarkForm(PlainForm):  # type: ignore[misc]
    """A remark on one provision: chosen from those of the text, or named in words."""

    place = StringField(
        _("Provision"),
        render_kw={
            "list": "provisions",
            "placeholder": _("for example: Article 3; empty: the draft as a whole"),
            "autocomplete": "off",
        },
    )
    kind = SelectField(_("Kind of remark"), validate_choice=False)
    text = TextAreaField(_("Remark"), render_kw={"rows": "3"})
    wording = TextAreaField(_("Proposed wording"), render_kw={"rows": "3"})


class RemarksForm(Form):
    remarks = FieldList(FormField(RemarkForm), max_entries=MOST_REMARKS)

    def rows(self, provisions: Mapping[str, str]) -> list[dict[str, Any]]:
        """What was typed, with the ids of the provisions named."""
        found = []
        for row in self.remarks:
            if any((row.place.data, row.text.data, row.wording.data)):
                eid, place = named(row.place.data or "", provisions)
                words = {"text": row.text.data or "", "wording": row.wording.data or ""}
                found.append({"eid": eid, "place": place, "kind": row.kind.data or "", **words})
        return found

    def offer(self, *, blank: int = 1) -> None:
        """Fill in what can be chosen, and see that `blank` rows stand free at the end."""
        free = sum(not any(cell.data for cell in row.form) for row in self.remarks)
        for _row in range(max(0, blank - free)):
            if len(self.remarks) < MOST_REMARKS:
                self.remarks.append_entry()
        kinds = options([("", "—"), *REMARK_KINDS.items()])
        for row in self.remarks:
            row.kind.choices = kinds


class OpinionForm(RemarksForm):
    """Saved however far it is; complete when it validates."""

    interest = RadioField(
        _("Have you an interest in the matter?"),
        choices=options(INTEREST.items()),
        description=_(
            "Work for whoever wrote or proposed the draft, or for somebody whom it concerns,"
            " is one. It does not bar an opinion; it is said openly."
        ),
        validators=[InputRequired(_("Say whether you have an interest in the matter."))],
    )
    interest_text = TextAreaField(_("Which interest"), render_kw={"rows": "2"})
    recommendation = RadioField(
        _("I recommend to"),
        choices=options(RECOMMENDATIONS.items()),
        validators=[InputRequired(_("Choose what you recommend."))],
    )
    text = TextAreaField(
        _("Opinion"),
        description=_("What you think of the draft as a whole. Remarks on single provisions have"
                      " their own places below."),
        validators=[InputRequired(_("Write the opinion."))],
        render_kw={"rows": "10"},
    )  # fmt: skip

    @property
    def declared(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.interest.data or "")


class AddendumForm(RemarksForm):
    text = TextAreaField(
        _("Addendum"), validators=[InputRequired(_("Write the addendum."))], render_kw={"rows": "5"}
    )


class FieldForm(Form):
    """Which field the draft belongs to, so that its experts come first."""

    class Meta(Form.Meta):
        csrf = False

    field = SelectField(_("Field of the draft"), validate_choice=False)


def assign_form(
    experts: Sequence[Suggested], asked: Collection[int], *, kind: str = "opinion"
) -> AssignForm:
    """The form with those who have not been asked in this examination."""
    form = AssignForm()
    form.kind.data = form.kind.data or kind
    free = [(str(each.person.id), _said(each)) for each in experts if each.person.id not in asked]
    form.expert.choices = options(free)
    while len(form.reserves) < min(3, max(0, len(free) - 1)):
        form.reserves.append_entry()
    for number, field in enumerate(form.reserves, start=1):
        field.label.text = gettext("Reserve %(number)s", number=number)
        field.choices = options([("", gettext("nobody")), *free])
    return form


def _said(expert: Suggested) -> str:
    """An expert in one line: name, institution, and the member state."""
    candidate = expert.candidate
    said = [
        expert.person.name(i18n.language()),
        candidate.institution,
        member_name(candidate.member) if candidate.member else "",
    ]
    return " · ".join(part for part in said if part)


def opinion_form(review: ReviewPart) -> OpinionForm:
    """The form with what has been written so far."""
    interest = {True: "yes", False: "no", None: None}[review.draft.get("interest")]
    return OpinionForm(
        recommendation=review.draft_recommendation,
        text=review.draft_text or "",
        interest=interest,
        interest_text=review.draft.get("interest_text") or "",
        remarks=[dict(remark) for remark in review.drafted_remarks],
    )


def field_form(fields: Iterable[tuple[str, str]], chosen: str | None, known: str) -> FieldForm:
    form = FieldForm(formdata=None, data={"field": chosen or ""})
    form.field.choices = options([("", known), *fields])
    return form
