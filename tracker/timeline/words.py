"""What an entry of the timeline says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.i18n import gettext, lazy_gettext, title
from workflows.machine import Compiled

_ = lazy_gettext

BESIDE_STEPS: Mapping[str, Any] = {
    "propose": _("Proposal registered"),
    "admit": _("Admitted under way"),
    "request": _("Step requested"),
    "deliver_edition": _("Edition delivered"),
    "add_file": _("File added to an edition"),
    "correct_match": _("Match of two editions corrected"),
    "assign_review": _("Expert asked for an opinion"),
    "accept_review": _("Review accepted"),
    "decline_review": _("Review declined"),
    "cancel_review": _("Review cancelled"),
    "file_opinion": _("Expert opinion given"),
    "add_addendum": _("Expert opinion supplemented"),
    "end_link": _("Link of an invitation ended"),
    "renew_link": _("Link of an invitation renewed"),
    "issue_opinion": _("Opinion of the Board issued"),
    "enter_remark": _("Remark entered"),
    "import_remarks": _("Remarks brought in from a table"),
    "answer_remarks": _("Answers to remarks proposed"),
    "confirm_answers": _("Answers to remarks confirmed"),
    "reopen_answer": _("Answer to a remark re-opened"),
    "assign_remarks": _("Remarks assigned for an answer"),
    "merge_remarks": _("Equal remarks merged"),
    "unmerge_remark": _("Remark taken out of a merger"),
    "carry_remarks": _("Remarks noted as carried by an edition"),
    "give_position": _("Position given"),
    "record_decision": _("Decision recorded as taken at a sitting"),
    "reply": _("Reply to the circulation received"),
    "extend_circulation": _("More time given for a reply"),
    "circulation_over": _("Circulation closed by date"),
    "visibility": _("Visibility changed"),
    "extend_duty": _("Due date extended"),
    "suspend_duty": _("Clock stopped"),
    "resume_duty": _("Clock runs on"),
    "recount_duties": _("Dates counted anew after a change of the calendar"),
    "pause_reminders": _("Reminders paused"),
    "resume_reminders": _("Reminders go on"),
    "skip_reminder": _("Reminder skipped"),
    "send_reminder": _("Reminder sent early"),
    "remind_waiting": _("Those who have not answered reminded"),
    "ask_correction": _("Correction requested"),
    "correct": _("Step corrected"),
}
"""Entries that are no step of a procedure."""


def event_title(procedure: Compiled, action: str) -> str:
    """What happened, in the present language."""
    step = procedure.definition.actions.get(action)
    if step is not None:
        return title(step.done)
    words = BESIDE_STEPS.get(action)
    return str(words) if words is not None else gettext("Entry recorded")
