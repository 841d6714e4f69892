"""Forms of the log-in and of one's own account."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired

from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form


class LogInForm(Form):
    email = EmailField(
        _("E-mail address"),
        validators=[InputRequired(_("Enter your e-mail address."))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        validators=[InputRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class PasswordForm(Form):
    old = PasswordField(
        _("Present password"),
        validators=[InputRequired(_("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _("New password"),
        description=_(
            "At least 12 characters. A few words that belong together only for you do well."
        ),
        validators=[InputRequired(_("Enter a new password."))],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("New password once more"),
        validators=[
            EqualTo("password", _("The two new passwords differ. Type the new one twice."))
        ],
        render_kw={"autocomplete": "new-password"},
    )
