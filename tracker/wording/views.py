"""The pages of the words of notices: what each says, other words, their history."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from tracker import assembly, clock
from tracker.db import db
from tracker.errors import Invalid, NotFound, TrackerError
from tracker.i18n import gettext, title
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form
from tracker.pages.words import say
from tracker.people.access import current_actor, permitted
from tracker.wording.operations import check_words, restore_shipped, rewrite
from tracker.wording.placeholders import IN_SUBJECT, MEANINGS, known, required, shipped
from tracker.wording.preview import preview
from tracker.wording.queries import Words, history, written
from workflows.facts import Refusal

blueprint = Blueprint("wording", __name__, url_prefix="/notices/words")


class WordsForm(Form):
    subject = StringField(_("Subject"))
    body = TextAreaField(
        _("What happened, in words"),
        description=_(
            "Plain text; a blank line begins a paragraph. A line whose placeholder has nothing to"
            " say is left out."
        ),
        render_kw={"rows": 8},
    )

    @property
    def words(self) -> Words:
        return Words(self.subject.data or "", self.body.data or "")


@blueprint.get("")
@permitted("edit_words")
def all_words() -> ResponseReturnValue:
    """Every notice with its subject, and in which languages its words were changed."""
    own = written(db.session())
    languages = assembly.assembly().languages
    rows = [
        (name, {language: own.get((name, language)) for language in languages}) for name in _names()
    ]
    return render_template(
        "wording/list.html",
        rows=rows,
        languages=languages,
        shipped=shipped,
        usable=_usable,
        steps=_steps_telling(),
    )


@blueprint.get("/<name>/<language>")
@permitted("edit_words")
def words(name: str, language: str) -> ResponseReturnValue:
    _require(name, language)
    own = written(db.session()).get((name, language))
    subject, body = (own.subject, own.body) if own else shipped(name, language)
    return _page(name, language, WordsForm(formdata=None, data={"subject": subject, "body": body}))


@blueprint.post("/<name>/<language>")
@permitted("edit_words")
def change(name: str, language: str) -> ResponseReturnValue:
    """Show what the mail would be, or let it be so from now on."""
    _require(name, language)
    form = WordsForm()
    if not form.sent:
        return _page(name, language, form), 422
    try:
        if "preview" in request.form:
            check_words(name, form.words)
            return _page(name, language, form, form.words)
        rewrite(name, language, form.words, actor=current_actor(), now=clock.now())
    except TrackerError as error:
        form.take(error)
        return _page(name, language, form), 422
    say(gettext("The words are changed. Mails that are written from now on have them."))
    return redirect(url_for("wording.words", name=name, language=language), 303)


@blueprint.post("/<name>/<language>/shipped")
@permitted("edit_words")
def back(name: str, language: str) -> ResponseReturnValue:
    _require(name, language)
    restore_shipped(name, language, actor=current_actor(), now=clock.now())
    say(gettext("The notice says again what it is shipped with."))
    return redirect(url_for("wording.words", name=name, language=language), 303)


def _names() -> list[str]:
    """The notices that the assembly's procedures know, by name."""
    return sorted(assembly.notice_names())


def _steps_telling() -> dict[str, list[str]]:
    """For each notice that steps send, what those steps are called when they are done."""
    found: dict[str, list[str]] = {}
    for file in assembly.files().procedures:
        for action in file.procedure.actions.values():
            for name in action.notices:
                done = title(action.done)
                if done not in found.setdefault(name, []):
                    found[name].append(done)
    return found


def _require(name: str, language: str) -> None:
    if name not in _names() or language not in assembly.assembly().languages:
        raise NotFound(Refusal("not_found"))


def _usable(name: str, own: Words) -> bool:
    """Whether words that were written once can still be filled in."""
    try:
        check_words(name, own)
    except Invalid:
        return False
    return True


def _page(name: str, language: str, form: WordsForm, tried: Words | None = None) -> str:
    session = db.session()
    own = written(session).get((name, language))
    return render_template(
        "wording/words.html",
        name=name,
        language=language,
        languages=assembly.assembly().languages,
        form=form,
        own=own,
        usable=own is None or _usable(name, own),
        shipped=shipped(name, language),
        placeholders=[(each, MEANINGS[each]) for each in known(name)],
        required=required(name) | IN_SUBJECT,
        versions=history(session, name, language),
        tried=preview(session, name, language, tried) if tried else None,
    )
