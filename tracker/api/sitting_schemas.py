"""What calls on the Council's decision take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    Who,
    flag_out,
    list_in,
    many,
    moment_out,
    number_out,
    one,
    required_list_in,
    text_in,
    text_out,
    version_in,
)
from tracker.api.schemas import PersonAnswer, Schema, page_of
from tracker.sittings.operations import VOTES


class BallotBody(Schema):
    vote = text_in(required=True, enum=list(VOTES))
    text = text_in(description="An objection needs it.")
    on_behalf_of = Who(
        allow_none=True, metadata={"description": "The member, where an office enters it."}
    )
    letter_ref = text_in(description="The member's letter, where an office enters it.")
    version = version_in()


class ObjectionBody(Schema):
    member = Who(required=True)
    text = text_in(required=True)


class DecisionBody(Schema):
    decided_on = text_in(required=True)
    minutes_ref = text_in(required=True)
    present = required_list_in(Who)
    objections = list_in(ma.fields.Nested(ObjectionBody))
    version = version_in()


class BallotAnswer(ma.Schema):
    id = text_out()
    act = text_out()
    n = number_out()
    member = one(PersonAnswer)
    entered_by = one(PersonAnswer)
    vote = text_out()
    text = text_out(maybe=True)
    letter_ref = text_out(maybe=True)
    given_at = moment_out()
    replaced = flag_out()


class ObjectionAnswer(ma.Schema):
    member = one(PersonAnswer)
    text = text_out()


class DecisionAnswer(ma.Schema):
    id = text_out()
    act = text_out()
    body = text_out(maybe=True)
    source = text_out(enum=["sitting", "positions"])
    adopted = flag_out()
    decided_on = text_out(maybe=True)
    minutes_ref = text_out(maybe=True)
    result = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "The arithmetic; null when it is not yours to read."},
    )
    present = many(PersonAnswer, maybe=True)
    objections = many(ObjectionAnswer, maybe=True)


BallotPage = page_of(BallotAnswer, "BallotPage")
