"""Forms of a step: one field for each thing that the step asks, built from the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from tracker import assembly, i18n
from tracker.acts.menus import Field
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.fields import DecidedField
from tracker.pages.forms import Form, options

LABELS: Mapping[str, Any] = {
    "reason": _("Reason"),
    "lead_body": _("Lead commission"),
    "until": _("Until when"),
    "session": _("Session number"),
    "serial": _("Serial number of the resolution"),
    "addressees": _("Addressees"),
    "other_addressees": _("Other addressees"),
    "due": _("Reply by"),
    "titles": _("Title"),
    "kind": _("Kind of document"),
    "decided_on": _("Decided on"),
    "edition": _("Edition"),
    "minutes_ref": _("Reference of the minutes"),
    "letter_ref": _("Reference of the letter"),
    "basis": _("What shows it"),
}
HINTS: Mapping[str, Any] = {
    "reason": _("Everybody who is told reads it, and it stays in the timeline."),
    "until": _("The due date moves to this day."),
    "session": _("A whole number, for example 18."),
    "serial": _("For example 3, or 3.5 where one resolution has several acts."),
    "addressees": _("Leave all empty to send it to every parliament."),
    "other_addressees": _(
        "Who has no account here, one a line: the name; the address of the letter. You send the "
        "letter and record the reply."
    ),
    "due": _("Everybody asked is given this day; you can give one of them more time later."),
    "decided_on": _(
        "The day of the decision, not of the recording. Leave the day empty if only the month is "
        "known, the month too if only the year is."
    ),
    "minutes_ref": _("For example: minutes no. 4 of 12 November 2026."),
    "letter_ref": _("For example: letter no. 1-17/203 of 9 November 2026."),
    "basis": _("Leave it open when the record is made from the meeting itself."),
}
BASES: Mapping[str, Any] = {
    "": _("recorded at first hand"),
    "document": _("a document"),
    "press": _("a report in the press"),
    "assumed": _("nothing: assumed"),
}
ASIDE = ("edition", "minutes_ref", "letter_ref", "basis")
"""Fields that most steps leave empty; they are folded away."""


class StepForm(Form):
    """What is common to every step: the version looked at, and the consequences shown."""

    version = HiddenField()
    shown = HiddenField()
    asked_fields: Sequence[Field] = ()

    def main(self) -> list[Any]:
        return [field for name, field in self._asked() if name not in ASIDE]

    def aside(self) -> list[Any]:
        return [field for name, field in self._asked() if name in ASIDE]

    def _asked(self) -> list[tuple[str, Any]]:
        return [
            (field.name.partition("-")[0], field)
            for field in self
            if field.name not in ("csrf_token", "version", "shown")
        ]

    def values(self) -> dict[str, Any]:
        """What was typed, as operations take it; what was left empty is left out."""
        found: dict[str, Any] = {}
        for field in [field for _name, field in self._asked()]:
            name, _dash, tongue = field.name.partition("-")
            if field.data in (None, "", []):
                continue
            if tongue:
                found.setdefault(name, {})[tongue] = field.data
            else:
                found[name] = field.data
        return found


def step_form(
    asked: Sequence[Field],
    version: int | None,
    today: date,
    titles: Mapping[str, str] | None = None,
    due: date | None = None,
) -> StepForm:
    """The form of a step, its date filled in with today, its titles with the present ones, and
    `due` as the day to reply by.
    """
    ordered = sorted(asked, key=lambda field: (not field.required, field.name in ASIDE))
    made: dict[str, Any] = {}
    for field in ordered:
        made.update(_controls(field, titles or {}))
    form = type("AskedForm", (StepForm,), made)
    return form(  # type: ignore[no-any-return]
        version=str(version) if version is not None else "",
        decided_on=today.isoformat(),
        due=due.isoformat() if due is not None else None,
    )


def _controls(field: Field, titles: Mapping[str, str]) -> Iterable[tuple[str, Any]]:
    name, label = field.name, LABELS.get(field.name, field.name)
    told: dict[str, Any] = {"description": HINTS.get(name, "")}
    if name == "addressees" and field.required:
        told["description"] = ""
    if not field.required:
        told["render_kw"] = {"data-optional": "yes"}
    if field.type == "titles":
        return _title_controls(name, label, titles)
    if field.type in ("choice", "choices") or name == "edition":
        return [(name, _choice_control(field, label, told))]
    made: Mapping[str, Callable[[], Any]] = {
        "decided": lambda: DecidedField(label, **told),
        "text": lambda: TextAreaField(label, **told),
        "date": lambda: StringField(label, **_with(told, type="date")),
        "integer": lambda: StringField(label, **_with(told, inputmode="numeric", **SHORT)),
        "serial": lambda: StringField(label, **_with(told, **SHORT)),
    }
    return [(name, made[field.type]() if field.type in made else StringField(label, **told))]


def _title_controls(
    name: str, label: Any, titles: Mapping[str, str]
) -> Iterable[tuple[str, StringField]]:
    for tongue in assembly.assembly().languages:
        text = gettext("%(label)s (%(language)s)", label=label, language=i18n.own_name(tongue))
        key = f"{name}-{tongue}"
        default = titles.get(tongue, "")
        yield key, StringField(text, name=key, default=default, render_kw={"lang": tongue})


def _choice_control(field: Field, label: Any, told: Mapping[str, Any]) -> Any:
    name = field.name
    choices = options((str(key), _choice(name, str(key))) for key in field.choices)
    if name == "edition":
        current = options([("", gettext("the current one"))])
        return SelectField(label, choices=[*current, *choices], validate_choice=False, **told)
    if field.type == "choices":
        return SelectMultipleField(
            label,
            choices=choices,
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
            validate_choice=False,
            **told,
        )
    if name == "basis":
        choices = options(BASES.items())
    return RadioField(label, choices=choices, validate_choice=False, **told)


SHORT = {"class": "short"}


def _with(told: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    return {**told, "render_kw": {**told.get("render_kw", {}), **attributes}}


def _choice(name: str, key: str) -> str:
    """A choice by its name in the present language."""
    rules = assembly.assembly()
    if name == "kind" and key in rules.kinds:
        return i18n.title(rules.kinds[key].titles)
    if key in rules.bodies:
        return i18n.title(rules.bodies[key].titles)
    return key
