"""Log-in, log-out, and one's own account."""

from __future__ import annotations

from flask import (
    Blueprint,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user

from tracker import clock, i18n
from tracker.errors import Invalid
from tracker.i18n import gettext as _
from tracker.pages.links import inside
from tracker.pages.words import say
from tracker.people import accounts
from tracker.people.access import current_member, members, public
from tracker.people.forms import LogInForm, PasswordForm

blueprint = Blueprint("people", __name__)


@blueprint.route("/log-in", methods=["GET", "POST"])
@public
def log_in() -> ResponseReturnValue:
    if current_member() is not None:
        return redirect("/", 303)
    form = LogInForm(next=inside(request.args.get("next")) or "")
    if form.sent:
        client = request.remote_addr or ""
        try:
            account = accounts.check_log_in(
                form.email.data, form.password.data, client, clock.now()
            )
        except Invalid as error:
            form.take(error)
        else:
            session.clear()
            session.permanent = True
            login_user(account)
            return redirect(inside(form.next.data) or "/", 303)
    status = 422 if form.faults else 200
    return render_template("people/log_in.html", form=form), status


@blueprint.post("/log-out")
@members
def log_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    say(_("You have logged out."))
    answer = make_response(redirect(url_for("people.log_in"), 303))
    answer.delete_cookie(i18n.COOKIE)
    return answer


@blueprint.get("/account")
@members
def account() -> ResponseReturnValue:
    return _account_page(PasswordForm())


@blueprint.post("/account/password")
@members
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    member = current_member()
    assert member is not None
    assert member.actor.account is not None
    if form.sent:
        try:
            changed = accounts.change_password(
                member.actor.account, form.old.data, form.password.data
            )
        except Invalid as error:
            form.take(error)
        else:
            login_user(changed)
            say(_("Your password is changed. Other devices have been logged out."))
            return redirect(url_for("people.account"), 303)
    return _account_page(form), 422


def _account_page(password: PasswordForm) -> str:
    return render_template("people/account.html", password=password)
