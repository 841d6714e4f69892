"""The words for what was odd about a text while it was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.i18n import lazy_gettext as _
from tracker.structure.model import Oddity

TEXTS: Mapping[str, Any] = {
    "comment": _("A comment by %(author)s stands beside the text: %(text)s"),
    "contents_left_out": _("A table of contents was left out (%(count)s lines); it is made anew."),
    "control_marks": _("Control characters were taken out."),
    "deleted_text": _("Text marked as deleted was left out: %(text)s"),
    "direction_marks": _("Marks that turn the direction of writing were taken out."),
    "embedded_object": _("An embedded object was left out."),
    "embedded_part": _("An embedded document was left out."),
    "encoding_damaged": _("Some characters could not be read: %(count)s. Look for the sign �."),
    "encoding_declared": _(
        "The file says that its encoding is %(declared)s, but its letters say otherwise."
    ),
    "encoding_guessed": _("The encoding was told by the letters: %(used)s."),
    "encoding_twice": _("The text had been saved in a wrong encoding and was repaired."),
    "formula": _("A formula was read as plain text: %(text)s"),
    "hidden_text": _("Hidden text was left out: %(text)s"),
    "hyphen_joined": _("A word broken at the end of a line was joined: %(word)s."),
    "image": _("A picture was left out. %(text)s"),
    "mark_without_note": _("A footnote's mark has no footnote."),
    "nested_table": _("A table stands within a table."),
    "note_without_mark": _("Nothing in the text refers to this footnote: %(text)s"),
    "number_gap": _("Article %(number)s comes after %(before)s: numbers are missing."),
    "number_out_of_order": _("The number %(number)s is out of order."),
    "number_repeated": _("The number %(number)s is given twice."),
    "number_unexpected": _("The number %(number)s belongs to no list; it was read as text."),
    "page_number": _("The number of a page was taken out: %(text)s"),
    "quote_not_closed": _("A quotation begins here and does not end."),
    "quote_without_marks": _(
        "This was taken for the wording of another act, though it has no quotation marks."
    ),
    "running_head": _("The running head says: %(text)s"),
    "superscript_restored": _("%(label)s was read as number %(number)s: its superscript was lost."),
    "symbol": _("A sign of the font %(font)s could not be read."),
    "text_box": _("A text box stands beside the text: %(text)s"),
}

CHANGES: Mapping[str, Any] = {
    "insertion": _("inserted"),
    "deletion": _("deleted"),
    "move": _("moved"),
    "format": _("look changed"),
}
"""What a revision mark in a file says was done."""


def words(oddity: Oddity) -> str:
    """What was odd, in the present language."""
    text = TEXTS.get(oddity.code)
    if text is None:
        return oddity.code
    return str(text) % dict(oddity.params) if oddity.params else str(text)
