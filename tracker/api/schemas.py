"""What calls take. Their shape is judged here, what a value may be by the operations.

The messages are codes of `tracker.refusals`.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from tracker.acts.dossier import SORTS
from tracker.paging import MOST_PER_PAGE, PER_PAGE
from tracker.remarks.operations import KINDS as REMARK_KINDS
from tracker.reviews.opinions import DECLINE_CODES, RECOMMENDATIONS
from workflows import fields as steps
from workflows.facts import CADENCES

_LAST_PAGE = 1_000_000
_BASES = list(steps.BASES)
KINDS_OF_REVIEW = ["opinion", "guideline"]
RESPONSES = ("accepted", "partly", "not_accepted", "noted")
REPLIES = ("no_remarks", "remarks", "not_supported", "not_participating", "extension")
VOTES = ("yes", "no", "abstain", "recuse")


def _codes(invalid: str) -> dict[str, Any]:
    return {"required": "required", "null": "required", "invalid": invalid}


def _text(required: bool = False, description: str = "", **more: Any) -> ma.fields.String:
    return ma.fields.String(
        required=required,
        allow_none=not required,
        error_messages=_codes("not_text"),
        metadata={"description": description, **more},
    )


def _word(description: str = "", **more: Any) -> ma.fields.String:
    return ma.fields.String(
        error_messages=_codes("not_text"), metadata={"description": description, **more}
    )


def _any(description: str) -> ma.fields.Raw:
    return ma.fields.Raw(allow_none=True, metadata={"description": description})


def _titles(required: bool = False) -> ma.fields.Dict:
    return ma.fields.Dict(
        required=required,
        allow_none=not required,
        error_messages=_codes("not_an_object"),
        metadata={
            "description": "Language → text; the authentic language is required.",
            "additionalProperties": {"type": "string"},
        },
    )


def _number(required: bool = False, description: str = "") -> ma.fields.Integer:
    return ma.fields.Integer(
        strict=True,
        required=required,
        allow_none=not required,
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
        metadata={"description": description},
    )


def _version(required: bool = False) -> ma.fields.Integer:
    return _number(required, "The version of the act you looked at.")


class Who(ma.fields.Field[str]):
    """A person: an e-mail address or an id, which a client may also write as a number."""

    default_error_messages = _codes("not_text")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        raise self.make_error("invalid")


class Schema(ma.Schema):
    error_messages = {"unknown": "unknown_field", "type": "not_an_object"}  # noqa: RUF012


class Nothing(Schema):
    """No fields."""


class PagingQuery(Schema):
    page = ma.fields.Integer(
        load_default=1,
        metadata={"description": "Counted from 1."},
        validate=ma.validate.Range(1, _LAST_PAGE, error=f"out_of_range low=1 high={_LAST_PAGE}"),
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
    )
    per_page = ma.fields.Integer(
        load_default=PER_PAGE,
        metadata={"description": "How many on a page."},
        validate=ma.validate.Range(
            1, MOST_PER_PAGE, error=f"out_of_range low=1 high={MOST_PER_PAGE}"
        ),
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
    )


class ActsQuery(PagingQuery):
    state = _word("The key of a state of a procedure.")
    stage = _word("The key of a stage of a procedure.")
    kind = _word("The key of a kind of document.")
    holder = _word("The key of the body that holds the act now.")
    lead_body = _word("The key of the lead commission.")
    q = _word("Words of the present titles, or of the reference.")
    overdue = _word("Whether what the present state asks is overdue.", enum=["true", "false"])
    sort = _word(f"One of {', '.join(SORTS)}; with - before it, the other way round.")


class NoticesQuery(PagingQuery):
    state = _word("queued, sending, sent, failed, held or skipped.")
    act = _word("The reference of an act.")


class ProposalBody(Schema):
    kind = _text(required=True)
    titles = _titles(required=True)
    initiator = _text(required=True, description="The key of a body, or who else proposes it.")
    lead_body = _text()
    drafting_body = _text()
    decided_on = _text(description="2022-12-05, 2022-12, 2022 or unknown; today when left out.")
    continues = _text(description="The reference of an act whose texts are carried over.")
    basis = _text(enum=[*_BASES, None])


class _Step(Schema):
    """The fields a step can take. Which of them it takes and requires, the act's `actions` say."""

    class Meta:
        unknown = ma.INCLUDE

    decided_on = _any("2022-12-05, 2022-12, 2022 or unknown; today when left out.")
    edition = _any("The edition it is about; the current one when left out.")
    minutes_ref = _any("The reference of the minutes.")
    letter_ref = _any("The reference of the letter.")
    basis = _any("document, press or assumed.")
    reason = _any("Text.")
    lead_body = _any("The key of a commission.")
    until = _any("A date.")
    session = _any("The number of the session.")
    serial = _any("The serial number of the resolution.")
    addressees = _any("Keys of bodies; of a dispatch, all parliaments when left out.")
    other_addressees = _any("Who has no body here: a list of `name` and `address`.")
    due = _any("A date by which replies are asked.")
    titles = _any("Language → text.")
    kind = _any("A kind of document.")


class ActionBody(_Step):
    version = _version(required=True)


class PreviewBody(_Step):
    version = _version()


class BulkAct(_Step):
    ref = _text(required=True, description="The reference of the act.")
    version = _version(required=True)


class BulkBody(_Step):
    """One step on many acts: fields beside `acts` are common to all."""

    action = _text(required=True)
    acts = ma.fields.List(
        ma.fields.Nested(BulkAct),
        required=True,
        validate=ma.validate.Length(
            1, MOST_PER_PAGE, error=f"out_of_range low=1 high={MOST_PER_PAGE}"
        ),
        error_messages=_codes("not_a_list"),
    )


class VisibilityBody(Schema):
    visibility = _text(required=True, enum=["internal", "public"])
    version = _version()


class EditionForm(Schema):
    file = ma.fields.Raw(
        metadata={"type": "string", "format": "binary", "description": "The file."}
    )
    language = _text(required=True, description="A language of the assembly.")
    edition = ma.fields.Integer(
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
        validate=ma.validate.Range(1, error="not_a_number"),
        metadata={"description": "An edition to add to; a new one when left out."},
    )
    part = _text(enum=["text", "memorandum", None])
    version = ma.fields.Integer(
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
        metadata={"description": "The version of the act you looked at."},
    )


class SettingsBody(Schema):
    """What is left out stays as it is."""

    language = _word("A language of the assembly, for mails.")
    information = _word("How comes what asks nothing of you.", enum=list(CADENCES))


class FileQuery(Schema):
    part = _word(enum=["text", "memorandum"])


class LanguageQuery(Schema):
    language = _word("A language of the assembly; the authentic one when left out.")


def _other_edition() -> ma.fields.Integer:
    return ma.fields.Integer(
        required=True,
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
        validate=ma.validate.Range(1, _LAST_PAGE, error=f"out_of_range low=1 high={_LAST_PAGE}"),
        metadata={"description": "The number of the other edition."},
    )


ComparisonQuery: type[ma.Schema] = LanguageQuery.from_dict(
    {"with": _other_edition()}, name="ComparisonQuery"
)
ComparisonBody: type[ma.Schema] = Schema.from_dict(
    {"with": _other_edition(), "language": _text(description="The authentic one when left out.")},
    name="ComparisonBody",
)


class ReviewBody(Schema):
    expert = Who(required=True, metadata={"description": "E-mail address or person id."})
    due = _text(description="A date; by the procedure's rule when left out.")
    reserves = ma.fields.List(
        Who,
        load_default=(),
        allow_none=True,
        error_messages=_codes("not_a_list"),
        metadata={"description": "Who is asked, in this order, when the expert declines."},
    )
    kind = _text(
        enum=["opinion", "guideline", None],
        description="A guideline advises, and is asked of whoever gives them; else an opinion.",
    )
    despite_conflict = ma.fields.Boolean(
        load_default=True,
        truthy={True},
        falsy={False},
        error_messages=_codes("not_a_flag"),
        metadata={"description": "False refuses who has a known conflict of interest."},
    )
    version = _version()


class DeclineBody(Schema):
    reason = _text(required=True, description="May be empty with a code other than `other`.")
    code = _text(enum=[*DECLINE_CODES, None])


class SentRemarkBody(Schema):
    eid = _text(description="The provision's id in the edition.")
    place = _text(description="The provision in words; empty for the draft as a whole.")
    kind = _text(required=True, enum=list(REMARK_KINDS))
    text = _text(description="The remark; may be left out where there is a wording.")
    wording = _text(description="The wording that is proposed.")


def _remarks(description: str = "") -> ma.fields.List[Any]:
    return ma.fields.List(
        ma.fields.Nested(SentRemarkBody),
        load_default=(),
        allow_none=True,
        error_messages=_codes("not_a_list"),
        metadata={"description": description} if description else {},
    )


class OpinionBody(Schema):
    recommendation = _text(required=True, enum=list(RECOMMENDATIONS))
    text = _text(required=True)
    interest = ma.fields.Boolean(
        load_default=None,
        allow_none=True,
        truthy={True},
        falsy={False},
        error_messages=_codes("not_a_flag"),
        metadata={"description": "Whether you declare an interest; with one, say which."},
    )
    interest_text = _text()
    remarks = _remarks()


class AddendumBody(Schema):
    text = _text(required=True)
    remarks = _remarks()


class SectionBody(Schema):
    heading = _text()
    text = _text(required=True)


class BoardOpinionBody(Schema):
    recommendation = _text(required=True, enum=list(RECOMMENDATIONS))
    sections = ma.fields.List(
        ma.fields.Nested(SectionBody),
        load_default=None,
        allow_none=True,
        error_messages=_codes("not_a_list"),
        metadata={"description": "What it says; as compiled from the experts' when left out."},
    )
    version = _version()


class ReviewersQuery(PagingQuery):
    kind = _word("Who can be asked for an opinion, or for a guideline.", enum=KINDS_OF_REVIEW)
    field = _word("The key of the draft's field; by its lead commission when left out.")


class CirculationBody(Schema):
    addressees = _any("Keys of bodies.")
    other_addressees = _any("Who has no body here: a list of `name` and `address`.")
    due = _any("A date; by the procedure's rule when left out.")
    decided_on = _any("2022-12-05, 2022-12, 2022 or unknown; today when left out.")
    edition = _any("The edition that is sent; the current one when left out.")
    letter_ref = _any("The reference of the letter.")
    reason = _any("Text.")
    version = _version()


class _Reply(Schema):
    addressee = Who(
        allow_none=True,
        metadata={"description": "A body's key or an addressee's id; yours when left out."},
    )
    kind = _text(required=True, enum=list(REPLIES))
    chamber = _any("The number of the chamber that replies; the whole when left out.")
    text = _text(description="Remarks need it, or a file.")
    until = _text(description="A date, where more time is asked for.")
    letter_ref = _text(description="Required where you record somebody's letter.")
    letter_date = _text(description="A date; a recorded letter counts by it.")


class ReplyBody(_Reply):
    remarks = _remarks(
        "Remarks for the table of remarks, with a reply `remarks` or `not_supported`; a text"
        " without them goes there as one remark on the whole draft."
    )
    version = _version()


class ReplyForm(_Reply):
    file = ma.fields.Raw(
        metadata={"type": "string", "format": "binary", "description": "The letter or its scan."}
    )
    version = ma.fields.Integer(
        error_messages={**_codes("not_a_number"), "too_large": "not_a_number"},
        metadata={"description": "The version of the act you looked at."},
    )


class ExtensionBody(Schema):
    addressee = Who(required=True, metadata={"description": "A body's key or an addressee's id."})
    due = _text(required=True, description="The new date, later than the one there is.")
    reason = _text(required=True)
    version = _version()


class RemarksQuery(PagingQuery):
    edition = _word("The number of an edition.")
    author = _word("The key of a body, experts, or others.")
    kind = _word(f"One of {', '.join(REMARK_KINDS)}.")
    provision = _word("A provision as typed; what is below it is found too.")
    state = _word("unanswered, proposed, confirmed, merged, not_carried, void, or a response.")
    assigned = _word("The id of a person, or nobody.")
    sort = _word("One of provision, author, number, state.")
    format = _word(
        "As a file instead of JSON, all of it.", enum=["json", "xlsx", "csv", "docx", "pdf"]
    )


class RemarkBody(Schema):
    text = _text(description="The remark; may be left out where there is a wording.")
    wording = _text(description="The wording that is proposed.")
    place = _text(description="The provision as the letter names it; the whole draft if left out.")
    eid = _text(description="The provision by its name in the edition.")
    kind = _text(enum=[*REMARK_KINDS, None])
    language = _text(description="Of the text it is on; the authentic one when left out.")
    author_person = Who(
        allow_none=True, metadata={"description": "E-mail address or id of a person."}
    )
    author_body = _text(description="The key of a body.")
    author_name = _text(description="An author in words.")
    letter_ref = _text(description="The number and date of the letter.")
    edition = _number(description="The edition it is on; the current one when left out.")


class _Answer(Schema):
    response = _text(required=True, enum=list(RESPONSES))
    reason = _text(description="Needed for partly and not_accepted.")
    version = _number(description="The version of the remark you looked at.")


class RemarkAnswerBody(_Answer):
    """An answer to one remark."""


class RemarkIdAnswer(_Answer):
    remark = Who(required=True, metadata={"description": "The id of the remark."})


class RemarkAnswersBody(Schema):
    answers = ma.fields.List(
        ma.fields.Nested(RemarkIdAnswer),
        required=True,
        validate=ma.validate.Length(
            1, MOST_PER_PAGE, error=f"out_of_range low=1 high={MOST_PER_PAGE}"
        ),
        error_messages=_codes("not_a_list"),
    )


class RemarkVersionBody(Schema):
    version = _number(description="The version of the remark you looked at.")


class RemarkReopenBody(RemarkVersionBody):
    reason = _text(required=True)


class BallotBody(Schema):
    vote = _text(required=True, enum=list(VOTES))
    text = _text(description="An objection needs it.")
    on_behalf_of = Who(
        allow_none=True, metadata={"description": "The member, where an office enters it."}
    )
    letter_ref = _text(description="The member's letter, where an office enters it.")
    version = _version()


class ObjectionBody(Schema):
    member = Who(required=True)
    text = _text(required=True)


class DecisionBody(Schema):
    decided_on = _text(required=True)
    minutes_ref = _text(required=True)
    present = ma.fields.List(Who, required=True, error_messages=_codes("not_a_list"))
    objections = ma.fields.List(
        ma.fields.Nested(ObjectionBody),
        load_default=(),
        allow_none=True,
        error_messages=_codes("not_a_list"),
    )
    version = _version()
