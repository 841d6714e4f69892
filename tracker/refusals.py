"""The words for every reason why not, and for how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tracker.i18n import day, moment, own_name
from tracker.i18n import lazy_gettext as _
from workflows.facts import Refusal

TEXTS: Mapping[str, Any] = {
    # who
    "forbidden": _("You may not do this."),
    "not_permitted": _("You may not do this. The page on roles says who may."),
    "accounts_only": _(
        "This seat opens accounts: only who opens accounts gives, lends or ends it."
    ),
    "not_your_step": _("This step is taken by somebody else here."),
    "not_your_review": _("This review was asked of somebody else."),
    "second_person_needed": _("You asked for this correction. A second person must confirm it."),
    "hour_is_over": _(
        "The hour in which you could correct this alone is over. Ask the Secretariat."
    ),
    "wrong_log_in": _("The address and the password do not belong together. Try again."),
    "too_many_log_ins": _("Too many attempts failed. Try again after %(until)s."),
    "wrong_password": _("This is not your present password."),
    "password_short": _("This is too short. Use at least %(least)s characters."),
    "token_missing": _("Send your token in the header Authorization, after the word Bearer."),
    "token_invalid": _("This token is not in force. Ask for a new one."),
    # what
    "not_found": _("There is no such thing, or you may not see it."),
    "no_such_act": _("There is no such act, or you may not see it. Check the reference."),
    "no_such_procedure": _("There is no such procedure, or not in that version."),
    "no_such_link": _("There is no such link. Open it from the mail once more, or log in."),
    "no_such_review": _("There is no such review, or you may not see it."),
    "no_such_duty": _("There is no such duty, or you may not see it."),
    "edition_without_text": _(
        "An edition begins with its text. Choose the edition that this belongs to."
    ),
    "no_such_edition": _("There is no edition %(number)s. Choose one of those listed."),
    "named_twice": _("The act %(reference)s is named twice. Name it once."),
    "unknown_action": _("There is no action %(action)s in this procedure."),
    "no_such_file": _("There is no such file. Choose one of those that the edition lists."),
    "no_decision": _("There is no decision yet, and no position has been given."),
    "no_such_circulation": _("There is no such circulation, or you may not see it."),
    # form
    "required": _("Fill in “%(name)s”."),
    "unknown_field": _("There is no field %(name)s here. Remove it."),
    "not_text": _("Write text here."),
    "control_characters": _("This holds characters that cannot be kept. Type it anew."),
    "too_long": _("This is too long. Use at most %(limit)s characters."),
    "not_a_date": _("This is not a date. Write it as 2026-11-24."),
    "not_a_decided_date": _("This is not a date. Write 2026-11-24, 2026-11, 2026, or unknown."),
    "in_the_future": _("This lies in the future. Give today, %(today)s, or an earlier date."),
    "in_the_past": _("This lies in the past. Give today, %(today)s, or a later date."),
    "not_after_today": _("Give a day after today, %(today)s."),
    "not_later": _("It is due on %(present)s now. Give a later date."),
    "nobody_chosen": _("Choose at least one."),
    "before_previous": _(
        "An earlier step was decided on %(previous)s. Give that date or a later one."
    ),
    "before_decision": _("The decision is of %(decided)s. Give that date or a later one."),
    "date_too_late": _("This date is too late. Give one up to the year %(year)s."),
    "not_a_choice": _("Choose one of: %(choices)s."),
    "nothing_chosen": _("Choose something in “%(name)s”."),
    "not_a_flag": _("Write true or false."),
    "not_a_list": _("Give a list here."),
    "not_an_object": _("Give a JSON object here."),
    "not_a_key": _("Give a key of 1 to %(limit)s ASCII characters."),
    "idempotency_key_reused": _(
        "This key was used for another call within a day. Use a new key for a new call."
    ),
    "body_too_large": _("This is too large. The limit is %(limit)s MB."),
    "not_a_number": _("Write a whole number."),
    "out_of_range": _("Write a number from %(low)s to %(high)s."),
    "not_a_serial": _("This is not a serial number. Write it as 3 or 3.5."),
    "number_needs_year": _("The number holds the year. Give at least the year of the decision."),
    "not_titles": _("Give the title by language: %(languages)s."),
    "unknown_language": _("Use these languages: %(languages)s."),
    "no_authentic_title": _("Give the title in the authentic language (%(language)s) too."),
    "no_number_here": _("Acts of this kind are given no number. Leave it empty."),
    "not_an_expert": _("This is not an expert of the Board. Choose one from the list."),
    "reserve_twice": _("Somebody is named twice. Name each expert and each reserve once."),
    "interest_text": _("Say in words what the interest is."),
    "decline_reason_missing": _("Choose why you cannot, or write it in your words."),
    "remark_kind": _("Choose the kind of the remark."),
    "remark_text": _("Write the remark, or empty the whole row."),
    "interest_missing": _("Say whether you have an interest in the matter."),
    "not_a_member": _("This is not a member entitled to decide. Choose one from the list."),
    "not_present": _("Who objects must be among those present. Add them to the list."),
    "not_an_objection": _("Give each objection as a member and a text."),
    "objection_text": _("An objection needs its text."),
    "nobody_entitled": _("Nobody is entitled to decide. Enter the members first."),
    "not_addressees": _("Give one addressee a line: the name; the address of the letter."),
    "too_many": _("These are too many. Give at most %(limit)s."),
    "not_an_addressee": _("This round was not sent to them. Choose one of its addressees."),
    "not_a_chamber": _("There is no such chamber. Choose one, or reply for the whole."),
    "remarks_with_other_reply": _(
        "Remarks go with a reply that has remarks, or does not support the draft. Choose one of"
        " these, or empty the remarks."
    ),
    "remarks_missing": _("Write the remarks, or attach the letter that has them."),
    "file_type": _("Files of this type are not accepted. Use one of: %(types)s."),
    "file_content": _(
        "The content of this file is not what its ending %(ending)s says. Save it anew."
    ),
    "no_file": _("Choose a file. If you had chosen one, choose it once more."),
    "file_empty": _("This file is empty. Choose another."),
    "file_too_large": _("This file is too large. The limit is %(limit)s MB."),
    "no_samples_here": _("Samples belong in a demo. Set TRACKER_ENV to demo."),
    "not_empty": _("The database holds people or acts already. Samples go into an empty one."),
    "remark_without_author": _("Say whose remark it is: a body, a person, or in words."),
    "no_such_remark": _("There is no such remark, or you may not see it."),
    "reason_for_refusing": _("Say why, where a remark is not accepted, or only partly."),
    "not_an_answerer": _("This person answers no remarks here. Choose one from the list."),
    "two_remarks": _("Choose at least two remarks on one edition."),
    "no_remarks_chosen": _("Choose at least one remark."),
    "remark_named_twice": _("A remark is named twice. Name it once."),
    "no_such_body": _("There is no such body. Choose one from the list."),
    "no_remarks_in_file": _("There are no remarks in this file."),
    "sheet_without_header": _(
        "No row names the columns. One row must name at least the remark or the proposed wording,"
        " and another column."
    ),
    "sheet_macros": _("This file holds macros. Save it as .xlsx without them."),
    "sheet_formula": _("This is a formula, and formulas are not computed. Put its value there."),
    "sheet_response": _(
        "“%(words)s” is no answer. Write: accepted, partly accepted, not accepted, or noted."
    ),
    "sheet_kind": _("“%(words)s” is no kind of remark. Leave it empty, or use one of the table."),
    "too_many_remarks": _("These are too many at once. Choose at most %(limit)s."),
    "not_a_later_edition": _("Remark %(number)s is on edition %(edition)s. Choose a later one."),
    "remark_without_words": _("Write the remark, or the wording that you propose."),
    # people
    "person_exists": _("Somebody with the address %(email)s is known already. Look them up."),
    "account_exists": _("There is an account for %(email)s already."),
    "no_such_account": _("There is no account for %(email)s. Check the address."),
    "account_disabled": _("The account of %(email)s is disabled."),
    "no_such_person": _("There is no such person. Give an address or a number that is known."),
    "not_an_address": _("This is not an e-mail address. Write it as name@example.org."),
    "already_seated": _("The person has this seat at that time already."),
    "absence_over": _("This absence is over. What was noted stays as it was."),
    "absence_begun": _("This absence has begun. Its first day stays, and it ends today or later."),
    "not_a_colleague": _("Choose somebody who sits in a body with you, or ask the Secretariat."),
    "own_deputy": _("Nobody stands in for themselves. Choose somebody else."),
    "ends_before": _(
        "The end lies before the beginning, %(since)s. Give that date or a later one."
    ),
    "period_too_long": _("A period has at most %(days)s days. Divide it."),
    # the text in a file
    "text_format": _(
        "The text cannot be read from %(ending)s. Use .docx, .html, .md, .txt, or Akoma Ntoso .xml."
    ),
    "text_other_format": _(
        "Inside, this is another kind of file (%(format)s). Open it in a word processor and save it"
        " as .docx."
    ),
    "text_broken": _("This file is damaged: it cannot be read as %(format)s. Save it anew."),
    "text_binary": _("This is not text. Choose another file."),
    "no_text_read": _("The text of this edition has not been read, or cannot be."),
    "no_comparison": _("This comparison is not there. Open the page of the comparison first."),
    "no_match_here": _("There is no edition before this one to match with, or it is being read."),
    "no_such_provision": _("There is no such provision in this edition. Choose one of the list."),
    "text_gone": _("The file is not where it was kept. Tell the administrator."),
    "text_unreadable": _(
        "This file could not be understood. It is kept as it came; tell the administrator."
    ),
    "text_missing": _("There is no text in this file."),
    "text_scan": _(
        "This file holds only pictures of pages (%(count)s), no text. Give the text itself, or run"
        " a text recognition first."
    ),
    "text_macros": _("This file holds macros. Save it as .docx without them."),
    "text_doctype": _(
        "This file declares a document type or entities, which are not accepted. Save it anew."
    ),
    "text_bomb": _("This file unpacks to far more than it should. It was not opened."),
    "text_archive": _("This file holds more than %(limit)s parts. Save it anew."),
    "text_too_large_inside": _(
        "There is more in this file than can be read as %(format)s. Divide it, or save it without"
        " its formatting."
    ),
    "text_too_many_lines": _("This text has more than %(limit)s lines. Divide it."),
    "text_paragraph_too_long": _(
        "Paragraph %(place)s is longer than %(limit)s. Divide it where its sentences end."
    ),
    "text_too_deep": _("Tables or parts stand within one another more than %(limit)s deep."),
    "text_not_akn": _("This XML is not Akoma Ntoso: it begins with <%(root)s>."),
    # state
    "stale": _("The act has changed since you looked at it. Look again and decide anew."),
    "wrong_state": _("This step cannot be taken from where the act stands now."),
    "not_from_here": _(
        "%(action)s is no step from %(state)s. Give the state that it led to as well."
    ),
    "already_requested": _("This step has been requested already. The Secretariat will answer."),
    "no_edition": _("No edition of the draft has been delivered. The drafter uploads one."),
    "no_new_edition": _(
        "No edition has come in since the revision was asked. The drafter owes it."
    ),
    "no_memorandum": _("The explanatory memorandum is missing."),
    "reviews_open": _(
        "Opinions are still awaited: %(count)s. Wait for them or cancel the assignments."
    ),
    "no_opinion": _("No expert opinion is in. Assign an expert."),
    "council_undecided": _(
        "The Council has not decided. Members give positions,"
        " or the Secretariat records the sitting."
    ),
    "council_objection": _("An objection stands. The draft cannot go on by consensus."),
    "council_quorum_not_met": _("The quorum was not met."),
    "no_other_kind": _("No other kind of document has the same procedure."),
    "number_taken": _("The number %(number)s was given before. Give another one."),
    "no_uploads_now": _("No editions are taken while the act stands here."),
    "edition_frozen": _("Edition %(number)s was decided on and stays as it is. Upload a new one."),
    "no_reviews_now": _("Experts are asked only while the Board examines the draft."),
    "already_assigned": _("This expert has been asked already."),
    "conflict_of_interest": _(
        "There is a known link between an expert and the draft. Choose another expert, or confirm"
        " that you ask all the same."
    ),
    "draft_changed": _(
        "What you wrote has changed since you looked at it, perhaps in another window. Look again."
    ),
    "nothing_to_supplement": _("An addendum supplements an opinion that was sent. Send it first."),
    "round_is_over": _("This round of reviews is over. Write to whoever asked you."),
    "no_link": _("There is no link in force that could be ended."),
    "no_board_opinion": _("There is no opinion of the Board yet."),
    "board_opinion_issued": _("The opinion has been issued and stays as it is."),
    "board_opinion_changed": _("Somebody else has changed the opinion meanwhile. Look again."),
    "no_sections": _("Write at least one section."),
    "review_is_invited": _("This review has not been accepted yet."),
    "review_is_accepted": _("This review has been accepted already."),
    "review_is_declined": _("This review was declined."),
    "review_is_submitted": _("This opinion has been given already."),
    "review_is_cancelled": _("This review was cancelled."),
    "remarks_unanswered": _(
        "Remarks without a confirmed answer: %(count)s. Answer them in the table of remarks."
    ),
    "remark_is_merged": _(
        "Remark %(number)s is merged into another and answered there. Take it out first."
    ),
    "remark_not_merged": _("Remark %(number)s is not merged into another."),
    "answer_is_confirmed": _(
        "The answer to remark %(number)s is confirmed. Re-open it to change it."
    ),
    "answer_not_confirmed": _("The answer to remark %(number)s is not confirmed yet."),
    "remark_not_answered": _("Remark %(number)s has no answer yet. Propose one first."),
    "remark_not_accepted": _("Remark %(number)s is not accepted, so no edition carries it."),
    "remark_changed": _("Remark %(number)s has changed since you looked. Look again."),
    "duty_over": _("This is not owed any more."),
    "already_paused": _("Its reminders are paused already."),
    "not_paused": _("Its reminders are not paused."),
    "no_such_reminder": _(
        "This reminder is not to come: it was sent, skipped, or its day has passed."
    ),
    "nobody_to_remind": _(
        "It would reach nobody: the seat is empty, or an office is not reproached."
    ),
    "nobody_left_to_remind": _(
        "Nobody is left to remind: what was chosen is done, stands still, reaches nobody, or was"
        " reminded of by hand within the hour."
    ),
    "clock_stopped": _("Its clock stands still. Let it run on first."),
    "clock_runs": _("Its clock runs."),
    "clock_never_stops": _("The procedure does not let this clock be stopped. Extend it instead."),
    "no_date_to_stop": _("It has no date, so there is nothing to stop."),
    "late_already": _("It is late already. Extend it instead."),
    "nothing_to_move": _("Nothing is left to move: these dates are what the calendar gives."),
    "calendar_unknown": _(
        "The working days left cannot be counted: the calendar has no data for %(year)s."
    ),
    "not_before_the_council": _("The act is not before the Council now."),
    "circulation_open": _(
        "Round %(n)s of the circulation is open until %(until)s; replies awaited: %(count)s."
    ),
    "no_circulation_open": _("No circulation is open. There is nothing to close."),
    "circulation_void": _("This round was opened by mistake and is void. No reply is needed."),
    "circulation_is_closed": _("This round is closed. A late reply is still accepted."),
    "has_replied": _("They have replied already. No more time is needed."),
    "not_stuck": _("This mail neither failed nor is held. There is nothing to send again."),
    "not_suppressed": _("Mail goes to this person's address already."),
    "unknown_placeholder": _(
        "Line %(line)s, column %(column)s: there is no placeholder %(placeholder)s. Use one of the"
        " list."
    ),
    "misspelt_placeholder": _(
        "Line %(line)s, column %(column)s: there is no placeholder %(placeholder)s. Did you mean"
        " {%(like)s}?"
    ),
    "missing_placeholder": _("The placeholder %(placeholder)s has to be in it."),
    "lone_brace": _(
        "Line %(line)s, column %(column)s: a brace stands alone. Braces are for placeholders."
    ),
    "nothing_to_correct": _("There is no step to correct."),
}


def words(refusal: Refusal) -> str:
    """A reason in the present language."""
    text = TEXTS.get(refusal.code)
    if text is None:
        return refusal.code
    said = {name: _said(name, value) for name, value in refusal.params.items()}
    return str(text) % said if said else str(text)


def _said(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return own_name(value) if name == "language" else value
