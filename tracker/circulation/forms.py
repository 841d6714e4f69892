"""Forms of a reply and of more time."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.widgets import DateInput

from tracker.circulation.reading import AskedText
from tracker.circulation.words import OWN_REPLIES, REPLIES, chamber_title
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.pages.words import cap
from tracker.remarks.row_forms import RemarksForm
from tracker.texts.files import MAX_BYTES, SCANS

WHOLE = ""
"""The choice of a reply for all chambers at once."""


class ReplyForm(RemarksForm):
    """A reply of an addressee: their own, or from a letter that is recorded for them."""

    addressee = HiddenField()
    kind = RadioField(_("The reply"), validate_choice=False)
    chamber = RadioField(_("In whose name"), validate_choice=False)
    text = TextAreaField(
        _("Remarks and proposals"),
        description=_(
            "Where no remark is given by itself below, this text goes into the table of remarks as"
            " one on the whole draft. A letter can be attached too."
        ),
        render_kw={"rows": "6"},
    )
    until = StringField(
        _("Until when more time is asked for"),
        widget=DateInput(),
        description=_("Only where more time is asked for."),
    )
    letter_ref = StringField(
        _("Reference of the letter"),
        description=_("For example: letter no. 1-17/203 of 9 November 2026."),
    )
    letter_date = StringField(_("Date of the letter"), widget=DateInput())
    file = FileField(_("Letter or its scan"), render_kw={"accept": ",".join(SCANS)})


class ExtensionForm(Form):
    addressee = HiddenField()
    due = StringField(_("Reply by"), widget=DateInput())
    reason = TextAreaField(_("Reason"), description=_("The addressee reads it."))


def reply_form(asked: AskedText, *, recorded: bool) -> ReplyForm:
    """The form for one addressee; `recorded`: an office enters their letter."""
    form = ReplyForm(chamber=WHOLE)
    form.addressee.data = str(asked.id)
    replies = REPLIES if recorded else OWN_REPLIES
    form.kind.choices = options((kind, cap(str(said))) for kind, said in replies.items())
    if recorded:
        form.letter_date.description = gettext("The reply counts by this day.")
    form.file.description = gettext(
        "Up to %(limit)s MB: %(types)s.",
        limit=MAX_BYTES // (1024 * 1024),
        types=", ".join(sorted(SCANS)),
    )
    if asked.chambers == 1:
        del form.chamber
        return form
    numbers = range(1, asked.chambers + 1)
    form.chamber.choices = options(
        [
            (WHOLE, cap(gettext("the whole parliament"))),
            *((str(number), cap(chamber_title(asked.body, number))) for number in numbers),
        ]
    )
    return form
