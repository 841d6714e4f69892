"""The Board's opinion: compiled and edited by its officers, read by whom the table permits."""

from __future__ import annotations

import io

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField, HiddenField, RadioField, StringField, TextAreaField
from wtforms import Form as PlainForm

from tracker import assembly, clock, i18n
from tracker.acts.consequences import reason_words
from tracker.acts.summaries import Summary
from tracker.acts.tabs import act_inside
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.pages.numbers import typed_number
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.permissions import may
from tracker.procedures.words import parties_words
from tracker.reviews.consolidated import (
    MOST_SECTIONS,
    compile_opinion,
    find_opinion,
    issue_board_opinion,
    save_board_opinion,
    told_of_issue,
)
from tracker.reviews.documents import DOCX, docx_of, paper, pdf_of
from tracker.reviews.doors import blueprint
from tracker.reviews.models import BoardOpinion
from tracker.reviews.reading import read_reviews
from tracker.reviews.words import RECOMMENDATIONS
from workflows.audience import Telling
from workflows.facts import Refusal

PAGE = "/acts/<reference>/opinion"


class SectionForm(PlainForm):  # type: ignore[misc]
    heading = StringField(_("Heading"))
    text = TextAreaField(_("Text"), render_kw={"rows": "6"})


class BoardForm(Form):
    revision = HiddenField()
    recommendation = RadioField(
        _("The Board recommends to"), choices=options(RECOMMENDATIONS.items()),
        validate_choice=False,
    )  # fmt: skip
    sections = FieldList(FormField(SectionForm), max_entries=MOST_SECTIONS)

    def rows(self) -> list[dict[str, str]]:
        return [
            {"heading": row.heading.data or "", "text": row.text.data or ""}
            for row in self.sections
        ]

    @property
    def seen(self) -> int | None:
        return seen_revision(self)


class IssueForm(Form):
    revision = HiddenField()


def seen_revision(form: BoardForm | IssueForm) -> int | None:
    """The revision that was looked at."""
    return typed_number(form.revision.data)


@blueprint.get(PAGE)
@members
def board_opinion(reference: str) -> ResponseReturnValue:
    """The opinion as it was issued."""
    act, found = _issued(reference)
    said = paper(found, act)
    return render_template("reviews/board_opinion.html", act=act, opinion=found, paper=said)


@blueprint.get(f"{PAGE}.docx")
@members
def board_opinion_docx(reference: str) -> Response:
    act, found = _issued(reference)
    assert found.issued_at is not None
    return send_file(
        io.BytesIO(docx_of(paper(found, act), found.language, found.issued_at)),
        mimetype=DOCX,
        as_attachment=True,
        download_name=f"{reference}-opinion.docx",
    )


@blueprint.get(f"{PAGE}.pdf")
@members
def board_opinion_pdf(reference: str) -> Response:
    act, found = _issued(reference)
    assert found.issued_at is not None
    return send_file(
        io.BytesIO(pdf_of(paper(found, act), found.language, found.issued_at)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{reference}-opinion.pdf",
    )


@blueprint.route(f"{PAGE}/edit", methods=["GET", "POST"])
@members
def edit_board_opinion(reference: str) -> ResponseReturnValue:
    """Begin with what the experts said, edit it, keep it, look at what will be issued."""
    act = _of_officer(reference)
    if request.method == "GET":
        return _edit_page(act, _begun(act))
    form = BoardForm()
    try:
        form.revision.data = str(
            save_board_opinion(
                reference, form.recommendation.data, form.rows(), revision=form.seen,
                actor=current_actor(), now=clock.now(),
            )
        )  # fmt: skip
        if "look" in request.form:
            _require_whole(form)
            return redirect(url_for("reviews.look_at_board_opinion", reference=reference), 303)
    except (Invalid, Refused) as error:
        form.take(error)
        return _edit_page(act, form), 422
    say(gettext("Saved. Nobody but the officers of the Board sees it until it is issued."))
    return redirect(url_for("reviews.edit_board_opinion", reference=reference), 303)


@blueprint.route(f"{PAGE}/look", methods=["GET", "POST"])
@members
def look_at_board_opinion(reference: str) -> ResponseReturnValue:
    """What will be issued and who will be told; the button issues just that."""
    act = _of_officer(reference)
    found = find_opinion(db.session(), act.id, act.facts.visit)
    if found is None or found.visit != act.facts.visit or not found.recommendation:
        return redirect(url_for("reviews.edit_board_opinion", reference=reference), 303)
    form = IssueForm(revision=str(found.revision))
    if form.sent:
        issue_board_opinion(
            reference, revision=seen_revision(form), actor=current_actor(), now=clock.now()
        )
        say(gettext("The opinion is issued. It stays as it is from now on."))
        return redirect(url_for("reviews.board_opinion", reference=reference), 303)
    if found.issued_at is not None:
        return redirect(url_for("reviews.board_opinion", reference=reference), 303)
    told = told_of_issue(db.session(), act.id, current_actor(), clock.now())
    return render_template(
        "reviews/board_look.html",
        act=act,
        form=form,
        opinion=found,
        paper=paper(found, act),
        told=[(each.person.name(i18n.language()), _why(each)) for each in told],
    )


def _why(telling: Telling) -> str:
    if telling.own:
        return gettext("you, in your inbox only")
    return "; ".join(dict.fromkeys(reason_words(reason) for reason in telling.reasons))


def _of_officer(reference: str) -> Summary:
    """The act, for whoever edits and issues the opinion; raises NotFound or Forbidden."""
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    if not may(assembly.assembly(), current_actor(), "issue_opinion", act.facts):
        raise Forbidden(Refusal("not_permitted"))
    return act


def _require_whole(form: BoardForm) -> None:
    """Raise Invalid where something is missing that an issued opinion has."""
    faults = []
    if form.recommendation.data not in RECOMMENDATIONS:
        faults.append(Refusal("not_a_choice", {}, "recommendation"))
    if not any((row["text"] or "").strip() for row in form.rows()):
        faults.append(Refusal("no_sections", {}, "sections"))
    if faults:
        raise Invalid(*faults)


def _begun(act: Summary) -> BoardForm:
    """What was saved in this examination, else what can be compiled; in the authentic language."""
    found = find_opinion(db.session(), act.id, act.facts.visit)
    if found is not None and found.visit == act.facts.visit:
        if found.issued_at is not None:
            raise Refused(Refusal("board_opinion_issued"))
        if "anew" not in request.args:
            return BoardForm(
                revision=found.revision,
                recommendation=found.recommendation,
                sections=[dict(section) for section in found.sections],
            )
    rules = assembly.assembly()
    reviews = [
        review for review in read_reviews(db.session(), act.id) if review.visit == act.facts.visit
    ]
    if not any(each.state == "submitted" and not each.advisory for each in reviews):
        raise Refused(Refusal("no_opinion"))
    with i18n.speaking(rules.authentic):
        proposal = compile_opinion(reviews, named=rules.opinions == "named")
    here = found is not None and found.visit == act.facts.visit
    return BoardForm(
        revision=found.revision if found is not None and here else 0,
        sections=list(proposal.sections),
    )


def _edit_page(act: Summary, form: BoardForm) -> str:
    if not form.sections or form.sections[-1].form.text.data:
        form.sections.append_entry()
    readers = assembly.assembly().permissions.get("see_opinion", ())
    return render_template(
        "reviews/board_edit.html", act=act, form=form, audience="; ".join(parties_words(readers))
    )


def _issued(reference: str) -> tuple[Summary, BoardOpinion]:
    """The latest opinion that was issued, for whoever may read it; raises NotFound or Forbidden."""
    act = act_inside(db.session(), reference, current_actor(), clock.now())
    if not may(assembly.assembly(), current_actor(), "see_opinion", act.facts):
        raise Forbidden(Refusal("not_permitted"))
    found = find_opinion(db.session(), act.id)
    if found is None:
        raise NotFound(Refusal("no_board_opinion"))
    return act, found
