"""Rows of remarks in a form, the same in an opinion and in a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm

from tracker.i18n import lazy_gettext as _
from tracker.pages.forms import Form, options
from tracker.remarks.naming import named
from tracker.remarks.rows import MOST_REMARKS
from tracker.remarks.words import KINDS


class RemarkForm(PlainForm):  # type: ignore[misc]
    """A remark on one provision: chosen from those of the text, or named in words."""

    place = StringField(
        _("Provision"),
        render_kw={
            "list": "provisions",
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
        kinds = options([("", "—"), *KINDS.items()])
        for row in self.remarks:
            row.kind.choices = kinds
