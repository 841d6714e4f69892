"""Forms of pages. A form only carries what was typed; operations judge it, and their answers
come back to the fields they speak of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field

from tracker.errors import TrackerError
from tracker.i18n import language
from tracker.refusals import words


class Fault(NamedTuple):
    """A line of the error summary: the field's id to jump to, where there is one."""

    anchor: str | None
    text: str


class Form(FlaskForm):  # type: ignore[misc]
    """A page's form, its own messages in the page's language."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        @property
        def locales(self) -> list[str]:
            return [language()]

    @property
    def sent(self) -> bool:
        """Whether this request sends the form, well shaped."""
        return bool(self.validate_on_submit())

    def take(self, error: TrackerError) -> None:
        """Show the reasons of an operation beside the fields they speak of."""
        for refusal in error.refusals:
            name = (refusal.field or "").partition(".")[0]
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(words(refusal))
            else:
                field.errors = [*field.errors, words(refusal)]

    @property
    def faults(self) -> list[Fault]:
        """Everything that is wrong, in the order of the page."""
        return [*(Fault(None, text) for text in self.form_errors), *_faults(self)]


def _faults(form: Any) -> Iterator[Fault]:
    for field in form:
        if hasattr(field, "form"):
            yield from _faults(field.form)
            continue
        for error in field.errors:
            yield Fault(_first_control(field), str(error))


def _first_control(field: Field) -> str:
    """The id of what a reader can put the cursor in: of a group of choices, the first one."""
    choices = (
        list(field) if hasattr(field, "iter_choices") and "option_widget" in dir(field) else []
    )
    return (
        str(choices[0].id)
        if choices and field.widget.__class__.__name__ == "ListWidget"
        else str(field.id)
    )
