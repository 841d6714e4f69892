"""The steps of an act as a reader is offered them: open, or with every reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker import i18n
from tracker.acts.operations import chances
from tracker.corrections.operations import Correctable
from tracker.i18n import gettext as _
from workflows import fields
from workflows.facts import ActFacts, Actor, Refusal

CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Field:
    """What a step asks. `choices` is empty where the values cannot be listed."""

    name: str
    type: str
    required: bool
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A step and whether it is open to the reader. `request`: they may only ask for it.
    `here`: the act can take it from where it stands, whoever may.
    """

    name: str
    title: str
    allowed: bool
    request: bool
    forbidden: bool
    here: bool
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    fields: tuple[Field, ...]


def steps(facts: ActFacts, actor: Actor) -> Iterator[Action]:
    for chance in chances(facts, actor):
        defined = facts.procedure.action(chance.name)
        yield Action(
            name=chance.name,
            title=i18n.title(defined.titles),
            allowed=chance.allowed,
            request=chance.request,
            forbidden=chance.forbidden,
            here=facts.procedure.move(chance.name, facts.state) is not None,
            refusals=chance.refusals,
            warnings=chance.warnings,
            fields=tuple(fields_of(facts, chance.name)),
        )


def fields_of(facts: ActFacts, action: str) -> Iterator[Field]:
    asked = facts.procedure.fields(action, facts.state)
    for name in dict.fromkeys((*asked, *fields.COMMON)):
        required = fields.is_required(asked.get(name), facts)
        choices: Sequence[Any] = fields.choices(name, facts)
        if name == "edition":
            choices = sorted(facts.edition.numbers)
        yield Field(name, fields.FIELDS[name][0], required, tuple(choices))


def correct_step(found: Correctable | Refusal) -> Action:
    """The correction of the last step as an action like the others."""
    refusals: tuple[Refusal, ...] = ()
    request = False
    if isinstance(found, Refusal):
        refusals = (found,)
    elif not found.alone and not found.asks and not found.confirms:
        refusals = (Refusal("second_person_needed"),)
    else:
        request = found.asks
    return Action(
        name=CORRECT,
        title=_("Correct the last step"),
        allowed=not refusals,
        request=request,
        forbidden=any(refusal.code == "not_permitted" for refusal in refusals),
        here=isinstance(found, Correctable),
        refusals=refusals,
        warnings=(),
        fields=(Field("reason", fields.FIELDS["reason"][0], required=True),),
    )
