"""What calls answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from workflows.facts import CADENCES


def _text(*, maybe: bool = False, **more: Any) -> ma.fields.String:
    return ma.fields.String(required=True, allow_none=maybe, metadata=more)


def _date(*, maybe: bool = False) -> ma.fields.String:
    return _text(maybe=maybe, format="date")


def _moment(*, maybe: bool = False) -> ma.fields.String:
    return _text(maybe=maybe, format="date-time")


def _number(*, maybe: bool = False) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, allow_none=maybe)


def _flag() -> ma.fields.Boolean:
    return ma.fields.Boolean(required=True)


def _texts() -> ma.fields.Dict:
    return ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


def _one(schema: type[ma.Schema], *, maybe: bool = False) -> ma.fields.Nested:
    return ma.fields.Nested(schema, required=True, allow_none=maybe)


def _many(schema: type[ma.Schema], *, maybe: bool = False) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Nested(schema), required=True, allow_none=maybe)


class RefusalAnswer(ma.Schema):
    code = _text()
    message = _text()
    field = ma.fields.String()


class PersonAnswer(ma.Schema):
    id = _text()
    names = _texts()
    email = _text()


class ReasonAnswer(ma.Schema):
    code = _text()
    message = _text()


class ProcedureAnswer(ma.Schema):
    key = _text()
    version = _number()


class HolderAnswer(ma.Schema):
    body = _text(maybe=True)
    role = _text(maybe=True)
    title = _text()
    persons = _many(PersonAnswer)


class EventAnswer(ma.Schema):
    n = _number(maybe=True)
    action = _text()
    title = _text()
    from_ = ma.fields.String(required=True, allow_none=True, data_key="from")
    to = _text()
    body = _text(maybe=True)
    decided_on = _text(maybe=True)
    basis = _text(maybe=True)
    recorded_at = _moment(maybe=True)
    actor = _one(PersonAnswer, maybe=True)


class FieldAnswer(ma.Schema):
    name = _text()
    type = _text()
    required = _flag()
    choices = ma.fields.List(ma.fields.Raw(), required=True)


class ActionAnswer(ma.Schema):
    name = _text()
    title = _text()
    allowed = _flag()
    request = ma.fields.Boolean(metadata={"description": "You may only ask for this step."})
    refusals = _many(RefusalAnswer)
    warnings = _many(RefusalAnswer)
    fields = _many(FieldAnswer)  # type: ignore[assignment]


class ActSummaryAnswer(ma.Schema):
    id = _text()
    reference = _text()
    kind = _text()
    titles = _texts()
    procedure = _one(ProcedureAnswer)
    state = _text()
    stage = _text()
    holder = _one(HolderAnswer, maybe=True)
    since = _date()
    due = _date(maybe=True)
    version = _number()
    visibility = _text()
    last_event = _one(EventAnswer, maybe=True)
    waiting_for = _many(ReasonAnswer)
    number = _text(maybe=True)
    initiator = _text(maybe=True)
    lead_body = _text(maybe=True)


class ToldAnswer(ma.Schema):
    person = _one(PersonAnswer)
    notices = ma.fields.List(ma.fields.String(), required=True)
    reasons = _many(ReasonAnswer)


class ActAnswer(ActSummaryAnswer):
    actions = _many(ActionAnswer)
    told = ma.fields.List(
        ma.fields.Nested(ToldAnswer), metadata={"description": "After a step: who is told of it."}
    )


class ProblemAnswer(ma.Schema):
    """Problem details (RFC 9457)."""

    type = _text()
    title = _text()
    status = _number()
    code = _text()
    detail = _text()
    refusals = _many(RefusalAnswer)
    act = ma.fields.Nested(ActAnswer, metadata={"description": "When stale: the act as it is now."})


class OwedAnswer(ma.Schema):
    kind = _text()
    title = _text()
    holder = _one(HolderAnswer)
    due = _date(maybe=True)
    why_no_date = _text(maybe=True)


class PreviewAnswer(ma.Schema):
    action = _text()
    state = _text()
    stage = _text()
    request = _flag()
    number = _text(maybe=True)
    duties = _many(OwedAnswer)
    told = _many(ToldAnswer)
    followers = _number()
    warnings = _many(RefusalAnswer)


class BulkItemAnswer(ma.Schema):
    ref = _text()
    status = _number()
    code = _text()
    refusals = _many(RefusalAnswer)
    act = _one(ActSummaryAnswer, maybe=True)


class BulkAnswer(ma.Schema):
    batch = _text(maybe=True)
    items = _many(BulkItemAnswer)


class EntryAnswer(EventAnswer):
    on_behalf_of = _one(PersonAnswer, maybe=True)
    edition = _number(maybe=True)
    reason = _text(maybe=True)
    texts = _texts()
    data = ma.fields.Dict(required=True)
    corrected_by = _number(maybe=True)
    withheld = ma.fields.Boolean(
        required=True,
        metadata={"description": "Something was recorded; what and by whom is not yours to read."},
    )
    hash = _text()


class FileAnswer(ma.Schema):
    language = _text()
    part = _text()
    filename = _text()
    media_type = _text()
    size = _number()
    sha256 = _text()
    url = _text()


class EditionAnswer(ma.Schema):
    id = _text()
    act = _text()
    edition = _number()
    frozen = _flag()
    created_at = _moment()
    files = _many(FileAnswer)


class SentRemarkAnswer(ma.Schema):
    eid = _text()
    place = _text()
    kind = _text()
    text = _text()
    wording = _text()


class AddendumAnswer(ma.Schema):
    n = _number()
    text = _text()
    remarks = _many(SentRemarkAnswer)
    added_at = _moment()


class TextProvisionAnswer(ma.Schema):
    eid = _text(description="Its name in this edition, by the rules of Akoma Ntoso.")
    wid = _text(description="The name that it keeps through the editions.")
    parent = _text(maybe=True)
    kind = _text()
    number = _text()
    label = _text()
    place = _text()
    heading = _text()
    text = _text()


class TextNoteAnswer(ma.Schema):
    id = _text()
    mark = _text()
    text = _text()


class TextOddityAnswer(ma.Schema):
    code = _text()
    place = _text()
    message = _text()


class RevisionMarkAnswer(ma.Schema):
    kind = _text(enum=["insertion", "deletion", "move", "format"])
    text = _text()
    author = _text()
    date = _text()
    place = _text()


class TextAnswer(ma.Schema):
    act = _text()
    edition = _number()
    language = _text()
    state = _text(enum=["waiting", "ready", "unreadable"])
    problem = _one(RefusalAnswer, maybe=True)
    previous = _number(maybe=True)
    title = _text()
    preface = _text()
    preamble = _text()
    provisions = _many(TextProvisionAnswer)
    conclusions = _text()
    notes = _many(TextNoteAnswer)
    oddities = _many(TextOddityAnswer)
    revision_marks = _many(RevisionMarkAnswer)


class StretchAnswer(ma.Schema):
    kind = _text(enum=["equal", "insert", "delete"])
    text = _text()


class ProvisionChangeAnswer(ma.Schema):
    statuses = ma.fields.List(ma.fields.String(), required=True)
    kind = _text()
    old = _text(maybe=True)
    new = _text(maybe=True)
    label = _many(StretchAnswer)
    heading = _many(StretchAnswer)
    text = _many(StretchAnswer)


ComparisonAnswer = ma.Schema.from_dict(
    {
        "act": _text(),
        "from": _number(),
        "to": _number(),
        "language": _text(),
        "state": _text(enum=["ready", "waiting", "failed", "not_asked", "unread"]),
        "same": ma.fields.Boolean(required=True, allow_none=True),
        "counts": ma.fields.Dict(
            keys=ma.fields.String(), values=ma.fields.Integer(), required=True
        ),
        "changes": _many(ProvisionChangeAnswer),
        "outside": ma.fields.Dict(
            keys=ma.fields.String(),
            values=ma.fields.List(ma.fields.Nested(StretchAnswer)),
            required=True,
        ),
    },
    name="ComparisonAnswer",
)


class ReviewAnswer(ma.Schema):
    id = _text()
    act = _text()
    expert = _one(PersonAnswer)
    edition = _number(maybe=True)
    state = _text()
    due = _date(maybe=True)
    assigned_at = _moment()
    recommendation = _text(maybe=True)
    text = _text(maybe=True)
    decline_reason = _text(maybe=True)
    decline_code = _text(maybe=True)
    kind = _text()
    standing = _text(description="The state; `withdrawn` for what was taken back.")
    marks = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "late, given_late, overtaken, guideline, reserve."},
    )
    interest = ma.fields.Boolean(required=True, allow_none=True)
    interest_text = _text(maybe=True)
    remarks = _many(SentRemarkAnswer)
    addenda = _many(AddendumAnswer)
    stands_for = _one(PersonAnswer, maybe=True)
    reserves = ma.fields.List(
        ma.fields.Nested(PersonAnswer),
        required=True,
        metadata={"description": "Who waits to be asked; empty for the expert."},
    )


class ReviewerAnswer(ma.Schema):
    person = _one(PersonAnswer)
    institution = _text()
    member = _text(maybe=True)
    fields_ = ma.fields.List(ma.fields.String(), required=True, data_key="fields")
    load = _number()  # type: ignore[assignment]
    last_asked = _date(maybe=True)
    away = _flag()
    asked = _flag()
    conflicts = _many(ReasonAnswer)
    reasons = _many(ReasonAnswer)


class SectionAnswer(ma.Schema):
    heading = _text()
    text = _text()


class BoardOpinionAnswer(ma.Schema):
    act = _text()
    edition = _number(maybe=True)
    language = _text()
    recommendation = _text()
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    experts = ma.fields.List(ma.fields.String(), required=True)
    sections = _many(SectionAnswer)
    issued_at = _moment()
    sha256 = _text()


class LetterAnswer(ma.Schema):
    filename = _text()
    media_type = _text()
    size = _number()
    sha256 = _text()
    url = _text()


class ReplyAnswer(ma.Schema):
    id = _text()
    circulation = _text()
    addressee = _text()
    kind = _text()
    chamber = _number(maybe=True)
    text = _text(maybe=True)
    until = _date(maybe=True)
    letter_ref = _text(maybe=True)
    letter_date = _date(maybe=True)
    file = _one(LetterAnswer, maybe=True)
    counts_on = _date()
    given_at = _moment()
    given_by = _one(PersonAnswer, maybe=True)
    recorded = ma.fields.Boolean(
        required=True, metadata={"description": "An office entered it from a letter."}
    )
    late = _flag()


class ExtensionAnswer(ma.Schema):
    former_due = _date()
    due = _date()
    reason = _text()
    granted_at = _moment()


class AddresseeAnswer(ma.Schema):
    id = _text()
    body = _text(maybe=True)
    name = _text()
    address = _text(maybe=True)
    due = _date()
    standing = _text()
    late = _flag()
    replies = _many(ReplyAnswer)
    extensions = _many(ExtensionAnswer)


class CirculationAnswer(ma.Schema):
    """A round; of its addressees, those that are yours to see."""

    id = _text()
    act = _text()
    round = _number()
    edition = _number(maybe=True)
    state = _text()
    opened_at = _moment()
    opened_by = _one(PersonAnswer, maybe=True)
    due = _date()
    until = _date()
    closed_at = _moment(maybe=True)
    addressees = _many(AddresseeAnswer)
    counts = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"description": "Standing → addressees; null when it is not yours to read."},
    )


class AuthorAnswer(ma.Schema):
    """Whose a remark is. `expert` numbers an expert who may not be named to you."""

    person = _one(PersonAnswer, maybe=True)
    body = _text(maybe=True)
    name = _text(maybe=True)
    expert = _number(maybe=True)


class RemarkAnswer(ma.Schema):
    """A remark with its answer; to whoever sees only their own, once it is confirmed."""

    id = _text()
    act = _text()
    n = _number()
    edition = _number()
    language = _text()
    eid = _text(maybe=True)
    place = _text()
    kind = _text()
    text = _text()
    wording = _text(maybe=True)
    author = _one(AuthorAnswer)
    source = _text()
    letter_ref = _text(maybe=True)
    recorded_at = _moment()
    state = ma.fields.String(
        required=True, metadata={"enum": ["unanswered", "proposed", "confirmed"]}
    )
    response = _text(maybe=True)
    reason = _text(maybe=True)
    proposed_by = _one(PersonAnswer, maybe=True)
    proposed_at = _moment(maybe=True)
    confirmed_by = _one(PersonAnswer, maybe=True)
    confirmed_at = _moment(maybe=True)
    carried_by = _number(maybe=True)
    assigned_to = _one(PersonAnswer, maybe=True)
    merged_into = _text(maybe=True)
    void = ma.fields.Boolean(
        required=True,
        metadata={"description": "Whether its round was cancelled; listed with `state=void` only."},
    )
    version = _number()


class RemarksAnswer(ma.Schema):
    items = _many(RemarkAnswer)


class BallotAnswer(ma.Schema):
    id = _text()
    act = _text()
    n = _number()
    member = _one(PersonAnswer)
    entered_by = _one(PersonAnswer)
    vote = _text()
    text = _text(maybe=True)
    letter_ref = _text(maybe=True)
    given_at = _moment()
    replaced = _flag()


class ObjectionAnswer(ma.Schema):
    member = _one(PersonAnswer)
    text = _text()


class DecisionAnswer(ma.Schema):
    id = _text()
    act = _text()
    body = _text(maybe=True)
    source = ma.fields.String(required=True, metadata={"enum": ["sitting", "positions"]})
    adopted = _flag()
    decided_on = _text(maybe=True)
    minutes_ref = _text(maybe=True)
    result = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "The arithmetic; null when it is not yours to read."},
    )
    present = ma.fields.List(ma.fields.Nested(PersonAnswer), required=True, allow_none=True)
    objections = ma.fields.List(ma.fields.Nested(ObjectionAnswer), required=True, allow_none=True)


class ActNameAnswer(ma.Schema):
    reference = _text()
    titles = _texts()


class DutyAnswer(ma.Schema):
    id = _text()
    act = _one(ActNameAnswer)
    kind = _text()
    title = _text()
    action = _text(maybe=True)
    review = _text(maybe=True)
    due = _date(maybe=True)
    why_no_date = _text(maybe=True)
    overdue = _flag()
    opened_at = _moment()


class NoticeAnswer(ma.Schema):
    id = _text()
    name = _text()
    act = _text()
    subject = _text()
    because = ma.fields.List(ma.fields.String(), required=True)
    created_at = _moment()
    read_at = _moment(maybe=True)


class DeliveryAnswer(ma.Schema):
    id = _text()
    name = _text()
    act = _text()
    subject = _text()
    because = ma.fields.List(ma.fields.String(), required=True)
    person = _one(PersonAnswer)
    state = _text()
    why = _text(maybe=True)
    error = _text(maybe=True)
    attempts = _number()
    created_at = _moment()
    sent_at = _moment(maybe=True)
    next_at = _moment(maybe=True)


def _page_of(item: type[ma.Schema], name: str) -> type[ma.Schema]:
    return ma.Schema.from_dict(
        {
            "items": _many(item),
            "total": _number(),
            "page": _number(),
            "per_page": _number(),
        },
        name=name,
    )


ActPage = _page_of(ActSummaryAnswer, "ActPage")
EntryPage = _page_of(EntryAnswer, "EntryPage")
EditionPage = _page_of(EditionAnswer, "EditionPage")
ReviewPage = _page_of(ReviewAnswer, "ReviewPage")
ReviewerPage = _page_of(ReviewerAnswer, "ReviewerPage")
CirculationPage = _page_of(CirculationAnswer, "CirculationPage")
RemarkPage = _page_of(RemarkAnswer, "RemarkPage")
BallotPage = _page_of(BallotAnswer, "BallotPage")
DutyPage = _page_of(DutyAnswer, "DutyPage")
NoticePage = _page_of(NoticeAnswer, "NoticePage")
DeliveryPage = _page_of(DeliveryAnswer, "DeliveryPage")


class FollowAnswer(ma.Schema):
    id = _text()
    reference = _text()
    follows = _flag()


class FollowedAnswer(ma.Schema):
    reference = _text(maybe=True)
    body = _text(maybe=True)


class SettingsAnswer(ma.Schema):
    language = _text()
    information = _text(enum=list(CADENCES))
    office = _text(maybe=True)
    follows = _many(FollowedAnswer)
