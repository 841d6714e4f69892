"""Forms of pages. A form only carries what was typed; operations judge it, and their answers
come back to the fields they speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import ListWidget

from tracker.errors import TrackerError
from tracker.i18n import language
from tracker.refusals import words
from workflows.facts import Refusal


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

    def tries(self, change: Callable[[], object]) -> bool:
        """Do it where the form was sent well shaped; False where something needs mending."""
        if not self.sent:
            return False
        try:
            change()
        except TrackerError as error:
            self.take(error)
            return False
        return True

    def take(self, error: TrackerError) -> None:
        """Show the reasons of an operation beside the fields they speak of."""
        for refusal in error.refusals:
            field = _find(self, (refusal.field or "").split("."))
            if field is None:
                self.form_errors.append(words(refusal))
            else:
                field.errors = [*field.errors, words(_named(refusal, str(field.label.text)))]

    @property
    def faults(self) -> list[Fault]:
        """Everything that is wrong, in the order of the page."""
        return [*(Fault(None, text) for text in self.form_errors), *_faults(self)]


def _named(refusal: Refusal, label: str) -> Refusal:
    """A reason with the field's name on the page in place of its name in a call."""
    if refusal.code == "not_a_choice":
        return Refusal("nothing_chosen", {"name": label}, refusal.field)
    if "name" in refusal.params:
        return replace(refusal, params={**refusal.params, "name": label})
    return refusal


def options(pairs: Iterable[tuple[str, Any]], group: str | None = None) -> list[SelectChoice]:
    """Choices as (value, text), under one heading if `group` is given."""
    return [SelectChoice(value, text, optgroup=group) for value, text in pairs]


def _find(form: Any, path: list[str]) -> Field | None:
    """The field that a refusal names: `titles` in one of its languages, `history.2.state` in the
    third row of a list.
    """
    name, rest = path[0], path[1:]
    field = form._fields.get(name)
    if field is None:
        parts = (each for key, each in form._fields.items() if name and key.startswith(f"{name}-"))
        field = next(parts, None)
    if field is None or not rest or not hasattr(field, "entries"):
        return field
    rows = [row for row in field.entries if any(cell.data for cell in row)]
    number = int(rest[0]) if rest[0].isdecimal() else len(rows)
    if number >= len(rows):
        return None
    row = rows[number].form
    return _find(row, rest[1:]) if rest[1:] else next(iter(row))


def _faults(form: Any) -> Iterator[Fault]:
    for field in form:
        if hasattr(field, "entries"):
            for row in field.entries:
                yield from _faults(row.form if hasattr(row, "form") else [row])
            own = [error for error in field.errors if isinstance(error, str)]
            yield from (Fault(str(field.entries[0].id), error) for error in own if field.entries)
            continue
        for error in field.errors:
            yield Fault(_first_control(field), str(error))


def _first_control(field: Field) -> str:
    """The id of what a reader can put the cursor in: of a group of choices, the first one."""
    grouped = isinstance(field.widget, ListWidget)
    return str(next(iter(field)).id) if grouped else str(field.id)
