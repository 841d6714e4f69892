"""What calls on remarks take and answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from tracker.api.fields import (
    Who,
    list_in,
    many,
    moment_out,
    number_in,
    number_out,
    one,
    required_list_in,
    text_in,
    text_out,
    word_in,
)
from tracker.api.schemas import PagingQuery, PersonAnswer, Schema, page_of
from tracker.paging import MOST_PER_PAGE
from tracker.remarks.answering import RESPONSES
from tracker.remarks.operations import KINDS


class SentRemarkBody(Schema):
    eid = text_in(description="The provision's id in the edition.")
    place = text_in(description="The provision in words; empty for the draft as a whole.")
    kind = text_in(required=True, enum=list(KINDS))
    text = text_in(description="The remark; may be left out where there is a wording.")
    wording = text_in(description="The wording that is proposed.")


def sent_remarks_in(description: str = "") -> ma.fields.List[Any]:
    """The remarks that come with an opinion or a reply."""
    return list_in(ma.fields.Nested(SentRemarkBody), description)


class RemarksQuery(PagingQuery):
    edition = word_in("The number of an edition.")
    author = word_in("The key of a body, experts, or others.")
    kind = word_in(f"One of {', '.join(KINDS)}.")
    provision = word_in("A provision as typed; what is below it is found too.")
    state = word_in("unanswered, proposed, confirmed, merged, not_carried, void, or a response.")
    assigned = word_in("The id of a person, or nobody.")
    sort = word_in("One of provision, author, number, state.")
    format = word_in(
        "As a file instead of JSON, all of it.", enum=["json", "xlsx", "csv", "docx", "pdf"]
    )


class RemarkBody(Schema):
    text = text_in(description="The remark; may be left out where there is a wording.")
    wording = text_in(description="The wording that is proposed.")
    place = text_in(
        description="The provision as the letter names it; the whole draft if left out."
    )
    eid = text_in(description="The provision by its name in the edition.")
    kind = text_in(enum=[*KINDS, None])
    language = text_in(description="Of the text it is on; the authentic one when left out.")
    author_person = Who(
        allow_none=True, metadata={"description": "E-mail address or id of a person."}
    )
    author_body = text_in(description="The key of a body.")
    author_name = text_in(description="An author in words.")
    letter_ref = text_in(description="The number and date of the letter.")
    edition = number_in(description="The edition it is on; the current one when left out.")


class _Answer(Schema):
    response = text_in(required=True, enum=list(RESPONSES))
    reason = text_in(description="Needed for partly and not_accepted.")
    version = number_in(description="The version of the remark you looked at.")


class RemarkAnswerBody(_Answer):
    """An answer to one remark."""


class RemarkIdAnswer(_Answer):
    remark = Who(required=True, metadata={"description": "The id of the remark."})


class RemarkAnswersBody(Schema):
    answers = required_list_in(ma.fields.Nested(RemarkIdAnswer), MOST_PER_PAGE)


class RemarkVersionBody(Schema):
    version = number_in(description="The version of the remark you looked at.")


class RemarkReopenBody(RemarkVersionBody):
    reason = text_in(required=True)


class SentRemarkAnswer(ma.Schema):
    eid = text_out()
    place = text_out()
    kind = text_out()
    text = text_out()
    wording = text_out()


class AuthorAnswer(ma.Schema):
    """Whose a remark is. `expert` numbers an expert who may not be named to you."""

    person = one(PersonAnswer, maybe=True)
    body = text_out(maybe=True)
    name = text_out(maybe=True)
    expert = number_out(maybe=True)


class RemarkAnswer(ma.Schema):
    """A remark with its answer; to whoever sees only their own, once it is confirmed."""

    id = text_out()
    act = text_out()
    n = number_out()
    edition = number_out()
    language = text_out()
    eid = text_out(maybe=True)
    place = text_out()
    kind = text_out()
    text = text_out()
    wording = text_out(maybe=True)
    author = one(AuthorAnswer)
    source = text_out()
    letter_ref = text_out(maybe=True)
    recorded_at = moment_out()
    state = text_out(enum=["unanswered", "proposed", "confirmed"])
    response = text_out(maybe=True)
    reason = text_out(maybe=True)
    proposed_by = one(PersonAnswer, maybe=True)
    proposed_at = moment_out(maybe=True)
    confirmed_by = one(PersonAnswer, maybe=True)
    confirmed_at = moment_out(maybe=True)
    carried_by = number_out(maybe=True)
    assigned_to = one(PersonAnswer, maybe=True)
    merged_into = text_out(maybe=True)
    void = ma.fields.Boolean(
        required=True,
        metadata={"description": "Whether its round was cancelled; listed with `state=void` only."},
    )
    version = number_out()


class RemarksAnswer(ma.Schema):
    items = many(RemarkAnswer)


RemarkPage = page_of(RemarkAnswer, "RemarkPage")
