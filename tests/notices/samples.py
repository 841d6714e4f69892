"""A notice of every name with the facts it is queued with, and the persons they mention."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tracker import assembly
from tracker.notices.words import Told
from workflows.facts import Person
from workflows.loader import compile_text

CREATED = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
"""Already the next day in Moscow."""
RECIPIENT = Person(7, {"ru": "Жанна Комиссарова", "en": "Zhanna Komissarova"}, "ru", "z@a.example")
PEOPLE = {
    7: RECIPIENT,
    1: Person(1, {"ru": "Анна Образцова", "en": "Anna Obraztsova"}, "ru", "anna@a.example"),
    2: Person(2, {"ru": "Дарья Экспертова", "en": "Daria Expertova"}, "ru", "daria@a.example"),
    3: Person(3, {"ru": "Пётр Думин", "en": "Pyotr Dumin"}, "ru", "petr@a.example"),
}
DUE = {
    "duty": "consider",
    "on": "2026-12-04",
    "state": "set",
    "detail": None,
    "zone": "Europe/Moscow",
    "action": None,
}
NOT_SET = {
    "on": None,
    "state": "not_set",
    "detail": {"ru": "дата сессии не назначена", "en": "the date of the session is not fixed"},
}
COMMON: dict[str, Any] = {
    "reference": "MA-2026-014",
    "titles": {"ru": "О противодействии терроризму", "en": "On Countering Terrorism"},
    "kind": "model_law",
    "procedure": ["model_law", 3],
    "state": "commission",
    "recorded": CREATED.isoformat(),
    "n": 12,
    "actor": 1,
    "bodies": {
        "lead": ["defence"],
        "former_lead": ["social"],
        "drafting": ["institute"],
        "initiator": ["parliament_kz"],
    },
    "reply_to": ["secretary@a.example"],
    "because": [["act:lead.secretary", "defence"]],
    "decided": "2026-11-20",
    "due": None,
}
REASON = "Статья 3 противоречит статье 7.\n\nНужна новая редакция."
PERSONAL = {"because": [["subject", None]], "actor": 1}
REMINDED = {"actor": None, "decided": None, "because": [["duty", None]]}
GIVEN: dict[str, dict[str, Any]] = {
    "proposal_registered": {"state": "proposed", "action": "propose"},
    "concept_opened": {"state": "concept", "action": "open_concept"},
    "concept_returned": {"state": "concept", "action": "return_concept", "reason": REASON},
    "concept_approved": {"state": "drafting", "action": "approve_concept", "decided": "2026-10"},
    "drafting_started": {"state": "drafting", "action": "start_drafting"},
    "edition_delivered": {
        "state": "drafting", "action": "deliver_edition", "edition": 2, "decided": None,
        "because": [["secretary", None], ["reviewers", None]],
    },
    "draft_submitted": {"state": "eab_review", "action": "submit_to_eab"},
    "review_assigned": PERSONAL | {
        "state": "eab_review", "action": "assign_review", "edition": 2, "decided": None,
        "due": DUE | {"duty": "review"}, "data": {"review": 5},
    },
    "review_cancelled": PERSONAL | {"state": "eab_review", "decided": None, "reason": REASON},
    "review_declined": {"state": "eab_review", "actor": 2, "decided": None, "reason": REASON},
    "opinion_filed": {
        "state": "eab_review", "actor": 2, "decided": None, "action": "file_opinion",
        "data": {"recommendation": "approve_with_remarks"},
    },
    "opinion_issued": {
        "state": "eab_review", "actor": 2, "decided": None, "action": "issue_opinion", "edition": 2,
        "data": {"recommendation": "approve_with_remarks"},
        "because": [["act:lead.secretary", "defence"]],
    },
    "remarks_assigned": PERSONAL | {
        "action": "assign_remarks", "edition": 2, "decided": None, "numbers": "1–3, 7",
        "data": {"to": 7, "count": 4},
    },
    "draft_referred": {
        "action": "refer_to_commission", "data": {"lead_body": "defence"}, "due": DUE,
        "because": [["act:lead.secretary", "defence"], ["eab.secretary", "eab"]],
    },
    "draft_rereferred": {
        "action": "rerefer", "reason": REASON,
        "data": {"lead_body": "defence", "former_lead": ["social"]},
    },
    "draft_resubmitted": {"action": "resubmit_to_commission", "edition": 3},
    "draft_returned": {
        "state": "drafting", "action": "return_for_revision", "reason": REASON,
        "because": [["holder", None], ["closed_duties", None]],
    },
    "revision_asked": {"state": "revision", "action": "ask_revision", "reason": REASON},
    "draft_back_at_eab": {"state": "eab_review", "action": "refer_back_to_eab", "reason": REASON},
    "work_continued": {"action": "continue_work", "data": {"until": "2026-12-18"}},
    "approved_in_main": {"action": "approve_in_main", "data": {}},
    "draft_approved": {
        "state": "council", "action": "approve_in_commission",
        "due": DUE | NOT_SET | {"duty": "put_to_council"},
        "because": [["secretariat.staff", "secretariat"]],
    },
    "position_asked": {
        "state": "council", "action": "approve_in_commission", "due": DUE | {"duty": "position"},
        "because": [["council.member", "council"]],
    },
    "objection_recorded": {
        "state": "council", "action": "give_position", "decided": None, "behalf": 3,
        "objections": [{"member": 3, "text": "Требуется согласование.\nСм. письмо."}],
    },
    "draft_on_agenda": {
        "state": "plenary", "action": "include_in_agenda", "data": {"session": 18},
        "because": [["kind:parliament.head", "parliament_kz"]],
    },
    "draft_off_agenda": {"state": "council", "action": "take_off_agenda", "reason": REASON},
    "circulation_opened": {
        "action": "open_circulation", "edition": 2, "because": [["addressees", None]],
        "due": DUE | {"duty": "reply"},
        "data": {"addressees": ["parliament_kz"], "due": "2026-12-04", "round": 1},
    },
    "circulation_extended": {
        "action": "extend_circulation", "edition": 2, "decided": None, "reason": REASON,
        "because": [["addressees", None]], "due": DUE | {"duty": "reply"},
        "data": {
            "addressee": "parliament_kz", "due": "2026-12-04", "former_due": "2026-11-30",
            "round": 1,
        },
    },
    "circulation_closed": {
        "action": "circulation_over", "actor": None, "decided": None,
        "because": [["addressees", None]], "data": {"rounds": [1], "asked": 3, "answered": 2},
    },
    "reply_received": {
        "action": "reply", "actor": 3, "decided": None,
        "data": {
            "addressee": "parliament_kz", "reply": "remarks", "round": 1, "letter_ref": "1-17/203",
        },
    },
    "draft_postponed": {
        "action": "postpone", "reason": REASON, "data": {"until": "2026-12-18"},
        "because": [["act:initiator.liaison", "parliament_kz"]],
    },
    "act_adopted": {
        "state": "adopted", "action": "adopt", "because": [["workers", None]],
        "data": {"session": 18, "serial": "3.5", "number": "18-3.5"},
    },
    "act_dispatched": {
        "state": "dispatched", "action": "dispatch", "because": [["addressees", None]],
        "reply_to": [],
    },
    "draft_rejected": {
        "state": "rejected", "action": "reject", "reason": REASON, "because": [["told", None]],
    },
    "draft_withdrawn": {
        "state": "withdrawn", "action": "withdraw", "reason": REASON, "because": [["told", None]],
    },
    "act_retitled": {
        "action": "retitle", "reason": REASON, "because": [["told", None]],
        "data": {"former_titles": {"ru": "Об уголовной ответственности", "en": "On Liability"}},
    },
    "step_corrected": {
        "state": "eab_review", "action": "correct", "decided": None, "reason": REASON,
        "data": {"action": "refer_to_commission"}, "because": [["told", None]],
    },
    "step_requested": {
        "action": "request", "data": {"action": "rerefer"}, "reason": REASON,
        "due": DUE | {"duty": "request", "action": "rerefer"},
        "because": [["secretariat.staff", "secretariat"]],
    },
    "correction_requested": {
        "action": "ask_correction", "data": {"action": "refer_to_commission"}, "reason": REASON,
        "decided": None, "due": DUE | {"duty": "confirm_correction"},
        "because": [["secretariat.staff", "secretariat"]],
    },
    "act_moved": {
        "action": "approve_in_commission", "state": "council", "actor": None,
        "because": [["follows", None]],
    },
    "duty_reminder": REMINDED | {"state": "council", "due": DUE | {"duty": "position"}},
    "duty_overdue": REMINDED | {
        "due": DUE, "late": True, "because": [["deputy", None]], "principal": 2,
    },
    "duty_escalated": REMINDED | {
        "state": "eab_review", "due": DUE | {"duty": "review"}, "late": True,
        "because": [["eab.secretary", "eab"]],
        "owed_by": {"person": 2, "body": None, "role": None},
    },
    "duty_extended": REMINDED | {"actor": 1, "due": DUE, "was": "2026-11-27", "reason": REASON},
    "duty_suspended": REMINDED | {
        "actor": 1, "was": "2026-12-04", "reason": REASON,
        "due": DUE | {"on": None, "state": "stopped", "detail": {"left": 6, "unit": "working"}},
    },
}  # fmt: skip


def sample(name: str, **facts: Any) -> Told:
    """A notice as it is queued; `facts` replace some of its own. Needs an application context."""
    file = next(f for f in assembly.files().procedures if f.procedure.procedure == "model_law")
    return Told(name, {**COMMON, **GIVEN[name], **facts}, compile_text(file.text))
