"""Forms for acts that come in."""

from __future__ import annotations

from typing import Any

from wtforms import (
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms import Form as PlainForm

from tracker import assembly, i18n
from tracker.acts.forms import BASES
from tracker.admission.history import Past
from tracker.admission.operations import Proposal
from tracker.i18n import gettext
from tracker.i18n import lazy_gettext as _
from tracker.pages.fields import DecidedField
from tracker.pages.forms import Form, options
from workflows.schema import Procedure

SHOWN = options([("", _("not said")), *list(BASES.items())[1:]])
ROWS = 4
"""Empty rows of a history at first; more come by a button."""
MOST_ROWS = 60
INITIATORS = ("parliament", "commission", "council", "board", "secretariat", "advisory")


class ProposalForm(Form):
    """What is said of an act as it comes in."""

    initiator = SelectField(_("Initiator"), validate_choice=False)
    initiator_other = StringField(
        _("Initiator in words"),
        description=_("Only where the list does not have it, for example a national agency."),
    )
    lead_body = SelectField(
        _("Lead commission"),
        description=_("It sees the act from the beginning. It can be named later."),
        validate_choice=False,
    )
    drafting_body = SelectField(_("Who drafts"), validate_choice=False)
    decided_on = DecidedField(
        _("Proposed on"),
        description=_(
            "The day of the initiator's decision or letter. Leave the day empty if only the month "
            "is known."
        ),
    )
    basis = RadioField(
        _("What shows it"), choices=options(BASES.items()), default="", validate_choice=False
    )
    continues = StringField(
        _("Continues an earlier act"),
        description=_("Its reference, for example MA-2024-007. The last edition is carried over."),
    )

    def proposal(self, kind: str) -> Proposal:
        """What was typed, for the operation to judge."""
        titles = {
            field.name.partition("-")[2]: field.data
            for field in self
            if field.name.startswith("titles-")
        }
        continues = self.continues.data if "continues" in self else None
        return Proposal(
            kind=kind,
            titles=titles,
            initiator=self.initiator_other.data or self.initiator.data,
            lead_body=self.lead_body.data or None,
            drafting_body=self.drafting_body.data or None,
            decided_on=self.decided_on.data or None,
            continues=continues or None,
            basis=self.basis.data or None,
        )


class PastForm(PlainForm):  # type: ignore[misc]
    """A step of a history: what happened, when, what shows it."""

    what = SelectField(_("What happened"), validate_choice=False)
    decided_on = StringField(_("When"), render_kw={"placeholder": "2025-03-14"})
    basis = SelectField(_("What shows it"), choices=SHOWN, default="", validate_choice=False)
    reason = StringField(_("Reason or remark"))


class AdmissionForm(ProposalForm):
    state = SelectField(_("Where the act stands now"), validate_choice=False)
    number = StringField(
        _("Number, if one was given"), description=_("For example 18-7."),
        render_kw={"class": "short"},
    )  # fmt: skip
    history = FieldList(FormField(PastForm), min_entries=ROWS, max_entries=MOST_ROWS)
    continues = None

    def past(self) -> list[Past]:
        """The rows that say something."""
        return [
            Past(
                action=row.what.data.partition(":")[2]
                if row.what.data.startswith("step:")
                else None,
                state=row.what.data.partition(":")[2]
                if row.what.data.startswith("state:")
                else None,
                decided_on=row.decided_on.data or "unknown",
                basis=row.basis.data or None,
                reason=row.reason.data or None,
            )
            for row in self.history
            if row.what.data
        ]


def proposal_form(base: type[ProposalForm] = ProposalForm, **data: Any) -> Any:
    """The form with one title a language and the assembly's bodies to choose from."""
    rules = assembly.assembly()
    titles = {
        f"titles-{tongue}": StringField(
            gettext("Title (%(language)s)", language=i18n.own_name(tongue)),
            description=gettext("The authentic language.") if tongue == rules.authentic else "",
            render_kw={"lang": tongue} | ({} if tongue == rules.authentic else OPTIONAL),
        )
        for tongue in rules.languages
    }
    form = type("TitledForm", (base,), titles)(**data)
    form.initiator.choices = options([("", "—"), *_of(*INITIATORS)])
    form.lead_body.choices = options([("", gettext("not yet known")), *_of("commission")])
    form.drafting_body.choices = options(_of("drafter"))
    form.drafting_body.data = form.drafting_body.data or rules.drafting_body
    return form


OPTIONAL = {"data-optional": "yes"}


def _of(*kinds: str) -> list[tuple[str, str]]:
    """Bodies of these kinds by their names."""
    rules = assembly.assembly()
    return [
        (key, i18n.title(rules.bodies[key].titles))
        for kind in kinds
        for key in rules.bodies_of(kind)
    ]


def admission_form(procedure: Procedure, *, more: bool = False) -> Any:
    """The same with the states and steps of the kind's procedure, and `more` rows if asked."""
    form = proposal_form(AdmissionForm)
    for _row in range(ROWS if more else 0):
        form.history.append_entry()
    states = [(key, i18n.title(state.titles)) for key, state in procedure.states.items()]
    form.state.choices = options(states)
    steps = [(f"step:{key}", i18n.title(action.done)) for key, action in procedure.actions.items()]
    led_to = [(f"state:{key}", title) for key, title in states]
    what = [
        *options([("", "—")]),
        *options(steps, gettext("A step")),
        *options(led_to, gettext("Only the state it led to")),
    ]
    for row in form.history:
        row.what.choices = what
    return form
