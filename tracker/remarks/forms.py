"""Forms of the comment table."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.widgets import DateInput

from tracker import assembly, i18n
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.remarks.reply_tables import Replier
from tracker.remarks.words import KINDS, RESPONSES, WHOLE
from workflows.facts import Person

_RESPONSES = options((key, said) for key, (said, _tone) in RESPONSES.items())


class AnswerForm(Form):
    response = RadioField(_("Response"), choices=_RESPONSES, validate_choice=False)
    reason = TextAreaField(
        _("Reason"),
        description=_("Needed where a remark is not accepted, or only partly."),
        render_kw={"rows": "4"},
    )
    version = HiddenField()


class ReopenForm(Form):
    reason = TextAreaField(_("Why it is re-opened"), render_kw={"rows": "2"})
    version = HiddenField()


class ChosenForm(Form):
    """Nothing to say: what was chosen is confirmed or merged as it is."""


class AssignForm(Form):
    person = SelectField(_("Who answers"), validate_choice=False)


class CarryForm(Form):
    edition = SelectField(_("Edition that carries them"), validate_choice=False)


class EnterForm(Form):
    author_body = SelectField(_("Body or parliament"), validate_choice=False)
    author_name = StringField(
        _("Author in words"),
        description=_("An agency or a person that is not in the list."),
    )
    letter_ref = StringField(_("Letter"), description=_("Its number and date."))
    edition = SelectField(_("Edition"), validate_choice=False)
    language = RadioField(_("Language of the text it is on"), validate_choice=False)
    place = StringField(
        _("Provision"),
        description=_("As the letter names it: art. 5, para. 2. Empty for the whole draft."),
    )
    kind = SelectField(_("What it is about"), choices=options(KINDS.items()), validate_choice=False)
    text = TextAreaField(_("Remark"), render_kw={"rows": "5"})
    wording = TextAreaField(_("Proposed wording"), render_kw={"rows": "4"})


class TableForm(Form):
    """A table that comes in as a file."""

    file = FileField(_("Table"), render_kw={"accept": ".xlsx,.csv"})
    edition = SelectField(_("Edition that the remarks are on"), validate_choice=False)
    author_body = SelectField(
        _("Whose remarks"),
        description=_(
            "A body counts for rows that name no author. As a reply to a circulation all rows are"
            " the addressee's, on the edition that was sent, and the reply is recorded."
        ),
        validate_choice=False,
    )
    letter_ref = StringField(
        _("Reference of the letter"),
        description=_("Needed for a reply. For example: letter no. 1-17/203 of 9 November 2026."),
    )
    letter_date = StringField(
        _("Date of the letter"), widget=DateInput(), description=_("The reply counts by this day.")
    )


class TakeForm(Form):
    """A table that was looked at and is taken in."""

    kept = HiddenField()
    edition = HiddenField()
    author_body = HiddenField()
    letter_ref = HiddenField()
    letter_date = HiddenField()


def assign_form(people: Sequence[Person]) -> AssignForm:
    form = AssignForm()
    language = i18n.language()
    form.person.choices = options(
        [("", gettext("Nobody")), *((str(one.id), one.name(language)) for one in people)]
    )
    return form


def carry_form(editions: int, chosen: int | None = None) -> CarryForm:
    form = CarryForm(edition=str(chosen or editions))
    form.edition.choices = options([*_editions(editions), ("", gettext("None: take it back"))])
    return form


def enter_form(editions: int) -> EnterForm:
    rules = assembly.assembly()
    form = EnterForm(language=rules.authentic, edition=str(editions), kind="substantive")
    form.edition.choices = options(_editions(editions))
    form.author_body.choices = options([("", gettext("Somebody else")), *_bodies()])
    form.language.choices = options((key, i18n.own_name(key)) for key in rules.languages)
    form.place.render_kw = {"placeholder": str(WHOLE)}
    return form


def table_form(editions: int, repliers: Sequence[Replier]) -> TableForm:
    """The form for a table; without a circulation it cannot come as a reply."""
    form = TableForm(edition=str(editions))
    form.edition.choices = options(_editions(editions))
    choices = options([("", gettext("Each row names its author"))])
    for number in dict.fromkeys(each.round for each in repliers):
        group = gettext("Reply to the circulation, round %(n)s", n=number)
        choices += options(
            ((each.key, _replier(each)) for each in repliers if each.round == number), group
        )
    form.author_body.choices = choices + options(_bodies(), gettext("Remarks of a body"))
    if not repliers:
        del form.letter_ref, form.letter_date
        form.author_body.description = gettext("For rows that name no author.")
    return form


def _replier(each: Replier) -> str:
    title = each.title[:1].upper() + each.title[1:]
    return gettext("%(name)s (has replied)", name=title) if each.answered else title


def _editions(last: int) -> list[tuple[str, str]]:
    return [
        (str(number), gettext("Edition %(number)s", number=number)) for number in range(last, 0, -1)
    ]


def _bodies() -> list[tuple[str, str]]:
    """Every body by name, parliaments first: theirs are most of the letters."""
    bodies = assembly.assembly().bodies
    names = {key: i18n.body_title(key) for key in bodies}
    ordered = sorted(bodies, key=lambda key: (bodies[key].kind != "parliament", names[key]))
    return [(key, names[key][:1].upper() + names[key][1:]) for key in ordered]
