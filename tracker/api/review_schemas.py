"""What calls on expert reviews and the Board's opinion take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    Who,
    counts_out,
    date_out,
    flag_in,
    flag_out,
    list_in,
    many,
    moment_out,
    number_out,
    one,
    text_in,
    text_out,
    version_in,
    word_in,
    words_out,
)
from tracker.api.remark_schemas import SentRemarkAnswer, sent_remarks_in
from tracker.api.schemas import PagingQuery, PersonAnswer, ReasonAnswer, Schema, page_of
from tracker.reviews.opinions import DECLINE_CODES, RECOMMENDATIONS

KINDS_OF_REVIEW = ["opinion", "guideline"]


class ReviewBody(Schema):
    expert = Who(required=True, metadata={"description": "E-mail address or person id."})
    due = text_in(description="A date; by the procedure's rule when left out.")
    reserves = list_in(Who, "Who is asked, in this order, when the expert declines.")
    kind = text_in(
        enum=[*KINDS_OF_REVIEW, None],
        description="A guideline advises, and is asked of whoever gives them; else an opinion.",
    )
    despite_conflict = flag_in(
        load_default=True, description="False refuses who has a known conflict of interest."
    )
    version = version_in()


class DeclineBody(Schema):
    reason = text_in(required=True, description="May be empty with a code other than `other`.")
    code = text_in(enum=[*DECLINE_CODES, None])


class OpinionBody(Schema):
    recommendation = text_in(required=True, enum=list(RECOMMENDATIONS))
    text = text_in(required=True)
    interest = flag_in(
        load_default=None, description="Whether you declare an interest; with one, say which."
    )
    interest_text = text_in()
    remarks = sent_remarks_in()


class AddendumBody(Schema):
    text = text_in(required=True)
    remarks = sent_remarks_in()


class SectionBody(Schema):
    heading = text_in()
    text = text_in(required=True)


class BoardOpinionBody(Schema):
    recommendation = text_in(required=True, enum=list(RECOMMENDATIONS))
    sections = list_in(
        ma.fields.Nested(SectionBody),
        "What it says; as compiled from the experts' when left out.",
        load_default=None,
    )
    version = version_in()


class ReviewersQuery(PagingQuery):
    kind = word_in("Who can be asked for an opinion, or for a guideline.", enum=KINDS_OF_REVIEW)
    field = word_in("The key of the draft's field; by its lead commission when left out.")


class AddendumAnswer(ma.Schema):
    n = number_out()
    text = text_out()
    remarks = many(SentRemarkAnswer)
    added_at = moment_out()


class ReviewAnswer(ma.Schema):
    id = text_out()
    act = text_out()
    expert = one(PersonAnswer)
    edition = number_out(maybe=True)
    state = text_out()
    due = date_out(maybe=True)
    assigned_at = moment_out()
    recommendation = text_out(maybe=True)
    text = text_out(maybe=True)
    decline_reason = text_out(maybe=True)
    decline_code = text_out(maybe=True)
    kind = text_out()
    standing = text_out(description="The state; `withdrawn` for what was taken back.")
    marks = words_out(description="late, given_late, overtaken, guideline, reserve.")
    interest = flag_out(maybe=True)
    interest_text = text_out(maybe=True)
    remarks = many(SentRemarkAnswer)
    addenda = many(AddendumAnswer)
    stands_for = one(PersonAnswer, maybe=True)
    reserves = many(PersonAnswer, description="Who waits to be asked; empty for the expert.")


class ReviewerAnswer(ma.Schema):
    person = one(PersonAnswer)
    institution = text_out()
    member = text_out(maybe=True)
    fields_ = ma.fields.List(ma.fields.String(), required=True, data_key="fields")
    load = number_out()  # type: ignore[assignment]
    last_asked = date_out(maybe=True)
    away = flag_out()
    asked = flag_out()
    conflicts = many(ReasonAnswer)
    reasons = many(ReasonAnswer)


class SectionAnswer(ma.Schema):
    heading = text_out()
    text = text_out()


class BoardOpinionAnswer(ma.Schema):
    act = text_out()
    edition = number_out(maybe=True)
    language = text_out()
    recommendation = text_out()
    counts = counts_out()
    experts = words_out()
    sections = many(SectionAnswer)
    issued_at = moment_out()
    sha256 = text_out()


ReviewPage = page_of(ReviewAnswer, "ReviewPage")
ReviewerPage = page_of(ReviewerAnswer, "ReviewerPage")
