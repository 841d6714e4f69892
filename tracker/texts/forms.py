"""The form by which a file comes in."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField

from tracker import assembly, i18n
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.structure.model import Document
from tracker.texts.files import MAX_BYTES, TYPES
from tracker.texts.reader import titled_choices
from tracker.texts.reading import PART_NAMES, EditionPart

NEW = "new"


class UploadForm(Form):
    file = FileField(_("File"), render_kw={"accept": ",".join(TYPES)})
    language = RadioField(_("Language of the file"))
    part = RadioField(_("What the file holds"))
    edition = SelectField(
        _("Where it belongs"),
        description=_("A file of the same language and part takes the place of the earlier one."),
    )


def upload_form(editions: Sequence[EditionPart]) -> UploadForm:
    """The form of an act with these editions, newest first; a decision closes an edition."""
    rules = assembly.assembly()
    edition, language, part = _next_file(editions)
    form = UploadForm(language=language, part=part, edition=edition)
    form.file.description = gettext(
        "Up to %(limit)s MB: %(types)s.",
        limit=MAX_BYTES // (1024 * 1024),
        types=", ".join(sorted(TYPES)),
    )
    form.language.choices = options((key, i18n.own_name(key)) for key in rules.languages)
    form.part.choices = options(PART_NAMES.items())
    following = editions[0].n + 1 if editions else 1
    form.edition.choices = options(
        [
            (NEW, gettext("Begin edition %(number)s", number=following)),
            *(
                (str(edition.n), gettext("Add to edition %(number)s", number=edition.n))
                for edition in editions
                if not edition.text.frozen
            ),
        ]
    )
    return form


def _next_file(editions: Sequence[EditionPart]) -> tuple[str, str, str]:
    """What probably comes in next, as edition, language and part: the first file that the open
    edition lacks, else the text of a new one. It takes the place of none.
    """
    rules = assembly.assembly()
    languages = sorted(rules.languages, key=assembly.by_tongue)
    if editions and not editions[0].text.frozen:
        newest = editions[0]
        there = {(file.part, file.language) for file in newest.text.files}
        for part in PART_NAMES:
            for language in languages:
                if (part, language) not in there:
                    return str(newest.n), language, part
    return NEW, languages[0], "text"


class MatchForm(Form):
    old = SelectField(_("Provision of the earlier edition"))
    new = SelectField(_("Provision of this edition"))
    said = RadioField(_("What is right"), default="same")


def match_form(old: Document, new: Document) -> MatchForm:
    """The form for correcting the match of two editions."""
    form = MatchForm()
    form.old.choices = options(titled_choices(old))
    form.new.choices = options(titled_choices(new))
    form.said.choices = options(
        [
            ("same", gettext("They are the same provision")),
            ("apart", gettext("They are different provisions")),
        ]
    )
    return form
