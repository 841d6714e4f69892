"""What calls on rounds of circulation take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    Who,
    any_in,
    counts_out,
    date_out,
    file_in,
    flag_out,
    many,
    moment_out,
    number_out,
    one,
    text_in,
    text_out,
    typed_version_in,
    version_in,
)
from tracker.api.remark_schemas import sent_remarks_in
from tracker.api.schemas import PersonAnswer, Schema, page_of
from tracker.circulation.models import KINDS as REPLIES


class CirculationBody(Schema):
    addressees = any_in("Keys of bodies.")
    other_addressees = any_in("Who has no body here: a list of `name` and `address`.")
    due = any_in("A date; by the procedure's rule when left out.")
    decided_on = any_in("2022-12-05, 2022-12, 2022 or unknown; today when left out.")
    edition = any_in("The edition that is sent; the current one when left out.")
    letter_ref = any_in("The reference of the letter.")
    reason = any_in("Text.")
    version = version_in()


class _Reply(Schema):
    addressee = Who(
        allow_none=True,
        metadata={"description": "A body's key or an addressee's id; yours when left out."},
    )
    kind = text_in(required=True, enum=list(REPLIES))
    chamber = any_in("The number of the chamber that replies; the whole when left out.")
    text = text_in(description="Remarks need it, or a file.")
    until = text_in(description="A date, where more time is asked for.")
    letter_ref = text_in(description="Required where you record somebody's letter.")
    letter_date = text_in(description="A date; a recorded letter counts by it.")


class ReplyBody(_Reply):
    remarks = sent_remarks_in(
        "Remarks for the table of remarks, with a reply `remarks` or `not_supported`; a text"
        " without them goes there as one remark on the whole draft."
    )
    version = version_in()


class ReplyForm(_Reply):
    file = file_in("The letter or its scan.")
    version = typed_version_in()


class ExtensionBody(Schema):
    addressee = Who(required=True, metadata={"description": "A body's key or an addressee's id."})
    due = text_in(required=True, description="The new date, later than the one there is.")
    reason = text_in(required=True)
    version = version_in()


class LetterAnswer(ma.Schema):
    filename = text_out()
    media_type = text_out()
    size = number_out()
    sha256 = text_out()
    url = text_out()


class ReplyAnswer(ma.Schema):
    id = text_out()
    circulation = text_out()
    addressee = text_out()
    kind = text_out()
    chamber = number_out(maybe=True)
    text = text_out(maybe=True)
    until = date_out(maybe=True)
    letter_ref = text_out(maybe=True)
    letter_date = date_out(maybe=True)
    file = one(LetterAnswer, maybe=True)
    counts_on = date_out()
    given_at = moment_out()
    given_by = one(PersonAnswer, maybe=True)
    recorded = flag_out(description="An office entered it from a letter.")
    late = flag_out()


class ExtensionAnswer(ma.Schema):
    former_due = date_out()
    due = date_out()
    reason = text_out()
    granted_at = moment_out()


class AddresseeAnswer(ma.Schema):
    id = text_out()
    body = text_out(maybe=True)
    name = text_out()
    address = text_out(maybe=True)
    due = date_out()
    standing = text_out()
    late = flag_out()
    replies = many(ReplyAnswer)
    extensions = many(ExtensionAnswer)


class CirculationAnswer(ma.Schema):
    """A round; of its addressees, those that are yours to see."""

    id = text_out()
    act = text_out()
    round = number_out()
    edition = number_out(maybe=True)
    state = text_out()
    opened_at = moment_out()
    opened_by = one(PersonAnswer, maybe=True)
    due = date_out()
    until = date_out()
    closed_at = moment_out(maybe=True)
    addressees = many(AddresseeAnswer)
    counts = counts_out(
        maybe=True, description="Standing → addressees; null when it is not yours to read."
    )


CirculationPage = page_of(CirculationAnswer, "CirculationPage")
