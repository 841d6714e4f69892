"""The words of a notice, in the present language, from the facts frozen when it was queued.

Beside those facts only what never changes is read: the procedure version the act was pinned to,
the assembly's titles, and the names of the persons that the facts give by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import format_date

from tracker import assembly, i18n
from tracker.circulation.words import REPLIES, addressee_title
from tracker.config import current_settings
from tracker.i18n import gettext as _
from tracker.i18n import lazy_gettext as _later
from tracker.i18n import ngettext
from tracker.notices.purposes import informs
from tracker.reviews.invitations import path_of
from tracker.reviews.words import DECLINE_REASONS, RECOMMENDED
from workflows.calendars import local_date
from workflows.decided import Decided
from workflows.facts import Person
from workflows.machine import Compiled
from workflows.schema import Party

SETTINGS = "/me/settings"
People = Mapping[int, Person]
Facts = Mapping[str, Any]

_WHY = {
    "subject": _later("this concerns you personally"),
    "duty": _later("this is asked of you personally"),
    "holder": _later("the act is with you now"),
    "secretary": _later("you answer for the act where it stands now"),
    "reviewers": _later("you are reviewing the draft"),
    "experts": _later("you were asked for an opinion on the draft"),
    "closed_duties": _later("this step ends a duty of yours"),
    "told": _later("you were told of this act before"),
    "workers": _later("you have worked on this act"),
    "addressees": _later("the act is addressed to you"),
    "follows": _later("you follow this act"),
}
_PARTS = {
    "lead": _later("the lead commission"),
    "former_lead": _later("the former lead commission"),
    "drafting": _later("the drafter of the act"),
    "initiator": _later("the initiator of the act"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it was queued: its name, what was frozen, and the rules the act was under."""

    name: str
    facts: Facts
    procedure: Compiled


def persons_named(facts: Facts) -> set[int]:
    """The numbers of the persons whose names the words need."""
    objecting = [objection["member"] for objection in facts.get("objections") or ()]
    owing = (facts.get("owed_by") or {}).get("person")
    named = (
        *(facts.get(role) for role in ("actor", "behalf", "principal", "reserve")),
        owing,
        *objecting,
    )
    return {number for number in named if number is not None}


def words(told: Told, people: People) -> dict[str, Any]:
    """Everything that the templates of a notice may say. Days are the assembly's."""
    facts = told.facts
    state = told.procedure.state(facts["state"])
    happened = _day_of(facts)
    done = told.procedure.definition.actions.get(facts.get("action") or "")
    return {
        "language": i18n.language(),
        "reference": facts["reference"],
        "title": i18n.title(facts["titles"]),
        "kind": _kind(facts["kind"]),
        "day": happened,
        "done": i18n.title(done.done) if done else "",
        "event": _("%(done)s (%(day)s).", done=i18n.title(done.done), day=happened) if done else "",
        "state": i18n.title(state.titles),
        "explain": i18n.title(state.explain),
        "holder": _holder(state.holder, facts["bodies"]) if state.holder else "",
        "reason": facts.get("reason") or "",
        "because": "; ".join(because(facts, people)),
        "link": current_settings().public_url + page_of(told),
        "opens": _opens(told),
        "informs": informs(None, [reason for reason, _body in facts["because"]], facts),
        "settings": current_settings().public_url + SETTINGS,
        "not_binding": i18n.title(assembly.assembly().not_binding),
        **_owed(told),
        **_people(facts, people),
        **_data(told),
    }


_OPENS = {
    "review_assigned": "review",
    "position_asked": "position",
    "circulation_opened": "circulation",
    "circulation_extended": "circulation",
    "reply_received": "circulation",
    "opinion_issued": "opinion",
    "remarks_assigned": "remarks",
}
"""The notices whose link opens another page than the act's."""


def _opens(told: Told) -> str:
    """What the link of a notice opens: a page on which it is answered or read, or the act's."""
    return "review" if told.facts.get("link") else _OPENS.get(told.name, "act")


def page_of(told: Told) -> str:
    """The path of the page on which a notice is answered; the act's where it asks nothing of one
    person.
    """
    act = f"/acts/{told.facts['reference']}"
    opens = _opens(told)
    if opens == "review":
        link = told.facts.get("link")
        return path_of(link) if link else f"/reviews/{told.facts['data']['review']}"
    if opens == "remarks":
        return f"{act}/remarks?assigned={told.facts['data']['to']}"
    return act if opens == "act" else f"{act}/{opens}"


def full_day(value: date) -> str:
    """A date with its month in full."""
    return str(format_date(value, "d MMMM y"))


def weekday(value: date) -> str:
    """A date with its month in full and the day of the week."""
    return str(format_date(value, "EEEE, d MMMM y"))


def seat(role: str, body: str | None) -> str:
    """A role in a body; a body that is called like its role is not said twice."""
    rules = assembly.assembly()
    title = i18n.title(rules.roles[role])
    if body is None or i18n.body_title(body) == title:
        return title
    if body in rules.bodies and (declined := i18n.declined(rules.bodies[body])):
        return f"{title} {declined}"
    return str(_("%(role)s of the %(body)s", role=title, body=i18n.body_title(body)))


def because(facts: Facts, people: People) -> list[str]:
    """Why the reader is told: each reason as a part of a sentence."""
    found = []
    for reason, body in facts["because"]:
        if reason == "deputy":
            found.append(_standing_in(facts, people))
        else:
            found.append(why(reason, body))
    return list(dict.fromkeys(found))


def _standing_in(facts: Facts, people: People) -> str:
    name = _name(facts["principal"], people)
    until = facts.get("away_until")
    if until is None:
        return str(_("you stand in for %(name)s", name=name))
    day = full_day(date.fromisoformat(until))
    return str(_("you stand in for %(name)s until %(day)s", name=name, day=day))


def why(reason: str, body: str | None = None) -> str:
    """A reason as the procedure file writes it, and the body in which the reader has the role."""
    if reason == "follows" and body is not None:
        return str(_("you follow the acts led by this body: %(body)s", body=i18n.body_title(body)))
    if "." not in reason:
        return str(_WHY[reason])
    party = Party.model_validate(reason)
    if body is None and party.scope == "body":
        body = party.body
    said = _("you are %(seat)s", seat=seat(party.role, body))
    part = _PARTS.get(party.body) if party.scope == "act" else None
    return f"{said} ({part})" if part else said


def _within(text: str) -> str:
    """Text as it goes on within a sentence; an abbreviation keeps its letters."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _kind(key: str) -> str:
    title = i18n.kind_title(key)
    return title[:1].upper() + title[1:]


def _name(number: int | None, people: People) -> str:
    person = people.get(number) if number is not None else None
    return person.name(i18n.language()) if person else _("a former user")


def _day_of(facts: Facts) -> str:
    """When it happened, as far as that is known; what is no decision, when it was recorded."""
    decided = Decided.parse(facts["decided"]) if facts.get("decided") else None
    if decided is None or decided.on is None:
        return full_day(local_date(datetime.fromisoformat(facts["recorded"]), assembly.zone()))
    if decided.precision != "day":
        return i18n.day(decided.on, decided.precision)
    return full_day(decided.on)


def _holder(party: Party, bodies: Mapping[str, Iterable[str]]) -> str:
    if party.scope == "body":
        return seat(party.role, party.body)
    keys = bodies.get(party.body, ()) if party.scope == "act" else ()
    return ", ".join(seat(party.role, key) for key in keys) or seat(party.role, None)


_NOTHING_OWED = {
    "asked": False,
    "duty": "",
    "due": "",
    "due_day": "",
    "city": "",
    "no_date": "",
    "was_day": "",
    "late": False,
    "ran": False,
}


def _owed(told: Told) -> dict[str, Any]:
    """What the notice is about that is owed, until when, or why no date can be given."""
    due = told.facts.get("due")
    if due is None:
        return _NOTHING_OWED
    on = date.fromisoformat(due["on"]) if due["on"] else None
    duty = _within(i18n.title(told.procedure.definition.duties[due["duty"]].titles))
    step = told.procedure.definition.actions.get(due.get("action") or "")
    return {
        "asked": not told.facts.get("owed_by"),
        "duty": f"{duty} ({i18n.title(step.titles)})" if step else duty,
        "due": weekday(on) if on else "",
        "due_day": full_day(on) if on else "",
        "city": i18n.city(due["zone"]),
        "no_date": "" if on else _no_date(due),
        "was_day": weekday(date.fromisoformat(told.facts["was"])) if told.facts.get("was") else "",
        "ran": told.facts.get("ran", False),
        "late": told.facts.get("late", False),
    }


def _no_date(due: Mapping[str, Any]) -> str:
    detail = due.get("detail") or {}
    if due["state"] == "stopped":
        return _left(detail["left"], detail["unit"])
    if due["state"] == "not_set" and not detail:
        return str(_("No date is set."))
    if due["state"] == "not_set":
        return str(_("No date is set: %(reason)s.", reason=i18n.title(detail)))
    return str(_("The date cannot be computed: the calendar has no data for %(year)s.", **detail))


def _left(days: int, unit: str) -> str:
    """What is left of a term whose clock stands still."""
    if unit == "working":
        left = ngettext("%(num)s working day", "%(num)s working days", days)
    else:
        left = ngettext("%(num)s calendar day", "%(num)s calendar days", days)
    return str(_("Nothing is due while the clock stands still. Left of it: %(left)s.", left=left))


def _people(facts: Facts, people: People) -> dict[str, Any]:
    who = _name(facts.get("actor"), people)
    if facts.get("behalf") is not None:
        who = _("%(deputy)s, for %(name)s", deputy=who, name=_name(facts["behalf"], people))
    owed_by = facts.get("owed_by") or {}
    return {
        "who": who,
        "owed_by": _name(owed_by["person"], people)
        if owed_by.get("person")
        else (seat(owed_by["role"], owed_by["body"]) if owed_by else ""),
        "reserve": _name(facts["reserve"], people) if facts.get("reserve") else "",
        "objections": [
            (_name(objection["member"], people), objection["text"])
            for objection in facts.get("objections") or ()
        ],
    }


def _data(told: Told) -> dict[str, Any]:
    """What a step was told beside the reason, and what it asks for."""
    facts, data = told.facts, told.facts.get("data") or {}
    asked = told.procedure.definition.actions.get(data.get("action") or "")
    former = data.get("former_titles")
    until = data.get("until") or data.get("due")
    whose = addressee_title(data.get("addressee"), data.get("addressee_name"))
    return {
        "edition": facts.get("edition"),
        "session": data.get("session"),
        "number": data.get("number"),
        "until_day": weekday(date.fromisoformat(until)) if until else "",
        "round": ", ".join(map(str, data.get("rounds", [data.get("round", "")]))),
        "addressee": whose[:1].upper() + whose[1:],
        "reply": str(REPLIES.get(data.get("reply", ""), "")),
        "letter": data.get("letter_ref", ""),
        "lead": ", ".join(i18n.body_title(key) for key in facts["bodies"].get("lead", ())),
        "former_lead": ", ".join(i18n.body_title(key) for key in data.get("former_lead", ())),
        "former_title": i18n.title(former) if former else "",
        "former_kind": _kind(data["former_kind"]) if data.get("former_kind") else "",
        "recommendation": str(RECOMMENDED.get(data.get("recommendation", ""), "")),
        "action": i18n.title(asked.titles) if asked else "",
        "guideline": data.get("kind") == "guideline",
        "addendum": data.get("addendum"),
        "numbers": facts.get("numbers", ""),
        "declined_as": str(DECLINE_REASONS.get(data.get("code", ""), "")),
        "by_link": bool(facts.get("link")),
    }
