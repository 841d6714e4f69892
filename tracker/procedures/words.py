"""How the parts of a procedure file are said: parties, due rules, reminders, guards, rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tracker import assembly, i18n
from tracker.acts.summaries import seat_title
from tracker.i18n import gettext, ngettext
from tracker.i18n import lazy_gettext as _
from workflows.schema import Due, Party, Reminder

PARTS: Mapping[str, Any] = {
    "lead": _("the lead commission"),
    "former_lead": _("the former lead commission"),
    "drafting": _("the drafter"),
    "initiator": _("the initiator"),
}
KINDS: Mapping[str, Any] = {
    "assembly": _("every assembly"),
    "council": _("every council"),
    "board": _("every board"),
    "commission": _("every commission"),
    "advisory": _("every advisory body"),
    "secretariat": _("every secretariat"),
    "parliament": _("every parliament"),
    "agency": _("every agency"),
    "organ": _("every working body"),
    "drafter": _("every drafter"),
}
AUDIENCES: Mapping[str, Any] = {
    "subject": _("the person it is about"),
    "holder": _("whoever holds the act then"),
    "secretary": _("the responsible secretary"),
    "reviewers": _("experts at work on it"),
    "experts": _("all who were asked to review it"),
    "closed_duties": _("those whose duty ends by it"),
    "told": _("those told of the act before"),
    "workers": _("all who have worked on the act"),
    "addressees": _("the addressees named in the step"),
    "addressee": _("each addressee of the circulation"),
}
GUARDS: Mapping[str, Any] = {
    "edition_exists": _("an edition of the draft is in"),
    "new_edition": _("an edition has come in since the revision was asked"),
    "reviews_closed": _("no opinion is awaited any more"),
    "opinion_given": _("at least one opinion is in"),
    "council_decided": _("the decision of its members is taken"),
    "number_free": _("the number was not given before"),
    "other_kind": _("another kind of document has the same procedure"),
    "opinions_complete": _("every opinion that was asked for is in, one at least"),
    "all_remarks_answered": _("every remark has a confirmed answer"),
    "circulation_closed": _("no circulation is open"),
    "circulation_opened": _("a circulation is open"),
}
WARNINGS: Mapping[str, Any] = {
    "memorandum_missing": _("the explanatory memorandum is missing"),
    "all_remarks_answered": _("some remarks have no confirmed answer"),
    "circulation_closed": _("a circulation is still open"),
}
"""What a warning says; where it is a guard as well, that says the opposite."""
WITHIN: Mapping[str, Any] = {
    "upload_edition": _("editions are taken in"),
    "assign_review": _("experts are asked for opinions"),
    "give_position": _("members give positions"),
    "record_decision": _("the decision of a sitting is recorded"),
}
FIELDS: Mapping[str, Any] = {
    "reason": _("reason"),
    "lead_body": _("lead commission"),
    "until": _("until when"),
    "session": _("session number"),
    "serial": _("serial number"),
    "addressees": _("addressees"),
    "other_addressees": _("other addressees"),
    "due": _("by when replies are asked"),
    "titles": _("titles"),
    "kind": _("kind of document"),
}
DEEDS: Mapping[str, Any] = {
    "see_all_acts": _("see every act from inside"),
    "propose_act": _("register a proposal"),
    "admit_act": _("admit an act that is under way"),
    "set_visibility": _("show an act to the public, or take it back"),
    "confirm_correction": _("confirm a correction as the second person"),
    "upload_edition": _("bring in editions of a draft"),
    "assign_review": _("ask experts for opinions, and take invitations back"),
    "see_reviews": _("see who reviews a draft and what they say"),
    "issue_opinion": _("compile the Board's opinion from the experts' and issue it"),
    "see_opinion": _("read the Board's opinion once it is issued"),
    "give_position": _("give a position as a member"),
    "enter_position": _("enter a member's position from a letter"),
    "record_decision": _("record a decision as taken at a sitting"),
    "see_remarks": _("see the table of remarks; one's own are seen anyway"),
    "enter_remark": _("enter remarks from a letter or a table"),
    "propose_answer": _("propose answers to remarks"),
    "confirm_answer": _("confirm answers to remarks, and re-open them"),
    "see_positions": _("see positions and objections"),
    "reply_circulation": _("reply to a circulation for one's own body"),
    "record_reply": _("record an addressee's letter, and see who is late"),
    "grant_extension": _("give an addressee more time"),
    "see_replies": _("see what addressees replied"),
    "see_deliveries": _("see whether notices were delivered, and send them again"),
    "edit_words": _("change what notices say"),
    "manage_reminders": _("see what will be reminded; pause, skip and send reminders"),
    "extend_duty": _("give a duty another date, stop its clock and let it run on"),
    "manage_people": _("keep persons, seats, absences and calendars"),
    "manage_accounts": _("open and close accounts"),
}
RULES: Mapping[str, Any] = {
    "initial": _("There is exactly one state to begin in."),
    "final": _("There is at least one state to end in."),
    "final_exit": _("Nothing leads out of a final state."),
    "unreachable": _("Every state can be reached."),
    "no_end": _("From every state an end can be reached."),
    "dead": _("No step is dead: each starts somewhere and can pass its conditions."),
    "shadowed": _("No step stands twice for one state."),
    "no_role": _("Every step has somebody who may take it."),
    "must_pass": _("No way leads round what an act must pass."),
    "scenarios": _("Every walk that must work works, and what must be refused is refused."),
    "uncovered": _("The walks together take every step from every state."),
    "holder": _("Every open state has a holder."),
    "due": _("Every open state has something that falls due, or a reason why nothing does."),
    "states": _("Every state that is named exists."),
    "stages": _("Every stage that is named exists."),
    "duties": _("Every duty that is named exists."),
    "guards": _("Every condition that is named exists."),
    "roles": _("Every role that is named exists."),
    "bodies": _("Every body that is named exists."),
    "forms": _("Every field and form that is named exists."),
    "notices": _("Every notice that is named exists and has its texts."),
    "numbers": _("Every number can be formed from what the step asks."),
    "circulation": _("Every circulation asks whom and by when, and can be ended."),
    "reminders": _("Every plan of reminders that is named exists."),
    "calendars": _("Every calendar that is named exists."),
    "discretion": _("No office of a Council or a parliament is reproached for being late."),
    "unique": _("Names stand once."),
    "languages": _("Every text is there in the authentic language."),
}
"""What makes a procedure sound, by the names of the rules in `workflows.soundness`."""


def party_words(party: Party) -> str:
    """Whom a file means, outside any act."""
    role, where = _role(party), _where(party)
    if party.scope == "body":
        said = seat_title(party.body, party.role)
    elif role in where:  # "drafter" in "the drafter"
        said = where
    else:
        said = gettext("%(role)s, %(body)s", role=role, body=where)
    return gettext("each %(party)s", party=said) if party.each else said


def parties_words(audiences: Iterable[Party | str]) -> list[str]:
    """Several of them, those of one body together."""
    found: dict[object, list[Party | str]] = {}
    for audience in audiences:
        place = audience if isinstance(audience, str) else (audience.scope, audience.body)
        found.setdefault(place, []).append(audience)
    return [_together(list(dict.fromkeys(group))) for group in found.values()]


def _together(group: list[Party | str]) -> str:
    parties = [party for party in group if isinstance(party, Party)]
    if len(parties) < len(group) or len(parties) == 1:
        return audience_words(group[0])
    roles = ", ".join(_role(party) for party in parties)
    return gettext("%(body)s: %(roles)s", body=_where(parties[0]), roles=roles)


def _role(party: Party) -> str:
    roles = assembly.assembly().roles
    return i18n.title(roles[party.role]) if party.role in roles else party.role


def _where(party: Party) -> str:
    if party.scope == "act":
        return str(PARTS.get(party.body, party.body))
    if party.scope == "kind":
        return str(KINDS.get(party.body, party.body))
    return i18n.body_title(party.body)


def audience_words(audience: Party | str) -> str:
    """Somebody who is told: a party, or people found in the act."""
    return str(AUDIENCES[audience]) if isinstance(audience, str) else party_words(audience)


def due_words(due: Due) -> str:
    """When something falls due after it begins."""
    if due.not_set is not None:
        return gettext("not set: %(reason)s", reason=i18n.title(due.not_set))
    if due.fixed_date is not None:
        return i18n.day(due.fixed_date)
    if due.calendar_days is not None:
        return ngettext("%(num)s calendar day", "%(num)s calendar days", due.calendar_days)
    return ngettext("%(num)s working day", "%(num)s working days", due.working_days or 0)


def reminder_words(reminder: Reminder) -> str:
    """One step of a plan of reminders."""
    if reminder.days < 0:
        said = ngettext("%(num)s day before", "%(num)s days before", -reminder.days)
    elif reminder.days == 0:
        said = gettext("on the day")
    else:
        said = ngettext("%(num)s day after", "%(num)s days after", reminder.days)
    if reminder.times > 1:
        said = gettext(
            "%(first)s, then every %(every)s days, %(times)s times at most",
            first=said, every=reminder.every, times=reminder.times,
        )  # fmt: skip
    if isinstance(reminder.to, Party):
        said = gettext("%(when)s: to %(party)s", when=said, party=party_words(reminder.to))
    return said


def field_words(fields: Mapping[str, str]) -> Iterator[str]:
    """What a step asks for, the required first."""
    for name, need in sorted(fields.items(), key=lambda item: item[1] == "optional"):
        label = str(FIELDS.get(name, name))
        if need == "required":
            yield label
        elif need == "if_unknown":
            yield gettext("%(field)s, where it is not known yet", field=label)
        else:
            yield gettext("%(field)s, if wanted", field=label)
