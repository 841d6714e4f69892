"""What changed from one edition to another: on one page or as PDF, made at once or by a worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tracker import assembly, clock, i18n
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import NotFound
from tracker.i18n import gettext as _
from tracker.pages.numbers import typed_number
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.structure.redline_html import inline_html, side_by_side_html
from tracker.structure.redline_store import complete
from tracker.texts.compare_pdf import comparison_pdf
from tracker.texts.compare_words import COUNTS, status_words
from tracker.texts.comparing import Compared, ask_comparison, compare_editions
from tracker.texts.structures import TextState, document, text_states
from workflows.facts import Refusal

blueprint = Blueprint("comparing", __name__)
AGAIN = "3"
"""Seconds until a page looks again whether the comparison was made."""
LARGEST = 99999


@blueprint.get("/acts/<reference>/text/compare")
@members
def compare(reference: str) -> ResponseReturnValue:
    act = _act(reference)
    states = text_states(db.session(), act.id)
    language = _language(states)
    numbers = [one.n for one in states if one.language == language]
    old, new = _pair(numbers)
    if old is None or new is None:
        return _page(act, states, language, (old, new), None)
    found = compare_editions(db.session(), act.id, old, new, language)
    answer = Response(_page(act, states, language, (old, new), found), mimetype="text/html")
    if found.state in ("waiting", "unread") and not _unreadable(found):
        answer.headers["Refresh"] = AGAIN
    return answer


@blueprint.post("/acts/<reference>/text/compare")
@members
def ask(reference: str) -> ResponseReturnValue:
    """Leave a long comparison to a worker."""
    old, new = _edition(request.form.get("old")), _edition(request.form.get("new"))
    language = request.form.get("language", "")
    if old is None or new is None:
        raise NotFound(Refusal("no_such_edition", {"number": old or new or ""}))
    ask_comparison(reference, old, new, language, actor=current_actor(), now=clock.now())
    say(_("The comparison is being made. You can leave this page and come back."))
    return redirect(
        url_for("comparing.compare", reference=reference, old=old, new=new, language=language), 303
    )


@blueprint.get("/acts/<reference>/text/compare.pdf")
@members
def compare_pdf(reference: str) -> Response:
    """The changes as PDF; of a long comparison when it is made."""
    act = _act(reference)
    old, new = _edition(request.args.get("old")), _edition(request.args.get("new"))
    language = request.args.get("language", "")
    if old is None or new is None:
        raise NotFound(Refusal("no_such_edition", {"number": old or new or ""}))
    found = compare_editions(db.session(), act.id, old, new, language)
    if found.redline is None:
        raise NotFound(Refusal("no_comparison"))
    names = (edition_words(old), edition_words(new))
    made = comparison_pdf(found.redline, i18n.title(act.titles), names)
    name = f"{act.reference}-edition-{old}-{new}-{language}.pdf"
    return Response(
        made,
        mimetype="application/pdf",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def edition_words(number: int) -> str:
    return _("Edition %(number)s", number=number)


def _act(reference: str) -> Summary:
    return act_inside(db.session(), reference, current_actor(), clock.now())


def _language(states: Sequence[TextState]) -> str:
    """The language asked for; else the page's, the authentic one, or any that has two editions to
    compare.
    """
    asked, authentic = request.args.get("language", ""), assembly.assembly().authentic
    counted = Counter(one.language for one in states)
    if asked in counted:
        return asked
    for language in (i18n.language(), authentic, *counted):
        if counted[language] > 1:
            return language
    return authentic


def _pair(numbers: list[int]) -> tuple[int | None, int | None]:
    """The editions asked for, older first; the last two where none are asked for."""
    old, new = _edition(request.args.get("old")), _edition(request.args.get("new"))
    if old is None and new is None and len(numbers) > 1:
        return numbers[-2], numbers[-1]
    if old is not None and new is not None and old > new:
        return new, old
    return old, new


def _edition(given: str | None) -> int | None:
    return typed_number(given, len(str(LARGEST))) or None


def _unreadable(found: Compared) -> bool:
    return any(side is not None and side.state == "unreadable" for side in (found.old, found.new))


def _page(
    act: Summary, states: Sequence[TextState], language: str, pair: tuple[int | None, int | None],
    found: Compared | None,
) -> str:  # fmt: skip
    view = "side" if request.args.get("view") == "side" else "inline"
    whole = request.args.get("whole") == "1"
    return render_template(
        "texts/compare.html",
        act=act,
        tongues=sorted({one.language for one in states}, key=assembly.by_tongue),
        numbers=sorted({one.n for one in states}),
        language=language,
        old=pair[0],
        new=pair[1],
        found=found,
        unreadable=found is not None and _unreadable(found),
        view=view,
        whole=whole,
        counts=COUNTS,
        html=_html(act, found, view, whole) if found and found.redline else Markup(),
    )


def _html(act: Summary, found: Compared, view: str, whole: bool) -> Markup:
    assert found.redline is not None
    assert found.old is not None
    assert found.new is not None
    made = found.redline
    if whole:
        text = document(db.session(), act.id, found.new.n, found.new.language)
        made = complete(made, text) if text else made
    if view == "side":
        heads = (edition_words(found.old.n), edition_words(found.new.n))
        return side_by_side_html(made, status_words(), heads, only_changes=not whole)
    return inline_html(made, status_words(), only_changes=not whole)
